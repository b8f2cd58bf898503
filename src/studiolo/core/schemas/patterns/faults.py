"""What is wrong with the patterns of one node of a schema."""

import math
import re
from collections.abc import Iterator
from typing import Final

from studiolo.core.schemas.nodes import Node
from studiolo.core.schemas.patterns.reading import read
from studiolo.core.schemas.patterns.writing import written_for_json

LONGEST_PATTERN: Final = 512
MOST_REPEATS: Final = 1000
# All repeats of one pattern multiplied, for they may stand inside each other.
MOST_REPEATED: Final = 1_000_000
_REPEAT: Final = re.compile(r"\{(\d+)(?:,(\d*))?\}")
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
    if _repeats_too_often(pattern):
        return f"it repeats more than {MOST_REPEATS} times"
    found = read(pattern)
    return f"in the pattern: {found}" if isinstance(found, str) else ""


def _name_reason(pattern: str) -> str:
    found = read(pattern)
    special = not isinstance(found, str) and written_for_json(found).beside
    return _SPECIAL_NAMES if special else ""


def _repeats_too_often(pattern: str) -> bool:
    counts = [max(map(int, filter(None, found.groups()))) for found in _REPEAT.finditer(pattern)]
    return any(n > MOST_REPEATS for n in counts) or math.prod(filter(None, counts)) > MOST_REPEATED
