"""The tables of words.toml: what is said of pictures and videos, and by which words it is asked."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.core.messages import MediaKind
from studiolo.engines.scripted.double.language import Language

# Shorter words are no beginnings of others.
_SHORT: Final = 4
_WHOLE: Final = "|"
# Scripts in which a word begins behind what is no letter; others have small words in front of it.
_SPACED: Final = re.compile(r"[a-z\u00df-\u017f\u0430-\u0451]")


class Words(msgspec.Struct, frozen=True):
    """One language."""

    one: Mapping[MediaKind, str]
    nth: Mapping[MediaKind, str]
    picture: str
    video: str
    row: str
    only: str
    size: str
    width: str
    height: str
    colour: str
    frames: str
    length: str
    shape: str
    count: str
    best: str
    most: str
    equal: str
    rate: str
    pixels: str
    shade: str
    sum: str
    tally: Mapping[str, str]
    shades: tuple[str, str]
    whether: str
    small: str
    shapes: tuple[str, str, str]
    colours: tuple[str, ...]
    named: tuple[str, ...]
    dark: str
    light: str
    ordinals: tuple[str, ...]
    last: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]]
    phrased: Mapping[str, tuple[str, ...]]


@cache
def words_of(language: Language) -> Words:
    """The table of a language."""
    return tables()[language.name]


@cache
def tables() -> Mapping[str, Words]:
    """All of the file."""
    text = (
        files("studiolo.engines.scripted.double.looking").joinpath("words.toml").read_text("utf-8")
    )
    return msgspec.convert(tomllib.loads(text), dict[str, Words])


def names(text: str, thing: str, language: Language) -> bool:
    """Whether a text in small letters has a word for this thing."""
    return _pattern(language, thing).search(text) is not None


def phrased(text: str, thing: str, language: Language) -> bool:
    """Whether a text in small letters has words that mean this, of pictures or of anything."""
    return beginning_with(words_of(language).phrased[thing]).search(text) is not None


def colours_named(text: str, words: Words) -> list[str]:
    """The colours that a text in small letters names, whatever their endings."""
    return [
        colour
        for colour, beginnings in zip(words.colours, words.named, strict=True)
        if beginning_with(tuple(beginnings.split("/"))).search(text)
    ]


def first_named(text: str, things: Sequence[str], language: Language) -> str:
    """Which of these things a text in small letters names first; empty where it names none."""
    found = ((_pattern(language, thing).search(text), thing) for thing in things)
    placed = [(match.start(), thing) for match, thing in found if match]
    return min(placed, key=lambda one: one[0])[1] if placed else ""


@cache
def _pattern(language: Language, thing: str) -> re.Pattern[str]:
    return beginning_with(words_of(language).asked[thing])


@cache
def beginning_with(beginnings: tuple[str, ...]) -> re.Pattern[str]:
    """Words that begin so, short ones whole; where nothing parts words, whatever has it in it."""
    spaced = [each for each in beginnings if _SPACED.search(each)]
    ways = [rf"(?<!\w){re.escape(each.removesuffix(_WHOLE))}{_end(each)}" for each in spaced]
    return re.compile("|".join((*ways, *(re.escape(each) for each in set(beginnings) - {*spaced}))))


def _end(word: str) -> str:
    return r"(?!\w)" if len(word) < _SHORT or word.endswith(_WHOLE) else ""
