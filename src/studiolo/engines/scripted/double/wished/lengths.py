"""An answer of so many words."""

import re
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.wished.asked import Asked
from studiolo.engines.scripted.double.wished.forms import forms

_MOST: Final = 300
_PER_SENTENCE: Final = 4


def in_so_many_words(asked: Asked) -> str | None:
    """An answer of exactly, or of at most, so many words; None where nothing of it is said."""
    found = _wish().search(asked.question.lower())
    if found is None or not asked.language.joint:
        return None
    count = _count(found["count"])
    count -= found["less"] is not None
    if not 1 < count <= _MOST:
        return None
    words = list[str]()
    bounded = found["less"] or found["most"]
    for sentence in asked.sentences(1 + count // _PER_SENTENCE):
        more = sentence.split()
        if bounded and words and len(words) + len(more) > count:
            break
        words += more
    told = " ".join(words[:count])
    last = WORD.search(told[::-1])
    told = told[: len(told) - last.start()] if last else told
    return told + asked.language.stop


def _count(word: str) -> int:
    return int(word) if word.isdigit() else int(lexicon().numbers.get(word, 0))


@cache
def _wish() -> re.Pattern[str]:
    known = forms()
    numbers = "|".join(re.escape(word) for word in lexicon().numbers if word.isalpha())
    count = rf"(?P<count>\d{{1,3}}|{numbers})\s+"
    bounds = rf"(?:{known.fewer}|{known.at_most})(?:than )?"
    before = rf"(?:{bounds}|\b(?:{known.before})\s+{known.exact})"
    return re.compile(rf"(?<!\w){before}{count}{known.short}{known.words}")
