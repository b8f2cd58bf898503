"""Days and numbers that are told in part: "from 3 to 14 February", "three quarters of an hour"."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon

_DAY: Final = r"\d{1,2}(?:st|nd|rd|th|\.|er|º)?"
_ARTICLE: Final = r"(?:the |el |le |o |il |den |zum |dem |día |dia )?"


def halves_of_days(text: str) -> Iterator[tuple[str, int, int]]:
    """Days whose month stands with the other end of a range: what they mean, and where."""
    if not any(map(str.isdigit, text)):
        return
    for match in _first_halves().finditer(text):
        yield f"{match['day']} {match['month']}", match.start("day"), match.end("day")
    for match in _last_halves().finditer(text):
        year = match["year"] or ""
        yield f"{match['day']} {match['month']} {year}".strip(), match.start("day"), match.end()
    for match in _UNSPACED.finditer(text):
        said = f"{match['year'] or ''}{match['month']}月{match['day']}日"
        yield said, match.start("day"), match.end()


_UNSPACED: Final = re.compile(
    r"(?P<year>\d{4}\s?[年년]\s?)?(?P<month>\d{1,2})\s?[月월]\s?\d{1,2}\s?[日号일]?\s?"
    r"(?:到|至|から|부터|에서|[-~\u2013\u301c])\s?(?P<day>\d{1,2})\s?[日号일]"
)


@cache
def _first_halves() -> re.Pattern[str]:
    month = rf"\s*(?:de\s+|of\s+)?(?P<month>(?:{_months()})\b\.?(?:,?\s*(?:de\s+|of\s+)?\d{{4}})?)"
    return re.compile(
        rf"(?i)(?:(?<=\W)|^)(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er|º)?\s*(?:{_to()})\s*{_ARTICLE}"
        rf"(?={_DAY}{month})"
    )


@cache
def _last_halves() -> re.Pattern[str]:
    return re.compile(
        rf"(?i)\b(?P<month>{_months()})\b\.?\s+{_DAY}\s*(?:to|until|till|through|-|\u2013)\s*{_ARTICLE}"
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:/-])(?!\s*(?:of\s+)?(?:{_months()})\b)"
        r"(?:,?\s+(?P<year>\d{4}))?"
    )


def _to() -> str:
    return "|".join(lexicon().lists_of_words["ranges.to"])


def _months() -> str:
    return "|".join(sorted(map(re.escape, lexicon().months), key=len, reverse=True))


def parts_of_units(text: str) -> Iterator[tuple[str, int, int]]:
    """Quarters and halves of a unit: how much of it, and where that stands before the unit."""
    low = text.lower()
    if not any(one in low for one in lexicon().lists_of_words["fractions.needs"]):
        return
    for value, pattern in _fractions():
        for match in pattern.finditer(low):
            yield value, match.start(), match.end()


@cache
def _fractions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = lexicon().lists_of_words["fractions.rows"]
    pairs = (row.split(" ", 1) for row in rows)
    return tuple((value, re.compile(pattern)) for value, pattern in pairs)


def is_next_week(text: str) -> bool:
    """Whether the week after this one is named."""
    return _next_week().search(text.lower()) is not None


@cache
def _next_week() -> re.Pattern[str]:
    words = "|".join(lexicon().lists_of_words["months.next_week"])
    return re.compile(rf"(?<![^\W\u3040-\uffff])(?:{words})")


@cache
def days_of_next_week() -> re.Pattern[str]:
    """A day of the week together with the week it is of."""
    week = "|".join(lexicon().lists_of_words["months.next_week"])
    days = "|".join(sorted(map(re.escape, lexicon().week), key=len, reverse=True))
    short = "[一二三四五六日天]"
    small = "|".join(lexicon().lists_of_words["ranges.days"])
    return re.compile(
        rf"(?i)(?<![^\W\u3040-\uffff])(?:{week})[ ,]*(?:(?:{small})\s*)?(?:(?:{days})|{short})"
        rf"|(?:{days})\s*(?:(?:,|{small})\s*)?(?:{week})"
        r"|下个?(?:周|星期|礼拜)[一二三四五六日天]"
    )
