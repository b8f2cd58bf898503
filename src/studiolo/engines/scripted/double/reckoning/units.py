"""A quantity of a sentence counted in another unit."""

from fractions import Fraction

from studiolo.engines.scripted.double.reckoning.sentences import Sentence
from studiolo.engines.scripted.double.stated.lexicon import Measure, lexicon

# How long these are is not the same everywhere.
_UNEVEN = {"month", "year"}
_ARTICLES = frozenset(
    ["a", "an", "one", "ein", "eine", "einer", "einem", "einen", "un", "une", "una", "um", "uma"]
)


# What is taken off before, and by how much it is multiplied, to be counted from absolute zero.
_DEGREES = {
    "celsius": (Fraction("-273.15"), Fraction(1)),
    "fahrenheit": (Fraction("-459.67"), Fraction(5, 9)),
    "kelvin": (Fraction(0), Fraction(1)),
}
_DEGREE = "degree"


def converted(sentence: Sentence) -> tuple[Fraction, Measure] | None:
    """What one quantity is in the unit that is named beside it; None where that is not asked."""
    known = [(at, _measure(token.text)) for at, token in enumerate(sentence.tokens)]
    measures = [(at, measure) for at, measure in known if measure is not None]
    if len(measures) > 2:
        measures = [(at, measure) for at, measure in measures if measure.code != _DEGREE]
    places = {at for at, measure in known if measure is not None}
    foreign = [
        at
        for at, token in enumerate(sentence.tokens)
        if (token.strange or token.quoted) and at not in places
    ]
    if len(measures) != 2 or foreign:
        return None
    (first, one), (second, other) = measures
    counts = {at: _count_before(sentence, at) for at in (first, second)}
    given, wanted = (first, second) if counts[first] is not None else (second, first)
    value = counts[given]
    if value is None or (
        counts[wanted] is not None and sentence.tokens[wanted - 1].value is not None
    ):
        return None
    source, target = (one, other) if given == first else (other, one)
    if {source.code, target.code} <= _DEGREES.keys() and source.code != target.code:
        return _degrees(value, source, target), target
    if source.dimension != target.dimension or not source.size or not target.size:
        return None
    if {source.code, target.code} & _UNEVEN and {source.code, target.code} != _UNEVEN:
        return None
    if {source.code, target.code} == _UNEVEN:
        factor = Fraction(12) if source.code == "year" else Fraction(1, 12)
    else:
        factor = Fraction(str(source.size)) / Fraction(str(target.size))
    return value * factor, target


def _degrees(value: Fraction, source: Measure, target: Measure) -> Fraction:
    (zero, size), (other_zero, other_size) = _DEGREES[source.code], _DEGREES[target.code]
    return (value - zero) * size / other_size + other_zero


def _measure(text: str) -> Measure | None:
    return lexicon().measures.get(text.lower())


def _count_before(sentence: Sentence, at: int) -> Fraction | None:
    """The number before a unit; an article counts as one."""
    before = sentence.tokens[at - 1] if at else None
    if before is not None and at > 1 and (told := _measure(before.text)) and told.code == _DEGREE:
        before = sentence.tokens[at - 2]
    if before is None:
        return None
    if before.value is not None:
        return before.value
    return Fraction(1) if before.text.lower() in _ARTICLES else None
