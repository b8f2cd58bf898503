"""Which language a question is in, and which of its words say what it is about."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from studiolo.engines.scripted.double.remembering import remembered

# Whatever is not a letter of a word: space, ASCII marks, and the marks of other scripts.
MARKS = (
    r"\s!-/:-@\[-`{-~\u00a1-\u00bf\u00d7\u00f7\u060c\u061b\u061f\u0964\u0965"
    r"\u2000-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff65"
)
# Of these, what parts a sentence or ends it in other scripts.
MARKS_OF_PARTS = "\u060c\u061b\u061f\u0964\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f"
WORD = re.compile(rf"[^{MARKS}]+(?:['\u2019-][^{MARKS}]+)*")
# Other visible letters, but for those that could open a tag or a blank.
SIGNS = re.compile(r"[^\s<>|{}]")
SCRIPTS = {
    "kana": re.compile("[\u3040-\u30ff]"),
    "hangul": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
    "han": re.compile("[\u3400-\u9fff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "arabic": re.compile("[\u0600-\u06ff]"),
    "devanagari": re.compile("[\u0900-\u097f]"),
}
# Scripts written without spaces, and what parts words there beside the empty ones.
UNSPACED = {"han": "", "kana": "[\u3040-\u309f]+|"}
LONGEST_WORD = 24
LONGEST_TOPIC = 60


class Language(msgspec.Struct, frozen=True):
    """One table of phrases.toml."""

    name: str
    code: str
    script: str
    joint: str
    opening: tuple[str, ...]
    middle: tuple[str, ...]
    closing: tuple[str, ...]
    empty: str
    results: tuple[str, ...]
    nothing: str
    failed: str
    answer: str
    after_word: tuple[str, ...]
    after_small: tuple[str, ...]
    stop: str = "."
    colon: str = ": "
    endings: tuple[str, ...] = ()
    letters: str = ""
    articles: str = ""


class Subject(msgspec.Struct, frozen=True):
    """What a question is about, in its own words."""

    topic: str
    words: tuple[str, ...]


@cache
def languages() -> tuple[Language, ...]:
    """All tables of the file in the package, in its order."""
    text = (
        files("studiolo.engines.scripted.double")
        .joinpath("phrases.toml")
        .read_text(encoding="utf-8")
    )
    tables = tomllib.loads(text)
    return tuple(msgspec.convert({"name": name, **tables[name]}, Language) for name in tables)


@remembered
def language_of(question: str) -> Language:
    """By its script, and within one script by the small words."""
    written = () if question.isascii() else SCRIPTS.items()
    script = next((name for name, one in written if one.search(question)), "latin")
    candidates = [language for language in languages() if language.script == script]
    words = {word.lower() for word in WORD.findall(question)}
    letters = frozenset[str]() if question.isascii() else frozenset(question.lower())

    def told(language: Language) -> int:
        return len(words & _empty(language)) + (not letters.isdisjoint(language.letters))

    return max(candidates, key=told)


def subject_of(question: str, language: Language) -> Subject:
    """The words that carry meaning, and the stretch of the question they span."""
    found = list(_words(question, language))
    empty = _empty(language)
    telling = [one for one in found if one.group().lower() not in empty]
    if not telling:
        return _quoted(question)
    first, last = telling[0].start(), telling[0].end()
    for one in telling[1:]:
        if one.end() - first > LONGEST_TOPIC or WORD.sub("", question[last : one.start()]).strip():
            break
        last = one.end()
    words = [bare(one.group(), language.endings)[:LONGEST_WORD] for one in telling]
    return Subject(bare(question[first:last], language.endings), tuple(dict.fromkeys(words)))


def _words(question: str, language: Language) -> Iterable[re.Match[str]]:
    if language.script not in UNSPACED:
        return WORD.finditer(question)
    parted = _parted(language).finditer(question)
    return (one for one in parted if one.group("word"))


@cache
def _parted(language: Language) -> re.Pattern[str]:
    """What parts words, or else up to six letters of a word."""
    empty = "|".join(sorted(map(re.escape, _empty(language)), key=len, reverse=True))
    parting = f"{UNSPACED[language.script]}{empty}"
    return re.compile(rf"(?:{parting})|(?P<word>(?:(?!{parting})[^{MARKS}]){{1,6}})")


@cache
def _empty(language: Language) -> frozenset[str]:
    return frozenset(language.empty.split())


def bare(word: str, endings: Sequence[str]) -> str:
    """The word without one of these endings."""
    for ending in endings:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending)
    return word


def _quoted(question: str) -> Subject:
    """Where no word tells anything, the subject is what was said."""
    said = " ".join(WORD.findall(question))[:LONGEST_WORD]
    said = said or "".join(SIGNS.findall(question)[:8]) or "…"
    return Subject(f"“{said}”", (f"“{said}”",))
