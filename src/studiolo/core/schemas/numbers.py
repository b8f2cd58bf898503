"""Numbers in a schema that grammars would round or cut off in silence.

Engines read them as doubles, and not all of these exactly.
"""

import math
from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal
from functools import partial
from typing import Final, cast

from studiolo.core.schemas.nodes import Mapping

_VALUES: Final = ("enum", "const")
# What rounds to the very least of 64 bits makes llguidance crash.
LEAST: Final = 2048 - 2**63
# Between doubles of 64 bits there are no more whole numbers than this.
_MOST_TRIED: Final = 2048
_INEXACT: Final = "it has more digits than can be written for certain"
# Of those that are written, and of places before or behind them.
_MOST_DIGITS: Final = 15
_MOST_PLACES: Final = 22
# The largest double among them.
MOST: Final = 2**63 - 1024
# Beyond this not every whole number is a double.
_EXACT: Final = 2**53
_SURE_DIGITS: Final = 13
_LEAST_SIGNED: Final = -(2**63)
_MOST_SIGNED: Final = 2**63 - 1
_MOST_UNSIGNED: Final = 2**64 - 1
# What each may be: as bounds the ends of 64 bits are said, with a sign and without, though nothing
# is written next to them; at the other end bounds would leave nothing that engines can read.
_RANGES: Final = {
    "minimum": (_LEAST_SIGNED, _MOST_SIGNED),
    "exclusiveMinimum": (_LEAST_SIGNED - 1, _MOST_SIGNED),
    "maximum": (LEAST, _MOST_UNSIGNED),
    "exclusiveMaximum": (LEAST, _MOST_UNSIGNED + 1),
    "multipleOf": (0, _MOST_SIGNED),
    "enum": (LEAST, _MOST_UNSIGNED),
    "const": (LEAST, _MOST_UNSIGNED),
}


def number_fault(node: Mapping) -> tuple[str, str] | None:
    """The word of this node that holds a number too large, and what is wrong; None for none."""
    for word, (least, most) in _RANGES.items():
        if word in node and not _all(node[word], partial(_holds, least=least, most=most)):
            return word, f"a number is too large: for {word} they go from {least} to {most}"
    for word in _VALUES:
        if word in node and not _all(node[word], is_plain):
            return word, _INEXACT
    if _closes(node):
        return "minimum", _INEXACT
    return None


def _closes(node: Mapping) -> bool:
    """Whether there are whole numbers between the bounds, of which none can be a bound."""
    low, high = node.get("minimum"), node.get("maximum")
    if not isinstance(low, int) or not isinstance(high, int) or not 0 <= high - low < _MOST_TRIED:
        return False
    return not any(map(is_plain, range(low, high + 1)))


def is_plain(number: float) -> bool:
    """Whether engines, which read doubles by a short way, read this one as it is written."""
    if isinstance(number, int):
        return int(float(number)) == number
    _, digits, exponent = Decimal(repr(number)).as_tuple()
    return (
        isinstance(exponent, int) and len(digits) <= _MOST_DIGITS and abs(exponent) <= _MOST_PLACES
    )


def _all(value: object, fits: Callable[[float], bool]) -> bool:
    """Whether all numbers in there are such."""
    left = [value]
    while left:
        held = left.pop()
        if isinstance(held, list):
            left += cast("list[object]", held)
        elif isinstance(held, dict):
            left += cast("Mapping", held).values()
        elif isinstance(held, int | float) and not fits(held):
            return False
    return True


def _holds(number: float, *, least: int, most: int) -> bool:
    return least <= number <= most if isinstance(number, int) else math.isfinite(number)


def is_long(number: float) -> bool:
    """Whether engines cannot tell it from its neighbours."""
    return abs(number) >= _EXACT or not is_plain(number)


def at_most(number: float, most: float = MOST) -> float:
    """The largest number that engines read as it is and that is no larger; at most the end."""
    if is_plain(number):
        return min(number, most)
    found = float(number)
    if abs(found) >= _EXACT:
        found = found if found <= number else math.nextafter(found, -math.inf)
        return int(min(found, most))
    written = Decimal(repr(found))
    last = Decimal(10) ** (written.adjusted() - _SURE_DIGITS)
    return float((written / last).to_integral_value(ROUND_FLOOR) * last - last)


def below_open(number: float, most: float = MOST) -> float:
    """The same for an open bound that is long."""
    return at_most(math.ceil(number) - 1 if abs(number) >= _EXACT else number, most)


def significant(number: float) -> int:
    """The digits of a number between its zeros: 25 of 0.25 and of 2500."""
    digits = f"{number:.15e}".partition("e")[0].replace(".", "").rstrip("0")
    return int(digits)
