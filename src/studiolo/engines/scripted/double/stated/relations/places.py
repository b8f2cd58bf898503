"""The parts of addresses: streets, towns and their codes, states and countries."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.stated.facts import Fact
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced
from studiolo.engines.scripted.double.stated.parameters import Parameter

_SEGMENT: Final = re.compile(r"[^,;\n\uff0c\u3001\uff1b]+")
_NAME: Final = r"[A-Z\u00c0-\u00de\u0410-\u042f][\w.'\u2019-]*"
_NAMES: Final = (
    rf"{_NAME}(?: (?:(?:am|an der|an|de|del|di|do|la|le|sur|upon|of|im|ob) )?{_NAME}){{0,3}}"
)
_CODE: Final = (
    r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4} ?[A-Z]{2}(?![a-z])"
    r"|(?:[A-Z]{1,2}-)?\d{5}(?:-\d{3,4})?|\d{2}-\d{3}|\d{3}-\d{4}|\d{3} \d{2}|\d{6}|\d{4})"
)
# Before a code: the state by its letters, as it is written in America and Australia.
_STATE: Final = r"(?P<state>[A-Z]{2,3})"
# How a town, its state and its code stand to each other in one stretch between commas.
_TOWNS: Final = (
    re.compile(rf"^(?P<zip>{_CODE}) (?P<city>{_NAMES})$"),
    re.compile(rf"^(?P<city>{_NAMES}) {_STATE} (?P<zip>{_CODE})$"),
    re.compile(rf"^{_STATE} (?P<zip>{_CODE})$"),
    re.compile(rf"^(?P<city>{_NAMES}) (?P<zip>{_CODE})$"),
    re.compile(rf"^(?:\u3012\s?)?(?P<zip>{_CODE})$"),
)
_HOUSE: Final = r"\d{1,5}(?:\s?[a-zA-Z](?![\w]))?(?:[-/]\d{1,4})?"
# Towns by what stands before or behind them.
_TOWN_BEFORE: Final = re.compile(rf"(?<![\w.])(?P<city>{_NAMES})(?:, | \()$")
_BEHIND_STREET: Final = re.compile(
    rf"(?:,\s*| in | \u00e0 | en | a | \u0432 )(?P<city>{_NAMES})(?=$|[,.;\n])"
)
_LAST_NAMES: Final = re.compile(rf"(?:^|(?<=\s)){_NAMES}$")
_SHORT_COUNTRY: Final = 3
_GAP: Final = 3


class _Places(msgspec.Struct, frozen=True):
    parts: dict[str, str]
    streets: dict[str, str]
    countries: dict[str, str]
    rows: dict[str, list[str]]


def part_wanted(wanted: Parameter) -> str:
    """Which part of an address a parameter is; the last word of its name tells."""
    for word in reversed(wanted.parts):
        for name, known in _parts().items():
            if word in known:
                return name
    return ""


def parts_of_places(text: str, wanted: Parameter) -> list[Fact]:
    """The parts of the addresses in a text that a parameter wants, in their order."""
    part = part_wanted(wanted)
    if not part:
        return []
    if part == "address":
        return list(_whole(text))
    found = [fact for fact in places_in(text) if fact.kind == part]
    if part == "country":
        found = [*countries_in(text)]
        codes = {fact.text.lower(): _codes()[fact.text.lower()] for fact in found}
        if wanted.coded:
            found = [Fact("country", codes[one.text.lower()], one.start, one.end) for one in found]
    return found


@lru_cache(512)
def countries_in(text: str) -> tuple[Fact, ...]:
    """The countries that a text names."""
    found = [
        Fact("country", match.group(), match.start(), match.end())
        for match in _countries().finditer(text)
        if match.group()[0].isupper() or is_unspaced(match.group())
    ]
    return tuple(
        one
        for one in found
        if is_unspaced(one.text) or len(one.text) > _SHORT_COUNTRY or one.text.isupper()
    )


def _whole(text: str) -> Iterator[Fact]:
    """Addresses of several parts, from the first to the last one."""
    row: list[Fact] = []
    for fact in (*sorted((*places_in(text), *countries_in(text)), key=_start), None):
        if fact is not None and row and fact.start <= row[-1].end + _GAP:
            row.append(fact)
            continue
        if len(row) > 1:
            yield Fact("address", text[row[0].start : row[-1].end], row[0].start, row[-1].end)
        row = [fact] if fact is not None else []


@lru_cache(512)
def places_in(text: str) -> tuple[Fact, ...]:
    """The parts of all addresses in a text."""
    streets = [
        Fact("street", match["street"], match.start("street"), match.end("street"))
        for match in _streets().finditer(text)
    ]
    found = [*streets, *_in_segments(text, streets), *_before_countries(text)]
    for pattern in _rows() if is_unspaced(text) else ():
        for match in pattern.finditer(text):
            if any(match[name] for name in match.groupdict() if name != "city"):
                found += _facts(match, 0)
    return tuple(sorted({(one.kind, one.start): one for one in found}.values(), key=_start))


def _start(fact: Fact) -> int:
    return fact.start


def _facts(match: re.Match[str], start: int) -> Iterator[Fact]:
    for name, said in match.groupdict().items():
        said = (said or "").rstrip(". ")
        if said:
            yield Fact(name, said, start + match.start(name), start + match.start(name) + len(said))


def _before_countries(text: str) -> Iterator[Fact]:
    """Names with a comma and a country behind them, which are towns."""
    for country in countries_in(text):
        match = _TOWN_BEFORE.search(text, 0, country.start)
        if match is not None:
            yield from _facts(match, 0)


def _in_segments(text: str, streets: Sequence[Fact]) -> Iterator[Fact]:
    """Towns, states and codes that have commas between them."""
    before: tuple[int, str] | None = None
    for match in _SEGMENT.finditer(text):
        start, said = _plain(text, match)
        street = next((one for one in streets if match.start() < one.end <= match.end()), None)
        if street is not None:
            behind = _BEHIND_STREET.match(text, street.end)
            yield from (
                _facts(behind, 0) if behind and behind["city"].lower() not in _codes() else ()
            )
            before = None
            continue
        town = next(filter(None, (pattern.match(said) for pattern in _TOWNS)), None)
        known = town is not None and ("city" in town.groupdict() or before is not None)
        if town is not None and (known or streets):
            yield from _facts(town, start)
            if "city" not in town.groupdict() and before is not None:
                yield Fact("city", before[1], before[0], before[0] + len(before[1]))
        whole = _LAST_NAMES.search(said)
        before = (start + whole.start(), whole.group()) if whole and town is None else None


def _plain(text: str, match: re.Match[str]) -> tuple[int, str]:
    """A stretch between commas as far as its sentence goes, without a label before it."""
    said = match.group()
    lead = re.match(r"\s*(?:[^\d:\uff1a]{0,30}[:\uff1a])?\s*", said)
    start = lead.end() if lead else 0
    end = re.search(r"(?<=\w{4})\.(?:\s|$)|[!?](?:\s|$)|[\u3002]", said[start:])
    said = said[start : start + end.start() if end else None].rstrip(" .")
    return match.start() + start, said


@cache
def _read() -> _Places:
    folder = files("studiolo.engines.scripted.double.stated.relations")
    return msgspec.convert(
        tomllib.loads(folder.joinpath("places.toml").read_text("utf-8")), _Places
    )


@cache
def _parts() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(row.split()) for name, row in _read().parts.items()}


@cache
def _codes() -> dict[str, str]:
    """Countries by their names in small letters."""
    rows = _read().countries.items()
    return {name: code for code, row in rows for name in row.split("|")}


@cache
def _countries() -> re.Pattern[str]:
    names = sorted(map(re.escape, _codes()), key=len, reverse=True)
    spaced = "|".join(name for name in names if not is_unspaced(name))
    unspaced = "|".join(name for name in names if is_unspaced(name))
    return re.compile(rf"(?i)(?<![\w.@-])(?:{spaced})(?![\w-])|{unspaced}")


@cache
def _rows() -> tuple[re.Pattern[str], ...]:
    """Addresses without anything between their parts."""
    return tuple(re.compile(row) for row in _read().rows["unspaced"])


@cache
def _streets() -> re.Pattern[str]:
    words = {name: "|".join(map(re.escape, row.split())) for name, row in _read().streets.items()}
    pieces = {"HOUSE": _HOUSE, "NAME": _NAME, **{name.upper(): one for name, one in words.items()}}
    ways = (
        re.sub("<([A-Z]+)>", lambda match: pieces[match[1]], row) for row in _read().rows["streets"]
    )
    return re.compile(rf"(?P<street>{'|'.join(ways)})(?=$|[\s,;.])")
