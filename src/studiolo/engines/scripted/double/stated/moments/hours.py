"""Times of the day in words, and moments that are counted from now on.

A double has no clock: it is always nine o'clock in the morning, unless the prompt says what time
it is.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.moments.dates import TODAY

NOW: Final = datetime.combine(TODAY, time(9))
_NOON: Final = 12
_HOURS: Final = 24
_HOUR: Final = 60
_AROUND: Final = 30
_CLOCK: Final = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?(?!\d|.*[ap]\.?m)")
# A hundred years.
_FARTHEST: Final = 3_155_760_000

Told = tuple[str, int, int]


class _Rows(msgspec.Struct, frozen=True):
    """The tables of times.toml."""

    hours: Mapping[str, object]
    halves: Mapping[str, str]
    spans: Mapping[str, str]


class Spoken(msgspec.Struct, frozen=True):
    """One way to tell an hour: what is added to it, and whether it must be told in words."""

    minutes: int
    pattern: re.Pattern[str]
    only_words: bool = False


def hours_in(text: str) -> list[Told]:
    """The times that a text tells in words, as HH:MM, and where; none lies in another."""
    low = text.lower()
    found: list[Told] = []
    for one in _found(low) if len(low) == len(text) else ():
        if all(one[2] <= start or end <= one[1] for _, start, end in found):
            found.append(one)
    return found


def _found(low: str) -> Iterator[Told]:
    for minutes, pattern in _whole_hours():
        for match in pattern.finditer(low):
            yield _written(minutes), match.start(), match.end()
    known = _named()
    if not (
        any(need in low for need in _needs()) or any(word in known for word in WORD.findall(low))
    ):
        return
    for way in _ways():
        for match in way.pattern.finditer(low):
            said = next(filter(None, (match[name] for name in way.pattern.groupindex)))
            hour = int(said) if said.isdigit() else known.get(said, -1)
            told = _in_its_half(low, hour * _HOUR + way.minutes, match.span())
            wrong = way.only_words and (said.isdigit() or _counts_things(low, told[2]))
            if 0 <= hour <= _HOURS and not wrong:
                yield told


def from_now(
    text: str, place: tuple[int, int], seconds: float, *, now: datetime = NOW
) -> Told | None:
    """The moment so many seconds from now, where the words around a number and its unit say so."""
    start, end = place
    before, behind = _around()
    opening, closing = before.search(text[:start].lower()), behind.match(text[end:].lower())
    if (opening is None and closing is None) or seconds > _FARTHEST:
        return None
    moment = now + timedelta(seconds=seconds)
    first = opening.start() if opening else start
    return moment.isoformat(), first, end + (closing.end() if closing else 0)


def this_evening(text: str, told: str, start: int, end: int) -> str:
    """A time of the day, told for this evening where words beside it say so."""
    before, behind = _evening()
    low = text[max(0, start - _AROUND) : start].lower()
    if not (before.search(low) or behind.match(text[end : end + _AROUND].lower())):
        return told
    clock = _CLOCK.match(told)
    if clock is None or not 0 < int(clock["hour"]) < _NOON:
        return told
    return _written((int(clock["hour"]) + _NOON) * _HOUR + int(clock["minute"] or 0))


def _in_its_half(low: str, minutes: int, place: tuple[int, int]) -> Told:
    """An hour with what stands around it and says which half of the day is meant."""
    start, end = place
    for name, adds in (("later", True), ("earlier", False)):
        behind, before = _halves()[name]
        closing, opening = behind.match(low, end), before.search(low[:start])
        if closing or opening:
            end = closing.end() if closing else end
            start = opening.start() if opening else start
            if adds and minutes < _NOON * _HOUR:
                minutes += _NOON * _HOUR
            break
    return _written(minutes), start, end


def _counts_things(low: str, end: int) -> bool:
    """Whether a thing follows, so that a number tells how many of it there are."""
    gap = re.compile(r"\s+").match(low, end)
    word = WORD.match(low, gap.end()) if gap else None
    if word is None or is_unspaced(word.group()):
        return False
    words, said = lexicon(), word.group()
    small = said in words.weak or any(said in role for role in words.roles.values())
    return not (small or said in words.relative_dates or said in words.lists["joins"])


def _written(minutes: int) -> str:
    minutes %= _HOURS * _HOUR
    return f"{minutes // _HOUR:02}:{minutes % _HOUR:02}"


@cache
def _rows() -> _Rows:
    text = (
        files("studiolo.engines.scripted.double.stated.moments")
        .joinpath("times.toml")
        .read_text("utf-8")
    )
    return msgspec.convert(tomllib.loads(text), _Rows)


@cache
def _needs() -> tuple[str, ...]:
    return msgspec.convert(_rows().hours["needs"], tuple[str, ...])


@cache
def _named() -> dict[str, int]:
    """Hours by their words."""
    found = {
        word: int(value)
        for word, value in lexicon().numbers.items()
        if value.is_integer() and 0 < value <= _HOURS
    }
    for line in str(_rows().hours["named"]).strip().splitlines():
        hour, *words = line.split()
        found |= {word.replace("-", " "): int(hour) for word in words}
    return found


@cache
def _ways() -> tuple[Spoken, ...]:
    return (*_spoken("rows"), *_spoken("words"))


def _spoken(table: str) -> Iterator[Spoken]:
    words = "|".join(sorted(map(re.escape, _named()), key=len, reverse=True))
    for row in msgspec.convert(_rows().hours[table], list[str]):
        minutes, _, pattern = row.partition(" ")
        pieces = pattern.split("{n}")
        whole = pieces[0]
        for number, piece in enumerate(pieces[1:]):
            whole += rf"(?P<n{number}>(?<!\d)\d{{1,2}}(?![:.]?\d)|{words}){piece}"
        yield Spoken(int(minutes), re.compile(whole), table == "words")


@cache
def _whole_hours() -> tuple[tuple[int, re.Pattern[str]], ...]:
    hours = _rows().hours
    noon = re.compile(str(hours["noon"]))
    return ((_NOON * _HOUR, noon), (0, re.compile(str(hours["midnight"]))))


@cache
def _halves() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    rows = _rows().halves
    return {
        name: (re.compile(rows[name]), re.compile(rf"{rows[f'before_{name}']}$"))
        for name in ("later", "earlier")
    }


@cache
def _evening() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = _rows().halves["evenings"]
    return (
        re.compile(rf"(?:{words})(?:,|\s|{_rows().halves['clock']})*$"),
        re.compile(rf"\s*(?:{words})(?!\w)"),
    )


@cache
def _around() -> tuple[re.Pattern[str], re.Pattern[str]]:
    spans = _rows().spans
    return re.compile(spans["before"]), re.compile(spans["behind"])
