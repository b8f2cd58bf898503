"""What a backslash in a pattern stands before: one letter, or a set of them."""

import re
from typing import Final

from studiolo.core.schemas.patterns.anchoring import INSIDE
from studiolo.core.schemas.patterns.letters import (
    DIGITS,
    HALVES,
    LAST,
    SPACE,
    WORD,
    WORD_OF_ANY_CASE,
    others,
)
from studiolo.core.schemas.patterns.properties import is_property
from studiolo.core.schemas.patterns.tree import Letter, PatternRefused, one

HALF: Final = "half of a surrogate pair is no letter"
_REFERENCES: Final = "backreferences are not supported"
ESCAPE: Final = re.compile(
    r"\\([dDwWsS]|[pP]\{[^{}]*\}|x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]+\}"
    r"|u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}"
    r"|c[A-Za-z]|[0-9]+|.)",
    re.DOTALL,
)
_NAMED: Final = {"0": 0, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
# So much is said back.
_SHOWN: Final = 40


def escaped(body: str, *, within: bool, any_case: bool) -> Letter:
    """What stands behind a backslash; `within` a class some mean something else.

    Raises PatternRefused.
    """
    kind = body[0]
    if kind in "dDwWsS":
        return _set(kind, any_case=any_case)
    if kind in "pP" and len(body) > 1:
        return _property(body, any_case=any_case)
    if kind in "bB" and not within:
        raise PatternRefused(INSIDE)
    if kind == "k" or (kind in "123456789" and not within):
        raise PatternRefused(_REFERENCES)
    code = _code(body, within=within)
    if HALVES[0] <= code <= HALVES[1] and not within:
        raise PatternRefused(HALF)
    return one(code)


def _code(body: str, *, within: bool) -> int:
    """The one letter: by its code, by its name, or itself."""
    kind, code = body[0], body[1:].strip("{}")
    if body in _NAMED:
        return _NAMED[body]
    if body == "b" and within:
        return 8
    if kind == "c" and code:
        return ord(code) % 32
    if kind in "xu" and code:
        return _coded(code)
    if kind.isascii() and kind.isalnum():
        raise PatternRefused(f"\\{body[:_SHOWN]} is no escape of ECMA-262")
    return ord(kind)


def _coded(code: str) -> int:
    """The letter of a number, or of the two halves of a pair."""
    first, _, second = code.partition("\\u")
    if second:
        return 0x10000 + ((int(first, 16) - 0xD800) << 10) + int(second, 16) - 0xDC00
    if int(code, 16) > LAST:
        raise PatternRefused(f"\\u{{{code[:_SHOWN]}}} is no letter")
    return int(code, 16)


def _set(name: str, *, any_case: bool) -> Letter:
    word = WORD_OF_ANY_CASE if any_case else WORD
    known = {"d": DIGITS, "w": word, "s": SPACE}[name.lower()]
    return Letter(known if name.islower() else others(known))


def _property(body: str, *, any_case: bool) -> Letter:
    if not is_property(body[2:-1]):
        raise PatternRefused(f"\\{body[:_SHOWN]} is not known")
    if body[0] == "P" and any_case:
        raise PatternRefused(r"\P is not supported where case is ignored")
    return Letter((), (f"\\{body}",))
