"""Texts as the grammar of forced calls writes them.

Law: all that a caller wrote is escaped here.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from studiolo.core.schemas.grammar import fault_of
from studiolo.core.schemas.patterns.formats import FORMAT_LENGTHS, FORMAT_PATTERNS
from studiolo.engines.forced_nodes import Schema, rows
from studiolo.engines.forced_parts import HEAD, Keeps, Part
from studiolo.engines.forced_patterns import found_in
from studiolo.engines.judge.texts import is_too_hard

# Longer texts than this may be as long as they like: llguidance counts every letter.
_MOST_LETTERS: Final = 1000
_ANY_TEXT: Final = "/(?s:.*)/"
_SPACE: Final = r"[\s\x1c-\x1f]*"
# What whoever reads a call takes for the end of a value, wherever it stands, or for the beginning
# of another call that would have to end first.
_ENDINGS: Final = "|".join(
    (
        r"(?s:.*)</parameter>(?s:.*)",
        r"(?s:.*\n)?<parameter=[^<>\n]+>(?s:.*)",
        rf"(?s:.*)</function>{_SPACE}</tool_call>(?s:.*)",
        rf"(?s:.*\n)?</tool_call>{_SPACE}<tool_call>(?s:.*)",
        rf"(?s:.*)<tool_call>{_SPACE}<function=(?s:.*)",
    )
)
_TAG: Final = r"/<\x2Fparameter>/"
# Texts without any of these and some that are like them, said without a denial: where a pattern
# and a denial meet, engines take too many steps to see that a text is left.
_HARMLESS: Final = (
    "(?:[^<]|<+(?:[^</pft]|p[^<a]|f[^<u]|t[^<o]|/(?:[^<pft]|p[^<a]|f[^<u]|t[^<o])))*<*"
)
# What makes a pattern reach over many letters.
_REACHING: Final = ("{", ".*", ".+")
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST: Final = rf"{_LABEL}(?:\.{_LABEL}){{0,8}}"
_BYTE: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
# What texts of a format look like here; not all that the format allows, and nothing else.
_FORMATS: Final = {
    "email": rf"[A-Za-z0-9_+-]{{1,32}}(?:\.[A-Za-z0-9_+-]{{1,32}}){{0,4}}@{_HOST}",
    "hostname": _HOST,
    "ipv4": rf"{_BYTE}(?:\.{_BYTE}){{3}}",
    "uuid": "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}
_SIGNS: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_ESCAPED: Final = re.compile(r"\\.|/|\n|\r|\x00", re.DOTALL)
# As a grammar has them: it ends with its line, and for engines with a zero.
_WRITTEN: Final = {"/": r"\x2F", r"\/": r"\x2F", "\n": r"\n", "\r": r"\r", "\0": r"\x00"}
_EMPTY: Final = "(?:)"


def bare(value: object) -> str:
    """As the coding models write values: texts as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def quoted(text: str) -> str:
    """The text as a string of the grammar."""
    return json.dumps(text)


def spelled(text: str) -> str:
    """The text as a regular expression."""
    return _SIGNS.sub(r"\\\g<0>", text)


def terminal(regex: str) -> str:
    """The regular expression as a terminal of the grammar."""
    return f"/{_ESCAPED.sub(_escaped, regex) or _EMPTY}/"


def _escaped(found: re.Match[str]) -> str:
    return _WRITTEN.get(found[0], found[0])


def text_rules(name: str, written: str) -> tuple[str, str]:
    """The rules of a text and the tag behind it, up to where whoever reads it finds the tag.

    A newline before the tag belongs to the tag. All is one terminal, for of several the one that
    may go on would leave the others no end.
    """
    value = f"{name.upper()}_VALUE"
    ended = rf"({value} /\n/ | {value} & ~/(?s:.*)\n/) {_TAG}"
    return f"{name}[lazy]: {ended}", f"{value}: {_readable(written)}"


def line_rules(name: str, written: str) -> tuple[str, str]:
    """The same for what may be JSON too, where only a tag on a line of its own is found."""
    value = f"{name.upper()}_VALUE"
    return rf"{name}[lazy]: {value} /\n/ {_TAG}", f"{value}: {_readable(written)}"


def plain_rules(name: str, written: str) -> tuple[str, str]:
    """The same for what is held to patterns."""
    value = f"{name.upper()}_VALUE"
    harmless = f"{value}: ({written}) & {terminal(_HARMLESS)}"
    return rf"{name}[lazy]: {value} /\n/ {_TAG}", harmless


def has_pattern(way: Schema) -> bool:
    """Whether it is held to a pattern, of its own or of a format."""
    return next(_patterns(way), None) is not None


def _readable(written: str) -> str:
    return f"({written}) & ~{terminal(_ENDINGS)}"


def text_part(way: Schema, keeps: Keeps) -> Part:
    """A text: its one rule is the body of a terminal, with as much of the way as can be kept."""
    patterns, lengths = list(_patterns(way)), list(_lengths(way))
    together = [] if any(map(_is_far, patterns)) else patterns + lengths
    for terms in filter(None, (together, patterns, lengths)):
        written = " & ".join(term for term, _ in terms)
        write = plain_rules if patterns else text_rules
        probe = "\n".join((HEAD, *write("start", written)))
        if keeps(probe) and not fault_of(probe) and not (patterns and is_too_hard(probe)):
            kept = [said for _, said in terms]
            return Part((f"({written})",), kept[0] if len(kept) == 1 else {"allOf": kept})
    return Part((_ANY_TEXT,), {})


def _patterns(way: Schema) -> Iterator[tuple[str, Schema]]:
    said = way.get("pattern")
    wanted = rows(said) or ([] if said is None else [said])
    named = FORMAT_PATTERNS.get(str(way.get("format")))
    for pattern in (*wanted, *([named] if named else [])):
        regex = found_in(pattern) if isinstance(pattern, str) else None
        if regex is not None:
            yield terminal(regex), {"pattern": pattern}
    if known := _FORMATS.get(str(way.get("format"))):
        yield terminal(known), {}
    most = FORMAT_LENGTHS.get(str(way.get("format")))
    if most and not wanted:
        yield f"/(?s:.{{0,{most}}})/", {}


def _is_far(term: tuple[str, Schema]) -> bool:
    """Whether it is looked for anywhere and reaches far: engines cannot count the letters too."""
    regex, said = term
    return "(?s:.*)" in regex and any(sign in str(said.get("pattern")) for sign in _REACHING)


def _lengths(way: Schema) -> Iterator[tuple[str, Schema]]:
    least, most = way.get("minLength", 0), way.get("maxLength", _MOST_LETTERS + 1)
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most):
        return
    least = min(least, _MOST_LETTERS)
    if most <= _MOST_LETTERS:
        yield f"/(?s:.{{{least},{most}}})/", {"minLength": least, "maxLength": most}
    elif least:
        yield f"/(?s:.{{{least},}})/", {"minLength": least}
