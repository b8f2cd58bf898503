"""Sums as they are written or said: brackets, powers, roots and shares, worked out exactly."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import factorial, isqrt
from typing import Final

from studiolo.engines.scripted.double.reckoning.sentences import Sentence, Token

_MOST_POWER: Final = 200
_MOST_FACTORIAL: Final = 50
_MOST_BITS: Final = 2_000
_DEEPEST: Final = 20
_HUNDRED: Final = 100
# More tokens than a number and its mark: then the mark ends a sentence.
_ONE_FACTORIAL: Final = 2
_PARTS: Final = {
    "half": Fraction(1, 2), "third": Fraction(1, 3), "quarter": Fraction(1, 4),
    "double": Fraction(2), "triple": Fraction(3),
}  # fmt: skip
_PREFIXED: Final = frozenset({"root", "cube_root", *_PARTS})
_BINARY: Final = frozenset({"plus", "minus", "times", "over", "power", "modulo"})
_STARTS: Final = frozenset({"open", "minus", *_PREFIXED})
_SHOWN: Final = {"plus": "+", "minus": "-", "times": "\u00d7", "over": "\u00f7", "power": "^"}
_KEPT: Final = frozenset("*/\u00d7\u00f7")


class NoSum(ValueError):
    """It cannot be worked out."""


def summed(sentence: Sentence) -> tuple[str, Fraction] | None:
    """What a sentence wants to be reckoned, as it is written, and its value; None if nothing."""
    tokens = _middle(sentence.tokens)
    if not sentence.understood or not tokens:
        return None
    reader = _Reader(tokens)
    try:
        value = reader.whole()
    except (NoSum, ZeroDivisionError):
        return None
    return (_shown(tokens), value) if reader.worked else None


def root_of(value: Fraction, degree: int) -> Fraction:
    """A root, exact where there is an exact one. Raises NoSum."""
    if value < 0 and not degree % 2:
        raise NoSum
    parts = [_whole_root(abs(part), degree) for part in (value.numerator, value.denominator)]
    if None in parts:
        found = Fraction(str(round(float(abs(value)) ** (1 / degree), 4)))
    else:
        found = Fraction(parts[0] or 0, parts[1] or 1)
    return -found if value < 0 else found


def _whole_root(value: int, degree: int) -> int | None:
    if value.bit_length() > _MOST_BITS:
        raise NoSum
    near = isqrt(value) if degree == 2 else round(value ** (1 / degree))
    return near if near**degree == value else None


def written(value: Fraction) -> str:
    """A number in figures: whole, or with as many places as it has, six at most."""
    if value.denominator == 1:
        return str(value.numerator)
    places = f"{Decimal(value.numerator) / Decimal(value.denominator):.6f}"
    return places.rstrip("0").rstrip(".")


def _middle(tokens: Sequence[Token]) -> Sequence[Token]:
    """From the first to the last token that belongs to a sum."""
    start = next(
        (
            at
            for at, one in enumerate(tokens)
            if one.value is not None
            or one.names & _STARTS - {"minus"}
            or one.text in ("-", "\u2212")
        ),
        len(tokens),
    )
    end = len(tokens)
    ends = {"close", "factorial", "squared", "cubed", "root", "cube_root", "percent"}
    while end > start and tokens[end - 1].value is None and not tokens[end - 1].names & ends:
        if "filler" not in tokens[end - 1].names:
            return []
        end -= 1
    if any("filler" not in token.names for token in tokens[:start]):
        return []
    if end - start > _ONE_FACTORIAL and tokens[end - 1].text == "!":
        end -= 1
    return tokens[start:end]


def _shown(tokens: Sequence[Token]) -> str:
    """The sum in figures and signs where it has nothing else; nothing where it has."""
    said = ""
    for token in tokens:
        if token.value is not None:
            said += f" {written(token.value)}"
            continue
        name = next(iter(token.names & {*_SHOWN, "open", "close", "percent"}), "")
        if not name or "of" in token.names:
            return ""
        match name:
            case "open":
                said += " ("
            case "close" | "percent":
                said += ")" if name == "close" else "%"
            case _:
                said += " " + (token.text if token.text in _KEPT else _SHOWN[name])
    return said.replace("( ", "(").strip()


class _Reader:
    """Reads a sum from left to right, as deep as its brackets are."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self.worked = False

    def whole(self) -> Fraction:
        value = self._sum()
        if self._at < len(self._tokens):
            raise NoSum
        return value

    def _next(self) -> frozenset[str]:
        return self._tokens[self._at].names if self._at < len(self._tokens) else frozenset()

    def _takes(self, *names: str) -> str:
        """Which of these stands here; it is passed."""
        found = next((name for name in names if name in self._next()), "")
        if found:
            self._at += 1
        return found

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._takes("plus", "minus"):
            self.worked = True
            other = self._product()
            value = value + other if sign == "plus" else value - other
        return value

    def _product(self) -> Fraction:
        value = self._power()
        while sign := self._takes("times", "over", "modulo"):
            self.worked = True
            other = self._power()
            if sign == "times":
                value *= other
            else:
                value = value / other if sign == "over" else value % other
        return value

    def _power(self) -> Fraction:
        value = self._signed()
        if self._takes("power"):
            self.worked = True
            exponent = self._power()
            if exponent.denominator > 1 or abs(exponent) > _MOST_POWER:
                raise NoSum
            value = _bounded(value, int(abs(exponent))) ** int(exponent)
        return value

    def _signed(self) -> Fraction:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NoSum
        if self._takes("minus"):
            value = -self._signed()
        elif self._takes("percent"):
            value = self._signed() / _HUNDRED
        elif name := self._takes(*sorted(_PREFIXED)):
            while self._takes("of"):
                pass
            value = self._signed()
            self.worked = True
            value = _PARTS[name] * value if name in _PARTS else root_of(value, 2 + (name[0] == "c"))
        else:
            value = self._behind(self._atom())
        self._depth -= 1
        return value

    def _atom(self) -> Fraction:
        if self._takes("open"):
            value = self._sum()
            if not self._takes("close"):
                raise NoSum
            return value
        if self._at < len(self._tokens):
            value = self._tokens[self._at].value
            if value is not None:
                self._at += 1
                return value
        raise NoSum

    def _behind(self, value: Fraction) -> Fraction:
        """What stands behind a number: a square, a share of another, a root."""
        while True:
            place = self._at
            of = bool(self._takes("of"))
            name = self._takes("squared", "cubed", "factorial", "percent", *sorted(_PREFIXED))
            if of and not name:
                self._at = place
                return self._shared(value)
            if not name:
                return value
            self.worked = True
            match name:
                case "squared" | "cubed":
                    value = _bounded(value) ** (2 + (name == "cubed"))
                case "factorial":
                    if value.denominator > 1 or not 0 <= value <= _MOST_FACTORIAL:
                        raise NoSum
                    value = Fraction(factorial(int(value)))
                case "percent":
                    value /= _HUNDRED
                    if self._takes("of"):
                        return value * self._signed()
                case "root" | "cube_root":
                    value = root_of(value, 2 + (name == "cube_root"))
                case _:
                    value *= _PARTS[name]

    def _shared(self, value: Fraction) -> Fraction:
        """ "80的15%": a share behind that of which it is."""
        tokens = self._tokens[self._at + 1 : self._at + 3]
        if len(tokens) > 1 and tokens[0].value is not None and "percent" in tokens[1].names:
            self._at += 3
            self.worked = True
            return value * tokens[0].value / _HUNDRED
        return value


def _bounded(value: Fraction, exponent: int = 3) -> Fraction:
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    if bits * exponent > _MOST_BITS:
        raise NoSum
    return value
