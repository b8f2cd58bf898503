"""Days of the week that are told by how far off they are: "next Friday", "this weekend"."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon

_WEEK: Final = 7
_SATURDAY: Final = 5


def day_ahead(text: str, today: date) -> date | None:
    """The day that a text names so, counted from today; that itself is never the next."""
    match = days_ahead().fullmatch(text.lower())
    if match is None:
        return None
    named = match["before"] or match["behind"]
    saturday = today + timedelta(days=(_SATURDAY - today.weekday()) % _WEEK)
    if named is None:
        return saturday + timedelta(days=_WEEK if match["later"] else 0)
    days = (lexicon().week[named] - today.weekday()) % _WEEK
    return today + timedelta(days=days or _WEEK)


def may_name_one(text: str) -> bool:
    """Whether a day of the week or its end is named at all, which is quickly seen."""
    low = text.lower()
    return any(word in low for word in _telling())


@cache
def _telling() -> tuple[str, ...]:
    return (*lexicon().week, *days_of("ahead")["ends"].split())


@cache
def days_ahead() -> re.Pattern[str]:
    """What such days look like; their names stand in groups."""
    rows = days_of("ahead")
    week = names_of_days()
    return re.compile(
        rf"(?i)(?<!\w)(?:(?:{rows['next']})\s?(?P<before>{week})"
        rf"|(?P<behind>{week})\s(?:{rows['behind']})"
        rf"|(?P<later>{rows['next_weekend']})|(?:{rows['weekend']}))(?!\w)"
    )


def names_of_days() -> str:
    """The days of the week as one pattern, the longest names first."""
    return "|".join(sorted(map(re.escape, lexicon().week), key=len, reverse=True))


@cache
def days_of(table: str) -> Mapping[str, str]:
    """One table of days.toml."""
    place = files("studiolo.engines.scripted.double.stated.moments").joinpath("days.toml")
    return tomllib.loads(place.read_text("utf-8"))[table]
