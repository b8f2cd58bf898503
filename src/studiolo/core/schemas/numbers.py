"""Numbers in a schema that grammars would round or cut off in silence."""

import math
from typing import Final, cast

from studiolo.core.schemas.nodes import Mapping

_BOUNDS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_VALUES: Final = ("enum", "const")
# What rounds to the very least of 64 bits makes llguidance crash.
_LEAST: Final = 2048 - 2**63
# Bounds are read with a sign, values without.
_MOST_BOUND: Final = 2**63 - 1
_MOST_VALUE: Final = 2**64 - 1


def number_fault(node: Mapping) -> tuple[str, str] | None:
    """The word of this node that holds a number too large, and what is wrong; None for none."""
    for words, most in ((_BOUNDS, _MOST_BOUND), (_VALUES, _MOST_VALUE)):
        for word in words:
            if word in node and not _fits(node[word], most):
                return word, "a number is too large"
    return None


def _fits(value: object, most: int) -> bool:
    left = [value]
    while left:
        held = left.pop()
        if isinstance(held, list):
            left += cast("list[object]", held)
        elif isinstance(held, dict):
            left += cast("Mapping", held).values()
        elif isinstance(held, int | float) and not _holds(held, most):
            return False
    return True


def _holds(number: float, most: int) -> bool:
    return _LEAST <= number <= most if isinstance(number, int) else math.isfinite(number)
