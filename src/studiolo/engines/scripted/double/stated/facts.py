"""What has a form of its own in a text: numbers, dates, addresses, quotations."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib.resources import files

import msgspec

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.dates import DAYS
from studiolo.engines.scripted.double.stated.hours import from_now, hours_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.numbers.measures import unit_behind
from studiolo.engines.scripted.double.stated.numbers.ranges import (
    days_of_next_week,
    halves_of_days,
    parts_of_units,
)
from studiolo.engines.scripted.double.stated.numbers.sums import sums_in

_TEN = 10
_HALF = 0.5
_TWENTY = 20
_HUNDRED = 100
_AND = " and "
_FIGURES = "0123456789"
_APART = re.compile(r"\s+(?:and\s+)?")
_GAP = 5
# Behind these a large letter says nothing; also where nothing stands before.
_OPENS = ("", *".!?:;-*\"'")
# A comma before one or two figures parts off a fraction, as it does not part thousands.
_DECIMAL_COMMA = re.compile(r"^\S*,\d{1,2}$")


class Fact(msgspec.Struct, frozen=True):
    """A stretch of the text that says something by itself."""

    kind: str
    text: str
    start: int
    end: int


class Facts:
    """Everything stated in one text; looked for when first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

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
        for kind, finder, needed in forms().finders:
            if needed and letters.isdisjoint(needed):
                continue
            for match in finder.finditer(self.text):
                if not any(match.start() < one.end and one.start < match.end() for one in found):
                    found.append(Fact(kind, match.group().strip(), match.start(), match.end()))
        words = [*self._words_of("date", self._is_date)]
        words += self._words_of("number", lexicon().numbers.__contains__)
        whole = [one for one in found if one.kind in ("time", "expression")]
        found += [
            word for word in words if not any(one.start <= word.start < one.end for one in whole)
        ]
        found += self._single_units(found)
        found.sort(key=lambda one: one.start)
        found = list(_joined(self.text, found))
        return [one for one in found if not self._names_day_of(one, found)]

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
            if not (taken or half):
                yield Fact("number", "1", place, match.end("one"))

    def _names_day_of(self, day: Fact, found: Sequence[Fact]) -> bool:
        """Whether a day is named that is written out behind, as in "Monday, 3 March"."""
        return (
            day.kind == "date"
            and day.text.isalpha()
            and any(
                one.kind == "date" and 0 < one.start - day.end <= _GAP and not one.text.isalpha()
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
            told = from_now(self.text, (fact.start, unit[1]), value * unit[0].size)
            if told is not None:
                found.append(Fact("moment", *told))
        return found

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
        return bool(start) and (low in DAYS or named)

    def _words_of(self, kind: str, knows: Callable[[str], bool]) -> Iterator[Fact]:
        for match in WORD.finditer(self.text):
            # In the middle of a sentence a large letter makes a name of such a word.
            low = match.group().lower()
            title = match.group().istitle() and self._is_within(match.start(), low)
            if (knows(low) or (kind == "number" and _is_compound(low))) and not (
                title or (kind == "number" and self._is_half_of_nothing(low, match.end()))
            ):
                yield Fact(kind, match.group(), match.start(), match.end())
        if kind == "date" and is_unspaced(self.text):
            words = [word for word in lexicon().relative_dates if is_unspaced(word)]
            for match in re.finditer("|".join(sorted(words, key=len, reverse=True)), self.text):
                yield Fact(kind, match.group(), match.start(), match.end())


@lru_cache(512)
def facts_in(text: str) -> Facts:
    """What one text states; texts that are looked at several times are read once."""
    return Facts(text)


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


def number_of(text: str) -> float | None:
    """The value of a number in figures or words, or in several of these."""
    words = [word for word in _APART.split(text.strip().lower()) if word]
    if len(words) == 1:
        return _plain_number(words[0])
    total, part = 0.0, 0.0
    for word in words:
        scale = lexicon().scales.get(word)
        value = None if scale else _plain_number(word)
        if scale is None and value is None:
            return None
        if scale is None:
            part += value or 0.0
        elif scale == _HUNDRED:
            part = (part or 1.0) * scale
        else:
            total, part = total + (part or 1.0) * scale, 0.0
    return total + part


def _plain_number(word: str) -> float | None:
    known = lexicon().numbers.get(word)
    if known is not None:
        return known
    scale = lexicon().scales.get(word[-1:])
    if scale is not None and word[:-1]:
        before = _plain_number(word[:-1])
        return None if before is None else round(before * scale, 6)
    if _is_compound(word):
        return sum(lexicon().numbers[part] for part in word.split("-"))
    if _DECIMAL_COMMA.search(word):
        word = word.replace(".", "").replace(",", ".")
    try:
        return float(word.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return _in_characters(word)


def _joined(text: str, found: Sequence[Fact]) -> Iterator[Fact]:
    """Numbers that several words make up, such as "two hundred" and "3 million"."""
    row: list[Fact] = []
    for fact in found:
        if row and _goes_on(text, row[-1], fact):
            row.append(fact)
            continue
        yield from _one_number(text, row)
        row = []
        if fact.kind == "number":
            row = [fact]
        else:
            yield fact
    yield from _one_number(text, row)


def _one_number(text: str, row: Sequence[Fact]) -> Iterator[Fact]:
    if not row:
        return
    start, end = row[0].start, row[-1].end
    scale = _scale().match(text, end)
    end = scale.end() if scale else end
    said = text[start:end] if len(row) > 1 or scale else row[0].text
    yield Fact("number", said, start, end)


def _goes_on(text: str, last: Fact, fact: Fact) -> bool:
    """Whether a number goes on with the one before it: a word behind a greater one or its scale."""
    if fact.kind != "number":
        return False
    words = lexicon()
    low, before = fact.text.lower(), last.text.lower()
    between = text[last.end : fact.start]
    if between not in (" ", "-") and not (between == _AND and before in words.scales):
        return False
    if low in words.scales:
        return True
    value = words.numbers.get(low)
    return value is not None and (
        before in words.scales or (words.numbers.get(before, 0.0) >= _TWENTY and value < _TEN)
    )


def _is_compound(word: str) -> bool:
    """Whether numbers stand in it with a stroke between them, as in "twenty-five"."""
    parts = word.split("-")
    return len(parts) > 1 and all(part in lexicon().numbers for part in parts)


@cache
def _scale() -> re.Pattern[str]:
    """A word behind a number that multiplies it."""
    spaced = "|".join(word for word in lexicon().scales if not is_unspaced(word))
    unspaced = "|".join(word for word in lexicon().scales if is_unspaced(word))
    return re.compile(rf"(?i)\s?(?:(?:{spaced})(?!\w)|(?:{unspaced}))")


@cache
def _single_unit() -> re.Pattern[str]:
    times = (word for word, one in lexicon().measures.items() if one.dimension == "time")
    known = "|".join(word for word in times if len(word) > 1 and not is_unspaced(word))
    return re.compile(
        r"(?i)(?<!\w)(?P<one>an?|one|eine[rn]?|une?|una|uma?|past|last|previous|letzten?|letztes"
        rf"|vergangenen?|última|último|dernière|dernier|ultima|ultimo)\s+(?:{known})(?!\w)"
    )


def _in_characters(word: str) -> float | None:
    """Chinese numerals below ten thousand."""
    total, digit = 0, 0
    for letter in word:
        value = lexicon().numbers.get(letter)
        if value is None:
            return None
        if value >= _TEN:
            total, digit = total + max(1, digit) * value, 0
        else:
            digit = value
    return total + digit if word else None
