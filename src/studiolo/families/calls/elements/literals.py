"""A list or an object as Python writes it, which becomes one of JSON when it is whole.

Words of JSON, and newlines in strings, are read as they are meant.
"""

import ast
import json
import re
import warnings
from typing import Final, cast

from studiolo.families.calls.values import WORDS

# So much is looked at: what is longer is a text.
LONGEST_LITERAL: Final = 65_536

# Halves of pairs, which no text may hold as they are.
_HALVES: Final = re.compile("[\ud800-\udfff]")
# What begins strings and lists, and ends lists.
_SIGN: Final = re.compile(r"[\"'\[\](){}]")
_CLOSING: Final = {"[": "]", "{": "}", "(": ")"}
_IN_STRING: Final = {quote: re.compile(rf"[{quote}\\]") for quote in ('"', "'")}
# Words, and what may hold such letters: strings and comments. One that nobody ended goes on to the
# end, so that no other is looked for within it.
_WORD: Final = re.compile(
    r"\"{3}(?:.*?\"{3}|.*)|'{3}(?:.*?'{3}|.*)|\#[^\n]*"
    r"|(?P<string>\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?)"
    rf"|\b(?P<word>{'|'.join(WORDS)})\b",
    re.DOTALL | re.IGNORECASE,
)
_OF_PYTHON: Final = {"true": "True", "false": "False", "null": "None"}
_RAW: Final = re.compile(r"(?P<escape>\\.)|[\r\n]", re.DOTALL)
_ESCAPED: Final = {"\r": r"\r", "\n": r"\n"}

# What a text that is no literal, or one that goes too deep, ends in.
_FAULTS: Final = (ValueError, TypeError, SyntaxError, RecursionError, MemoryError)


def literal_as_json(text: str) -> str | None:
    """The list or the object that this is in Python, as JSON; None if it is neither."""
    if len(text) > LONGEST_LITERAL:
        return None
    try:
        with warnings.catch_warnings():
            # Odd backslashes, as in patterns, are for Python what they are here.
            warnings.simplefilter("ignore")
            value = cast("object", ast.literal_eval(_WORD.sub(_of_python, text.strip())))
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except _FAULTS:
        return None
    if not isinstance(value, list | tuple | dict):
        return None
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", written)


def _of_python(found: re.Match[str]) -> str:
    """A word as Python writes it, and a string without newlines of its own."""
    if word := found["word"]:
        return _OF_PYTHON[WORDS[word.lower()]]
    if found["string"]:
        return _RAW.sub(lambda sign: sign["escape"] or _ESCAPED[sign[0]], found[0])
    return found[0]


class GrowingLiteral:
    """Follows one while it is written: whether what comes next stands in a string of it."""

    def __init__(self) -> None:
        self.quote: str = ""  # of that string
        self._escaped = False
        self._open: list[str] = []

    @property
    def after_string(self) -> str:
        """The signs of which one follows a string that stands here."""
        if not self._open:
            return "<"
        return ",:}" if self._open[-1] == "}" else f",{self._open[-1]}"

    def feed(self, text: str) -> None:
        """More of it."""
        at = 0
        while at < len(text):
            at = self._in_string(text, at) if self.quote else self._outside(text, at)

    def _in_string(self, text: str, at: int) -> int:
        if self._escaped:
            self._escaped = False
            return at + 1
        found = _IN_STRING[self.quote].search(text, at)
        if found is None:
            return len(text)
        self._escaped = found[0] == "\\"
        self.quote = self.quote if self._escaped else ""
        return found.end()

    def _outside(self, text: str, at: int) -> int:
        found = _SIGN.search(text, at)
        if found is None:
            return len(text)
        sign = found[0]
        if sign in _IN_STRING:
            self.quote = sign
        elif sign in _CLOSING:
            self._open.append(_CLOSING[sign])
        elif self._open and self._open[-1] == sign:
            self._open.pop()
        return found.end()
