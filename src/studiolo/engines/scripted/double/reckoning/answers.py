"""The answer that a question holds in itself: worked out, or none."""

import re
from fractions import Fraction
from functools import cache
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import WORD, Language
from studiolo.engines.scripted.double.reckoning import letters, numbers
from studiolo.engines.scripted.double.reckoning.equations import solved
from studiolo.engines.scripted.double.reckoning.expressions import NoSum, summed, written
from studiolo.engines.scripted.double.reckoning.motion import as_told, travelled
from studiolo.engines.scripted.double.reckoning.sentences import MOST_LETTERS, Sentence, terms
from studiolo.engines.scripted.double.reckoning.units import converted
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced

_ENDS: Final = re.compile(
    r"(?<=[?!\u3002\uff1f\uff01\u061f])\s*|(?<=[.])\s+(?=[^\W\d_a-z\u00df-\u00ff])|\n+"
)
_FILLERS: Final = frozenset(
    {"filler", "of", "list_and", "from", "to", "than", "so_often", "first", "last"}
)
# Two sides that are said to be the same are no sum.
_EQUATED: Final = re.compile(r"=\s*[\w(]")
_MOST_SENTENCES: Final = 6


class Worked(msgspec.Struct, frozen=True):
    """What was worked out: yes or no, or a text; `sum` is how it is written with its result."""

    text: str
    truth: bool | None = None
    number: float | None = None
    sum: str = ""
    items: tuple[str, ...] = ()
    alone: bool = False


def worked_out(question: str, language: Language) -> Worked | None:
    """What a question asks for where it says all that is needed; None where it does not."""
    if len(question) > MOST_LETTERS or not _may_ask(question):
        return None
    found = [each for each in _ENDS.split(question.strip()) if each.strip()]
    for text in found[-_MOST_SENTENCES:] if len(found) > 1 else found:
        worked = _of_sentence(Sentence(text.strip(), language.name))
        if worked is not None:
            return worked
    moved = travelled(question, language.name)
    if moved is not None:
        return Worked(as_told(*moved), number=float(moved[0]))
    whole = (
        Sentence(question.strip(), language.name)
        if ":" in question or "\uff1a" in question
        else None
    )
    return _of_sentence(whole) if whole is not None and len(found) > 1 else None


def _of_sentence(sentence: Sentence) -> Worked | None:
    try:
        return _of_numbers(sentence) or _of_words(sentence)
    except (NoSum, ZeroDivisionError, OverflowError):
        return None


def _of_numbers(sentence: Sentence) -> Worked | None:
    solution = solved(sentence) if "=" in sentence.text else None
    if solution is not None:
        told = [written(value) for value in solution.values]
        number = float(told[0]) if len(told) == 1 else None
        said = ", ".join(f"{solution.name} = {value}" for value in told)
        return Worked(", ".join(told), number=number, sum=said)
    other = converted(sentence)
    if other is not None:
        return _number(other[0])
    if not sentence.numbers:
        return None
    truth = numbers.judged(sentence)
    if truth is not None:
        return Worked("", truth)
    row = numbers.ordered(sentence)
    if row is not None:
        return Worked(", ".join(row), items=tuple(row), alone=True)
    total = None if _EQUATED.search(sentence.text) else summed(sentence)
    if total is not None:
        return _number(total[1], total[0])
    value = numbers.reckoned(sentence)
    return _number(value) if value is not None else None


def _number(value: Fraction, told: str = "") -> Worked:
    text = written(value)
    return Worked(text, number=float(text), sum=f"{told} = {text}" if told else "")


def _of_words(sentence: Sentence) -> Worked | None:
    truth = letters.mirrored(sentence)
    if truth is not None:
        return Worked("", truth)
    count = letters.counted(sentence)
    if count is not None:
        return Worked(str(count), number=count)
    said = letters.repeated(sentence)
    row = letters.arranged(sentence) if said is None else None
    if row is not None:
        return Worked(", ".join(row), items=tuple(row), alone=True)
    for way in (letters.changed, letters.chosen):
        said = said if said is not None else way(sentence)
    return Worked(said, alone=True) if said is not None else None


def _may_ask(question: str) -> bool:
    """Whether a question has figures, or a word that something is worked out by."""
    low = question.lower()
    spaced, unspaced = _telling()
    if re.search(r"\d", low) or not spaced.isdisjoint(WORD.findall(low)):
        return True
    return is_unspaced(low) and any(phrase in low for phrase in unspaced)


@cache
def _telling() -> tuple[frozenset[str], tuple[str, ...]]:
    """What says that something is to be worked out: single words, and words without spaces."""
    phrases = [phrase for phrase, names in terms().items() if names - _FILLERS]
    alone = {phrase for phrase in phrases if " " not in phrase and not is_unspaced(phrase)}
    several = (phrase.split() for phrase in phrases if " " in phrase and not is_unspaced(phrase))
    rest = {max(words, key=len) for words in several if alone.isdisjoint(words)}
    known = {*alone, *rest} - {*_marks()}
    return frozenset(known), tuple(phrase for phrase in phrases if is_unspaced(phrase))


def _marks() -> frozenset[str]:
    """Words that say something beside numbers alone."""
    return frozenset({"x", "in", "over", "less", "per", "por", "mal", "rest", "next"})
