"""Known words that are what is meant, as they stand beside others or where nothing else is left."""

from collections.abc import Callable
from itertools import pairwise
from re import Match

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import Fact, Facts
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.wording import Span


def behind_other_words(
    facts: Facts, wanted: Parameter, is_edge: Callable[[Match[str]], bool]
) -> Span | None:
    """A known word where others stand for a name: "conta poupança" for an account.

    Words that nobody knows are found otherwise.
    """
    own = concepts_in(wanted.name) - lexicon().broad if len(wanted.parts) == 1 else None
    words, known = (list(WORD.finditer(facts.text)) if own else []), lexicon()
    for word, behind in pairwise(words):
        low = word.group().lower()
        beside = facts.text[word.end() : behind.start()] == " " and low not in wanted.words
        if not (beside and own and known.has(low) and known.has(behind.group().lower())):
            continue
        formed = facts.covers(behind.start(), behind.end())
        if known.concepts_of(low) & own and not (formed or is_edge(behind)):
            return Span(behind.group(), behind.start(), behind.end())
    return None


def known_thing(facts: Facts, free: Callable[[Fact | Span], bool]) -> Span | None:
    """The first known word that is no deed."""
    deeds = lexicon().verbs | lexicon().deeds
    for mark in lexicon().marks(facts.text):
        span = Span(facts.text[mark.start : mark.end], mark.start, mark.end)
        plain = mark.concepts and deeds.isdisjoint(mark.concepts) and free(span)
        if plain and not facts.covers(mark.start, mark.end):
            return span
    return None
