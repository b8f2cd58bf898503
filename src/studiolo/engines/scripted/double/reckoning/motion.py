"""Speeds, ways and times: the third of them where a question tells two."""

import re
import tomllib
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.reckoning.expressions import written

_TWO: Final = 2
_NUMBER: Final = r"(?P<number>\d+(?:[.,]\d+)?)\s*"
_BEHIND: Final = r"(?![^\W\d_\u3040-\u9fff])"


class _Tables(msgspec.Struct, frozen=True):
    """What motion.toml says: units by their short names, and words."""

    per: str
    speeds: dict[str, tuple[str, str]]
    lengths: dict[str, tuple[str, str]]
    times: dict[str, tuple[str, str]]
    asks: dict[str, str]
    hours: dict[str, tuple[str, str]]


@cache
def _tables() -> _Tables:
    folder = files("studiolo.engines.scripted.double.reckoning")
    return msgspec.convert(
        tomllib.loads(folder.joinpath("motion.toml").read_text("utf-8")), _Tables
    )


@cache
def _ways() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """How quantities are written, speeds first: a pattern, the unit of the way and of the time."""
    told = _tables()
    rows = [(re.escape(said), *units) for said, units in told.speeds.items()]
    rows += [
        (rf"(?:{one})\s*(?:{told.per})\s*(?:{other})", length, time)
        for length, (_, one) in told.lengths.items()
        for time, (_, other) in told.times.items()
    ]
    rows += [(said, length, "") for length, (_, said) in told.lengths.items()]
    rows += [(said, "", time) for time, (_, said) in told.times.items()]
    return tuple(
        (re.compile(rf"{_NUMBER}(?:{said}){_BEHIND}"), length, time) for said, length, time in rows
    )


class Quantity(msgspec.Struct, frozen=True):
    """So much of a unit; a speed has two, a way and a time."""

    value: Fraction
    length: str = ""
    time: str = ""


def travelled(question: str, language: str) -> tuple[Fraction, str] | None:
    """What is asked for of a speed, a way and a time, and its unit; None unless two are told."""
    low = question.lower()
    asked = next((name for name, words in _tables().asks.items() if re.search(words, low)), None)
    if asked is None:
        return None
    told, rest = _quantities(low)
    by = {_kind(one): one for one in told}
    if len(told) != _TWO or len(by) != _TWO or asked in by or re.search(r"\d", rest):
        return None
    match asked:
        case "speed":
            way, time = by["length"], by["time"]
            return (way.value / time.value, f"{way.length}/{time.time}") if time.value else None
        case "length":
            speed, time = by["speed"], by["time"]
            return speed.value * time.value * _size(time.time) / _size(speed.time), speed.length
        case _:
            speed, way = by["speed"], by["length"]
            if not speed.value:
                return None
            value = way.value * _size(way.length) / _size(speed.length) / speed.value
            return value, _unit_of_time(speed.time, value, language)


def as_told(value: Fraction, unit: str) -> str:
    """A quantity as it is written; two places are enough for what has no end."""
    rounded = Fraction(round(value * 100), 100) if value.denominator > 1 else value
    return f"{written(rounded)} {unit}"


def _kind(one: Quantity) -> str:
    return "speed" if one.length and one.time else "length" if one.length else "time"


def _size(unit: str) -> Fraction:
    return Fraction({**_tables().lengths, **_tables().times}[unit][0])


def _unit_of_time(unit: str, value: Fraction, language: str) -> str:
    hours = _tables().hours.get(language)
    return hours[value != 1] if hours and unit == "h" else unit


def _quantities(low: str) -> tuple[list[Quantity], str]:
    """All that a text tells, speeds first; and what is left of it."""
    found: list[Quantity] = []
    for pattern, length, time in _ways():
        while (told := pattern.search(low)) is not None:
            value = Fraction(told["number"].replace(",", "."))
            found.append(Quantity(value, length, time))
            low = f"{low[: told.start()]} {low[told.end() :]}"
    return found, low
