"""The parts of a question, and whether one of them goes on with the one before it."""

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from studiolo.engines.scripted.double.calls.asking.statements import begins_a_deed
from studiolo.engines.scripted.double.calls.hints import is_to_be_told
from studiolo.engines.scripted.double.calls.matching import profile_of
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.language import WORD, language_of
from studiolo.engines.scripted.double.stated.facts import facts_in, forms
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, lexicon
from studiolo.engines.scripted.double.stated.numbers.bounds import ranges_in
from studiolo.engines.scripted.double.stated.parameters import kinds_in, parts_of
from studiolo.engines.scripted.double.stated.stretches.labels import labels_of, names
from studiolo.engines.scripted.double.stated.stretches.reasons import is_reason, told_after
from studiolo.engines.scripted.double.stated.stretches.sayings import Sayings
from studiolo.engines.scripted.double.stated.stretches.spans import in_a_list
from studiolo.engines.scripted.double.values.merging import mapping

_SHORT: Final = 2
# The word "or" of other languages is an article in this one.
_PORTUGUESE: Final = "portuguese"
_ARTICLE: Final = "o"
# What is told to somebody, or put down.
_TELLING: Final = frozenset({"send", "email", "message", "reminder", "note"})


@lru_cache(256)
def parts_in(question: str) -> tuple[tuple[int, int], ...]:
    """Where the sentences and their halves begin and end; nothing with a form of its own is cut."""
    return tuple(_parts(question))


def _parts(question: str) -> Iterator[tuple[int, int]]:
    facts = facts_in(question)
    whole = [(one.start, one.end) for one in (*facts.typed, *facts.quoted)]
    whole += [place for place, _, _ in ranges_in(question)]
    whole += _rows_of_addresses(question)
    whole += told_to_somebody(question)
    portuguese = language_of(question).name == _PORTUGUESE
    start = 0
    for match in _cuts().finditer(question):
        if any(first <= match.start() < last for first, last in whole):
            continue
        if portuguese and match.group().strip() == _ARTICLE:
            continue
        if match.group() == "." and _is_shortened(question[start : match.start()]):
            continue
        yield start, match.start()
        start = match.start()
    yield start, len(question)


def _rows_of_addresses(question: str) -> Iterator[tuple[int, int]]:
    """Where several addresses stand in one list."""
    for kind in ("email", "phone", "url"):
        found = facts_in(question).of(kind)
        for place, one in enumerate(found):
            row = in_a_list(question, found[place:])
            if len(row) > 1:
                yield one.start, row[-1].end


@lru_cache(256)
def told_to_somebody(question: str) -> tuple[tuple[int, int], ...]:
    """Where it stands what somebody is to be told, up to the sentence's end or another order."""
    said = Sayings(facts_in(question), lambda _: True, lambda _: False).after_mark()
    if said is None:
        return ()
    if _TELLING.isdisjoint(concepts_in(question[: said.start])) and not is_to_be_told(question):
        return ()
    start, end = said.start, len(question)
    for match in _cuts().finditer(question, start):
        stops = match.group() in forms().ends["spaced"] + forms().ends["anywhere"]
        if stops or begins_a_deed(question[match.end() :].lower()):
            end = match.start()
            break
    return ((start, end),)


def _is_shortened(before: str) -> bool:
    """Whether the last word is written with a full stop behind, such as "Mr."."""
    lists = lexicon().lists
    last = before.rpartition(" ")[2].lower()
    return last in lists["titles"] or last in lists["abbreviations"]


@cache
def _cuts() -> re.Pattern[str]:
    lists = lexicon().lists
    joins = "|".join(map(re.escape, lists["joins"]))
    signs = "".join(map(re.escape, lists["signs"]))
    unspaced = "|".join(map(re.escape, sorted(lists["unspaced"], key=len, reverse=True)))
    firm = rf"\s*(?:{'|'.join(lists['firms'])})(?!\w)"
    ends = forms().ends
    return re.compile(
        rf"(?i)[{signs}{ends['anywhere']}](?!{firm})|\s+(?:{joins})\s+(?!{firm})|{unspaced}|[{ends['spaced']}](?=\s)"
    )


def tells_more(part: str, tool: Offered) -> bool:
    """Whether a part only names something that the tool is told, as in "and the text ..."."""
    if told_after(part) and any(map(is_reason, _parameters(tool))):
        return True
    if _is_labelled(part, tool):
        return True
    words = [match.group().lower() for match in WORD.finditer(part)]
    articles = lexicon().lists["articles"]
    for article, word in pairwise(words):
        if not lexicon().is_empty(word) and article not in lexicon().lists["joins"]:
            kinds = kinds_in(frozenset([word]), word)
            return article in articles and not profile_of(tool).wants.kinds.isdisjoint(kinds)
    return False


def _is_labelled(part: str, tool: Offered) -> bool:
    """Whether a part is an address or a number with its label alone, as in ", mail a@b.example"."""
    typed = facts_in(part).of("email", "phone", "url", "iban")
    before = WORD.findall(part[: typed[0].start].lower()) if len(typed) == 1 else []
    if not before or WORD.search(part, typed[0].end):
        return False
    label = before[-1]
    small = all(lexicon().is_empty(one) or one in lexicon().lists["joins"] for one in before[:-1])
    return small and any(names(label, labels_of(name)) for name in _parameters(tool))


def speaks_further(part: str, tool: Offered) -> bool:
    """Whether a part begins with the label of one of the tool's parameters, or with "she"."""
    joins = lexicon().lists["joins"]
    words = [word for word in WORD.findall(part.lower()) if word not in joins]
    if not words:
        return False
    first = next((word for word in words if not lexicon().is_empty(word)), "")
    if any(len(first) > _SHORT and first in lexicon().truth[name] for name in ("on", "off")):
        return False
    known = _parameters(tool)
    own = parts_of(tool.name)
    if any(names(first, labels_of(name).difference(own)) for name in known):
        return True
    concepts = concepts_in(" ".join(known)) - concepts_in(" ".join(own))
    labels = lexicon().concepts_of(first) & concepts - lexicon().broad
    # "On the" is no pronoun, though "on" is one elsewhere.
    spoken_of = words[0] in lexicon().lists["pronouns"] and (
        words[1:2] == [] or words[1] not in lexicon().lists["articles"]
    )
    return spoken_of or bool(labels)


@lru_cache(512)
def _parameters(tool: Offered) -> frozenset[str]:
    return frozenset(mapping(mapping(json.loads(tool.parameters)).get("properties")))


def asks_for(part: str, tool: Offered | None) -> bool:
    """Whether a part has words of what the tool does, or things that are nothing else's."""
    if tool is None or not part.lstrip().startswith(","):
        return True
    knows = profile_of(tool).knows
    return any(knows(word) for word in WORD.findall(part) if not lexicon().is_empty(word))


def goes_on(question: str, begin: int) -> bool:
    """Whether a sentence begins there that goes on with the one before, such as "And Oslo?"."""
    ends = forms().ends
    before = question[:begin].rstrip()
    return before.endswith((*ends["spaced"], *ends["anywhere"])) and bool(
        join().match(question, begin)
    )


@cache
def join() -> re.Pattern[str]:
    joins = "|".join(map(re.escape, lexicon().lists["joins"]))
    return re.compile(rf"(?i)\s*(?:{joins})\s")
