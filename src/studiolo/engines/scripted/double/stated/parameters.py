"""What the name and the description of a parameter say it wants."""

import re
from functools import lru_cache
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.shapes import beginning_of, shape_of

_SHORT: Final = 6
# Names that may be of anything, and kinds of which a description leaves no doubt.
_VAGUE: Final = frozenset({"person", "place", "id", "title"})
_PLAIN: Final = frozenset({"iban", "phone", "email", "url", "domain", "currency", "language"})
_PROGRAMS: Final = frozenset(
    [
        *("python", "javascript", "typescript", "bash", "shell", "sql", "java", "ruby"),
        *("script", "program", "snippet", "source", "execute", "run"),
        *("программа", "скрипт", "programm", "skript"),
    ]
)
_CALCULATED: Final = frozenset({"date", "time", "expression", "code", "url"})
_ENDS: Final = frozenset({"to", "from"})
_MOMENTS: Final = frozenset({"date", "time"})
# Things that are known by codes, and words that ask for these: such a code is no program.
_HAVE_CODES: Final = frozenset({"currency", "language", "zip", "ticker", "place", "phone"})
_CODED: Final = frozenset({"code", "iso", "codes", "639", "代码", "代號"})
_DIGITS: Final = re.compile(
    r"(?<!\w)(\w+)[ -](?:last )?(?:digits?|ziffern|cifras|dígitos|chiffres|cifre|цифр\w*)(?!\w)"
    r"|(?<!\w)last[ _]?(\d|four|three|five|six|eight)(?![a-z\d])"
    r"|([一二三四五六七八九\d]+)\s?(?:位|桁|자리)"
)
# Letters with accents are letters of the same word.
_LATIN: Final = [*map(chr, (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x250)))]
_CAPITALS: Final = "".join(letter for letter in _LATIN if letter.isupper())
_SMALL: Final = "".join(letter for letter in _LATIN if letter.islower())
_WORDS: Final = re.compile(
    rf"[{_CAPITALS}]+(?![{_SMALL}])|[{_CAPITALS}]?[{_SMALL}]+|[^\W\d_{_CAPITALS}{_SMALL}]+"
)


class Parameter(msgspec.Struct, frozen=True):
    """A parameter by its name: its words, what kinds of things it may be, and what it speaks of.

    One that is `coded` wants the short form by which machines know a thing; one that is `halved`
    wants its half of "owner/repository". `parts` are the words of the name in their order,
    `described` the units of its description, `digits` how many figures it says it has, and `shape`
    what things look like that are like the example it gives, with the same `beginning` as
    a rule.
    """

    name: str
    words: frozenset[str]
    kinds: tuple[str, ...]
    side: str
    concepts: frozenset[str]
    coded: bool = False
    halved: bool = False
    parts: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    digits: int = 0
    shape: str = ""
    beginning: str = ""

    @property
    def is_note(self) -> bool:
        """Whether it is what a payment is for, which may be a code and may be words."""
        plain = set(self.kinds) <= {"id"} and not self.shape
        return plain and not lexicon().labels["purpose"].isdisjoint(self.parts)


@lru_cache(1024)
def parameter(name: str, description: str = "") -> Parameter:
    """Read a name, and where it says nothing the description."""
    words = words_of(name)
    described = _plain_words(description)
    kinds = _kinds_of(name, description)
    side = next((side for side, known in lexicon().sides.items() if known & words), "")
    concepts = (
        concepts_in(" ".join(words))
        | concepts_in(without_examples(description)[:200])
        | _of_letters(description)
    )
    return Parameter(
        name,
        words,
        kinds,
        side,
        concepts,
        coded=bool((words | described) & _CODED),
        parts=parts_of(name),
        described=_measured(description),
        digits=_figures(f"{' '.join(parts_of(name))} {name} {description}"),
        shape=shape_of(description) if _CALCULATED.isdisjoint(kinds) else "",
        beginning=beginning_of(description),
    )


def _kinds_of(name: str, description: str) -> tuple[str, ...]:
    """The kinds of a name, else of its description.

    Of a place and a moment the last word of the name tells which it is, as in "departure city".
    """
    if parts_of(name)[1:][-1:] == ("at",):
        return ("date", "time")
    described = kinds_in(_plain_words(description), description)
    kinds = kinds_in(words_of(name), name) or described
    if name in _ENDS and "person" in described:
        # No money, which goes from one to another as well.
        return ("person", "receiver")
    if {"code", "id"} <= set(kinds) and not _PROGRAMS.isdisjoint(_plain_words(description)):
        kinds = tuple(kind for kind in kinds if kind != "id")
    if set(kinds) <= _VAGUE and not _PLAIN.isdisjoint(described):
        return described
    if set(kinds) <= _MOMENTS and "place" in described and _MOMENTS.isdisjoint(described):
        return described
    if "place" not in kinds or _MOMENTS.isdisjoint(kinds):
        return kinds
    last = kinds_in(frozenset(parts_of(name)[-1:]), name)
    if "place" not in last and _MOMENTS.isdisjoint(last):
        return kinds
    wrong = _MOMENTS if "place" in last else ("place",)
    return tuple(kind for kind in kinds if kind not in wrong)


def _figures(text: str) -> int:
    """How many figures such a thing is said to have, as in "last four digits"; 0 if not said."""
    match = _DIGITS.search(text.lower())
    said = next(filter(None, match.groups()), "") if match else ""
    return int(said) if said.isdigit() else int(lexicon().numbers.get(said, 0))


def _measured(description: str) -> tuple[str, ...]:
    """The words of a description that may name a unit, as far as its first example."""
    plain = without_examples(description).lower()
    return tuple(word for word in WORD.findall(plain) if word in lexicon().measures)


def _of_letters(description: str) -> frozenset[str]:
    """What single letters of a short description stand for, where letters are words."""
    letters = description if len(description) <= _SHORT and is_unspaced(description) else ""
    return frozenset(one for letter in letters for one in lexicon().concepts_of(letter))


def words_of(name: str) -> frozenset[str]:
    """The words of a name, in whichever way they are run together."""
    return frozenset(parts_of(name))


def parts_of(name: str) -> tuple[str, ...]:
    """The same, in their order."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def kinds_in(words: frozenset[str], text: str) -> tuple[str, ...]:
    """The kinds these words stand for."""
    kinds = tuple(
        kind
        for kind, known in lexicon().kinds.items()
        if words & known
        or (is_unspaced(text) and any(is_unspaced(one) and one in text for one in known))
    )
    if _HAVE_CODES.intersection(kinds):
        return tuple(kind for kind in kinds if kind not in ("code", "id"))
    return kinds


@lru_cache(1024)
def without_examples(description: str) -> str:
    """A description as far as the first example in it."""
    places = [description.find(mark) for mark in lexicon().lists_of_words["examples.marks"]]
    return description[: min((place for place in places if place >= 0), default=None)]


def _plain_words(description: str) -> frozenset[str]:
    return frozenset(word.lower() for word in WORD.findall(without_examples(description)))
