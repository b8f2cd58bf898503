"""Patterns with `^` and `$` at the two ends of their ways and nowhere else, each of them once.

Engines look for them there. Of some other places they make nothing, and of which depends on their
version.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final, Literal

import msgspec

from studiolo.core.schemas.patterns.tree import (
    Anchor,
    Choice,
    Group,
    Letter,
    Part,
    PatternRefused,
    Repeated,
)

INSIDE: Final = "a word boundary, or an anchor inside, is not supported"
_ONCE: Final = ("{1}", "{1,1}")
_OR_NOT: Final = ("?", "{0,1}")

_Parts = tuple[Part, ...]


class _Row(msgspec.Struct, frozen=True):
    """Parts without anchors, and whether the text must begin and end with them."""

    starts: bool = False
    parts: _Parts = ()
    ends: bool = False

    @property
    def way(self) -> _Parts:
        before = (Anchor("^"),) if self.starts else ()
        after = (Anchor("$"),) if self.ends else ()
        return (*before, *self.parts, *after)


def anchored(choice: Choice) -> Choice:
    """The same with its anchors at the ends of its ways.

    Raises PatternRefused where something stands before `^` or behind `$`.
    """
    ways: list[_Parts] = []
    for (starts, ends), held in _by_anchors(_rows(choice)).items():
        if not (starts or ends):
            ways += held
        else:
            parts = held[0] if len(held) == 1 else (Group(Choice(tuple(held))),)
            ways.append(_Row(starts, parts, ends).way)
    return Choice(tuple(ways))


def _rows(choice: Choice) -> Iterator[_Row]:
    """Its ways, and of those that begin or end with a choice of anchors some more."""
    for way in choice.ways:
        rows = [_Row()]
        for part in way:
            rows = [_behind(row, more) for row, more in product(rows, _pieces(part))]
        yield from rows


def _by_anchors(rows: Iterable[_Row]) -> dict[tuple[bool, bool], list[_Parts]]:
    """What stands between the same anchors.

    Of two ways that are alike engines make one, and would find something behind their anchors.
    """
    found: dict[tuple[bool, bool], list[_Parts]] = {}
    for row in rows:
        found.setdefault((row.starts, row.ends), []).append(row.parts)
    return found


def _behind(row: _Row, more: _Row) -> _Row:
    """The one with the other behind it."""
    if (row.parts and more.starts) or (row.ends and more.parts):
        raise PatternRefused(INSIDE)
    return _Row(row.starts or more.starts, row.parts + more.parts, row.ends or more.ends)


def _pieces(part: Part) -> Sequence[_Row]:
    """What may stand at one place, by its anchors."""
    match part:
        case Anchor(at=at):
            return [_Row(starts=at == "^", ends=at == "$")]
        case Group(choice=choice, flag=flag) if _has_anchors(part):
            return _grouped(_rows(choice), flag)
        case Repeated(part=inner, times=times) if _has_anchors(part):
            return _repeated(_pieces(inner), times)
        case _:
            return [_Row(parts=(part,))]


def _grouped(rows: Iterable[_Row], flag: Literal["", "i", "-i"]) -> Sequence[_Row]:
    """Those with the same anchors as one."""
    return [
        _Row(starts, (Group(Choice(tuple(held)), flag),) if any(held) else (), ends)
        for (starts, ends), held in _by_anchors(rows).items()
    ]


def _repeated(rows: Sequence[_Row], times: str) -> Sequence[_Row]:
    if times in _ONCE:
        return rows
    if times in _OR_NOT:
        return [*rows, _Row()]
    raise PatternRefused(INSIDE)


def _has_anchors(part: Part) -> bool:
    """Whether an anchor stands anywhere within."""
    match part:
        case Anchor():
            return True
        case Letter():
            return False
        case Repeated(part=inner):
            return _has_anchors(inner)
        case Group(choice=choice):
            return any(_has_anchors(each) for way in choice.ways for each in way)
