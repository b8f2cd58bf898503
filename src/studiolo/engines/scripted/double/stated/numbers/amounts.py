"""Which numbers of a text a parameter means: by their units, and by the words around them."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Final

from msgspec.structs import replace

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import Fact, Facts, number_of
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.moments.dates import date_of
from studiolo.engines.scripted.double.stated.numbers.bounds import bound_of
from studiolo.engines.scripted.double.stated.numbers.measures import (
    counted_in,
    measure_behind,
    measure_wanted,
)
from studiolo.engines.scripted.double.stated.numbers.sides import (
    is_of_a_pair,
    side_of,
    sides_told,
)
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.wording import alike, words_at

# Farther away than this a word says nothing of a number.
NEAR: Final = 24
# What has another unit cannot be meant, and what has one where none is wanted hardly.
_NEVER: Final = 1_000
_HARDLY: Final = 100
_BEHIND: Final = 4
_REACH: Final = 5
_FEW: Final = 3
# What stands behind a comma or "and" is farther away than its letters say.
_APART: Final = 12
_HUNDRED: Final = 100
_OF_CENTS: Final = re.compile(r"[.,]\d\d$")
_CONTRARY: Final = {"max": "min", "min": "max"}
_PARTS: Final[tuple[tuple[str, Callable[[date], int]], ...]] = (
    ("months", lambda day: day.month),
    ("years", lambda day: day.year),
)


def ranked(facts: Facts, free: Sequence[Fact], wanted: Parameter) -> list[tuple[Fact, int]]:
    """The numbers that may be meant, the likeliest first, counted in the parameter's unit."""
    read = (fact for fact in free if number_of(fact.text) is not None)
    found = [(fact, away(facts, fact, wanted)) for fact in read]
    found = sorted((one for one in found if one[1] < _NEVER), key=lambda one: one[1])
    sides = [Fact("number", *side) for side in sides_told(facts.text, wanted)]
    told = [*sides, *_of_calendar(facts, wanted), *_ordinals(facts, wanted)]
    if not side_of(wanted):
        # What is told as a side is meant by nothing else, where there are other numbers.
        found.sort(key=lambda one: is_of_a_pair(facts.text, one[0].start))
    return [(fact, -1) for fact in told] + [
        (_counted(facts, fact, wanted), distance) for fact, distance in found
    ]


def _of_calendar(facts: Facts, wanted: Parameter) -> Iterator[Fact]:
    """The month or the year that a text names, for a parameter that wants its number."""
    for part, named in _PARTS:
        if wanted.words.isdisjoint(lexicon().lists[part]):
            continue
        for fact in facts.of("date"):
            day = date_of(fact.text)
            if day is not None and not fact.text.isalpha():
                yield replace(fact, text=str(named(day)))
        if part == "months":
            months = lexicon().months
            for word, start in words_at(facts.text, months):
                yield Fact("number", str(months[word]), start, start + len(word))


def _ordinals(facts: Facts, wanted: Parameter) -> Iterator[Fact]:
    """Which of several a text means, where what there are several of stands right behind."""
    text = facts.text
    for match in _ordinal().finditer(text):
        behind = WORD.match(text, match.end())
        said = behind.group().lower() if behind else ""
        longest = range(min(len(said), _FEW), 0, -1) if is_unspaced(said) else (len(said),)
        named = any(alike(said, own) for own in wanted.words)
        if said and (
            named or any(lexicon().concepts_of(said[:end]) & wanted.concepts for end in longest)
        ):
            value = _ordinal_numbers()[(match["said"] or match["unspaced"]).lower()]
            yield Fact("number", str(value), match.start(), match.end())


@cache
def _ordinal() -> re.Pattern[str]:
    known = _ordinal_numbers()
    spaced = "|".join(map(re.escape, (word for word in known if not is_unspaced(word))))
    letters = "".join(word for word in known if is_unspaced(word))
    return re.compile(rf"(?i)(?<!\w)(?<!\d\s)(?P<said>{spaced})\s+|\u7b2c(?P<unspaced>[{letters}])")


@cache
def _ordinal_numbers() -> dict[str, int]:
    rows = lexicon().lists_of_words["ordinals.rows"]
    return {word: number for number, row in enumerate(rows, 1) for word in row.split()}


def numbers_in(facts: Sequence[Fact]) -> Iterator[float]:
    """The values of these facts."""
    for fact in facts:
        value = number_of(fact.text)
        if value is not None:
            yield value


def away(facts: Facts, fact: Fact, wanted: Parameter) -> int:
    """How far from being meant a number is: by its unit, else in letters to the nearest word."""
    end = next((name for name in lexicon().bounds if name in wanted.words), "")
    bound = bound_of(facts.text, fact.start, fact.end) if end else ""
    if bound:
        return 0 if bound == end else _NEVER
    measure = measure_behind(facts.text, fact.end)
    dimension, size = measure_wanted(wanted)
    if measure is None:
        return _by_words(facts, fact, wanted)
    if dimension and size and measure.dimension == dimension:
        return -1 if measure.size == size else 0
    if dimension:
        return 0 if measure.dimension == dimension else _NEVER
    if wanted.words & set(lexicon().lists["amounts"]) and is_of_money(facts.text, fact):
        return 0
    distance = _by_words(facts, fact, wanted)
    return distance if distance < NEAR else _HARDLY


def _counted(facts: Facts, fact: Fact, wanted: Parameter) -> Fact:
    measure = measure_behind(facts.text, fact.end)
    dimension, size = measure_wanted(wanted)
    value = number_of(fact.text)
    if value is not None and _is_in_hundreds(facts.text, fact, wanted):
        return replace(fact, text=f"{value * _HUNDRED:.12g}")
    if measure is None or value is None or measure.dimension != dimension or not size:
        return fact
    counted = counted_in(value, measure, size)
    return fact if counted == value else replace(fact, text=f"{counted:g}")


def _is_in_hundreds(text: str, fact: Fact, wanted: Parameter) -> bool:
    """Whether cents are wanted, and an amount of the money itself is told."""
    cents = lexicon().lists["cents"]
    if wanted.words.isdisjoint(cents):
        return False
    behind = WORD.match(text, fact.end + 1)
    if behind is not None and behind.group().lower() in cents:
        return False
    return _OF_CENTS.search(fact.text) is not None or is_of_money(text, fact)


def _by_words(facts: Facts, fact: Fact, wanted: Parameter) -> int:
    """How many letters away the nearest of the parameter's words is."""
    text = facts.text
    if any(told(text, fact, wanted) for told in (_is_bounded, _is_age, _is_party, _counts)):
        return 0
    amounts = set(lexicon().lists["amounts"])
    if wanted.words & amounts and (
        is_of_money(text, fact) or amounts.intersection(WORD.findall(text[: fact.start])[-1:])
    ):
        return 0
    start = max(0, fact.start - NEAR)
    distance = NEAR
    for match in WORD.finditer(text[start : fact.end + NEAR]):
        word, place = match.group().lower(), match.start() + start
        if (
            not lexicon().is_empty(word) and any(alike(word, own) for own in wanted.words)
        ) or lexicon().concepts_of(word) & wanted.concepts:
            before = place < fact.start
            between = text[place + len(word) : fact.start] if before else text[fact.end : place]
            letters = len(between) + _APART * bool(_parted().search(between))
            distance = min(distance, letters)
    if distance == NEAR and is_unspaced(text):
        measures = "".join(lexicon().lists["measures"])
        rest = text[fact.end : fact.end + _BEHIND].lstrip(measures)
        if any(lexicon().concepts_of(rest[:end]) & wanted.concepts for end in (1, 2)):
            return 0
        around = text[start : fact.end + NEAR]
        return NEAR - 1 if concepts_in(around) & wanted.concepts else NEAR
    return distance


@cache
def _parted() -> re.Pattern[str]:
    joins = "|".join(map(re.escape, lexicon().lists["joins"]))
    return re.compile(rf"(?i)[,;]|\s(?:{joins})\s")


def _is_bounded(text: str, fact: Fact, wanted: Parameter) -> bool:
    """Whether a word such as "under" makes it the bound that is wanted."""
    bounds = lexicon().bounds
    name = next((name for name in bounds if name in wanted.words), None)
    if name is None:
        return False
    before = WORD.findall(text[max(0, fact.start - 2 * NEAR) : fact.start].lower())
    behind = text[fact.end : fact.end + _BEHIND]
    # "Not over" is as much as "under".
    refused = not lexicon().truth["without"].isdisjoint(before[-_REACH:-1])
    bounding = bounds[_CONTRARY.get(name, name)] if refused else bounds[name]
    told = any(is_unspaced(word) and word in behind for word in bounding)
    following = WORD.findall(text[fact.end : fact.end + NEAR].lower())[:_FEW]
    told = told or not {*following}.isdisjoint(bounding.intersection(lexicon().lists["behind"]))
    return told or not bounding.isdisjoint(before[-2:])


def _is_age(text: str, fact: Fact, wanted: Parameter) -> bool:
    """Whether somebody is said to be so old, for a parameter that wants this."""
    lists = lexicon().lists
    if wanted.words.isdisjoint(lists["ages"]):
        return False
    before = WORD.findall(text[max(0, fact.start - NEAR) : fact.start].lower())[-1:]
    return not set(lists["ages_before"]).isdisjoint(before)


def _counts(text: str, fact: Fact, wanted: Parameter) -> bool:
    """Whether things follow a number, for a parameter that wants how many of them there are."""
    if wanted.words.isdisjoint(lexicon().lists["quantities"]) or is_of_money(text, fact):
        return False
    behind = WORD.match(text, fact.end + 1)
    low = behind.group().lower() if behind else ""
    small = low in lexicon().weak or any(low in row for row in lexicon().roles.values())
    return bool(low) and not small and measure_behind(text, fact.end) is None


def _is_party(text: str, fact: Fact, wanted: Parameter) -> bool:
    """Whether so many people are meant without being named, as in "a table for two"."""
    if "people" not in wanted.concepts:
        return False
    before = WORD.findall(text[max(0, fact.start - NEAR) : fact.start].lower())[-1:]
    behind = WORD.match(text, fact.end + 1)
    low = behind.group().lower() if behind else ""
    alone = not low or low in lexicon().weak or any(low in row for row in lexicon().roles.values())
    return alone and not set(lexicon().lists["party"]).isdisjoint(before)


def is_of_money(text: str, fact: Fact) -> bool:
    """Whether a money stands beside a number."""
    word = WORD.match(text[fact.end :].lstrip())
    before = text[: fact.start].rstrip()[-1:]
    return (before in "$\u20ac\u00a3\u00a5" and bool(before)) or (
        word is not None and word.group().lower() in lexicon().moneys
    )
