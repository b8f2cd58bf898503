"""Numbers of a sentence added up, compared, put in order, and counted on."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import count as counting
from itertools import islice, pairwise
from math import prod
from statistics import median
from typing import Final

from studiolo.engines.scripted.double.reckoning.expressions import written
from studiolo.engines.scripted.double.reckoning.sentences import Sentence

_TWO: Final = 2
_FEWEST_OF_ROW: Final = 3
_MOST_COUNTED: Final = 100
_MOST_PLACES: Final = 6
_MOST_TRIED: Final = 10_000_000

Numbers = Sequence[Fraction]

_OF_SEVERAL: Final[Mapping[str, Callable[[Numbers], Fraction]]] = {
    "mean": lambda all_of: sum(all_of, Fraction()) / len(all_of),
    "median": lambda all_of: Fraction(median(all_of)),
    "product": lambda all_of: prod(all_of, start=Fraction(1)),
    "multiply": lambda all_of: prod(all_of, start=Fraction(1)),
    "sum": lambda all_of: sum(all_of, Fraction()),
    "add": lambda all_of: sum(all_of, Fraction()),
    "greatest": lambda all_of: max(all_of),
    "least": lambda all_of: min(all_of),
}
_OF_TWO: Final[Mapping[str, Callable[[Fraction, Fraction], Fraction]]] = {
    "remainder": lambda one, other: one % other,
    "quotient": lambda one, other: one / other,
    "divide": lambda one, other: one / other,
    "difference": lambda one, other: abs(one - other),
    "subtract": lambda one, other: other - one,
}


def reckoned(sentence: Sentence) -> Fraction | None:
    """What the numbers of a sentence come to; None where it does not say."""
    if not sentence.understood:
        return None
    numbers = sentence.numbers
    two = next((way for name, way in _OF_TWO.items() if sentence.has(name)), None)
    if two is not None and len(numbers) == _TWO:
        return (
            two(*numbers) if numbers[1] or not sentence.has("over", "divide", "remainder") else None
        )
    if sentence.has("round") and numbers:
        return _rounded(sentence)
    if sentence.has("sequence") and len(numbers) >= _FEWEST_OF_ROW:
        return next_of(numbers)
    several = next((way for name, way in _OF_SEVERAL.items() if sentence.has(name)), None)
    return several(numbers) if several is not None and len(numbers) >= _TWO else None


def _rounded(sentence: Sentence) -> Fraction | None:
    """A number with as many places as are wanted, with none where nothing is said of them."""
    number, places = sentence.numbers[0], sentence.numbers[1:] or [Fraction(0)]
    wanted = int(places[0]) if sentence.has("places") else 0
    if (
        len(places) > 1
        or not 0 <= wanted <= _MOST_PLACES
        or (sentence.numbers[1:] and not sentence.has("places"))
    ):
        return None
    shifted = number * 10**wanted
    whole = (2 * shifted.numerator + shifted.denominator) // (2 * shifted.denominator)
    return Fraction(whole, 10**wanted)


def judged(sentence: Sentence) -> bool | None:
    """Whether what a sentence says of its numbers is so; None where it asks nothing of the kind."""
    if not sentence.understood:
        return None
    numbers = sentence.numbers
    if len(numbers) == _TWO and sentence.has("divisible") and numbers[1]:
        return (numbers[0] / numbers[1]).denominator == 1
    if len(numbers) == 1 and numbers[0].denominator == 1 and _is_of_one(sentence):
        whole = int(numbers[0])
        if sentence.has("even", "odd"):
            return whole % _TWO == sentence.has("odd")
        if sentence.has("prime") and whole < _MOST_TRIED:
            return _is_prime(whole)
    if len(numbers) == _TWO and sentence.has("than"):
        return _compared(sentence)
    return None


def _is_of_one(sentence: Sentence) -> bool:
    """Whether a number is asked about, and none is asked for."""
    number = next(at for at, one in enumerate(sentence.tokens) if one.value is not None)
    return not sentence.has("list_and", "count", "first", "last") and number < sentence.place(
        "even", "odd", "prime"
    )


def _compared(sentence: Sentence) -> bool | None:
    """Whether the first number is to the second as the word between or behind them says."""
    one, other = sentence.numbers
    places = [at for at, token in enumerate(sentence.tokens) if token.value is not None]
    said = sentence.place("than")
    signs = {token.text for token in sentence.tokens if token.text in ("<", ">")}
    if said < places[0] or said > places[1] + 1:
        return None
    if signs:
        return one > other if ">" in signs else one < other
    if sentence.has("greatest") == sentence.has("least"):
        return None
    if sentence.place("greatest", "least") < places[0]:
        return None
    return one > other if sentence.has("greatest") else one < other


def ordered(sentence: Sentence) -> list[str] | None:
    """Numbers in order, or those from one to another; None where that is not asked."""
    if not sentence.understood:
        return None
    numbers = sentence.numbers
    if sentence.has("sort", "ascending", "descending") and len(numbers) > 1:
        return [written(each) for each in sorted(numbers, reverse=falls(sentence))]
    if sentence.has("from") and sentence.has("to", "down") and len(numbers) == _TWO:
        return _counted_up(sentence)
    if len(numbers) == 1 and numbers[0].denominator == 1 and 0 < numbers[0] <= _MOST_COUNTED:
        return _first_of_kind(sentence, int(numbers[0]))
    return None


def _first_of_kind(sentence: Sentence, count: int) -> list[str] | None:
    """The first so many even, odd or prime numbers, or all up to one."""
    if sentence.has("first") and sentence.has("even", "odd"):
        return [str(_TWO * at - sentence.has("odd")) for at in range(1, count + 1)]
    if sentence.has("first") and sentence.has("prime"):
        return [str(each) for each in islice(filter(_is_prime, counting()), count)]
    if sentence.has("count_up") and sentence.has("to") and not sentence.has("letters", "words"):
        return [str(each) for each in range(1, count + 1)]
    return None


def falls(sentence: Sentence) -> bool:
    """Whether an order is to begin with the greatest."""
    great, small = sentence.place("greatest", "last"), sentence.place("least", "first")
    return sentence.has("descending", "reverse") or (great >= 0 and not 0 <= small < great)


def _counted_up(sentence: Sentence) -> list[str] | None:
    first, last = sentence.numbers
    asks = sentence.has("count", "repeat", "even", "odd", "prime", "filler")
    if first.denominator * last.denominator > 1 or abs(first - last) > _MOST_COUNTED or not asks:
        return None
    step = 1 if first <= last else -1
    found = range(int(first), int(last) + step, step)
    kept = (
        each
        for each in found
        if not (sentence.has("even") and each % _TWO)
        and not (sentence.has("odd") and not each % _TWO)
        and not (sentence.has("prime") and not _is_prime(each))
    )
    return [str(each) for each in kept]


def next_of(numbers: Numbers) -> Fraction | None:
    """What comes next where the steps, the factors or the sums of two are alike."""
    steps = [other - one for one, other in pairwise(numbers)]
    if len(set(steps)) == 1:
        return numbers[-1] + steps[0]
    if all(numbers) and len({other / one for one, other in pairwise(numbers)}) == 1:
        return numbers[-1] * numbers[-1] / numbers[-2]
    if all(
        one + two == three
        for one, two, three in zip(numbers, numbers[1:], numbers[2:], strict=False)
    ):
        return numbers[-1] + numbers[-2]
    second = [other - one for one, other in pairwise(steps)]
    if len(second) > 1 and len(set(second)) == 1:
        return numbers[-1] + steps[-1] + second[0]
    return None


def _is_prime(whole: int) -> bool:
    return whole > 1 and all(whole % part for part in range(2, int(whole**0.5) + 1))
