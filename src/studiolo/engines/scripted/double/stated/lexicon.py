"""The double's dictionary, read from lexicon.toml: words by what they mean."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import WORD, languages

# Shorter words stand for themselves only.
_STEM: Final = 5
# Letters of scripts that write few vowels, whose words are short.
_SHORT_STEM: Final = 4
_SHORT_WORDS: Final = re.compile("[\u0600-\u06ff]")
# Korean writes few letters, and what they are for right behind.
_SYLLABLES: Final = re.compile("[\uac00-\ud7af]{2}")
_BEFORE_WORDS: Final = re.compile("^[وف]?(?:بال|كال|لل|ال|[بلك])?(?=\\w{3})")
# Nouns from this length on may be made of several, the first of which is longer than two letters.
_COMPOUND: Final = 9
_FIRST_PART: Final = 2
_UNSPACED: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_KANA: Final = re.compile("[\u3041-\u30ff]")
_KNOWN_TEXTS: Final = 512


class Mark(msgspec.Struct, frozen=True):
    """A known word in a text, and the concepts it stands for; none for an empty word."""

    start: int
    end: int
    concepts: frozenset[str]


class Measure(msgspec.Struct, frozen=True):
    """A unit: its code, what it measures, and how many of the smallest it is; 0 if not so."""

    code: str
    dimension: str
    size: float


class Lexicon:
    """One for all; looked up by word."""

    def __init__(
        self, tables: dict[str, dict[str, str]], lists: dict[str, tuple[str, ...]]
    ) -> None:
        self._concepts: dict[str, set[str]] = {}
        for concept, words in tables["concepts"].items():
            for word in words.split():
                self._concepts.setdefault(word, set()).add(concept)
        empty = {word for language in languages() for word in language.empty.split()}
        self.weak = frozenset(tables["weak"]["words"].split()) | empty
        self.kinds, self.truth = _sets(tables["kinds"]), _sets(tables["truth"])
        self.sides, self.parts = _sets(tables["sides"]), _sets(tables["parts"])
        self.bounds = _sets(tables["bounds"])
        self.roles, self.lists = _tuples(tables["roles"]), _tuples(tables["lists"])
        self.weak |= frozenset(self.lists["pronouns"])
        self.endings, self.json = _tuples(tables["endings"]), _tuples(tables["json"])
        self.labels = _sets(tables["labels"])
        self.judged, self.absent = _tuples(tables["judged"]), _tuples(tables["absent"])
        self.signs = _codes(tables["signs"])
        self.tongues, self.moneys = _codes(tables["tongues"]), _codes(tables["moneys"])
        self.numbers = _numbered(tables["numbers"]["words"])
        self.scales = _numbered(tables["numbers"]["scales"])
        self.months = _in_rows(tables["months"]["names"], 12, first=1)
        self.week = _in_rows(tables["week"]["days"], 7, first=0)
        self.days_of_week = tuple(row.split()[0] for row in _rows(tables["week"]["days"])[:7])
        self.relative_dates = frozenset(tables["months"]["relative"].split())
        rows = map(str.split, _rows(tables["months"]["ahead"]))
        self.ahead = {word: int(days) for days, *words in rows for word in words}
        self.broad = frozenset(tables["broad"]["concepts"].split())
        self.deeds = frozenset(tables["broad"]["deeds"].split())
        self.things = frozenset(tables["broad"]["things"].split())
        self.verbs = frozenset(tables["broad"]["verbs"].split())
        self.units = frozenset(tables["units"]["names"].split())
        self.uses = frozenset(tables["uses"]["words"].split())
        self.follow_ups = tables["follow"]["ups"].split()
        self.lists_of_words = lists
        rooms = tables["rooms"]["names"].replace("\n", "|").split("|")
        self.rooms = tuple(sorted(filter(None, rooms), key=len))
        self.measures = _measures(tables["measures"]["rows"])
        self.measured = {
            word: dimension
            for dimension, *words in map(str.split, _rows(tables["measures"]["wanted"]))
            for word in words
        }
        self._unspaced = self._known_without_spaces()

    def _known_without_spaces(self) -> re.Pattern[str]:
        known = [*self._concepts, *self.weak, *self.lists["unspaced"]]
        unspaced = {word for word in known if _UNSPACED.search(word)}
        # A letter alone is part of too many words to tell a concept.
        telling = self.lists["letters"]
        longest = sorted(
            (word for word in unspaced if _tells(word) or word in telling), key=len, reverse=True
        )
        return re.compile("|".join(map(re.escape, longest)))

    def concepts_of(self, word: str) -> frozenset[str]:
        """What a word stands for, by itself or by the longest known word it begins with."""
        return _stood_for(word.lower())

    def looked_up(self, word: str) -> frozenset[str]:
        """The same, without remembering it."""
        if "-" in word and not self.has(word):
            parts = [self.looked_up(part) for part in word.split("-")]
            return frozenset(concept for part in parts for concept in part)
        found = (self.as_written(form) for form in _forms(word))
        return next((concepts for concepts in found if concepts), frozenset[str]())

    def as_written(self, word: str) -> frozenset[str]:
        """What the longest known word stands for that a word begins with, all in one piece."""
        least = _SHORT_STEM if _SHORT_WORDS.match(word) else _STEM
        least = 2 if _SYLLABLES.match(word) else least
        for end in (len(word), *range(len(word) - 1, least - 1, -1)):
            found = self._concepts.get(word[:end])
            # A short beginning of a long word may be that of another, such as a name.
            if found and (end != _STEM or len(word) <= _COMPOUND - 1):
                return frozenset(found)
        return frozenset()

    def tells(self, word: str) -> bool:
        """Whether a word stands for something that is no thing by itself."""
        return not self.as_written(word) <= self.things

    def is_empty(self, word: str) -> bool:
        """Whether a word says nothing and stands for nothing."""
        return word.lower() in self.weak and not self.has(word.lower())

    def has(self, word: str) -> bool:
        """Whether just this word, in small letters, stands for something."""
        return word in self._concepts

    def concepts_of_compound(self, word: str) -> frozenset[str]:
        """What a long noun stands for by its first part, as in "Zugverbindung"."""
        if not word.istitle() or len(word) < _COMPOUND:
            return frozenset()
        parts = (self._concepts.get(word[:end].lower()) for end in range(_STEM, _FIRST_PART, -1))
        return frozenset(next((part for part in parts if part), ()))

    def marks(self, text: str) -> Iterator[Mark]:
        """The known words of a text, in their order for each kind of script."""
        for match in WORD.finditer(text):
            word = match.group().lower()
            concepts = self.concepts_of(word) or self.concepts_of_compound(match.group())
            if concepts or word in self.weak:
                yield Mark(match.start(), match.end(), concepts)
        if _UNSPACED.search(text):
            kana = _KANA.search(text) is not None
            for match in self._unspaced.finditer(text):
                if kana and match.group() in _chinese_letters():
                    continue
                concepts = frozenset(self._concepts.get(match.group(), ()))
                yield Mark(match.start(), match.end(), concepts)


def _forms(word: str) -> Iterator[str]:
    """A word, and without the small words that Arabic and French write before it."""
    yield word
    before, stroke, behind = word.replace("\u2019", "'").partition("'")
    if stroke and len(before) <= _FIRST_PART and len(behind) > _FIRST_PART:
        yield behind
    if _SHORT_WORDS.match(word):
        bare = _BEFORE_WORDS.sub("", word)
        if bare != word:
            yield bare
            yield f"\u0627\u0644{bare}"


@lru_cache(8_192)
def _stood_for(word: str) -> frozenset[str]:
    return lexicon().looked_up(word)


def concepts_in(text: str) -> frozenset[str]:
    """All concepts that words of the text stand for."""
    return _concepts_in(text[:4_000])


@lru_cache(_KNOWN_TEXTS)
def _concepts_in(text: str) -> frozenset[str]:
    marks = lexicon().marks(text)
    return frozenset(concept for mark in marks for concept in mark.concepts)


def is_unspaced(text: str) -> bool:
    """Whether it has letters of a script that is written without spaces."""
    return bool(_UNSPACED.search(text))


@cache
def lexicon() -> Lexicon:
    """The one in the package, read when first asked for."""
    tables: dict[str, dict[str, str]] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for file in (
        "lexicon.toml",
        "things.toml",
        "tongues.toml",
        "trades.toml",
        "deeds.toml",
        "schemas.toml",
    ):
        text = files("studiolo.engines.scripted.double.stated").joinpath(file).read_text("utf-8")
        read = msgspec.convert(tomllib.loads(text), dict[str, dict[str, str | list[str]]])
        for name, table in read.items():
            known = tables.setdefault(name, {})
            for key, value in table.items():
                if isinstance(value, list):
                    lists[f"{name}.{key}"] = (*lists.get(f"{name}.{key}", ()), *value)
                else:
                    known[key] = f"{known[key]}\n{value}" if key in known else value
    return Lexicon(tables, lists)


def _sets(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in table.items()}


def _tuples(table: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words.split()) for name, words in table.items()}


def _codes(table: Mapping[str, str]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in words.split()}


def _in_rows(text: str, rows: int, *, first: int) -> dict[str, int]:
    """Words by the number of their row; after so many rows they are counted anew."""
    return {
        word: first + number % rows
        for number, line in enumerate(_rows(text))
        for word in line.split()
    }


def _rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _measures(text: str) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    for code, dimension, size, *words in map(str.split, _rows(text)):
        measure = Measure(code, dimension, float(size))
        found |= dict.fromkeys((code, *words), measure)
    return found


def _numbered(lines: str) -> dict[str, float]:
    pairs = (line.split() for line in _rows(lines) if line.strip())
    return {word: float(number) for number, *words in pairs for word in words}


def _tells(word: str) -> bool:
    return len(word) > 1 or word in _particles()


@cache
def _chinese_letters() -> frozenset[str]:
    """Single letters that are small words in Chinese alone, and parts of names in Japanese."""
    return frozenset(word for word in _words_of("han") if len(word) == 1)


@cache
def _particles() -> frozenset[str]:
    return frozenset(_words_of("han")) | frozenset(_words_of("kana"))


def _words_of(script: str) -> Iterable[str]:
    return (word for one in languages() if one.script == script for word in one.empty.split())
