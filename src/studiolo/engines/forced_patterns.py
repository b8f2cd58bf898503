"""Patterns of JSON schemas as regular expressions of whole texts.

A pattern is looked for anywhere in a text unless it says where; a terminal of a grammar is all of
its text and knows no anchors.
"""

from typing import Final

from studiolo.core.schemas.patterns.reading import read
from studiolo.core.schemas.patterns.tree import Anchor, Choice, Part
from studiolo.core.schemas.patterns.writing import written

_ANYTHING: Final = "(?s:.*)"


def found_in(pattern: str) -> str | None:
    """A regular expression of all texts in which it is found; None for a pattern that is none."""
    choice = read(pattern)
    if isinstance(choice, str):
        return None
    return "|".join(map(_whole, choice.ways))


def _whole(way: tuple[Part, ...]) -> str:
    """One way to match, with all that may stand around it."""
    before = "" if Anchor("^") in way else _ANYTHING
    after = "" if Anchor("$") in way else _ANYTHING
    middle = tuple(part for part in way if not isinstance(part, Anchor))
    return f"{before}{written(Choice((middle,)))}{after}"
