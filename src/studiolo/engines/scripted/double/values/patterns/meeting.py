"""A text in which several expressions are found at once, and others are not, of a certain length.

Law: it is looked for among the states of all automata together, the nearest to the end first, and
given up after so many steps.
"""

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import count, islice
from typing import Final

import msgspec

from studiolo.engines.scripted.double.values.patterns.automata import (
    Automaton,
    Beside,
    States,
    automaton_of,
    beside,
)
from studiolo.engines.scripted.double.values.patterns.letters import Letters, NotUnderstood

# What may be tried for one text: a letter at a time, for each state of each expression.
MOST_STEPS: Final = 200_000
_MOST_TEXTS: Final = 6
# Which of several letters are written.
_SEED: Final = 1
_KNOWN: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -_.,:;@/+*#=!?&"
_SPAN: Final = 3
# Longer texts are not looked for, whatever is allowed.
_LONGEST: Final = 10_000


class Wanted(msgspec.Struct, frozen=True):
    """Which expressions must be found, which must not, and how long the text may be."""

    patterns: tuple[str, ...]
    never: tuple[str, ...] = ()
    least: int = 0
    most: float = float("inf")


class _Class(msgspec.Struct, frozen=True):
    """Letters that lead to the same states everywhere; `held` are their sets, per automaton."""

    letters: str
    held: tuple[States, ...]
    beside: Beside


class _Way(msgspec.Struct, frozen=True):
    """A text as far as it is written: of which classes its letters are."""

    states: tuple[States, ...]
    length: int
    before: Beside
    last: "tuple[_Way, _Class] | None" = None


@lru_cache(256)
def texts_of(wanted: Wanted) -> tuple[str, ...]:
    """A few texts that are as wanted; none where none are found."""
    try:
        return (*islice(Meeting(wanted, random.Random(_SEED)).texts(), _MOST_TEXTS),)
    except NotUnderstood:
        return ()


class Meeting:
    """Looks for texts. Raises NotUnderstood for an expression that is none here."""

    def __init__(self, wanted: Wanted, draw: random.Random) -> None:
        self._wanted = wanted
        self._draw = draw
        self._needed = len(wanted.patterns)
        self._automata = [*map(automaton_of, (*wanted.patterns, *wanted.never))]
        self._edged = any(one.kinds - {"start", "end"} for one in self._automata)
        self._classes = _classes(self._automata, edged=self._edged)
        self._bounded = wanted.most != float("inf")
        self._begun = self._work()

    @property
    def steps(self) -> int:
        """What it took until here."""
        return self._work() - self._begun

    def _work(self) -> int:
        return sum(one.work for one in self._automata)

    def texts(self) -> Iterator[str]:
        """One after the other, as long as it does not take too long."""
        order = count()
        first = _Way(tuple(one.start for one in self._automata), 0, "")
        left = [(0, 0, 0, first)]
        seen = {self._key(first)}
        while left and self.steps < MOST_STEPS:
            _, _, _, way = heapq.heappop(left)
            if self._is_end(way):
                yield self._written(way)
            for following in self._following(way):
                key = self._key(following)
                missing = self._missing(following)
                if key not in seen and missing is not None:
                    seen.add(key)
                    heapq.heappush(left, (missing, following.length, next(order), following))

    def _key(self, way: _Way) -> tuple[object, ...]:
        length = way.length if self._bounded else min(way.length, self._wanted.least)
        return (way.states, length, way.before)

    def _following(self, way: _Way) -> Iterator[_Way]:
        for each in self._classes:
            states = tuple(
                one.step(states, held, before=way.before, after=each.beside)
                for one, states, held in zip(self._automata, way.states, each.held, strict=True)
            )
            yield _Way(states, way.length + 1, each.beside, (way, each))

    def _missing(self, way: _Way) -> int | None:
        """How many letters all expressions miss together; None where that is too many."""
        pairs = zip(self._automata[: self._needed], way.states, strict=False)
        away = [one.away(states) for one, states in pairs]
        if way.length + max(away, default=0) > min(self._wanted.most, _LONGEST):
            return None
        return sum(away) + max(0, self._wanted.least - way.length)

    def _is_end(self, way: _Way) -> bool:
        if way.length < self._wanted.least:
            return False
        found = [
            one.found(states, way.before, "")
            for one, states in zip(self._automata, way.states, strict=True)
        ]
        return all(found[: self._needed]) and not any(found[self._needed :])

    def _written(self, way: _Way) -> str:
        letters: list[str] = []
        while way.last is not None:
            way, one = way.last
            letters.append(self._draw.choice(one.letters))
        return "".join(reversed(letters))


def _classes(automata: Sequence[Automaton], *, edged: bool) -> list[_Class]:
    """All letters that make a difference, those together that make the same."""
    side: Callable[[str], Beside] = beside if edged else lambda letter: "."
    together: dict[tuple[tuple[States, ...], Beside], list[str]] = {}
    for letter in _letters([each for one in automata for each in one.letters]):
        held = tuple(
            frozenset(number for each, number in one.letters.items() if each.holds(letter))
            for one in automata
        )
        together.setdefault((held, side(letter)), []).append(letter)
    return [
        _Class("".join(letters[:26]), held, beside) for (held, beside), letters in together.items()
    ]


def _letters(sets: Sequence[Letters]) -> dict[str, None]:
    """Letters of each set, and those beside them, which may be in others."""
    found = dict.fromkeys(_KNOWN)
    for each in dict.fromkeys(sets):
        shown = each.chosen if len(each.chosen) <= len(_KNOWN) else each.chosen[:_SPAN]
        found |= dict.fromkeys(shown)
        found |= dict.fromkeys(each.chosen[-_SPAN:])
        found |= dict.fromkeys(each.chosen.swapcase()[:_SPAN])
    return found
