"""Words that broke off, brought to their end by the question, the text or a dictionary."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.continuing.kin import rows
from studiolo.engines.scripted.double.language import WORD, languages
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced

_READ_LETTERS: Final = 2_000
_HALF: Final = 2
# A beginning this short may be that of too many words of a dictionary.
_LONG_ENOUGH: Final = 4
_FOLDER: Final = "studiolo.engines.scripted.double"
_TABLES: Final = ("lexicon.toml", "things.toml", "tongues.toml")


def rest_of_word(begun: str, *texts: str, language: str = "english") -> str:
    """What the last word of a text lacks; nothing where it is whole, or nobody knows it."""
    words = [match.group() for match in WORD.finditer(begun[-_READ_LETTERS:])]
    half = words[-1] if words and begun.endswith(words[-1]) else ""
    if len(half) < _HALF or is_unspaced(half) or half.lower() in _whole():
        return ""
    others = [text[-_READ_LETTERS:] for text in texts if not begun.endswith(text.strip() or "\n")]
    told = [match.group() for text in others for match in WORD.finditer(text)]
    for known in (told, words[:-1]):
        low = [word.lower() for word in known]
        if half.lower() in low:
            return ""
        longer = _longer(half, known)
        if longer:
            return longer[len(half) :]
    return _by_dictionary(half, language) if len(half) > _HALF else ""


def _longer(half: str, known: Iterable[str]) -> str:
    """The first word that goes on from here, without an ending of its own behind an apostrophe."""
    low = half.lower()
    found = (word for word in known if word.lower().startswith(low) and word.lower() != low)
    return next(found, "")


def _by_dictionary(half: str, language: str) -> str:
    """By names and kinds of things, by common words of the language, by any that is known."""
    low = half.lower()
    if half[0].isupper():
        named = (word for word in _names() if word.startswith(half) and word != half)
        if (name := next(named, "")) and half not in _names():
            return name[len(half) :]
    common = _halves().words.get(language, "").split()
    words = _dictionary()
    place = bisect_left(words, low)
    if place < len(words) and words[place] == low:
        return ""
    if longer := _longer(half, common):
        return longer[len(half) :]
    if len(half) < _LONG_ENOUGH or place == len(words) or not words[place].startswith(low):
        return ""
    return _longest_from(words, place, low)


def _longest_from(words: Sequence[str], place: int, low: str) -> str:
    """What the longest word lacks that begins so."""
    longer: list[str] = []
    while place < len(words) and words[place].startswith(low):
        longer.append(words[place])
        place += 1
    return max(longer, key=len)[len(low) :]


class _Halves(msgspec.Struct, frozen=True):
    """What halves.toml says."""

    whole: str
    words: dict[str, str]


@cache
def _halves() -> _Halves:
    folder = files(f"{_FOLDER}.continuing")
    return msgspec.convert(
        tomllib.loads(folder.joinpath("halves.toml").read_text("utf-8")), _Halves
    )


@cache
def _whole() -> frozenset[str]:
    return frozenset(_halves().whole.split())


@cache
def _names() -> tuple[str, ...]:
    """Words of kinds that are written with a capital letter, too long to stand for others."""
    words = (word for row in rows() for word in row.words)
    return tuple(
        dict.fromkeys(word for word in words if word[0].isupper() and len(word) > _LONG_ENOUGH)
    )


@cache
def _dictionary() -> tuple[str, ...]:
    """All words that are known in any language, in their order."""
    found: set[str] = set()
    folder = files(f"{_FOLDER}.stated")
    for name in _TABLES:
        table = folder.joinpath(name)
        if table.is_file():
            concepts = tomllib.loads(table.read_text("utf-8")).get("concepts", {})
            found.update(word for words in concepts.values() for word in words.split())
    found.update(word.lower() for row in rows() for word in row.words if len(word) >= _LONG_ENOUGH)
    for language in languages():
        texts = (*language.opening, *language.middle, *language.closing, language.empty)
        found.update(match.group().lower() for text in texts for match in WORD.finditer(text))
    return tuple(sorted(word for word in found if re.fullmatch(r"[^\W\d_]+", word)))
