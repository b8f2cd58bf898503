"""Whether a sentence asks for a deed, or only tells, judges or wonders.

Law: a tool that acts is called for what is ordered or wished; one that looks up also for questions.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

import msgspec

from studiolo.engines.scripted.double.calls.matching import DESCRIPTION, ENOUGH, score
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import facts_in, forms
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import parts_of

_ASKS: Final = ("?", "\uff1f", "\u061f")
_CLAUSES: Final = re.compile(r"[,;:](?=\s)|[\u3001\uff0c\uff1b\u060c]|\s[-\u2013\u2014]\s")
_CLOSING: Final = " .!?\u3002\uff01\uff1f\u061f"
_OPENING: Final = " \t\n\u00bf\u00a1\"'"


class Statements(msgspec.Struct, frozen=True):
    """The patterns of statements.toml."""

    acts: frozenset[str]
    looks: frozenset[str]
    states: frozenset[str]
    acts_unspaced: tuple[str, ...]
    wishes: re.Pattern[str]
    told: re.Pattern[str]
    unknown: re.Pattern[str]
    questions: re.Pattern[str]
    tags: re.Pattern[str]
    judged: re.Pattern[str]
    asked: re.Pattern[str]
    abilities: re.Pattern[str]
    notes: frozenset[str]
    runs: frozenset[str]
    asked_for: frozenset[str]
    owners: frozenset[str]


def without_told(question: str, tools: Sequence[Offered]) -> str:
    """The question with blanks for sentences that only tell of what a tool would do.

    A sentence stays where another one orders the deed: then it tells what with.
    """
    kept = list(question)
    for start, end in _told(question, tuple(tools)):
        kept[start:end] = " " * (end - start)
    return "".join(kept)


@lru_cache(256)
def _told(question: str, tools: tuple[Offered, ...]) -> tuple[tuple[int, int], ...]:
    said = _quietly(question)
    told = [
        one
        for one in _sentences(said)
        if only_tells(said[slice(*one)]) or _judges(said[slice(*one)])
    ]
    if not told:
        return ()
    rest = list(question)
    for start, end in told:
        rest[start:end] = " " * (end - start)
    ordered = "".join(rest)
    return tuple(
        one
        for one in told
        if _judges(said[slice(*one)]) or _tempts(question[slice(*one)], ordered, tools)
    )


def _judges(sentence: str) -> bool:
    text = sentence.strip(_OPENING)
    return not text.endswith(_ASKS) and statements().judged.match(text) is not None


def _tempts(told: str, ordered: str, tools: Sequence[Offered]) -> bool:
    """Whether a deed is spoken of there that nobody orders elsewhere."""
    scores = [(score(told, tool), -place) for place, tool in enumerate(tools)]
    most, place = max(scores)
    tool = tools[-place]
    acting = acts(tool) or (asks(told) and _puts_down(tool))
    if most < ENOUGH or not (acting or _only_says(told)):
        return False
    if not ordered.strip():
        return True
    wanted = score(ordered, tool)
    others = max((score(ordered, one) for one in tools if one != tool), default=0.0)
    # "Please do it" orders what was spoken of before.
    return not (wanted >= DESCRIPTION and wanted >= others) and (
        others >= ENOUGH or not statements().wishes.search(_quietly(ordered))
    )


def _only_says(told: str) -> bool:
    """Whether nothing is asked for or named in a sentence by which something could be looked up."""
    said = _quietly(told)
    asking = asks(said) and not statements().tags.search(said)
    if asking or statements().unknown.search(said):
        return False
    return all(one.kind == "date" for one in facts_in(told).typed)


def only_tells(sentence: str) -> bool:
    """Whether a sentence, in small letters, orders and wishes for nothing."""
    known = statements()
    text = sentence.strip(_OPENING)
    if known.tags.search(text):
        return not known.wishes.search(text)
    if asks(text) and known.asked.match(text):
        return True
    if known.wishes.search(text):
        return False
    asking = asks(text)
    if not asking and orders(text):
        return False
    if not (known.questions if asking else known.told).match(text):
        return False
    return asking or not any(map(begins_a_deed, _CLAUSES.split(text)[1:]))


@lru_cache(512)
def acts(tool: Offered) -> bool:
    """Whether a tool does something, by the first word of its description, else of its name."""
    known = statements()
    match = WORD.search(tool.description.lower())
    first = match.group() if match else ""
    named = parts_of(tool.name)
    if not known.states.isdisjoint(named[-1:]):
        return False
    if first in known.runs and not known.asked_for.isdisjoint(
        WORD.findall(f"{tool.description.lower()} {' '.join(named)}")
    ):
        return False
    if first in known.acts or tool.description.strip().startswith(known.acts_unspaced):
        return True
    return first not in known.looks and not known.acts.isdisjoint(named[:1])


def _puts_down(tool: Offered) -> bool:
    """Whether a tool keeps what it is told, which a question is no order for."""
    first = WORD.search(tool.description.lower())
    names = {*parts_of(tool.name)[:1], *([first.group()] if first else [])}
    return not statements().notes.isdisjoint(names)


def asks(text: str) -> bool:
    """Whether a text ends as a question does."""
    return text.rstrip().endswith(_ASKS)


def orders(text: str) -> bool:
    """Whether a sentence begins with a word that is known for a deed just as it stands."""
    words = lexicon()
    said = WORD.findall(text)
    place = next((at for at, word in enumerate(said) if not words.is_empty(word)), len(said))
    first = said[place] if place < len(said) else ""
    if not statements().owners.isdisjoint(said[:place]):
        return False
    exact = first not in statements().acts and words.has(first)
    return exact and not is_unspaced(first) and not words.concepts_of(first).isdisjoint(words.verbs)


def wondering(question: str) -> str:
    """The words by which it is only asked what can be done; empty where it is not."""
    said = _quietly(question)
    for start, end in _sentences(said):
        match = statements().abilities.match(said[start:end].strip(_OPENING).rstrip(_CLOSING))
        if match is not None:
            return match.group()
    return ""


def wishes(question: str) -> bool:
    """Whether anything is ordered or wished for, other than by asking whether it can be done."""
    said = _quietly(question)
    return any(
        not asks(text) and (statements().wishes.search(text) or begins_a_deed(text))
        for text in (said[slice(*one)].strip(_OPENING) for one in _sentences(said))
    )


def begins_a_deed(clause: str) -> bool:
    """Whether the first word that says something, in small letters, is one for a deed."""
    words = lexicon()
    first = next((word for word in WORD.findall(clause) if not words.is_empty(word)), "")
    return first in statements().acts or not words.concepts_of(first).isdisjoint(words.verbs)


def _quietly(question: str) -> str:
    """In small letters, without what is quoted."""
    low = question.lower()
    if len(low) != len(question):
        low = question
    for one in facts_in(question).quoted:
        low = low[: one.start] + '"' * (one.end - one.start) + low[one.end :]
    return low.replace("\u2019", "'")


def _sentences(said: str) -> list[tuple[int, int]]:
    """Where the sentences begin and end."""
    ends = [match.end() for match in _ends().finditer(said)]
    places = [0, *ends, len(said)]
    return [(start, end) for start, end in pairwise(places) if said[start:end].strip()]


@cache
def _ends() -> re.Pattern[str]:
    ends = forms().ends
    return re.compile(rf"[{ends['spaced']}]+(?=\s|$)|[{ends['anywhere']}]")


@cache
def statements() -> Statements:
    """Those in the package, read when first asked for."""
    place = files("studiolo.engines.scripted.double.calls.asking").joinpath("statements.toml")
    tables = tomllib.loads(place.read_text("utf-8"))
    return Statements(
        frozenset(tables["acts"]["words"].split()),
        frozenset(tables["acts"]["looks"].split()),
        frozenset(tables["acts"]["states"].split()),
        tuple(tables["acts"]["unspaced"].split()),
        _any_of(tables["wishes"]["patterns"]),
        _any_of(tables["told"]["patterns"]),
        re.compile(tables["told"]["unknown"]),
        _any_of(tables["told"]["questions"]),
        re.compile(tables["told"]["tags"]),
        _any_of(tables["told"]["judged"]),
        _any_of(tables["told"]["asked"]),
        _any_of(tables["abilities"]["patterns"]),
        *(
            frozenset(tables["acts"][name].split())
            for name in ("notes", "runs", "asked_for", "owners")
        ),
    )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns))
