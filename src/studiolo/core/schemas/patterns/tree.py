"""What a pattern consists of once it was read."""

from functools import lru_cache
from typing import Literal

import msgspec

from studiolo.core.schemas.patterns.letters import Ranges


class PatternRefused(Exception):
    """What is wrong with a pattern, in words for its caller."""


class Letter(msgspec.Struct, frozen=True):
    r"""One letter of these, or of none of these; `properties` are such as `\p{L}`."""

    ranges: Ranges = ()
    properties: tuple[str, ...] = ()
    negated: bool = False


class Anchor(msgspec.Struct, frozen=True):
    """The beginning or the end of the text."""

    at: Literal["^", "$"]


class Group(msgspec.Struct, frozen=True):
    """What stands in parentheses; `flag` is that of case where it is another than around."""

    choice: "Choice"
    flag: Literal["", "i", "-i"] = ""


class Repeated(msgspec.Struct, frozen=True):
    """A part so many times, as `*` or `{2,3}`."""

    part: "Letter | Group"
    times: str


Part = Letter | Anchor | Group | Repeated


class Choice(msgspec.Struct, frozen=True):
    """Ways to match, each its parts one after the other."""

    ways: tuple[tuple[Part, ...], ...]


@lru_cache(maxsize=256)
def one(code: int) -> Letter:
    """This letter and no other."""
    return Letter(((code, code),))
