"""Why something is to be done, where it is told without a word such as "because"."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter, parts_of
from studiolo.engines.scripted.double.stated.wording import Span

_PARTED: Final = re.compile(
    r"[,;]\s+|\.\s+|:\s+|\s[-\u2013\u2014]\s|[\uff0c\uff1b\u3002\uff1a\u3001]|\s\((?=\w)"
)
_END: Final = re.compile(r"[.!?](?:\s|$)|[;)\u3002\uff01\uff1f\uff1b]|$")
_FEW: Final = 2
_SHORT: Final = 2
# What has one of these tells something else than why.
_OTHERS: Final = ("email", "phone", "url", "datetime", "date", "time", "code", "iban")


def reason_in(text: str, wanted: Parameter) -> Span | None:
    """What a parameter for a reason, or for what something is paid for, is told so."""
    if not _reasons().isdisjoint(wanted.words):
        return told_after(text)
    return what_for(text) if not _purposes().isdisjoint(wanted.words) else None


def is_reason(name: str) -> bool:
    """Whether a parameter of this name wants to know why."""
    return not _reasons().isdisjoint(parts_of(name))


@lru_cache(256)
def told_after(text: str) -> Span | None:
    """The clause behind an order that tells something: "cancel it, I took the wrong size"."""
    for start in _starts(text):
        end = _END.search(text, start)
        said = text[start : end.start() if end else len(text)].strip()
        if _tells(said) and not _names_others(text, start, start + len(said)):
            return Span(said, start, start + len(said))
    return None


def what_for(text: str) -> Span | None:
    """What a payment is for, as in "50 euros for the tickets"; no name and no number."""
    found = list(_for().finditer(text))
    for match in reversed(found):
        said = match["said"].strip()
        if said and not facts_in(text).covers(*match.span("said")):
            return Span(said, match.start("said"), match.start("said") + len(said))
    return None


def _starts(text: str) -> Iterator[int]:
    for match in _PARTED.finditer(text):
        if text[match.end() : match.end() + 1].strip():
            yield match.end()


def _names_others(text: str, start: int, end: int) -> bool:
    """Whether something with a form of its own stands there that tells something else."""
    return any(one.start < end and start < one.end for one in facts_in(text).of(*_OTHERS))


def _tells(said: str) -> bool:
    """Whether a clause orders nothing and asks for nothing."""
    if not said or said.endswith(("?", "\uff1f")):
        return False
    words, known = WORD.findall(said.lower()), lexicon()
    if is_unspaced(said):
        polite = known.lists_of_words["reasons.polite_unspaced"]
        return len(said) > _SHORT and not any(one in said for one in polite)
    if len(words) < _FEW or words[0] in known.lists["joins"]:
        return False
    if _is_polite().search(said):
        return False
    first = next((word for word in words if not known.is_empty(word)), words[0])
    orders = first == words[0] and not known.concepts_of(first).isdisjoint(known.verbs)
    return not orders


@cache
def _reasons() -> frozenset[str]:
    return lexicon().labels["reason"]


@cache
def _purposes() -> frozenset[str]:
    return frozenset(lexicon().lists["paid_for"])


@cache
def _is_polite() -> re.Pattern[str]:
    words = "|".join(lexicon().lists_of_words["reasons.polite"])
    return re.compile(rf"(?i)(?<!\w)(?:{words})(?!\w)")


@cache
def _for() -> re.Pattern[str]:
    """Behind the last such word: small letters, or a thing with its article."""
    lists = lexicon().lists_of_words
    words, owners = ("|".join(lists[f"reasons.{name}"]) for name in ("for", "owners"))
    return re.compile(
        rf"(?<!\w)(?:{words})\s+(?P<said>(?:(?:{owners})\s+[^,.;!?]+|[^\W\d_A-Z\u00c0-\u00de\u0410-\u042f][^,.;!?]*))"
    )
