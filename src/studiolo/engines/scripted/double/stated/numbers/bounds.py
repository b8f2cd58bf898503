"""Numbers that are the ends of a range: "between 80 and 150", "200到400元", "500元以下"."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon

_NUMBER: Final = r"[$\u20ac\u00a3\u00a5]?\s?\d[\d.,]*"
_MONEY: Final = "\u5143|\u5757|\u7f8e\u5143|\u6b27\u5143|\u5186|\u65e5\u5143|\u82f1\u9551|\uc6d0"
_UNSPACED: Final = re.compile(
    r"(?P<least>\d[\d.,]*)\s?[^\W\d_]{0,2}(?:\u5230|\u81f3|\u304b\u3089|\uc5d0\uc11c|[~\uff5e\u301c])\s?(?P<most>\d[\d.,]*)"
    rf"(?:\s?(?:{_MONEY}))?(?:\u4e4b\u95f4|\u4e4b\u9593)?"
)
_ONE_SIDED: Final = re.compile(
    r"(?P<number>\d[\d.,]*)\s?[^\W\d_]{0,3}?\s?"
    r"(?:(?P<most>\u4ee5\u4e0b|\u4ee5\u5185|\u4e4b\u5185|\u672a\u6e80|\uc774\ud558|\ubbf8\ub9cc)"
    r"|(?P<least>\u4ee5\u4e0a|\uc774\uc0c1))"
)

Range = tuple[tuple[int, int], tuple[int, int] | None, tuple[int, int] | None]


@lru_cache(512)
def ranges_in(text: str) -> tuple[Range, ...]:
    """The ranges of a text: where each stands, its least number and its greatest one."""
    return tuple(_found(text)) if any(map(str.isdigit, text)) else ()


def bound_of(text: str, start: int, end: int) -> str:
    """Which end of a range the number there is: "min", "max" or none."""
    for _, least, most in ranges_in(text):
        for name, place in (("min", least), ("max", most)):
            if place is not None and place[0] < end and start < place[1]:
                return name
    return ""


def bound_before(text: str, start: int) -> int | None:
    """Where the words begin that make a bound of the number behind them, such as "under"."""
    if not text[start : start + 1].isdigit():
        return None
    match = _bounding().search(text, 0, start)
    return match.start() if match else None


@cache
def _bounding() -> re.Pattern[str]:
    words = (word for row in lexicon().bounds.values() for word in row)
    known = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    small = "|".join(lexicon().lists_of_words["ranges.small"])
    return re.compile(
        rf"(?i)(?<!\w)(?:(?:{small})\s+)*(?:{known})\s+(?:(?:{small})\s+)*[$\u20ac\u00a3\u00a5\u20b9]?\s?$"
    )


def _found(text: str) -> Iterator[Range]:
    for pattern in (_spaced(), _UNSPACED):
        for match in pattern.finditer(text):
            yield match.span(), match.span("least"), match.span("most")
    for match in _ONE_SIDED.finditer(text):
        number = match.span("number")
        yield match.span(), number if match["least"] else None, number if match["most"] else None


@cache
def _spaced() -> re.Pattern[str]:
    lists = lexicon().lists_of_words
    between, links = ("|".join(lists[f"ranges.{name}"]) for name in ("between", "links"))
    return re.compile(
        rf"(?i)(?<!\w)(?:{between})\s+(?P<least>{_NUMBER})(?:\s?[^\W\d_]{{1,8}}|\s?[%\u20ac$])?"
        rf"\s+(?:{links})\s+(?P<most>{_NUMBER}(?<![.,]))(?![\d:/-])"
    )
