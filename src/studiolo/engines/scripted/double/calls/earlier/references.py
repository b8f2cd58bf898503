"""What earlier calls and their results named, for questions that point at it: "him", "there"."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.calls.past import calls_in, parsed, results_in, values_in
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.reading import Reading, Turn
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon

# What results in words may name, under the names that parameters for it have.
_NAMED: Final = ("email", "phone", "date", "time", "url")
_MOST_LETTERS: Final = 2_000


def known_before(asking: str, reading: Reading) -> dict[str, object]:
    """Values by name that stand in for what the question does not say; the latest come first.

    What was named before the question counts only where the question points at it.
    """
    known = _told_in(reading.since)
    if reading.question_at > 0 and points_back(asking):
        for name, value in _told_in(reading.turns[: reading.question_at], latest=True).items():
            known.setdefault(name, value)
    return known


def points_back(asking: str) -> bool:
    """Whether a word stands for something, somebody or some place that was named before."""
    words = _pointing()
    if is_unspaced(asking):
        return any(is_unspaced(word) and word in asking for word in words)
    return not words.isdisjoint(WORD.findall(asking.lower()))


def _told_in(turns: Sequence[Turn], *, latest: bool = False) -> dict[str, object]:
    """What results say and what calls were told, of which results say more."""
    results, calls = results_in(turns), calls_in(turns)
    if latest:
        results, calls = results[::-1], calls[::-1]
    known = values_in(results)
    for result in results:
        value = parsed(result)
        for fact in facts_in(value[:_MOST_LETTERS]).of(*_NAMED) if isinstance(value, str) else ():
            known.setdefault(fact.kind, fact.text)
    for call in calls:
        for name, text in call.arguments.items():
            known.setdefault(name, text)
    return known


@cache
def _pointing() -> frozenset[str]:
    return frozenset((*lexicon().lists["points"], *lexicon().lists["points_at"]))
