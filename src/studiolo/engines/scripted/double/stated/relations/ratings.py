"""How a text rates something: in points or stars, and clause by clause."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

import msgspec

from studiolo.engines.scripted.double.stated.judging import weight_of
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.numbers.figures import number_of
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.relations.classes import classes


class Rating(msgspec.Struct, frozen=True):
    """So many points of so many; of five where nobody says it."""

    value: float
    most: float = 5


@lru_cache(512)
def rating_in(text: str) -> Rating | None:
    """How a text rates something in figures, if it does."""
    for way in _ways():
        for match in way.finditer(text):
            rating = _rating(match.groupdict())
            if rating is not None:
                return rating
    return None


def rating_for(text: str, wanted: Parameter) -> float | None:
    """The same, for a parameter that wants it."""
    rating = rating_in(text) if not wanted.words.isdisjoint(_words("parts")) else None
    return rating.value if rating else None


def side_of(wanted: Parameter) -> int:
    """1 for a list of what is praised, -1 for one of what is blamed, 0 for any other."""
    return int(_is_called(wanted, "good")) - int(_is_called(wanted, "bad"))


def clauses_of(text: str, side: int) -> list[str]:
    """The clauses of a text that praise, or that blame."""
    ratings = classes().ratings
    said = (one.strip(" .\"'") for one in re.split(ratings.partings, text))
    kept = [one for one in said if one and weight_of(one) * side > 0]
    return [re.sub(ratings.leads, "", one, flags=re.IGNORECASE) for one in kept]


def _is_called(wanted: Parameter, row: str) -> bool:
    return wanted.name.lower() in _words(row) or not wanted.words.isdisjoint(_words(row))


def _rating(found: dict[str, str | None]) -> Rating | None:
    if found.get("signs"):
        return Rating(len(found["signs"] or ""))
    word = (found.get("word") or "").lower()
    value = lexicon().numbers.get(word) if word else number_of(found.get("value") or "")
    if value is None:
        return None
    most = number_of(found.get("of") or "") or Rating(value).most
    return Rating(value, most) if value <= most else None


@cache
def _ways() -> Sequence[re.Pattern[str]]:
    return tuple(re.compile(way, re.IGNORECASE) for way in classes().ratings.ways)


@cache
def _words(row: str) -> frozenset[str]:
    ratings = classes().ratings
    rows = {"parts": ratings.parts, "good": ratings.good, "bad": ratings.bad}
    return frozenset(rows[row].split())
