"""What a question says without asking for a deed: what it forbids, thanks for, or wants to know.

Law: no tool is called for what is said so; what else a question says counts as ever.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.calls.matching import DESCRIPTION, NAME, profile_of
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import facts_in, forms
from studiolo.engines.scripted.double.stated.lexicon import lexicon

_COMMAS: Final = r"[,;](?=\s|$)|[\u3001\uff0c\uff1b\u060c]|\s[-\u2013\u2014]\s"
_QUOTED: Final = '"'


class Moods:
    """The patterns of moods.toml."""

    def __init__(self, tables: Mapping[str, Mapping[str, str | list[str]]]) -> None:
        def rows(table: str, key: str) -> str:
            text = str(tables[table][key])
            return "|".join(filter(None, text.strip().replace("\n", "|").split("|")))

        def begins(table: str, key: str = "patterns") -> re.Pattern[str]:
            patterns = "|".join(f"(?:{one})" for one in tables[table][key])
            return re.compile(rf"(?:{patterns})")

        leads = rows("leads", "words")
        self.leads = re.compile(rf"(?:[^\w\s]|\s|(?:(?:{leads})(?![\w'])))*")
        self.unspaced_leads = re.compile(rf"(?:[\s,\u3001\uff0c]|{_unspaced(leads)})*")
        contrasts = rows("contrasts", "words")
        spaced = rf"(?:{contrasts})(?![\w'])|(?:{_unspaced(contrasts)})"
        self.contrasts = re.compile(rf"\s*(?:{spaced})")
        self.clauses = re.compile(rf"{_COMMAS}|\s(?=(?:{contrasts})\s)")
        self.forbids = begins("forbids")
        self.thanks = begins("thanks")
        self.remarks = begins("remarks")
        self.views = begins("remarks", "views")
        self.refusals = begins("forbids", "refusals")
        self.past = begins("remarks", "past")
        self.knowledge = begins("knowledge")
        self.supposed = begins("supposed")
        self.writing = begins("writing")
        self.abilities = begins("tools", "abilities")
        self.own = re.compile(str(tables["knowledge"]["own"]))
        self.knowers = frozenset(str(tables["knowledge"]["knowers"]).split())
        self.requests = _somewhere(rows("requests", "words"), tables["requests"]["unspaced"])
        self.nouns = _somewhere(rows("tools", "nouns"), tables["tools"]["unspaced"])
        self.asks = re.compile(
            rf"(?:\W*)(?:(?:{rows('tools', 'asks')})(?!\w)"
            rf"|.*(?:{_any_of(tables['tools']['unspaced_asks'])}))"
        )


class _Sentence(msgspec.Struct, frozen=True):
    """Where a sentence stands, with its clauses, and in small letters without quotations."""

    start: int
    end: int
    clauses: tuple[tuple[int, int], ...]
    asks: bool


def left_to_do(question: str, tools: Sequence[Offered]) -> str:
    """The question with blanks for all that no tool is to do."""
    kept = list(question)
    for start, end in _idle(question, tuple(tools)):
        kept[start:end] = " " * (end - start)
    return "".join(kept)


@lru_cache(256)
def _idle(question: str, tools: tuple[Offered, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(_stretches(question, tools))


def _stretches(question: str, tools: Sequence[Offered]) -> Iterator[tuple[int, int]]:
    """The stretches that ask for nothing to be done."""
    said = _without_quotations(question)
    for sentence in _sentences(question, said):
        whole = said[sentence.start : sentence.end]
        if moods().refusals.match(whole.lstrip()):
            # It answers what stands before it.
            yield 0, sentence.start
        if _only_remarks(said, sentence) or _is_idle(whole, tools):
            yield sentence.start, sentence.end
        else:
            yield from _forbidden(said, sentence, tools)


def _forbidden(
    said: str, sentence: _Sentence, tools: Sequence[Offered]
) -> Iterator[tuple[int, int]]:
    """Clauses that forbid something, with those that go along, and those that want to know."""
    closed = False
    for start, end in sentence.clauses:
        clause = said[start:end]
        if moods().contrasts.match(clause):
            closed = False
        if _begins(clause, moods().forbids) and not sentence.asks:
            closed = True
        if closed or (start > sentence.start and _is_idle(clause, tools)):
            yield start, end


def _is_idle(text: str, tools: Sequence[Offered]) -> bool:
    """Whether a sentence asks to be told something, or about the tools themselves."""
    known = moods()
    text = text.strip(" \t\n.!?\u3002\uff01\uff1f\u061f")
    if _begins(text, known.abilities) or _begins(text, known.supposed):
        return True
    if _is_about_tools(text, tools):
        return True
    if _begins(text, known.knowledge):
        return not known.own.search(text) and not any(_tells_meanings(tool) for tool in tools)
    match = _begins(text, known.writing)
    if match is None:
        return False
    words = [word for word in WORD.findall(match.group()) if not lexicon().is_empty(word)][-1:]
    return not any(
        profile_of(tool).words.get(word, 0) >= DESCRIPTION for tool in tools for word in words
    )


def _is_about_tools(text: str, tools: Sequence[Offered]) -> bool:
    known = moods()
    if not known.asks.match(text, _after_leads(text)):
        return False
    named = any(
        "_" in tool.name and re.search(rf"(?<![\w-]){re.escape(tool.name.lower())}(?![\w-])", text)
        for tool in tools
    )
    return named or (bool(known.nouns.search(text)) and not known.own.search(text))


def _only_remarks(said: str, sentence: _Sentence) -> bool:
    """Whether it begins with thanks or a remark and goes on with no request."""
    known = moods()
    whole, first = said[sentence.start : sentence.end], said[slice(*sentence.clauses[0])]
    if sentence.asks or known.requests.search(whole):
        return False
    if _begins(whole, known.views):
        return True
    nice = _begins(first, known.thanks) or _begins(first, known.remarks)
    over = _begins(first, known.past) and not _tells_numbers(whole)
    if not (nice or over):
        return False
    return not any(_begins_a_deed(said[start:end]) for start, end in sentence.clauses[1:])


def _tells_numbers(text: str) -> bool:
    """Whether a number or a time is told; that of "last year" is none."""
    found = facts_in(text).of("number", "time")
    return any(one.text == text[one.start : one.end] for one in found)


def _begins_a_deed(clause: str) -> bool:
    words = lexicon()
    first = next((word for word in WORD.findall(clause) if not words.is_empty(word)), "")
    return not words.concepts_of(first).isdisjoint(words.verbs)


def _begins(text: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """Whether a text begins so, with or without the small words that may stand before it."""
    return pattern.match(text.lstrip(" \u00bf\u00a1")) or pattern.match(text, _after_leads(text))


def _after_leads(text: str) -> int:
    known = moods()
    spaced = known.leads.match(text)
    place = spaced.end() if spaced else 0
    unspaced = known.unspaced_leads.match(text, place)
    return unspaced.end() if unspaced else place


def _without_quotations(question: str) -> str:
    """In small letters, with quotations filled up: what they say is not said here."""
    low = question.lower()
    if len(low) != len(question):
        low = question
    for one in facts_in(question).quoted:
        low = low[: one.start] + _QUOTED * (one.end - one.start) + low[one.end :]
    return low.replace("\u2019", "'")


def _sentences(question: str, said: str) -> Iterator[_Sentence]:
    start = 0
    for match in _ends().finditer(said):
        yield from _sentence(said, start, match.end())
        start = match.end()
    yield from _sentence(said, start, len(question))


def _sentence(said: str, start: int, end: int) -> Iterator[_Sentence]:
    if not said[start:end].strip():
        return
    clauses: list[tuple[int, int]] = []
    begin = start
    for match in moods().clauses.finditer(said, start, end):
        clauses.append((begin, match.start()))
        begin = match.end()
    asks = said[start:end].rstrip().endswith(("?", "\uff1f", "\u061f"))
    clauses.append((begin, end))
    found = [one for one in clauses if said[one[0] : one[1]].strip()]
    yield _Sentence(start, end, tuple((_stripped(said, *one)) for one in found), asks)


def _stripped(said: str, start: int, end: int) -> tuple[int, int]:
    """Without the spaces at both ends, and the mark behind."""
    text = said[start:end]
    return start + len(text) - len(text.lstrip()), start + len(
        text.rstrip(" \n.!?\u3002\uff01\uff1f\u061f")
    )


def _tells_meanings(tool: Offered) -> bool:
    words = profile_of(tool).words
    return any(words.get(one, 0.0) >= NAME for one in moods().knowers)


@cache
def _ends() -> re.Pattern[str]:
    ends = forms().ends
    return re.compile(rf"[{ends['spaced']}]+(?=\s|$)|[{ends['anywhere']}]")


def _unspaced(rows: str) -> str:
    return "|".join(one for one in rows.split("|") if re.match("[\u3040-\u9fff\uac00-\ud7af]", one))


def _any_of(words: object) -> str:
    return "|".join(map(re.escape, str(words).split()))


def _somewhere(rows: str, unspaced: object) -> re.Pattern[str]:
    """One of these words, wherever it stands."""
    return re.compile(rf"(?<![\w'])(?:{rows})(?![\w'])|{_any_of(unspaced)}")


@cache
def moods() -> Moods:
    """Those in the package, read when first asked for."""
    text = (
        files("studiolo.engines.scripted.double.calls.asking")
        .joinpath("moods.toml")
        .read_text("utf-8")
    )
    return Moods(tomllib.loads(text))
