"""Streets, the numbers of houses, the codes of towns, and rooms."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import Fact
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter

_ZIP: Final = re.compile(
    r"(?<![\w#-])(?:\d{4,6}(?:-\d{3,4})?|\d{4} ?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"
    r"|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![\w-])"
)
# A street and its number, in either order.
_STREET: Final = re.compile(
    r"\b\d{1,5}[a-z]? (?:[A-Z\u00c0-\u00de][\w'.-]*)(?: [A-Z\u00c0-\u00de][\w'.-]*){0,3}"
    r"|\b[A-Z\u00c0-\u00de][\w'.-]*(?: (?:de|la|del|du|des|der|am|[A-Z\u00c0-\u00de][\w'.-]*)){0,3}"
    r" \d{1,4}[a-z]?\b"
)


def streets_in(text: str) -> Iterator[Fact]:
    """Streets with a number."""
    for match in _STREET.finditer(text):
        street = Fact("street", match.group(), match.start(), match.end())
        if not _is_order(street):
            yield street


def codes_of_towns_in(text: str) -> Iterator[Fact]:
    """Postal codes."""
    for match in _ZIP.finditer(text):
        yield Fact("zip", match.group(), match.start(), match.end())


def houses_in(text: str, side: str) -> Iterator[Fact]:
    """Streets with the number of a house, unless they stand on the other side of a way."""
    streets = "|".join(lexicon().lists["streets"])
    others = {"origin": "destination", "destination": "origin"}.get(side, "")
    for match in re.finditer(rf"\b\d{{1,5}}[a-z]? (?:[A-Z][\w'-]+ ){{1,3}}(?:{streets})\b", text):
        before = WORD.findall(text[: match.start()].lower())[-1:]
        if not (others and set(before) & set(lexicon().roles[others])):
            yield Fact("street", match.group(), match.start(), match.end())


def _is_order(street: Fact) -> bool:
    """Whether what looks like a street is a deed at the beginning of a text, and a number."""
    first = WORD.match(street.text)
    deeds = lexicon().concepts_of(first.group()) if first else frozenset[str]()
    return street.start == 0 and not deeds.isdisjoint({*lexicon().verbs, *lexicon().deeds})


def rooms_in(text: str, wanted: Parameter) -> Iterator[Fact]:
    """What rooms are called, in one word or two."""
    del wanted
    for match in _names_of_rooms().finditer(text):
        yield Fact("room", match.group(), match.start(), match.end())


@cache
def _names_of_rooms() -> re.Pattern[str]:
    names = sorted(lexicon().rooms, key=len, reverse=True)
    spaced = "|".join(re.escape(name) for name in names if not is_unspaced(name))
    unspaced = "|".join(re.escape(name) for name in names if is_unspaced(name))
    return re.compile(rf"(?i)(?<!\w)(?:{spaced})(?!\w)|{unspaced}")
