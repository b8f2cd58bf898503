"""The tables of words.toml: what is said of pictures and videos, and by which words it is asked."""

import re
import tomllib
from collections.abc import Mapping
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
    shapes: tuple[str, str, str]
    colours: tuple[str, ...]
    dark: str
    light: str
    ordinals: tuple[str, ...]
    last: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]]


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
