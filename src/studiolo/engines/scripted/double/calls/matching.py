"""Whether a question asks for something that a tool does: words in common, weighed."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Final

import msgspec
from msgspec.structs import replace

from studiolo.engines.scripted.double.calls.hints import Wants, hinted, told_to_use, wants_of
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import (
    Parameter,
    parameter,
    without_examples,
    words_of,
)
from studiolo.engines.scripted.double.stated.wording import alike
from studiolo.engines.scripted.double.values.merging import listed, mapping

# What a word in common counts, by where the tool has it.
NAME: Final = 3.0
DESCRIPTION: Final = 1.5
PARAMETER: Final = 1.0
CHOICE: Final = 2.0
SHORT: Final = 6
# From here on a question asks for the tool.
ENOUGH: Final = 3.0
_STEM: Final = 4
_ADDRESS: Final = re.compile("[@/]|www")
_SOMEBODY: Final = re.compile(
    r"[\W_]*\w+(?: (?:for|up|me|nach|a|al|per|por))*(?: [^\W\d_a-z][\w'-]*){1,4}"
    r"(?=[\s.,!?]*$|,| (?:and|und|y|et|e|en|и|i) )"
)
_RUN: Final = re.compile("[\u3041-\u30ff\u3400-\u9fff]{2,}")


class Profile(msgspec.Struct, frozen=True):
    """The words of a tool with what they count, its concepts and its pairs of letters."""

    name: str
    words: Mapping[str, float]
    stems: Mapping[str, tuple[tuple[str, float], ...]]
    concepts: Mapping[str, float]
    pairs: Mapping[str, float]
    choices: tuple[str, ...]
    meanings: frozenset[str]
    reads: bool
    wants: Wants

    def knows(self, word: str) -> bool:
        """Whether a word, or a pair of letters, is the tool's own."""
        low = word.lower()
        if word in self.pairs or _weight(low, self) >= PARAMETER:
            return True
        return any(self.concepts.get(one, 0.0) >= DESCRIPTION for one in lexicon().concepts_of(low))


@lru_cache(512)
def profile_of(tool: Offered) -> Profile:
    """Read once for each tool."""
    words: dict[str, float] = {}
    concepts: dict[str, float] = {}
    pairs: dict[str, float] = {}
    for text, weight in _texts(tool):
        for word in _content(text):
            words[word] = max(weight, words.get(word, 0.0))
        for concept in concepts_in(text):
            concepts[concept] = max(weight, concepts.get(concept, 0.0))
        for pair in _pairs(text):
            pairs[pair] = max(weight, pairs.get(pair, 0.0))
    return Profile(
        tool.name,
        words,
        _by_stem(words),
        concepts,
        pairs,
        tuple(_choices(tool)),
        # What choices mean tells of the tool where it is not spoken of otherwise.
        _meant_by_choices(tool).difference(concepts),
        not words_of(tool.name).isdisjoint(lexicon().lists["reads"]),
        wants_of(
            words_of(tool.name),
            [_wanted(name, mapping(fields)) for name, fields in _properties(tool).items()],
            counts=_counts(tool),
            needed=_needed(tool),
        ),
    )


@lru_cache(1_024)
def score(question: str, tool: Offered) -> float:
    """How much a question has in common with a tool."""
    profile = profile_of(tool)
    low = question.lower()
    if re.search(rf"(?<![\w-]){re.escape(tool.name.lower())}(?![\w-])", low):
        return 2 * ENOUGH
    asked, question = question, _without_addresses(question)
    low = question.lower()
    found: dict[str, float] = {}
    for word in _asked(question):
        weight = _weight(word, profile)
        if weight:
            found[word] = weight
    strong = list(_concept_weights(question, profile))
    # A word and what it stands for count once.
    total = max(sum(found.values()), sum(strong)) + 0.5 * min(sum(found.values()), sum(strong))
    total += sum(_shared_pairs(question, profile.pairs))
    if any(_stands_in(choice, low) for choice in profile.choices):
        total += CHOICE
    elif not concepts_in(question).isdisjoint(profile.meanings):
        total += PARAMETER
    if total and profile.reads and _asks_for_facts(question):
        total += PARAMETER
    if told_to_use(question, profile.words, DESCRIPTION):
        total += NAME
    searches = "query" in profile.wants.kinds or (
        "person" in profile.wants.kinds and _asks_for_somebody(question)
    )
    if searches and _begins_a_search(question, profile, showing=total > 0):
        total += DESCRIPTION
    return total + hinted(asked, profile.wants, total=total)


@lru_cache(256)
def _without_addresses(question: str) -> str:
    """What is said beside addresses: the words in these ask for nothing."""
    if not _ADDRESS.search(question):
        return question
    for one in facts_in(question).of("url", "email"):
        question = question[: one.start] + "x" * (one.end - one.start) + question[one.end :]
    return question


@lru_cache(256)
def _asks_for_facts(question: str) -> bool:
    """Whether it begins as questions do, and not as a demand."""
    known = lexicon().lists["interrogatives"]
    first = WORD.search(question.lower())
    word = first.group().replace("\u2019", "'") if first else ""
    return word in known or (
        is_unspaced(word) and any(one in question for one in known if is_unspaced(one))
    )


@lru_cache(256)
def _asks_for_somebody(question: str) -> bool:
    """Whether nothing but a name follows the first word."""
    return _SOMEBODY.match(question) is not None


def _begins_a_search(question: str, profile: Profile, *, showing: bool) -> bool:
    """Whether the first word that says something asks for what the tool is called by.

    To be shown something is to search for it too, where something else is in common.
    """
    wanted = {"search", "read"} if showing else {"search"}
    return (
        not wanted.isdisjoint(_first_concepts(question))
        and profile.concepts.get("search", 0.0) >= NAME
    )


@lru_cache(256)
def _first_concepts(question: str) -> frozenset[str]:
    """What the first word that says something stands for."""
    words = lexicon()
    if _looks_for().match(question):
        return frozenset({"search"})
    said = next((word for word in WORD.findall(question) if not words.is_empty(word)), "")
    return words.concepts_of(said)


@cache
def _looks_for() -> re.Pattern[str]:
    """Several words that ask for a search together."""
    return re.compile(rf"(?i)\W*(?:{'|'.join(lexicon().lists_of_words['searches.begin'])})(?!\w)")


def _concept_weights(question: str, profile: Profile) -> Iterator[float]:
    """What the concepts both speak of count."""
    words = lexicon()
    for name in concepts_in(question):
        weight = profile.concepts.get(name, 0.0)
        if name in words.deeds:
            yield weight / 2
        elif name not in words.broad or weight >= NAME:
            yield weight


def _texts(tool: Offered) -> Iterable[tuple[str, float]]:
    words = " ".join(words_of(tool.name))
    description = without_examples(tool.description)
    yield words, NAME
    yield description, DESCRIPTION if len(_content(description)) > SHORT else 2 * PARAMETER
    for name, fields in _properties(tool).items():
        yield " ".join(words_of(name)), PARAMETER
        yield without_examples(str(mapping(fields).get("description", "")))[:200], PARAMETER / 2


def _wanted(name: str, fields: Mapping[str, object]) -> Parameter:
    """A parameter with the kind that its choices are of."""
    wanted = parameter(name, str(fields.get("description", "")))
    words = lexicon()
    choices = [str(each).lower() for each in listed(fields.get("enum"))]
    for kind, known in (("currency", words.moneys), ("unit", words.measures)):
        if choices and all(each in known for each in choices):
            return replace(wanted, kinds=(kind, *wanted.kinds))
    return wanted


def _counts(tool: Offered) -> bool:
    """Whether it must be told numbers."""
    schema = mapping(json.loads(tool.parameters))
    properties = mapping(schema.get("properties"))
    parts = [mapping(properties.get(str(name))) for name in listed(schema.get("required"))]
    kinds = [part.get("type") for part in (*parts, *(mapping(part.get("items")) for part in parts))]
    return "number" in kinds or "integer" in kinds


def _needed(tool: Offered) -> list[str]:
    return [str(name) for name in listed(mapping(json.loads(tool.parameters)).get("required"))]


def _choices(tool: Offered) -> Iterable[str]:
    for fields in _properties(tool).values():
        for value in listed(mapping(fields).get("enum")):
            if isinstance(value, str) and len(value) > 1:
                yield value.lower()


def _meant_by_choices(tool: Offered) -> frozenset[str]:
    return concepts_in(" ".join(word for one in _choices(tool) for word in sorted(words_of(one))))


def _properties(tool: Offered) -> Mapping[str, object]:
    return mapping(mapping(json.loads(tool.parameters)).get("properties"))


def _content(text: str) -> set[str]:
    """The words that say something."""
    weak = lexicon().weak
    words = (match.group().lower() for match in WORD.finditer(text))
    return {word for word in words if word not in weak and len(word) > 1 and not word.isdigit()}


@lru_cache(256)
def _asked(question: str) -> frozenset[str]:
    """The words of a question that may ask for something: no names, no quotations."""
    facts = facts_in(question)
    words: set[str] = set()
    for match in WORD.finditer(question):
        quoted = any(one.start < match.start() < one.end for one in facts.quoted)
        if not quoted and not is_unspaced(match.group()):
            low = match.group().lower()
            words |= {low, *low.split("-")}
    weak = lexicon().weak
    return frozenset(
        word for word in words if word not in weak and len(word) > 1 and not word.isdigit()
    )


def _by_stem(words: Mapping[str, float]) -> Mapping[str, tuple[tuple[str, float], ...]]:
    """The words by the letters that they begin with, and that forms of one word share."""
    stems: dict[str, tuple[tuple[str, float], ...]] = {}
    for word, weight in words.items():
        stems[word[:_STEM]] = (*stems.get(word[:_STEM], ()), (word, weight))
    return stems


def _weight(word: str, profile: Profile) -> float:
    """What a word counts, in whichever form it stands."""
    exact = profile.words.get(word)
    if exact is not None:
        return exact
    if len(word) < _STEM:
        return 0.0
    near = profile.stems.get(word[:_STEM], ())
    return max((weight for own, weight in near if alike(own, word)), default=0.0)


def _pairs(text: str) -> set[str]:
    """Pairs of letters that stand side by side, in scripts without spaces."""
    if not is_unspaced(text):
        return set()
    free = list(text)
    for mark in lexicon().marks(text):
        if not mark.concepts:
            free[mark.start : mark.end] = " " * (mark.end - mark.start)
    return {run[at : at + 2] for run in _RUN.findall("".join(free)) for at in range(len(run) - 1)}


def _shared_pairs(question: str, known: Mapping[str, float]) -> Iterable[float]:
    """Each pair both have; pairs that overlap count once."""
    last = -2
    for at in range(len(question) - 1) if known else ():
        weight = known.get(question[at : at + 2])
        if weight is not None and at > last + 1:
            last = at
            yield weight
    return


def _stands_in(choice: str, low: str) -> bool:
    if is_unspaced(choice):
        return choice in low
    return (
        re.search(rf"(?<!\w){re.escape(choice.replace('_', ' '))}(?:s|es|n|en)?(?!\w)", low)
        is not None
    )
