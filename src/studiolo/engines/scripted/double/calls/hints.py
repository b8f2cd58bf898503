"""What a question shows of the tool it needs by the form of what it names, beside its words."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import Facts, facts_in
from studiolo.engines.scripted.double.stated.kinds import forms_of
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.numbers.measures import measure_behind, measure_wanted
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.wording import words_at

# What is told by form alone, and what only helps where words are in common as well.
ALONE: Final = 3.0
HELPS: Final = 1.5
LITTLE: Final = 1.0
_TICKER: Final = re.compile(r"\b[A-Z]{2,5}\b")
_NEAR: Final = 3
# Kinds whose things are seldom named for anything else.
_OWN: Final = frozenset({"url", "domain", "iban"})
_DEGREES: Final = re.compile("\\d\\s?(?:\u00b0|\u2103|\u2109)")
_SIGNS: Final = re.compile(r"[$\u20ac\u00a3\u00a5\u20b9]\s?\d|\d\s?[$\u20ac\u00a3\u00a5\u20b9]")
# Several of what a folder has.
_FILES: Final = frozenset(
    {
        "files",
        "dateien",
        "fichiers",
        "archivos",
        "ficheros",
        "arquivos",
        "bestanden",
        "pliki",
        "файлы",
    }
)
_WRITING: Final = frozenset({"send", "message"})
# How a query for a database begins.
_QUERY: Final = re.compile(
    r"(?is)\W*(?:select\s.+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()"
)
_GIVES: Final = frozenset({"send", "pay"})


class Wants(msgspec.Struct, frozen=True):
    """What the parameters of a tool want, taken together."""

    kinds: frozenset[str]
    exchanges: bool
    goes: bool
    calculates: bool
    counts: bool
    lists_folders: bool
    reads_code: bool
    takes_patterns: bool
    pays: bool
    prices: bool
    needs_only: frozenset[str]
    shares: bool = False
    reminds: bool = False
    writes_to_people: bool = False
    queries: bool = False
    shapes: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    measures: frozenset[str] = frozenset()


def wants_of(
    name: Collection[str],
    parameters: Collection[Parameter],
    *,
    counts: bool,
    needed: Collection[str],
) -> Wants:
    """Read once for each tool; `name` has the words of its name."""
    required = [one for one in parameters if one.name in needed]
    kinds = frozenset(kind for one in parameters for kind in one.kinds)
    sides = [one.side for one in parameters]
    way = "origin" in sides and "destination" in sides
    moneys = sum("currency" in one.kinds for one in parameters)
    deeds = concepts_in(" ".join(sorted(name)))
    receives = any(one.words & {"to", "recipient", "recipients", "cc"} for one in parameters)
    return Wants(
        kinds=kinds | frozenset(["email"] if receives and not way else []),
        exchanges=way or moneys > 1,
        goes=way,
        calculates="expression" in kinds,
        counts=counts,
        lists_folders=not set(name).isdisjoint(lexicon().lists["folders"]),
        needs_only=frozenset(required[0].kinds if len(required) == 1 else ()),
        takes_patterns=any(one.words & set(lexicon().lists["patterns"]) for one in parameters),
        pays=any(one.words & set(lexicon().lists["amounts"]) for one in parameters)
        and "person" in kinds,
        prices=any(one.words & set(lexicon().lists["prices"]) for one in parameters),
        measures=frozenset(measure_wanted(one)[0] for one in required),
        shares=any(measure_wanted(one)[0] == "share" for one in parameters),
        reminds="reminder" in concepts_in(" ".join(name)),
        writes_to_people={"person", "text"} <= kinds and not deeds.isdisjoint(_WRITING),
        queries="sql" in name or any("sql" in one.words for one in parameters),
        shapes=tuple(sorted({one.shape for one in parameters if one.shape})),
        beginnings=tuple(sorted({one.beginning for one in parameters if one.beginning})),
        reads_code=not set(name).isdisjoint(lexicon().lists["codes"]),
    )


def hinted(question: str, wants: Wants, *, total: float) -> float:
    """What the forms in a question count for a tool with which it has `total` in common."""
    facts = facts_in(question)
    told = sum(_alone(question, facts, wants))
    told += ALONE * any(_is_begun(question, one) for one in wants.beginnings)
    if total + told:
        told += sum(_helping(question, facts, wants))
    return told


def _alone(question: str, facts: Facts, wants: Wants) -> Iterator[float]:
    words = lexicon()
    if wants.calculates and facts.of("expression"):
        yield ALONE
    if wants.exchanges and "currency" in wants.kinds and _named(question, words.moneys, 2):
        yield ALONE
    if wants.reads_code and facts.of("identifier"):
        yield ALONE
    if _looks_like(question, facts, wants):
        yield ALONE
    if wants.takes_patterns and facts.of("glob"):
        yield ALONE
    if "unit" in wants.kinds and (_named(question, words.units, 2) or _counts_over(question)):
        yield ALONE
    if wants.pays and names_money(question) and not _GIVES.isdisjoint(concepts_in(question)):
        yield ALONE
    if "language" in wants.kinds and _named(question, words.tongues, 1):
        yield ALONE if facts.quoted else HELPS
    if wants.goes and "place" in wants.kinds and _asks_for_a_way(question):
        yield ALONE
    yield from _worded(question, wants)


def _worded(question: str, wants: Wants) -> Iterator[float]:
    """What is told by how a sentence is built."""
    if wants.reminds and _has_itself_told(question):
        yield 2 * ALONE
    if wants.writes_to_people and is_to_be_told(question):
        yield ALONE
    if wants.queries and _QUERY.match(question):
        yield 2 * ALONE


def _looks_like(question: str, facts: Facts, wants: Wants) -> bool:
    """Whether something is named that looks as nothing but the tool's own things do."""
    own = [form for kind in wants.needs_only & _OWN for form in forms_of(kind)]
    if wants.counts and "temperature" in wants.measures and _DEGREES.search(question):
        return True
    return bool(facts.of(*own)) or any(re.search(shape, question) for shape in wants.shapes)


def _is_begun(question: str, beginning: str) -> bool:
    """Whether something is named that begins just as the tool's own things do."""
    return re.search(rf"(?<![\w-]){re.escape(beginning)}\w*\d", question) is not None


def _helping(question: str, facts: Facts, wants: Wants) -> Iterator[float]:
    if any(facts.of(*forms_of(kind)) for kind in wants.kinds):
        yield HELPS
    if "ticker" in wants.kinds and _asks_for_shares(question):
        yield HELPS
    if "place" in wants.kinds and _names_a_place(question):
        yield HELPS
    if wants.goes and way_in(question, named=False):
        yield LITTLE
    if wants.prices and names_money(question):
        yield HELPS
    if wants.shares and any(_is_share(question, one.end) for one in facts.of("number")):
        yield HELPS
    several = wants.lists_folders and not facts.of("glob")
    if several and not _FILES.isdisjoint(WORD.findall(question.lower())):
        yield 2 * HELPS
    if wants.counts and facts.of("number"):
        yield LITTLE
    if (
        wants.lists_folders
        and any("." not in _last(one.text) for one in facts.of("path"))
        and not _opens(question)
    ):
        yield 2 * HELPS


def _is_share(question: str, end: int) -> bool:
    measure = measure_behind(question, end)
    return measure is not None and measure.dimension == "share"


@lru_cache(256)
def _counts_over(question: str) -> bool:
    """Whether two units of one kind are named; hours and minutes are often told together."""
    measures = lexicon().measures
    named = [measures[word] for word, _ in words_at(question, measures) if len(word) > 1]
    codes = {(one.dimension, one.code) for one in named if one.dimension != "time"}
    return len(codes) > len({dimension for dimension, _ in codes})


@lru_cache(256)
def names_money(question: str) -> bool:
    """Whether an amount of money is named."""
    return bool(_SIGNS.search(question)) or _named(question, lexicon().moneys, 1)


@lru_cache(256)
def _asks_for_shares(question: str) -> bool:
    """Whether a sign in large letters stands beside words of the exchange."""
    speaks = not concepts_in(question).isdisjoint(lexicon().lists["shares"])
    return speaks and not question.isupper() and bool(_TICKER.search(question))


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2].lstrip(".")


def _named(question: str, known: Collection[str], least: int) -> bool:
    """Whether so many different ones of these are named; two names of one money are one."""
    moneys = lexicon().moneys
    return len({moneys.get(word, word) for word, _ in words_at(question, known)}) >= least


@lru_cache(256)
def _has_itself_told(question: str) -> bool:
    """Whether somebody wants to be told something at a time, as Korean says for a reminder."""
    told = any(re.search(row, question) for row in lexicon().lists_of_words["tells.again"])
    return told and bool(facts_in(question).of("time", "date", "datetime", "moment"))


@lru_cache(256)
def is_to_be_told(question: str) -> bool:
    """Whether somebody who is named is to be told what follows: "write to Ana that"."""
    unspaced = lexicon().lists_of_words["tells.unspaced"] if is_unspaced(question) else ()
    told = any(re.search(row, question) for row in unspaced)
    return told or _telling().match(question) is not None


@cache
def _telling() -> re.Pattern[str]:
    lists = lexicon().lists_of_words
    orders, small, clauses = ("|".join(lists[f"tells.{key}"]) for key in ("orders", "to", "that"))
    name = r"[^\W\d_a-z\u00df-\u00ff\u0430-\u044f][\w'-]*"
    return re.compile(
        rf"(?i:\W*(?:{orders}))\s+(?i:(?:{small})\s+)*{name}(?: {name})*"
        rf"(?i:,?\s+(?:{clauses})(?:\s|(?<='))|\s*[:,]\s)"
    )


@lru_cache(256)
def _opens(question: str) -> bool:
    """Whether the first word asks for what stands in a file, and not for what files there are."""
    first = WORD.search(question.lower())
    return first is not None and first.group() in lexicon().lists["opens"]


@lru_cache(256)
def _asks_for_a_way(question: str) -> bool:
    """Whether a question asks how to come from one name to another."""
    low = question.lower()
    return any(word in low for word in lexicon().lists["ways"]) and way_in(question, named=True)


@lru_cache(256)
def way_in(question: str, *, named: bool) -> bool:
    """Whether a question says where a way begins and where it ends, by names if they are wanted."""
    return all(_names_side(question, side, named=named) for side in ("origin", "destination"))


def _names_side(question: str, side: str, *, named: bool) -> bool:
    words = list(WORD.finditer(question))
    roles = lexicon().roles[side]
    for match, following in pairwise(words):
        if match.group().lower() in roles and (not named or _is_a_name(following.group())):
            return True
    return any(is_unspaced(role) and role in question for role in roles)


def _is_a_name(word: str) -> bool:
    low, words = word.lower(), lexicon()
    known = low in words.tongues or low in words.moneys or low in words.units
    return word[0].isupper() and not known


@lru_cache(256)
def _names_a_place(question: str) -> bool:
    """Whether a name stands behind a word such as "in"."""
    places = lexicon().roles["place"]
    words = list(WORD.finditer(question))
    return any(
        match.group().lower() in places and _is_a_name(following.group())
        for match, following in pairwise(words)
    )


def told_to_use(question: str, known: Mapping[str, float], least: float) -> bool:
    """Whether a question says to use something that is the tool's own."""
    uses = lexicon().uses
    words = [word.lower() for word in WORD.findall(question)]
    return any(
        known.get(near, 0.0) >= least
        for place, word in enumerate(words)
        if word in uses
        for near in words[place + 1 : place + 1 + _NEAR]
    )
