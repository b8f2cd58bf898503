"""Texts and patterns as the grammar of forced calls writes them.

Law: all that a caller wrote is escaped here.
"""

import json
import re
from typing import Final

from studiolo.engines.forced_nodes import Schema

# Longer texts than this may be as long as they like: llguidance counts every letter.
_MOST_LETTERS: Final = 1000
_ANY_TEXT: Final = "(?s:.*)"
_SIGNS: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_PATTERN_SIGNS: Final = re.compile(r"\\.|.", re.DOTALL)
_ASCII: Final = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}
_CLASSES: Final = frozenset((r"\d", r"\D", r"\w", r"\W"))
_ESCAPED: Final = re.compile(r"\\.|/|\n|\r", re.DOTALL)


def bare(value: object) -> str:
    """As the coding models write values: texts as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def quoted(text: str) -> str:
    """The text as a string of the grammar."""
    return json.dumps(text)


def literal(text: str) -> str:
    """The text as a regular expression."""
    return _SIGNS.sub(r"\\\g<0>", text)


def of_ascii(pattern: str) -> str:
    """The pattern with digits and letters as JSON schemas mean them: here they are the world's."""
    written: list[str] = []
    inside = False
    for sign in _PATTERN_SIGNS.findall(pattern):
        inside = sign == "[" or (inside and sign != "]")
        letters = _ASCII.get(sign.lower()) if sign in _CLASSES else None
        if letters is None or (inside and sign[1].isupper()):
            written.append(sign)
        elif inside:
            written.append(letters)
        else:
            written.append(f"[{'^' if sign[1].isupper() else ''}{letters}]")
    return "".join(written)


def text_of_length(node: Schema) -> str:
    """A text; where it may not be short its last letter is no newline, which may be the end's."""
    least, most = node.get("minLength", 0), node.get("maxLength", _MOST_LETTERS + 1)
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most):
        return _ANY_TEXT
    last = 1 if least else 0
    upper = most - last if most <= _MOST_LETTERS else ""
    return f"(?s:.{{{min(least, _MOST_LETTERS) - last},{upper}}})" + "[^\\n]" * last


def terminal(regex: str) -> str:
    """The regular expression as a terminal of the grammar."""
    return f"/{_ESCAPED.sub(_escaped, regex)}/"


def _escaped(found: re.Match[str]) -> str:
    return {"/": r"\x2F", r"\/": r"\x2F", "\n": r"\n", "\r": r"\r"}.get(found[0], found[0])
