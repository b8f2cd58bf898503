"""What earlier calls and their results named, for questions that point at it: "him", "there"."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from studiolo.engines.scripted.double.calls.past import (
    Done,
    calls_in,
    leaves,
    parsed,
    results_in,
    values_in,
)
from studiolo.engines.scripted.double.calls.tasks import Before
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.reading import Reading
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon

# What results in words may name, under the names that parameters for it have.
_NAMED: Final = ("email", "phone", "date", "time", "url")
_MOST_OTHERS: Final = 64
_MOST_LETTERS: Final = 2_000


def known_before(asking: str, reading: Reading) -> Before:
    """Values that stand in for what the question does not say; the latest come first.

    What was named before the question counts only where the question points at it.
    """
    results = results_in(reading.since)
    given, named = _given_in(results), {**_named_in(calls_in(reading.since)), **_others_in(results)}
    if reading.question_at > 0 and points_back(asking):
        earlier = reading.turns[: reading.question_at]
        named = {
            **_named_in(calls_in(earlier)),
            **_given_in(results_in(earlier)[::-1]),
            **named,
        }
    return Before(given, named)


@lru_cache(256)
def points_back(asking: str) -> bool:
    """Whether a word stands for something, somebody or some place that was named before."""
    if is_unspaced(asking):
        return any(word in asking for word in _pointing_unspaced())
    return not _pointing().isdisjoint(WORD.findall(asking.lower()))


def _given_in(results: Sequence[str]) -> dict[str, object]:
    """What results say under names; those in words under those of what they name."""
    known = values_in(results)
    for value in map(parsed, results):
        for fact in facts_in(value[:_MOST_LETTERS]).of(*_NAMED) if isinstance(value, str) else ():
            known.setdefault(fact.kind, fact.text)
    return known


def _others_in(results: Sequence[str]) -> dict[str, object]:
    """What results say once more under a name, each with a number behind it."""
    found: dict[str, object] = {}
    for name, value in (leaf for result in results for leaf in leaves(parsed(result))):
        if name and len(found) < _MOST_OTHERS:
            found[f"{name} {len(found)}"] = value
    return found


def _named_in(calls: Sequence[Done]) -> dict[str, object]:
    """What calls were told, the last ones first."""
    return {name: text for call in calls for name, text in call.arguments.items()}


@cache
def _pointing() -> frozenset[str]:
    return frozenset((*lexicon().lists["points"], *lexicon().lists["points_at"]))


@cache
def _pointing_unspaced() -> tuple[str, ...]:
    return tuple(filter(is_unspaced, sorted(_pointing())))
