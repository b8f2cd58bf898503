"""The names of people in a text, as they are written in several languages."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from typing import Final

from studiolo.engines.scripted.double.language import Language, language_of
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter, words_of
from studiolo.engines.scripted.double.stated.relations.phrases import relations
from studiolo.engines.scripted.double.stated.relations.places import (
    countries_in,
    places_in,
)
from studiolo.engines.scripted.double.stated.wording import Span

_LARGE: Final = r"[A-Z\u00c0-\u00de\u0410-\u042f]"
_SMALL_LETTERS: Final = r"[a-z\u00df-\u00ff\u0100-\u017f\u0430-\u044f\u0451]"
_WORD: Final = rf"{_LARGE}(?:{_SMALL_LETTERS}+(?:['\u2019-]{_LARGE}?\w+)*|['\u2019]{_LARGE}\w+|\.)"
_SMALL: Final = r"(?:de la|de|da|do|dos|del|di|van der|van den|van|von|der|bin|al|el|y|e)"
_FULL: Final = re.compile(
    rf"(?<![\w.&])(?P<said>{_WORD}(?: (?:{_SMALL} )?{_WORD}){{1,3}})(?![\w&-])"
)
_FEW: Final = 2
_GERMAN: Final = "german"


def people_in(text: str, wanted: Parameter, others: Collection[str]) -> Sequence[Span]:
    """People with both names, for a parameter that wants one; `others` are the parts beside it."""
    lists = lexicon().lists
    if wanted.side or not wanted.words.isdisjoint((*lists["given"], *lists["family"])):
        return ()
    return _people(text) if is_for_people(wanted, others) else ()


def is_of_things(wanted: Parameter, others: Collection[str]) -> bool:
    """Whether a parameter wants the name of a thing, as far as the parts beside it tell."""
    plain = len(wanted.parts) == 1 and not wanted.words.isdisjoint(_plain_names())
    return plain and _are_of_things(tuple(sorted(others)))


def is_for_people(wanted: Parameter, others: Collection[str]) -> bool:
    """Whether a parameter wants somebody's name, as far as the parts beside it tell."""
    if "person" not in wanted.kinds and not _of_people(wanted.words):
        return False
    return not is_of_things(wanted, others)


def _of_people(words: frozenset[str]) -> bool:
    return not words.isdisjoint(_rows()["people"])


@lru_cache(512)
def _are_of_things(names: tuple[str, ...]) -> bool:
    """Whether parts stand beside a name that people have not."""
    words = {word for name in names for word in (*words_of(name), name.lower())}
    return words.isdisjoint(_rows()["of_people"]) and not words.isdisjoint(_rows()["of_things"])


@lru_cache(512)
def _people(text: str) -> Sequence[Span]:
    found = list(_unspaced(text)) if is_unspaced(text) else []
    titled = [
        Span(m["said"], m.start("said"), m.end("said"), True) for m in _titled().finditer(text)
    ]
    taken = [(one.start, one.end) for one in (*places_in(text), *countries_in(text))]
    taken += [(one.start, one.end) for one in facts_in(text).typed]
    for match in _FULL.finditer(text):
        start, said = _without_first(text, match.start("said"), match["said"])
        span = Span(said, start, start + len(said), named=True)
        words = [word.lower().strip(".") for word in said.split()]
        if len(words) < _FEW or not _rows()["never"].isdisjoint(words) or _are_known(text, words):
            continue
        if not any(span.start < end and start < span.end for start, end in taken):
            found.append(span)
    whole = [
        one for one in titled if not any(one.start >= o.start and one.end <= o.end for o in found)
    ]
    return tuple(sorted([*found, *whole], key=lambda span: span.start))


def _are_known(text: str, words: Sequence[str]) -> bool:
    """Whether words are no names: all of them are known, or the last where nouns are large."""
    known = [lexicon().has(word) or word in lexicon().weak for word in words]
    return known[-1] if language_of(text).name == _GERMAN else all(known)


def _without_first(text: str, start: int, said: str) -> tuple[int, str]:
    """A name without a title or an order before it that is written large as well."""
    words = said.split(" ")
    known, own = lexicon(), _small_words(language_of(text))
    while len(words) > 1:
        low = words[0].lower().strip(".")
        title = low in known.lists["titles"] or low in _rows()["titles"]
        known_word = known.has(low) or low in _rows()["never"]
        weak = low in own or ((known_word or low in known.weak) and len(words) > _FEW)
        if not (title or weak or low in _rows()["labels"] or low in _plain_names()):
            break
        start, words = start + len(words[0]) + 1, words[1:]
    return start, " ".join(words)


@cache
def _small_words(language: Language) -> frozenset[str]:
    """The words that say nothing in a language."""
    return frozenset(language.empty.split())


def _unspaced(text: str) -> Iterator[Span]:
    for pattern in _scripts():
        for match in pattern.finditer(text):
            yield Span(match["said"], match.start("said"), match.end("said"), named=True)


@cache
def _rows() -> dict[str, frozenset[str]]:
    return {name: frozenset(row.split()) for name, row in relations().people.items()}


@cache
def _plain_names() -> frozenset[str]:
    return lexicon().labels["names"] | {"title"}


@cache
def _titled() -> re.Pattern[str]:
    titles = sorted({*lexicon().lists["titles"], *_rows()["titles"]}, key=len, reverse=True)
    spaced = "|".join(re.escape(one) for one in titles if not is_unspaced(one))
    return re.compile(
        rf"(?<!\w)(?i:{spaced})\.? (?P<said>{_WORD}(?: (?:{_SMALL} )?{_WORD}){{0,2}})(?!\w)"
    )


@cache
def _scripts() -> tuple[re.Pattern[str], ...]:
    """Names of families with given names behind them, where a name may begin and end."""
    rows = relations().people
    families = {name.upper(): "|".join(rows[name].split()) for name in ("chinese", "korean")}
    return tuple(
        re.compile(re.sub("<([A-Z]+)>", lambda match: families[match[1]], row))
        for row in relations().written["unspaced"]
    )
