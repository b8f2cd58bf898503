"""What sentences tell of somebody or something in words of their own: "works as a nurse"."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.wording import Span

_THINGS: Final = ("called",)
_PIECE: Final = re.compile(r"<(\w+)>")
_LARGE: Final = "[A-Z]"
# Pieces that are looked for and are no part of what is told.
_AROUND: Final = frozenset({"Person", "number", "zhjobs"})
_JOBS: Final = {"zhjob": "zhjobs", "jajob": "jajobs", "kojob": "kojobs"}
_ENDED: Final = frozenset({"words"})
_FORMED: Final = frozenset({"email", "url", "phone", "date", "datetime", "time", "number", "path"})
_MARKS: Final = r"[,.;:!?()\n\uff0c\u3002\uff1b\uff1a\uff01\uff1f\u3001\uff08\uff09]"


class Told(msgspec.Struct, frozen=True):
    """A stretch that a sentence tells, and whether it may hold a list."""

    span: Span
    lists: bool


class Relations(msgspec.Struct, frozen=True):
    """What parts are called, and the ways in which sentences speak of each."""

    parts: dict[str, str]
    phrases: dict[str, list[str]]
    pieces: dict[str, str]
    ends: dict[str, str]
    labels: dict[str, str]
    numbers_of: dict[str, str]
    people: dict[str, str]
    written: dict[str, list[str]]


class _Way(msgspec.Struct, frozen=True):
    """One way; one of a script without spaces is looked for where such letters are."""

    pattern: re.Pattern[str]
    unspaced: bool
    lists: bool


def told_in_phrases(text: str, wanted: Parameter) -> Sequence[Told]:
    """What the sentences of a text tell for this parameter, the likeliest first."""
    known = relations_of(wanted.words)
    return _all_told(text, known) if known else ()


def told_of_things(text: str) -> Sequence[Told]:
    """The names of things behind the words for them: "the restaurant Chez Paul"."""
    return _all_told(text, _THINGS)


@lru_cache(512)
def _all_told(text: str, known: tuple[str, ...]) -> Sequence[Told]:
    return tuple(dict.fromkeys(_telling(text, known)))


def _telling(text: str, known: Sequence[str]) -> Iterator[Told]:
    unspaced = is_unspaced(text)
    for way in (each for name in known for each in _ways()[name]):
        if way.unspaced and not unspaced:
            continue
        for match in way.pattern.finditer(text):
            told = _told(match)
            if told is not None and not _is_form(text, told):
                yield Told(told, way.lists)


@lru_cache(1024)
def relations_of(words: frozenset[str]) -> tuple[str, ...]:
    """The relations that a name of these words asks for."""
    return tuple(
        name
        for name, rows in _known().items()
        if any(row <= words for row in rows) or any(_stands_in(row, words) for row in rows)
    )


def _stands_in(row: frozenset[str], words: frozenset[str]) -> bool:
    """Whether a word without spaces stands at the end of a longer one, as in a compound."""
    (one, *more) = row
    return (
        not more and len(one) > 1 and is_unspaced(one) and any(word.endswith(one) for word in words)
    )


def _told(match: re.Match[str]) -> Span | None:
    """What stands in the group that took part."""
    group = next((name for name, said in match.groupdict().items() if said), None)
    if group is None:
        return None
    start, said = match.start(group), match[group].rstrip(" .,'")
    return Span(said, start, start + len(said), said[:1].isupper()) if said else None


def _is_form(text: str, span: Span) -> bool:
    """Whether a stretch begins with something that has a form of its own, such as an address."""
    return any(
        one.start <= span.start < one.end and one.kind in _FORMED for one in facts_in(text).typed
    )


@cache
def relations() -> Relations:
    """Those in the package, read when first asked for."""
    folder = files("studiolo.engines.scripted.double.stated.relations")
    text = folder.joinpath("relations.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Relations)


@cache
def _known() -> dict[str, list[frozenset[str]]]:
    parts = relations().parts
    return {name: [frozenset(one.split("+")) for one in row.split()] for name, row in parts.items()}


@cache
def _ways() -> dict[str, list[_Way]]:
    return {
        name: [_Way(_compiled(row), is_unspaced(row), "<list>" in row) for row in rows]
        for name, rows in relations().phrases.items()
    }


def _compiled(row: str) -> re.Pattern[str]:
    """A way with its pieces in place; words around them may be large or small."""
    read, count = relations(), iter(range(9))

    def piece(match: re.Match[str]) -> str:
        name = match[1]
        pattern = read.pieces[_JOBS.get(name, name)]
        if name in _AROUND:
            return f"(?-i:{pattern})"
        ends = "|".join(read.ends["words"].split())
        behind = rf"(?=\s(?:{ends})(?!\w)|\s?{_MARKS}|\s*$)" if name in _ENDED else ""
        return f"(?P<said{next(count)}>(?-i:{pattern})){behind}"

    # What stands in the rows themselves in large letters is large in the text.
    large = row.replace(_LARGE, f"(?-i:{_LARGE})")
    return re.compile(
        _PIECE.sub(piece, large.replace("?P<said>", "?P#")).replace("?P#", "?P<said>"), re.I
    )
