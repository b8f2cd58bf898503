"""Multiples between bounds, counted exactly: which there are, and which an engine writes.

Law: engines write no multiple below zero unless it is named, for their automata of multiples know
no sign.
"""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final, cast

import msgspec

from studiolo.core.schemas.nodes import Mapping
from studiolo.core.schemas.numbers import LEAST, MOST, at_most, below_open, is_long

_NUMBERS: Final = frozenset(("number", "integer"))
_OTHERS: Final = ("null", "boolean", "object", "array", "string")
NUMBER_WORDS: Final = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
)
# So many are named one by one.
_MOST_NAMED: Final = 200
# Engines reckon with so much when they join two steps.
_LARGEST_JOINED: Final = 2**32 - 1
# They have a state for each digit of a bound and each remainder, and give up at half as many again.
_MOST_STATES: Final = 100_000


class Multiples(msgspec.Struct, frozen=True):
    """All `step * place` with a place between these two; None where there is no end."""

    step: Fraction
    first: int | None
    last: int | None

    @property
    def none(self) -> bool:
        """Whether there are none at all."""
        return self.first is not None and self.last is not None and self.first > self.last

    @property
    def below_zero(self) -> bool:
        """Whether all are."""
        return self.last is not None and self.last < 0

    @property
    def named(self) -> list[int | float] | None:
        """One by one, where they are few."""
        if self.first is None or self.last is None or self.last - self.first >= _MOST_NAMED:
            return None
        found = [self.step * place for place in range(self.first, self.last + 1)]
        return [int(each) if each.denominator == 1 else float(each) for each in found]

    def holds(self, value: object) -> bool:
        """Whether this is one of them, or no number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        place = exact(value) / self.step
        return (
            place.denominator == 1
            and (self.first is None or place >= self.first)
            and (self.last is None or place <= self.last)
        )


def exact(number: float) -> Fraction:
    """As it is written: a tenth is a tenth."""
    return Fraction(number if isinstance(number, int) else repr(number))


def multiples_of(nodes: Sequence[Mapping]) -> Multiples | None:
    """Those that all of these nodes allow; None where none asks for multiples of anything."""
    steps = [exact(step) for step in _said(nodes, "multipleOf") if step]
    whole = any("number" not in types_of(node) and "integer" in types_of(node) for node in nodes)
    if not steps and not whole:
        return None
    step = _joined([*steps, *([Fraction(1)] if whole else [])])
    lows = [-place for place in _places(nodes, step, ("minimum", "exclusiveMinimum"), -1)]
    highs = _places(nodes, step, ("maximum", "exclusiveMaximum"), 1)
    return Multiples(step, max(lows, default=None), min(highs, default=None))


def _places(
    nodes: Sequence[Mapping], step: Fraction, words: tuple[str, str], sign: int
) -> list[int]:
    """How many steps lead to each upper bound; with the other sign, to each lower one."""
    closed, opened = words
    most = MOST if sign > 0 else -LEAST
    found = [exact(at_most(sign * high, most)) // step for high in _said(nodes, closed)]
    for high in _said(nodes, opened):
        if is_long(high):
            found.append(exact(below_open(sign * high, most)) // step)
        else:
            found.append(math.ceil(exact(sign * high) / step) - 1)
    return found


def multiples_fault(nodes: Sequence[Mapping]) -> str:
    """Why no engine writes a number that satisfies all of these; empty if one does.

    Bounds that cross are no matter of this, for engines see them.
    """
    found = multiples_of(nodes)
    if found is None or not all(_NUMBERS & types_of(node) for node in nodes):
        return ""
    if len(nodes) == 1 and _named_values(nodes[0]):
        return ""
    steps = [exact(step) for step in _said(nodes, "multipleOf") if step]
    if steps and _are_too_much(steps, nodes):
        return "together they are too large"
    named = [values for node in nodes if (values := _named_values(node)) is not None]
    if named:
        return _values_fault(found, named, steps)
    if not steps:
        lows = [*_said(nodes, "minimum"), *_said(nodes, "exclusiveMinimum")]
        highs = [*_said(nodes, "maximum"), *_said(nodes, "exclusiveMaximum")]
        return _NOTHING if found.none and max(lows) <= min(highs) else ""
    if found.none:
        return _NOTHING
    return _NAMELESS if found.below_zero else ""


def _values_fault(
    found: Multiples, named: Sequence[list[object]], steps: Sequence[Fraction]
) -> str:
    """The same where some parts name their values, and others are asked for multiples."""
    whole = found.step.denominator == 1
    if whole and not all(_is_whole(value) for values in named for value in values):
        return _NOTHING
    kept = [value for value in named[0] if found.holds(value)]
    if not steps or any(_is_written(value) for value in kept):
        return "" if kept else _NOTHING
    return _NAMELESS


_NOTHING: Final = "nothing satisfies it"
_NAMELESS: Final = "multiples below zero are kept only where they are few, and their bounds beside"


def with_named_multiples(node: Mapping) -> Mapping:
    """The node with its multiples one by one, where they are few and could not be told else."""
    named = _named_values(node)
    if named is None or multiples_of([node]) is None:
        return node
    words = (*NUMBER_WORDS, "const", "enum")
    rest = {word: held for word, held in node.items() if word not in words}
    others = [each for each in _OTHERS if each in types_of(node)]
    if not others or _values([node]) is not None:
        return {**rest, "enum": named}
    choice = {"anyOf": [{"type": others}, {"enum": named}]}
    both = node.get("allOf")
    before = cast("list[object]", both) if isinstance(both, list) else []
    return {**rest, "allOf": [*before, choice]}


def _named_values(node: Mapping) -> list[object] | None:
    """The values that engines are told one by one; None where they are not."""
    found, values = multiples_of([node]), _values([node])
    if found is None or not _NUMBERS & types_of(node):
        return values
    if values is not None:
        return [value for value in values if found.holds(value)]
    named = found.named
    if "multipleOf" not in node or not named:
        return None
    # Of fractions engines miss some: their bounds are doubles, and what is between them is not.
    whole = found.step.denominator == 1
    told = whole and min(named) >= 0 and not _are_too_much([found.step], [node])
    return None if told else [*named]


def number_words_of(node: Mapping) -> list[str]:
    """The words by which it speaks of numbers, `multipleOf` first."""
    return [word for word in reversed(NUMBER_WORDS) if word in node]


def speaks_of_numbers(node: Mapping) -> bool:
    """Whether it says of numbers more than that they are such, or whole."""
    values = _values([node]) or ()
    return bool(number_words_of(node)) or any(isinstance(value, float) for value in values)


def types_of(node: Mapping) -> frozenset[str]:
    """The types that a node allows."""
    said = node.get("type")
    if said is None:
        return frozenset((*_NUMBERS, *_OTHERS))
    rows = cast("list[object]", said) if isinstance(said, list) else [said]
    return frozenset(map(str, rows))


def _joined(steps: Iterable[Fraction]) -> Fraction:
    """The smallest number that is a multiple of them all."""
    found = Fraction(1)
    for place, step in enumerate(steps):
        if place == 0:
            found = step
            continue
        shared = math.lcm(found.denominator, step.denominator)
        found = Fraction(math.lcm(int(found * shared), int(step * shared)), shared)
    return found


def _figures(steps: Sequence[Fraction]) -> list[int]:
    """The steps as whole numbers, all with the same decimal point."""
    places = 0
    while any((step * 10**places).denominator != 1 for step in steps) and places < 30:
        places += 1
    return [math.ceil(step * 10**places) for step in steps]


def _are_too_much(steps: Sequence[Fraction], nodes: Sequence[Mapping]) -> bool:
    """Whether engines cannot reckon with these steps, or not between these bounds."""
    figures = _figures(steps)
    if len(steps) > 1 and math.prod(figures) > _LARGEST_JOINED:
        return True
    bounds = (number for word in NUMBER_WORDS[:4] for number in _said(nodes, word))
    digits = max((len(str(at_most(abs(number)))) for number in bounds if number), default=0)
    return digits * max(figures) > _MOST_STATES


def _said(nodes: Sequence[Mapping], word: str) -> list[int | float]:
    found = [node[word] for node in nodes if word in node]
    return [each for each in found if isinstance(each, int | float) and not isinstance(each, bool)]


def _values(nodes: Sequence[Mapping]) -> list[object] | None:
    """The values that one of them names, if one does."""
    for node in nodes:
        if "const" in node:
            return [node["const"]]
        if isinstance(held := node.get("enum"), list):
            return cast("list[object]", held)
    return None


def _is_written(value: object) -> bool:
    """Whether an engine writes this value beside `multipleOf`."""
    return not isinstance(value, int | float) or isinstance(value, bool) or value >= 0


def _is_whole(value: object) -> bool:
    return not isinstance(value, float) or value.is_integer()
