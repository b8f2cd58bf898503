"""Units behind numbers, units that parameters want, and numbers counted from one into the other."""

import re
from functools import cache, lru_cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import Measure, is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter

_GAP: Final = re.compile(r"[ \u00a0-]?(?:(?:por|pour|per) (?=cent|ciento)|an? )?")
_PLURAL_ONLY: Final = frozenset({"day", "week", "month", "year"})
_SIGNS: Final = ("%", "\u00b0c", "\u00b0f", "\u2103", "\u2109", "\u00b0")
_LETTER: Final = 1
_SHORT: Final = 3


def measure_behind(text: str, end: int) -> Measure | None:
    """The unit that stands behind a number."""
    unit = unit_behind(text, end)
    return unit[0] if unit else None


def unit_behind(text: str, end: int) -> tuple[Measure, int] | None:
    """The same, with where it ends."""
    gap = _GAP.match(text, end)
    place = gap.end() if gap else end
    rest = text[place : place + 2].lower()
    for sign in _SIGNS:
        if rest.startswith(sign):
            return lexicon().measures[sign], place + len(sign)
    word = WORD.match(text, place)
    if word is None:
        return None
    low = word.group().lower()
    found = lexicon().measures.get(low)
    if found is not None or not is_unspaced(low):
        # "5 in" and "5 a" are no units, and "second" alone is none.
        return (found, word.end()) if found else None
    unspaced = _unspaced().match(low)
    return (lexicon().measures[unspaced.group()], place + unspaced.end()) if unspaced else None


@lru_cache(1024)
def measure_wanted(wanted: Parameter) -> tuple[str, float]:
    """What a parameter measures, and the size of its unit; empty and 0 where it does not say."""
    known = lexicon()
    last = wanted.parts[-1] if wanted.parts else ""
    for word in wanted.parts:
        measure = known.measures.get(word)
        # Short words are others too, such as "min" for the least.
        told = len(word) > _SHORT or (word == last and len(wanted.parts) > 1)
        if measure is not None and told and word not in _PLURAL_ONLY:
            return measure.dimension, measure.size
    for word in wanted.described:
        measure = known.measures.get(word)
        if measure is not None and len(word) > _LETTER and word not in _PLURAL_ONLY:
            return measure.dimension, measure.size
    dimension = next((known.measured[word] for word in wanted.parts if word in known.measured), "")
    return dimension, 0.0


def counted_in(value: float, measure: Measure, size: float) -> float:
    """A number of one unit in another of the same kind."""
    if not size or not measure.size or size == measure.size:
        return value
    return round(value * measure.size / size, 6)


@cache
def _unspaced() -> re.Pattern[str]:
    words = (word for word in lexicon().measures if is_unspaced(word))
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
