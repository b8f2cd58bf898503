"""How a begun sentence ends: by its language, and by the word that it broke off behind."""

import random
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import (
    WORD,
    Language,
    Subject,
    language_of,
    languages,
    subject_of,
)
from studiolo.engines.scripted.double.prose import filled, usable
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced

_READ_LETTERS: Final = 2_000
_FEW: Final = 2
_PAUSES: Final = (",", ";", "\uff0c", "\u3001", "\uff1b", "\u060c")
# A whole sentence that others follow.
SENTENCE: Final = re.compile(r"\w[.!?]['\"\u201d)]?\s+\S|[\u3002\uff01\uff1f]")


class Ending(msgspec.Struct, frozen=True):
    """One table of tongues.toml: what leads on, and what follows it."""

    verbs: frozenset[str] = frozenset()
    behind_verb: tuple[str, ...] = ()
    joins: frozenset[str] = frozenset()
    behind_join: tuple[str, ...] = ()
    aims: frozenset[str] = frozenset()
    behind_aim: tuple[str, ...] = ()
    behind_article: tuple[str, ...] = ()

    def ways(self, last: str, sentence: str, *, articles: str) -> Sequence[str]:
        """What ends a sentence behind such a last word; nothing where none is known."""
        if last in articles.split() and self.behind_article:
            return self.behind_article
        words = [word.lower() for word in WORD.findall(sentence)]
        if last in self.aims:
            return self.behind_aim
        if last in self.joins:
            return self.behind_join
        return self.behind_verb if not self.verbs.isdisjoint(words) else ()


class _Tongues(msgspec.Struct, frozen=True):
    orders: frozenset[str]
    endings: dict[str, Ending]
    languages: tuple[Language, ...]


@cache
def _tongues() -> _Tongues:
    folder = files("studiolo.engines.scripted.double.continuing")
    tables = tomllib.loads(folder.joinpath("tongues.toml").read_text("utf-8"))
    orders = frozenset(tables.pop("orders").split())
    endings: dict[str, Ending] = {}
    own: list[Language] = []
    for name, table in tables.items():
        words = {key: table.get(key, "").split() for key in ("verbs", "joins", "aims")}
        endings[name] = msgspec.convert({**table, **words}, Ending)
        if "code" in table:
            own.append(_language(name, table))
    return _Tongues(orders, endings, tuple(own))


def _language(name: str, table: dict[str, object]) -> Language:
    """A language that is gone on with: it has no words for answers of tools."""
    plain: dict[str, object] = {
        "script": "latin",
        "joint": " ",
        "opening": [],
        "results": [],
        "nothing": "",
        "failed": "",
    }
    return msgspec.convert({"name": name, "answer": "{value}.", **plain, **table}, Language)


def is_order(question: str) -> bool:
    """Whether a question only asks for more."""
    words = [word.lower() for word in WORD.findall(question)]
    known = language_of(question)
    empty = frozenset(known.empty.split())
    return bool(words) and all(word in _tongues().orders | empty for word in words)


def language_begun(begun: str, about: str) -> Language:
    """That of what was begun; where it tells the question's no less than another, that one."""
    told, asked = language_of(begun if begun.strip() else about), language_of(about)
    words = frozenset(match.group().lower() for match in WORD.finditer(begun[-_READ_LETTERS:]))
    letters = frozenset(begun.lower())

    def said(language: Language) -> int:
        known = words & frozenset(language.empty.split())
        return len(known) + (not letters.isdisjoint(language.letters))

    others = (one for one in _tongues().languages if one.script == told.script)
    other = max(others, default=told, key=said)
    if said(other) > max(said(told), said(asked) if asked.script == told.script else 0):
        return other
    if told is asked or told.script != asked.script:
        return told
    return asked if said(asked) >= said(told) else told


def is_answered_in(language: Language) -> bool:
    """Whether answers are written in a language, beside what is gone on with."""
    return language in languages()


def subject_begun(text: str, language: Language) -> Subject:
    """What a text without a question is about: its nouns, as far as articles and letters tell."""
    said = text[-_READ_LETTERS:]
    small = "|".join(map(re.escape, language.empty.split()))
    articles = "|".join(language.articles.split())
    noun = rf"(?i)\b(?:{articles})\s+([^\W\d_]{{3,}})(?=\s+(?:{small})\b|\s*[.,;:!?]|\s*\Z)"
    found: list[str] = re.findall(noun, said) if articles else []
    named = re.findall(r"(?<=[^\W\d_,] )([^\W\d_a-z]\w{2,})", said) if said.isascii() else []
    empty = frozenset(language.empty.split())
    nouns = [word for word in dict.fromkeys([*found, *named]) if word.lower() not in empty]
    whole = subject_of(text, language)
    if not nouns:
        long = [word for word in whole.words if len(word) > 1] or whole.words
        nouns = sorted(long, key=len, reverse=True)[:_FEW]
    if language.name == "english":
        nouns = [f"the {word}" if word in found else word for word in nouns]
    return Subject(whole.topic, tuple(nouns))


def rest_of_sentence(begun: str, language: Language, subject: Subject, draw: random.Random) -> str:
    """The end of the sentence, and one more where there are others before it."""
    bare = begun[-1].isspace() or is_unspaced(begun[-1]) or not language.joint
    ways = _ways(begun, language)
    sentences = (ways, language.closing) if SENTENCE.search(begun) else (ways,)
    said = [one_of(each, subject, draw) for each in sentences]
    return ("" if bare else " ") + language.joint.join(said)


def _ways(begun: str, language: Language) -> Sequence[str]:
    if is_unspaced(begun[-1]):
        small = begun.endswith(tuple(language.empty.split()))
        small = small or re.search(r"[\u3041-\u3096]\Z", begun) is not None
        return language.after_small if small else language.after_word
    if begun.rstrip().endswith(_PAUSES):
        return language.middle
    last = begun.split()[-1].lower().lstrip("(\"'\u201c\u00ab")
    sentence = re.split(r"[.!?]\s+", begun)[-1]
    ending = _tongues().endings.get(language.name)
    ways = ending.ways(last, sentence, articles=language.articles) if ending else ()
    small = last in language.empty.split()
    return ways or (language.after_small if small else language.after_word)


def clauses_behind(begun: str, language: Language) -> Sequence[str]:
    """Clauses that may stand behind a last word that leads on to one; none behind others."""
    ending = _tongues().endings.get(language.name)
    words = begun.lower().split()
    return ending.behind_join if ending and words and words[-1] in ending.joins else ()


def one_of(sentences: Sequence[str], subject: Subject, draw: random.Random) -> str:
    """One of these sentences, with words of the subject."""
    one_word = len(subject.words) == 1
    return filled(draw.choice(usable(sentences, one_word=one_word)), subject, draw)
