"""What is wrong with the patterns of one node of a schema."""

import re
from collections.abc import Iterator
from typing import Final, assert_never

from studiolo.core.schemas.nodes import Node
from studiolo.core.schemas.patterns.reading import read
from studiolo.core.schemas.patterns.tree import Anchor, Choice, Group, Letter, Part, Repeated
from studiolo.core.schemas.patterns.writing import written_for_json

LONGEST_PATTERN: Final = 512
MOST_REPEATS: Final = 1000
# Repeats that stand inside each other, multiplied.
MOST_REPEATED: Final = 1_000_000
_COUNT: Final = re.compile(r"\d+")
_SPECIAL_NAMES: Final = "names with quotes, backslashes or control characters are not supported"


def pattern_faults(known: Node) -> Iterator[tuple[str, str]]:
    """The words that hold a pattern which engines do not keep, and why."""
    if reason := _reason(known.pattern):
        yield "pattern", reason
    for pattern in known.pattern_properties:
        if reason := _reason(pattern) or _name_reason(pattern):
            yield "patternProperties", reason


def _reason(pattern: str) -> str:
    if len(pattern) > LONGEST_PATTERN:
        return f"it is longer than {LONGEST_PATTERN} characters"
    found = read(pattern)
    if isinstance(found, str):
        return f"in the pattern: {found}"
    most, together = _repeats(found)
    if most > MOST_REPEATS or together > MOST_REPEATED:
        return f"it repeats more than {MOST_REPEATS} times"
    return ""


def _name_reason(pattern: str) -> str:
    found = read(pattern)
    special = not isinstance(found, str) and written_for_json(found).beside
    return _SPECIAL_NAMES if special else ""


def _repeats(choice: Choice) -> tuple[int, int]:
    """The largest count in it, and the largest product of counts inside each other."""
    parts = [_repeats_of(part) for way in choice.ways for part in way]
    return max((most for most, _ in parts), default=1), max(
        (product for _, product in parts), default=1
    )


def _repeats_of(part: Part) -> tuple[int, int]:
    match part:
        case Repeated(part=inner, times=times):
            count = max((int(each) for each in _COUNT.findall(times)), default=1)
            most, together = _repeats_of(inner)
            return max(count, most), max(count, 1) * together
        case Group(choice=choice):
            return _repeats(choice)
        case Letter() | Anchor():
            return 1, 1
        case _:
            assert_never(part)
