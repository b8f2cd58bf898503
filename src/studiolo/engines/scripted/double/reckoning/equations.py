"""Equations with one unknown, solved exactly: of the first degree, and of the second with roots."""

import re
from fractions import Fraction
from typing import Final

import msgspec

from studiolo.engines.scripted.double.reckoning.expressions import NoSum, root_of
from studiolo.engines.scripted.double.reckoning.sentences import Sentence

_LETTER: Final = r"(?<![^\W\d_])[a-zA-Z](?![^\W\d_\u00b2])"
_SIDE: Final = rf"(?:[\d\s()+\u2212*/\u00d7\u00b7\u00f7^\u00b2-]|\d[.,]\d|{_LETTER})+"
_EQUATION: Final = re.compile(rf"(?P<left>{_SIDE})=(?P<right>{_SIDE})")
_PIECE: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:[.,]\d+)?)|(?P<name>[A-Za-z])|(?P<sign>[-+\u2212*/\u00d7\u00b7\u00f7^()\u00b2]))"
)
_MOST_LETTERS: Final = 120
_DEEPEST: Final = 20
_MOST_DIGITS: Final = 12
# What articles and the like are, where they stand right before an equation.
_LOOSE: Final = re.compile(r"\A\s*[A-Za-z]\s+(?=[\d(]|[A-Za-z]\s*[-+*/^=])")


class Solved(msgspec.Struct, frozen=True):
    """The unknown of an equation, and what it may be, the least first."""

    name: str
    values: tuple[Fraction, ...]


class _Parts(msgspec.Struct, frozen=True):
    """So often the square of the unknown, so often itself, and a number beside it."""

    square: Fraction = Fraction()
    single: Fraction = Fraction()
    plain: Fraction = Fraction()

    def plus(self, other: "_Parts", sign: int = 1) -> "_Parts":
        return _Parts(
            self.square + sign * other.square,
            self.single + sign * other.single,
            self.plain + sign * other.plain,
        )

    def times(self, other: "_Parts") -> "_Parts":
        if self.square * other.single or self.single * other.square or self.square * other.square:
            raise NoSum
        return _Parts(
            self.square * other.plain + self.single * other.single + self.plain * other.square,
            self.single * other.plain + self.plain * other.single,
            self.plain * other.plain,
        )

    def over(self, other: "_Parts") -> "_Parts":
        if other.square or other.single or not other.plain:
            raise NoSum
        return self.times(_Parts(plain=1 / other.plain))


def solved(sentence: Sentence) -> Solved | None:
    """What solves the equation of a sentence that says nothing strange beside it."""
    found = _EQUATION.search(sentence.text)
    if found is None or len(found.group()) > _MOST_LETTERS or re.search(r"[<>=!]=", sentence.text):
        return None
    left = _LOOSE.sub("", found["left"])
    right = re.sub(r"\s+[A-Za-z]?\s*\Z", "", found["right"])
    names = set(re.findall(r"[A-Za-z]", left + right))
    if len(names) != 1 or not re.search(r"\d", left + right):
        return None
    name = names.pop()
    if name in (left.strip(), right.strip()):
        return None
    rest = f"{sentence.text[: found.start()]} {sentence.text[found.end() :]}"
    told = Sentence(rest, "english").tokens
    if any((one.strange and one.text.lower() != name.lower()) or one.quoted for one in told):
        return None
    try:
        values = _roots(_Reader(left).whole().plus(_Reader(right).whole(), -1))
    except (NoSum, ZeroDivisionError):
        return None
    return Solved(name, values) if values else None


def _roots(parts: _Parts) -> tuple[Fraction, ...]:
    """What makes them nothing; none where nothing does, or everything."""
    if not parts.square:
        return (-parts.plain / parts.single,) if parts.single else ()
    inner = parts.single**2 - 4 * parts.square * parts.plain
    if inner < 0:
        return ()
    root = root_of(inner, 2)
    both = {(-parts.single + sign * root) / (2 * parts.square) for sign in (1, -1)}
    return tuple(sorted(both))


class _Reader:
    """Reads one side of an equation; a number right before a name or a bracket multiplies it."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._place = 0
        self._depth = 0

    def whole(self) -> _Parts:
        parts = self._sum()
        if self._place < len(self._text):
            raise NoSum
        return parts

    def _next(self) -> re.Match[str] | None:
        return _PIECE.match(self._text, self._place)

    def _takes(self, signs: str) -> str:
        found = self._next()
        if found is None or not found["sign"] or found["sign"] not in signs:
            return ""
        self._place = found.end()
        return found["sign"]

    def _sum(self) -> _Parts:
        parts = self._product()
        while sign := self._takes("+-\u2212"):
            parts = parts.plus(self._product(), 1 if sign == "+" else -1)
        return parts

    def _product(self) -> _Parts:
        parts = self._power()
        while (found := self._next()) is not None:
            if sign := self._takes("*/\u00d7\u00b7\u00f7"):
                other = self._power()
                parts = parts.over(other) if sign in "/\u00f7" else parts.times(other)
            elif found["name"] or found["sign"] == "(":
                parts = parts.times(self._power())
            else:
                break
        return parts

    def _power(self) -> _Parts:
        parts = self._atom()
        if self._takes("\u00b2"):
            return parts.times(parts)
        if self._takes("^"):
            found = self._next()
            if found is None or found["number"] != "2":
                raise NoSum
            self._place = found.end()
            return parts.times(parts)
        return parts

    def _atom(self) -> _Parts:
        self._depth += 1
        found = self._next()
        if found is None or self._depth > _DEEPEST:
            raise NoSum
        if self._takes("-\u2212"):
            parts = _Parts(plain=Fraction(-1)).times(self._power())
        elif self._takes("("):
            parts = self._sum()
            if not self._takes(")"):
                raise NoSum
        elif found["sign"]:
            raise NoSum
        else:
            self._place = found.end()
            parts = _number(found["number"]) if found["number"] else _Parts(single=Fraction(1))
        self._depth -= 1
        return parts


def _number(text: str) -> _Parts:
    if len(text) > _MOST_DIGITS:
        raise NoSum
    return _Parts(plain=Fraction(text.replace(",", ".")))
