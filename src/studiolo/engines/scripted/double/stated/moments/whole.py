"""Days and times that stand apart in a text, as one moment each."""

from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.stated.facts import Fact, Facts
from studiolo.engines.scripted.double.stated.moments.dates import date_of, time_of

# Farther apart than this they are two stretches of the text.
_GAP: Final = 8


def moments_in(facts: Facts) -> Iterator[Fact]:
    """Each day with the time that stands nearest to it."""
    times = facts.of("time")
    for day in facts.of("date"):
        named = date_of(day.text)
        time = min(times, key=lambda one: _apart(day, one), default=None)
        hour = time_of(time.text) if time is not None else None
        if named is None or time is None or hour is None:
            continue
        beside = _apart(day, time) <= _GAP
        start, end = min(day.start, time.start), max(day.end, time.end)
        place = (start, end) if beside else (day.start, day.end)
        yield Fact("datetime", f"{named.isoformat()}T{hour}", *place)


def _apart(one: Fact, other: Fact) -> int:
    return max(other.start - one.end, one.start - other.end)
