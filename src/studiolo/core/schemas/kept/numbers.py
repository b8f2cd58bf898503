"""The numbers of a schema in words that every engine keeps; they allow what the schema allows.

Law: what is allowed afterwards was allowed before. What gets lost is next to an open bound, or
beyond what doubles can hold.
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from studiolo.core.schemas.kept.multiples import exact, with_named_multiples
from studiolo.core.schemas.nodes import Mapping, below
from studiolo.core.schemas.numbers import LEAST, MOST, at_most, below_open, is_long

_LOWS: Final = ("minimum", "exclusiveMinimum")
_HIGHS: Final = ("maximum", "exclusiveMaximum")
# How much of the room behind an open bound is given up: one in ten to the power of this.
_GIVEN_UP: Final = 6


class KeptNumbers:
    """Reads one schema, and says its nodes anew.

    An engine takes an open bound for a closed one if it is a whole number and the other bound
    lies before the next one; the other may stand in any node that speaks of the same value.
    """

    def __init__(self, root: Mapping) -> None:
        self._lows, self._highs = set[Fraction](), set[Fraction]()
        left = [root]
        while left:
            node = left.pop()
            self._lows |= _broken(node, _LOWS)
            self._highs |= _broken(node, _HIGHS)
            left += [each for _, each in below(node) if isinstance(each, dict)]

    def node(self, node: Mapping) -> Mapping:
        """The node alone; those below it are as they were."""
        named = with_named_multiples(node)
        lows, highs = _numbers(named, _LOWS), _numbers(named, _HIGHS)
        if not lows and not highs:
            return named
        kept = {word: held for word, held in named.items() if word not in (*_LOWS, *_HIGHS)}
        return {**kept, **self._low(lows), **self._high(highs)}

    def _low(self, said: dict[str, float]) -> Mapping:
        """The lower bounds."""
        turned = {word: -number for word, number in said.items()}
        kept = _closed(turned, _LOWS, {-high for high in self._highs}, -LEAST)
        return {word: -number for word, number in kept.items()}

    def _high(self, said: dict[str, float]) -> Mapping:
        return {**_closed(said, _HIGHS, self._lows, MOST)}


def _closed(
    said: dict[str, float], words: tuple[str, str], others: set[Fraction], most: float
) -> dict[str, float]:
    """Upper bounds, of which the open ones are said as closed ones where an engine errs."""
    closed, opened = words
    found: dict[str, float] = {}
    if closed in said:
        found[closed] = at_most(said[closed], most)
    if opened not in said:
        return found
    bound = exact(said[opened])
    near = [other for other in others if bound - 1 < other < bound]
    if is_long(said[opened]):
        new = below_open(said[opened], most)
    elif bound.denominator == 1 and near:
        new = _just_below(bound, max(near))
    else:
        return {**found, opened: said[opened]}
    found[closed] = min(new, found.get(closed, new))
    return found


def _just_below(bound: Fraction, other: Fraction) -> float:
    """A decimal below a whole number, close to it as seen from the other bound."""
    room = bound - other
    places = 0
    while room < Fraction(1, 10**places):
        places += 1
    for lost in range(places + _GIVEN_UP, places, -1):
        found = float(bound - Fraction(1, 10**lost))
        if other < exact(found) < bound:
            return found
    return math.nextafter(float(bound), -math.inf)


def _broken(node: Mapping, words: Iterable[str]) -> set[Fraction]:
    """The bounds that are no whole numbers."""
    found = {exact(number) for number in _numbers(node, words).values() if math.isfinite(number)}
    return {number for number in found if number.denominator != 1}


def _numbers(node: Mapping, words: Iterable[str]) -> dict[str, float]:
    return {
        word: number
        for word in words
        if isinstance(number := node.get(word), int | float) and not isinstance(number, bool)
    }
