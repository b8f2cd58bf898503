"""Whether a question asks for samples, and for how many."""

import re
from collections.abc import Collection
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced
from studiolo.engines.scripted.double.stated.numbers.figures import number_of
from studiolo.engines.scripted.double.values.inventing.inventor import samples

_SOME: Final = 3
_COMPOUND: Final = 6
_MOST: Final = 12
_LONGEST: Final = 300
# What is told behind a colon or in quotation marks is there already.
_TOLD: Final = re.compile(r"[:\uff1a]\s*\S+\s+\S+\s+\S+|[\"\u201c\u300c\u00ab]")


def samples_wanted(question: str) -> int:
    """How many samples a question asks for; 0 if it asks for none."""
    if len(question) > _LONGEST or _TOLD.search(question):
        return 0
    if not _has(question, _words("orders")):
        return 0
    called = _has(question, _words("samples"))
    facts = facts_in(question)
    if any(fact.kind not in ("number", "time") for fact in facts.typed):
        return 0
    counts = (number_of(fact.text) for fact in facts.of("number"))
    count = next((one for one in counts if one is not None and one >= 1), None)
    if not called and not (count and count > 1 and _has(question, _words("inventing"))):
        return 0
    return min(int(count), _MOST) if count else _SOME


def _has(text: str, known: Collection[str]) -> bool:
    words = {word.lower() for word in WORD.findall(text)}
    if not words.isdisjoint(known) or any(is_unspaced(one) and one in text for one in known):
        return True
    # The first part of a compound, as in "Beispielkunden".
    firsts = tuple(one for one in known if len(one) >= _COMPOUND)
    return any(word.startswith(firsts) for word in words)


@cache
def _words(row: str) -> frozenset[str]:
    return frozenset(samples().asked[row].split())
