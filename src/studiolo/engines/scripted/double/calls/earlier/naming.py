"""Names of people as they are called, where Russian writes them with other endings."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.calls.earlier.fitting import parameters_of
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.values.checked import valid

_CYRILLIC: Final = re.compile("[\u0410-\u042f\u0401][\u0430-\u044f\u0451-]+")


class _Names(msgspec.Struct, frozen=True):
    """What stands in names.toml."""

    men: frozenset[str]
    women: frozenset[str]
    cases: tuple[tuple[str, ...], ...]
    shortened: Mapping[str, str]
    families: Mapping[str, Sequence[tuple[str, str]]]


def called_plainly(arguments: Mapping[str, object], tool: Offered) -> Mapping[str, object]:
    """The arguments with people as they are called, unless only something else is allowed."""
    plain = {
        one.name: as_called(value)
        for one in parameters_of(tool)
        if one.kinds[:1] == ("person",)
        for value in (arguments.get(one.name),)
        if isinstance(value, str)
    }
    changed = {**arguments, **plain}
    return changed if changed != arguments and valid(tool.parameters, changed) else arguments


def as_called(name: str) -> str:
    """The name as it stands where nobody does anything with it; others stay as they are."""
    words = name.split(" ")
    if not all(map(_CYRILLIC.fullmatch, words)):
        return name
    given = _given(words[0].lower())
    if given is None or given == words[0].lower():
        return name
    rows = _names().families["men" if given in _names().men else "women"]
    others = (_family(word, rows) for word in words[1:])
    return " ".join((given.capitalize(), *others))


def _given(low: str) -> str | None:
    """The given name that a word is, in whichever case."""
    known = _names().men | _names().women
    if low in known:
        return low
    return next((one for one in _forms(low) if one in known), None)


def _forms(low: str) -> Iterator[str]:
    for ending, *called in _names().cases:
        stem = low.removesuffix(ending)
        if stem != low:
            yield _names().shortened.get(stem, stem)
            yield from (f"{stem}{one}".rstrip("-") for one in called)


def _family(word: str, rows: Sequence[tuple[str, str]]) -> str:
    for pattern, called in rows:
        found, count = re.subn(pattern, called, word)
        if count:
            return found
    return word


@cache
def _names() -> _Names:
    place = files("studiolo.engines.scripted.double.calls.earlier").joinpath("names.toml")
    tables = tomllib.loads(place.read_text("utf-8"))
    return _Names(
        frozenset(tables["given"]["men"].split()),
        frozenset(tables["given"]["women"].split()),
        tuple(tuple(row.split()) for row in tables["cases"]["rows"]),
        tables["cases"]["shortened"],
        tables["families"],
    )
