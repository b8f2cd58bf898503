"""Dates and times as people write them, in the forms that machines read.

A double has no calendar: words such as "tomorrow" count from the day that the prompt says it is,
else from one that is always the same.
"""

import re
from datetime import date, timedelta
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.moments.ahead import day_ahead
from studiolo.engines.scripted.double.stated.numbers.ranges import is_next_week

TODAY: Final = date(2025, 1, 1)
_WEEK: Final = 7
_LETTERS: Final = "一二三四五六日"
_LETTERED: Final = re.compile(rf"(?:周|星期|礼拜)(?P<day>[{_LETTERS}])")
_LATER: Final = re.compile(
    r"(?i)p\.?m|下午|晚上|傍晚|午後|夜|오후|afternoon|evening|tarde|noche|noite|sera|pomeriggio"
    r"|вечера|дня|مساء"
)
_HALF: Final = re.compile("半|반")
# What stands before the hours.
_DAY: Final = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]")
_FIGURES: Final = re.compile("[一二两三四五六七八九十]+")


def date_of(text: str, today: date = TODAY) -> date | None:
    """The day a text names, if it names one."""
    low = text.strip().lower()
    told = _counted(low, today)
    if told is not None:
        return told
    numbers = [int(each) for each in re.findall(r"\d+", low)]
    month = next(
        (
            lexicon().months[word]
            for word in re.findall(r"[^\W\d]+", low)
            if word in lexicon().months
        ),
        None,
    )
    if month is not None and numbers:
        return _day(numbers[1] if len(numbers) > 1 else today.year, month, numbers[0])
    match numbers:
        case [year, month, day, *_] if year > 31:
            return _day(year, month, day)
        case [day, month, year, *_]:
            return _day(year, month, day)
        case [month, day]:
            return _day(today.year, month, day)
        case _:
            return None


def _counted(low: str, today: date) -> date | None:
    """The day that is told by how far off it is."""
    ahead = day_ahead(low, today)
    if ahead is not None:
        return ahead
    if is_next_week(low):
        return _of_next_week(low, today)
    if low in lexicon().week:
        return today + timedelta(days=(lexicon().week[low] - today.weekday()) % _WEEK)
    if low in lexicon().relative_dates:
        return today + timedelta(days=lexicon().ahead.get(low, 0))
    return None


def _of_next_week(text: str, today: date) -> date:
    """The day of the week that a text names, in the week after this one; else its first day."""
    named = (word for word in lexicon().week if word in text)
    last = _LETTERED.search(text)
    day = next((lexicon().week[word] for word in named), last["day"] if last else None)
    number = _LETTERS.index(day) % _WEEK if isinstance(day, str) else day or 0
    return today + timedelta(days=_WEEK - today.weekday() + number)


def time_of(text: str) -> str | None:
    """Hours, minutes and seconds of a text that names a time."""
    text = _FIGURES.sub(_in_figures, text)
    numbers = [int(each) for each in re.findall(r"\d+", _DAY.sub("", text).rpartition("T")[2])]
    if not numbers:
        return None
    hour, minute, second = (*numbers, 0, 0, 0)[:3]
    if _HALF.search(text):
        minute = 30
    if _LATER.search(text) and hour < 12:
        hour += 12
    if hour > 23 or minute > 59 or second > 59:
        return None
    return f"{hour:02}:{minute:02}:{second:02}"


def _in_figures(match: re.Match[str]) -> str:
    """Small Chinese numerals in figures."""
    tens, ten, ones = match.group().rpartition("十")
    values = lexicon().numbers
    if not ten:
        return str(int(values[ones[0]]))
    return str(int((values[tens[0]] if tens else 1) * 10 + (values[ones[0]] if ones else 0)))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        pass
    try:
        return date(year, day, month)
    except ValueError:
        return None
