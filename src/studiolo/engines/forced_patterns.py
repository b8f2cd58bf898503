"""Patterns of JSON schemas as regular expressions of whole texts.

A pattern is looked for anywhere in a text unless it says where; a terminal of a grammar is all of
its text and knows no anchors.
"""

from itertools import product
from typing import Final

from studiolo.core.schemas.patterns.reading import read
from studiolo.core.schemas.patterns.tree import Anchor, Choice, Group, Letter, Part, Repeated
from studiolo.core.schemas.patterns.writing import written

_ANYTHING: Final = "(?s:.*)"
# Every choice between anchors doubles what is written.
_MOST_ROWS: Final = 32

# Pieces of text, and anchors between them.
_Row = list[str]


class _UnheldError(Exception):
    """A pattern that cannot be said of whole texts."""


def found_in(pattern: str) -> str | None:
    """A regular expression of all texts in which it is found; None if that cannot be said."""
    choice = read(pattern)
    if isinstance(choice, str):
        return None
    try:
        return "|".join(map(_whole, _rows(choice)))
    except _UnheldError:
        return None


def _whole(row: _Row) -> str:
    """One way to match, with all that may stand around it."""
    start, end = 0, len(row)
    while start < end and row[start] == "^":
        start += 1
    while end > start and row[end - 1] == "$":
        end -= 1
    middle = row[start:end]
    if "^" in middle or "$" in middle:
        raise _UnheldError
    before = "" if start else _ANYTHING
    after = "" if end < len(row) else _ANYTHING
    return f"{before}{''.join(middle)}{after}"


def _rows(choice: Choice) -> list[_Row]:
    """The ways to match, one by one as far as anchors stand in them."""
    every: list[_Row] = []
    for way in choice.ways:
        rows: list[_Row] = [[]]
        for part in way:
            rows = [[*row, *more] for row, more in product(rows, _pieces(part))]
            if len(every) + len(rows) > _MOST_ROWS:
                raise _UnheldError
        every += rows
    if len(every) > _MOST_ROWS:
        raise _UnheldError
    return every


def _pieces(part: Part) -> list[_Row]:
    """What stands at one place, way by way."""
    match part:
        case Anchor(at=at):
            return [[at]]
        case Group(choice=choice, flag="") if _is_anchored(part):
            return _rows(choice)
        case _ if _is_anchored(part):
            raise _UnheldError
        case _:
            return [[written(Choice(((part,),)))]]


def _is_anchored(part: Part) -> bool:
    """Whether an anchor stands anywhere within."""
    match part:
        case Anchor():
            return True
        case Letter():
            return False
        case Repeated(part=inner):
            return _is_anchored(inner)
        case Group(choice=choice):
            return any(_is_anchored(each) for way in choice.ways for each in way)
