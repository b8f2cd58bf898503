"""Which class a text is of, by how somebody speaks in it: a crash is technical."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.stated.lexicon import is_unspaced
from studiolo.engines.scripted.double.stated.parameters import Parameter

_FEW: Final = 2


class Ratings(msgspec.Struct, frozen=True):
    """How parts for ratings are called, and how ratings and judgements are told."""

    parts: str
    ways: list[str]
    good: str
    bad: str
    partings: str
    leads: str


class Classes(msgspec.Struct, frozen=True):
    """The names of classes, the signs of each, and what tells how something is rated."""

    names: dict[str, str]
    signs: dict[str, str]
    middle: dict[str, str]
    ratings: Ratings


def told_by_signs(text: str, values: Sequence[object]) -> list[object]:
    """The value whose signs a text has most of, or that in the middle where it has none.

    Only where several of the values are known classes: else the words of the text tell more.
    """
    known = {value: names for value in values if (names := _classes_of(value))}
    if len(known) < _FEW:
        return []
    counts = {value: max(_signs_in(text, one) for one in names) for value, names in known.items()}
    best = max(counts.values())
    if best:
        return [next(value for value in values if counts.get(value) == best)]
    return [value for value in values if str(value).lower() in _middle()][:1]


def is_of_class(text: str, wanted: Parameter) -> bool:
    """Whether a parameter is called by a class, and the text has signs of it."""
    names = (name for name, words in _names().items() if not wanted.words.isdisjoint(words))
    return any(_signs_in(text, name) for name in names)


def _classes_of(value: object) -> tuple[str, ...]:
    """The classes that a value is called by: by all of it, or else by one of its words."""
    low = str(value).lower().replace(" ", "_")
    whole = tuple(name for name, words in _names().items() if low in words)
    parts = {*re.split(r"[_\W]+", low)}
    return whole or tuple(name for name, words in _names().items() if parts & words)


@lru_cache(1024)
def _signs_in(text: str, name: str) -> int:
    return len(_signs(name).findall(text.lower().replace("\u2019", "'")))


@cache
def classes() -> Classes:
    """Those in the package, read when first asked for."""
    folder = files("studiolo.engines.scripted.double.stated.relations")
    text = folder.joinpath("classes.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Classes)


@cache
def _names() -> dict[str, frozenset[str]]:
    return {name: frozenset(row.split()) for name, row in classes().names.items()}


@cache
def _middle() -> frozenset[str]:
    return frozenset(classes().middle["names"].split())


@cache
def _signs(name: str) -> re.Pattern[str]:
    rows = sorted(classes().signs[name].split(), key=len, reverse=True)
    spaced = "|".join(row for row in rows if not is_unspaced(row))
    unspaced = "|".join(row for row in rows if is_unspaced(row))
    return re.compile(rf"(?<!\w)(?:{spaced})|(?:{unspaced})")
