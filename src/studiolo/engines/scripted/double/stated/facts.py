"""What has a form of its own in a text: numbers, dates, addresses, quotations."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, time
from functools import cache, cached_property, lru_cache
from importlib.resources import files

import msgspec
from msgspec.structs import replace

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.moments.ahead import days_ahead, may_name_one
from studiolo.engines.scripted.double.stated.moments.dates import date_of, time_of
from studiolo.engines.scripted.double.stated.moments.hours import (
    NOW,
    from_now,
    hours_in,
    this_evening,
)
from studiolo.engines.scripted.double.stated.numbers.composed import composed
from studiolo.engines.scripted.double.stated.numbers.figures import (
    is_compound,
    number_of,
    with_thousands,
)
from studiolo.engines.scripted.double.stated.numbers.measures import unit_behind
from studiolo.engines.scripted.double.stated.numbers.ranges import (
    days_of_next_week,
    halves_of_days,
    parts_of_units,
)
from studiolo.engines.scripted.double.stated.numbers.sums import sums_in

_HALF = 0.5
_FIGURES = "0123456789"
_ANY = frozenset[str]()
_FIGURE_SET = frozenset(_FIGURES)
_YEAR = re.compile(r"\d{4}")
_DAY = 86_400
_GAP = 5
_LONGEST_MONEY = 16
# Behind these a large letter says nothing; also where nothing stands before.
_OPENS = ("", *".!?:;-*\"'")


class Fact(msgspec.Struct, frozen=True):
    """A stretch of the text that says something by itself."""

    kind: str
    text: str
    start: int
    end: int


class Facts:
    """Everything stated in one text; looked for when first asked for.

    Where it is told what time it is `now`, days are written out.
    """

    def __init__(self, text: str, now: datetime | None = None) -> None:
        self.text = text
        self.now = now

    @cached_property
    def quoted(self) -> list[Fact]:
        """What stands between quotation marks."""
        return [
            Fact("quoted", next(filter(None, match.groups())), match.start(), match.end())
            for match in forms().quoted.finditer(self.text)
        ]

    @cached_property
    def typed(self) -> list[Fact]:
        """All that has a form of its own; none lies in another."""
        found = [Fact("expression", *one) for one in sums_in(self.text)]
        found += [Fact("time", *one) for one in hours_in(self.text)]
        found += [Fact("number", *one) for one in parts_of_units(self.text)]
        found += [Fact("date", *one) for one in halves_of_days(self.text)]
        letters = frozenset(self.text)
        ahead = [("date", days_ahead(), _ANY)] if may_name_one(self.text) else []
        for kind, finder, needed in (*ahead, *forms().finders):
            if needed and letters.isdisjoint(needed):
                continue
            for match in finder.finditer(self.text):
                if not any(match.start() < one.end and one.start < match.end() for one in found):
                    found.append(Fact(kind, match.group().strip(), match.start(), match.end()))
        words = [*self._words_of("date", self._is_date)]
        words += self._words_of("number", lexicon().numbers.__contains__)
        whole = [one for one in found if one.kind in ("time", "expression", "date")]
        found += [
            word for word in words if not any(one.start <= word.start < one.end for one in whole)
        ]
        found += self._single_units(found)
        found = [one for one in found if not self._is_only_quoted(one, found)]
        found.sort(key=lambda one: one.start)
        numbers = [(one.text, one.start, one.end) for one in found if one.kind == "number"]
        found = [one for one in found if one.kind != "number"]
        whole = (with_thousands(self.text, *one) for one in composed(self.text, numbers))
        found += [Fact("number", *one) for one in whole]
        found.sort(key=lambda one: one.start)
        found = [one for one in found if not self._names_day_of(one, found)]
        return [self._written_out(one) for one in found]

    def _written_out(self, fact: Fact) -> Fact:
        """A day without its year, as it is counted from today, and an hour of this evening."""
        if fact.kind == "time":
            return replace(fact, text=this_evening(self.text, fact.text, fact.start, fact.end))
        if fact.kind != "date" or self.now is None or _YEAR.search(fact.text):
            return fact
        day = date_of(fact.text, self.now.date())
        return replace(fact, text=day.isoformat()) if day else fact

    def _is_only_quoted(self, moment: Fact, found: Sequence[Fact]) -> bool:
        """Whether a day or a time is part of a quotation, while another one is told outside."""
        if moment.kind not in ("date", "time") or not self._is_quoted(moment):
            return False
        return any(one.kind == moment.kind and not self._is_quoted(one) for one in found)

    def _is_quoted(self, fact: Fact) -> bool:
        return any(one.start < fact.start and fact.end < one.end for one in self.quoted)

    def _is_half_of_nothing(self, word: str, end: int) -> bool:
        """Whether a half has no unit behind it; other words are written alike."""
        if lexicon().numbers.get(word) != _HALF:
            return False
        behind = WORD.match(self.text, end + 1)
        following = behind.group().lower() if behind else ""
        return following not in lexicon().measures and following not in ("a", "an")

    def _single_units(self, found: Sequence[Fact]) -> Iterator[Fact]:
        """ "An hour" and its like: one of them."""
        for match in _single_unit().finditer(self.text):
            place = match.start("one")
            half = any(one.end == place - 1 and number_of(one.text) == _HALF for one in found)
            taken = any(place < one.end and one.start < match.end() for one in found)
            if not (taken or half or self._is_rate(place, found)):
                yield Fact("number", "1", place, match.end("one"))

    def _is_rate(self, place: int, found: Sequence[Fact]) -> bool:
        """Whether an amount stands before that is so much for each, as in "900 euros a month"."""
        before = WORD.findall(self.text[max(0, place - _LONGEST_MONEY) : place].lower())[-1:]
        return any(word in lexicon().moneys for word in before) or any(
            one.kind == "number" and one.end == place - 1 and number_of(one.text) != _HALF
            for one in found
        )

    def _names_day_of(self, day: Fact, found: Sequence[Fact]) -> bool:
        """Whether a day is named that is written out behind, as in "Monday, 3 March"."""
        return (
            day.kind == "date"
            and not _has_figures(day.text)
            and any(
                one.kind == "date" and 0 < one.start - day.end <= _GAP and _has_figures(one.text)
                for one in found
            )
        )

    @cached_property
    def moments(self) -> list[Fact]:
        """Days and times that are told by how far away from now they are."""
        found: list[Fact] = []
        for fact in self.of("number"):
            unit, value = unit_behind(self.text, fact.end), number_of(fact.text)
            if unit is None or unit[0].dimension != "time" or value is None:
                continue
            place, seconds = (fact.start, unit[1]), value * unit[0].size
            now = self.now or NOW
            if not seconds % _DAY:
                now = self._at_its_time(now)
            told = from_now(self.text, place, seconds, now=now)
            if told is not None:
                found.append(Fact("moment", *told))
        return found

    def _at_its_time(self, now: datetime) -> datetime:
        """The same day at the time that is told, if one is."""
        times = (time_of(one.text) for one in self.of("time"))
        told = next(filter(None, times), None)
        return datetime.combine(now.date(), time.fromisoformat(told)) if told else now

    def of(self, *kinds: str) -> list[Fact]:
        """The facts of these kinds, in the order of the text; moments come last."""
        found = [fact for fact in self.typed if fact.kind in kinds]
        return [*found, *self.moments] if "moment" in kinds else found

    def covers(self, start: int, end: int) -> bool:
        """Whether something with a form of its own stands there."""
        return any(one.start < end and start < one.end for one in self.typed)

    def _is_date(self, word: str) -> bool:
        return word in lexicon().relative_dates

    def _is_within(self, start: int, low: str) -> bool:
        """Whether a word stands where a large letter makes a name of a day or a number."""
        before = self.text[:start].rstrip()
        named = low in lexicon().numbers and before[-1:] not in _OPENS
        return bool(start) and (low in lexicon().ahead or named)

    def _words_of(self, kind: str, knows: Callable[[str], bool]) -> Iterator[Fact]:
        for match in WORD.finditer(self.text):
            # In the middle of a sentence a large letter makes a name of such a word.
            low = match.group().lower()
            title = match.group().istitle() and self._is_within(match.start(), low)
            if (knows(low) or (kind == "number" and is_compound(low))) and not (
                title or (kind == "number" and self._is_half_of_nothing(low, match.end()))
            ):
                yield Fact(kind, match.group(), match.start(), match.end())
        if kind == "date" and is_unspaced(self.text):
            words = [word for word in lexicon().relative_dates if is_unspaced(word)]
            for match in re.finditer("|".join(sorted(words, key=len, reverse=True)), self.text):
                yield Fact(kind, match.group(), match.start(), match.end())


def _has_figures(text: str) -> bool:
    return not _FIGURE_SET.isdisjoint(text)


@lru_cache(512)
def facts_in(text: str, now: datetime | None = None) -> Facts:
    """What one text states; texts that are looked at several times are read once."""
    return Facts(text, now)


class Forms:
    """The patterns of forms.toml; dates with the names of months come before all numbers."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        kinds = tables["kinds"]
        needs = tables["needs"]
        written = [("date", days_of_next_week().pattern, ""), ("date", _written_dates(), _FIGURES)]
        written += [
            (kinds.get(name, name), text, needs.get(name, ""))
            for name, text in tables["forms"].items()
        ]
        self.finders = [
            (kind, re.compile(pattern), frozenset(needed)) for kind, pattern, needed in written
        ]
        self.quoted = re.compile(tables["quoted"]["pattern"])
        self.named = tables["named"]["pattern"]
        self.value = re.compile(tables["named"]["value"])
        self.value_ends = re.compile(tables["named"]["ends"])
        self.ends = tables["ends"]


@cache
def forms() -> Forms:
    """Those in the package, read when first asked for."""
    text = (
        files("studiolo.engines.scripted.double.stated").joinpath("forms.toml").read_text("utf-8")
    )
    return Forms(tomllib.loads(text))


def _written_dates() -> str:
    names = "|".join(sorted(map(re.escape, lexicon().months), key=len, reverse=True))
    day, year = r"\d{1,2}(?:st|nd|rd|th|\.|er|º)?", r"(?:,?\s*(?:de\s+|of\s+)?\d{4})?"
    before = rf"\b{day}\s*(?:de\s+|of\s+)?(?:{names})\b\.?{year}"
    return rf"(?i:{before}|\b(?:{names})\b\.?\s+{day}\b{year})"


@cache
def _single_unit() -> re.Pattern[str]:
    times = (word for word, one in lexicon().measures.items() if one.dimension == "time")
    known = "|".join(word for word in times if len(word) > 1 and not is_unspaced(word))
    return re.compile(
        r"(?i)(?<!\w)(?P<one>an?|one|another|eine[rn]?|une?|una|uma?|otra|outra|altra|een|één|past|last|previous|letzten?|letztes"
        rf"|vergangenen?|última|último|dernière|dernier|ultima|ultimo)\s+(?:{known})(?!\w)"
    )
