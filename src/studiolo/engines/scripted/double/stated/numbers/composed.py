"""Numbers that are told in several pieces: "two hundred", "3 minutes 30", "an hour and a half"."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import Measure, is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.numbers.figures import number_of
from studiolo.engines.scripted.double.stated.numbers.measures import unit_behind

_TEN: Final = 10
_TWENTY: Final = 20
_MINUTES: Final = 60
_AND: Final = " and "

Told = tuple[str, int, int]


def composed(text: str, numbers: Sequence[Told]) -> list[Told]:
    """The numbers of a text, in its order, those that belong together as one."""
    found: list[Told] = []
    for number in _joined(text, numbers):
        whole = _with_fraction(text, number)
        sum_of_both = _added(text, found[-1], whole) if found else None
        if sum_of_both is not None:
            found[-1] = sum_of_both
        elif not found or whole[1] >= found[-1][2]:
            found.append(whole)
    return found


def _added(text: str, first: Told, other: Told) -> Told | None:
    """Two numbers of one measure as one, the greater unit before the smaller one."""
    one, two = number_of(first[0]), number_of(other[0])
    smaller = unit_behind(text, other[2])
    if one is None or two is None:
        return None
    if two < 1 and smaller is not None and _parting().fullmatch(text[first[2] : other[1]]):
        # "Two and a half minutes".
        return f"{one + two:.12g}", first[1], other[2]
    greater = unit_behind(text, first[2])
    if greater is None or not _between().fullmatch(text[greater[1] : other[1]]):
        return None
    if greater[0].code == "hour" and re.match(r"\s?m(?!\w)", text[other[2] :]):
        # Behind hours "m" is a minute; alone it is none, so that the hours keep their unit.
        return f"{one + two / _MINUTES:.12g}", first[1], first[2]
    measure = _smaller_of(greater[0], smaller[0] if smaller else None)
    if measure is None:
        return None
    return f"{(one * greater[0].size + two * measure.size) / measure.size:.12g}", first[1], other[2]


def _smaller_of(greater: Measure, measure: Measure | None) -> Measure | None:
    """The unit of the second number, if it measures the same and is the smaller one."""
    if measure is None or measure.dimension != greater.dimension or not measure.size:
        return None
    return measure if measure.size < greater.size else None


def _with_fraction(text: str, number: Told) -> Told:
    """A number with the half or the quarter that stands around its unit."""
    said, start, end = number
    value = number_of(said)
    if value is None:
        return number
    between = _fraction_before_unit().match(text, end)
    if between is not None and unit_behind(text, between.end()) is not None:
        return f"{value + 0.5:.12g}", start, between.end()
    unit = unit_behind(text, end)
    if unit is not None:
        for part, pattern in _fractions_behind():
            if pattern.match(text[unit[1] :].lower()):
                return f"{value + part:.12g}", start, end
    return number


def _joined(text: str, numbers: Sequence[Told]) -> Iterator[Told]:
    """Numbers that several words make up, such as "two hundred" and "3 million"."""
    row: list[Told] = []
    for number in numbers:
        if row and not _goes_on(text, row[-1], number):
            yield _one_number(text, row)
            row = []
        row.append(number)
    if row:
        yield _one_number(text, row)


def _one_number(text: str, row: Sequence[Told]) -> Told:
    start, end = row[0][1], row[-1][2]
    scale = _scale().match(text, end)
    end = scale.end() if scale else end
    return (text[start:end] if len(row) > 1 or scale else row[0][0]), start, end


def _goes_on(text: str, last: Told, number: Told) -> bool:
    """Whether a number goes on with the one before it: a word behind a greater one or its scale."""
    words = lexicon()
    low, before = number[0].lower(), last[0].lower()
    between = text[last[2] : number[1]]
    if between not in (" ", "-") and not (between == _AND and before in words.scales):
        return False
    if low in words.scales:
        return True
    value = words.numbers.get(low)
    return value is not None and (
        before in words.scales or (words.numbers.get(before, 0.0) >= _TWENTY and value < _TEN)
    )


@cache
def _scale() -> re.Pattern[str]:
    """A word behind a number that multiplies it."""
    spaced = "|".join(word for word in lexicon().scales if not is_unspaced(word))
    unspaced = "|".join(word for word in lexicon().scales if is_unspaced(word))
    return re.compile(rf"(?i)\s?(?:(?:{spaced})(?!\w)|(?:{unspaced}))")


@cache
def _between() -> re.Pattern[str]:
    """What may stand between two numbers with units that are told together."""
    return re.compile(r"(?i)\s*(?:,?\s*(?:and|und|y|et|e|en|i|и|och|ve)\s+)?")


@cache
def _parting() -> re.Pattern[str]:
    """What stands between a number and the fraction that goes with it."""
    return re.compile(r"(?i)\s(?:and|und|y|et|e|en|i|и)(?:\s(?:an?|one|eine?|une?|uma?|una))?\s")


@cache
def _fraction_before_unit() -> re.Pattern[str]:
    rows = lexicon().lists_of_words["fractions.before_unit"]
    return re.compile(rf"(?i)(?:{'|'.join(rows)})")


@cache
def _fractions_behind() -> tuple[tuple[float, re.Pattern[str]], ...]:
    rows = lexicon().lists_of_words["fractions.behind_unit"]
    pairs = (row.split(" ", 1) for row in rows)
    return tuple((float(part), re.compile(pattern)) for part, pattern in pairs)
