"""What day and time it is, where a prompt says so."""

import re
from collections.abc import Iterator
from datetime import datetime, time
from functools import cache, lru_cache
from typing import Final

import msgspec

from studiolo.engines.scripted.double.reading import Reading
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.moments.ahead import days_of, names_of_days
from studiolo.engines.scripted.double.stated.moments.dates import date_of, time_of

_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NINE: Final = time(9)
# So much is read before a year and behind it, for so many years.
_BEFORE: Final = 90
_BEHIND: Final = 40
_MOST_YEARS: Final = 12
# Letters of YYYY-MM-DD.
_DAY: Final = 10
_NEAR: Final = re.compile(
    r"(?:[\s,]|at|um|à|às|a las|alle|om|kl\.?|в|o|saat|(?=\d)T|and the time is)*"
)

# So much of a turn, and so many turns before the question, are read for it.
_READ_LETTERS: Final = 4_000
_MOST_TURNS: Final = 12


class Now(msgspec.Struct, frozen=True):
    """A day with its time, and where a text says it."""

    moment: datetime
    start: int
    end: int


def now_for(reading: Reading) -> datetime | None:
    """What the question says of it, else the system, else the users before; None if nobody does."""
    said = now_in(reading.asking) or _of_system(reading.told[:_READ_LETTERS])
    if said is not None:
        return said.moment
    before = reading.turns[max(0, reading.question_at - _MOST_TURNS) : max(0, reading.question_at)]
    told = (now_in(turn.text[:_READ_LETTERS]) for turn in reversed(before) if turn.role == "user")
    return next((one.moment for one in told if one is not None), None)


@lru_cache(256)
def now_in(text: str) -> Now | None:
    """What a text says of today; nine in the morning if it tells no time."""
    return next(_told(text, _says()), None) if "19" in text or "20" in text else None


@lru_cache(256)
def _of_system(text: str) -> Now | None:
    """The same of a system message, which may have a line that begins with "Date:"."""
    found = now_in(text)
    return found or (next(_told(text, _heads()), None) if _YEAR.search(text) else None)


def without_now(text: str) -> str:
    """The text with blanks where it says what day it is."""
    found = now_in(text)
    if found is None:
        return text
    return text[: found.start] + " " * (found.end - found.start) + text[found.end :]


def _told(text: str, marks: re.Pattern[str]) -> Iterator[Now]:
    for number, year in enumerate(_YEAR.finditer(text)):
        if number == _MOST_YEARS:
            return
        begin = max(0, year.start() - _BEFORE)
        window = text[begin : year.end() + _BEHIND]
        facts = facts_in(window)
        for fact in facts.of("date", "datetime"):
            if not fact.start <= year.start() - begin < fact.end:
                continue
            mark = marks.search(window[: fact.start].lower())
            day = date_of(fact.text if fact.kind == "date" else fact.text[:_DAY])
            if mark is None or day is None:
                continue
            moment, end = _time_behind(window, fact.start, fact.end)
            yield Now(datetime.combine(day, moment), begin + mark.start(), begin + end)


def _time_behind(window: str, start: int, end: int) -> tuple[time, int]:
    """The time that is told with a day, and where both end, with the mark behind them."""
    told = time_of(window[start + _DAY : end]) if ":" in window[start:end] else None
    gap = _NEAR.match(window, end)
    place = gap.end() if gap else end
    for one in facts_in(window).of("time") if told is None else ():
        if one.start == place:
            told, end = time_of(one.text), one.end
    closing = re.compile(r"[\s)]*[.,;!\u3002\uff0c\u060c]?").match(window, end)
    return time.fromisoformat(told) if told else _NINE, closing.end() if closing else end


@cache
def _says() -> re.Pattern[str]:
    rows = days_of("today")
    return re.compile(rf"(?:(?<=\W)|^)(?:{rows['says']}){_between()}\Z")


@cache
def _heads() -> re.Pattern[str]:
    return re.compile(rf"(?m)^(?:{days_of('today')['heads']}){_between()}\Z")


def _between() -> str:
    # The last end is that of the text, not of a line.
    return days_of("today")["between"].replace("{days}", f"(?:{names_of_days()})(?!\\w)")
