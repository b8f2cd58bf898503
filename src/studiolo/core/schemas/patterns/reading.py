"""Reads patterns as ECMA-262 has them with the flag `u`, from left to right and never back.

Law: what only the older form without `u` knows is read where nobody reads it in another way, such
as a brace that is no repeat; all else is refused in words that name it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal, cast

from studiolo.core.schemas.patterns.anchoring import anchored
from studiolo.core.schemas.patterns.escapes import ESCAPE, HALF, escaped
from studiolo.core.schemas.patterns.letters import LINE_ENDS, Ranges, joined, others
from studiolo.core.schemas.patterns.tree import (
    Anchor,
    Choice,
    Group,
    Letter,
    Part,
    PatternRefused,
    Repeated,
    one,
)

_LOOK_AROUND: Final = "look-around, including look-ahead and look-behind, is not supported"
_CLASSES: Final = "a class within a class, or a ] that closes none, is not supported"
# Each level costs the readers some frames.
MOST_GROUPS: Final = 50

_REPEAT: Final = re.compile(r"(?:[*+?]|\{([0-9]+)(?:(,)([0-9]*))?\})\??")
_NO_LEAST: Final = re.compile(r"\{,[0-9]*\}")
_OPENING: Final = re.compile(r"\((?:\?(?:<(?:\$|[^\W\d])[\w$]*>|[is]*(?:-[is]+)?:))?")
_LOOKS: Final = ("(?=", "(?!", "(?<=", "(?<!")
# So much of a group that is none is said back.
_ODD_OPENING: Final = re.compile(r"\(\?(?:P?<|[a-zA-Z-]+[:)]?|.)?", re.DOTALL)
_SHOWN: Final = 12
_SHOWN_CLASS: Final = 40


@lru_cache(maxsize=512)
def read(pattern: str) -> Choice | str:
    """The pattern, anchored at the ends of its ways, or why it is none that engines keep."""
    try:
        return anchored(_Reader(pattern).whole())
    except PatternRefused as refusal:
        return str(refusal)


class _Reader:
    """Where it has come to in one pattern, and which flags hold there."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._any_case = self._dot_is_all = False
        self._depth = 0
        # Others read brackets within these, and close the class later.
        self._odd_class = False

    def whole(self) -> Choice:
        found = self._choice()
        if self._at < len(self._text):
            raise PatternRefused("a parenthesis closes nothing")
        return found

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _choice(self) -> Choice:
        """Up to the end of the group, or of all."""
        ways: list[tuple[Part, ...]] = []
        parts: list[Part] = []
        while (sign := self._next) not in ("", ")"):
            if sign == "|":
                self._at += 1
                ways.append(tuple(parts))
                parts = []
            else:
                parts.append(self._repeated(self._part(sign)))
        return Choice((*ways, tuple(parts)))

    def _part(self, sign: str) -> Part:
        match sign:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case "*" | "+" | "?" | "{" if _REPEAT.match(self._text, self._at):
                raise PatternRefused(f"nothing stands before {self._shown()}")
            case "{" if found := _NO_LEAST.match(self._text, self._at):
                raise PatternRefused(f"{found[0][:_SHOWN]} has no least number")
            case "]" if self._odd_class:
                raise PatternRefused(_CLASSES)
            case _:
                pass
        self._at += 1
        match sign:
            case "^" | "$":
                return Anchor(sign)
            case ".":
                return Letter(() if self._dot_is_all else LINE_ENDS, negated=True)
            case _:
                return one(ord(sign))

    def _repeated(self, part: Part) -> Part:
        """The part with the repeat behind it; being lazy changes nothing that is found."""
        found = _REPEAT.match(self._text, self._at)
        if found is None:
            return part
        if isinstance(part, Anchor):
            raise PatternRefused(f"nothing stands before {self._shown()}")
        self._at = found.end()
        least, comma, most = found.groups()
        if least and most and int(least) > int(most):
            raise PatternRefused(f"{found[0][:_SHOWN]} ends before it begins")
        counted = f"{{{least}{comma or ''}{most or ''}}}"
        return Repeated(cast("Letter | Group", part), counted if least else found[0][0])

    def _group(self) -> Group:
        if self._text.startswith(_LOOKS, self._at):
            raise PatternRefused(_LOOK_AROUND)
        found = _OPENING.match(self._text, self._at)
        if found is None or self._text.startswith("?", found.end()):
            odd = _ODD_OPENING.match(self._text, self._at)
            raise PatternRefused(f"no group here begins with {odd[0][:_SHOWN] if odd else '('}")
        if self._depth >= MOST_GROUPS:
            raise PatternRefused(f"groups are nested deeper than {MOST_GROUPS}")
        before = self._any_case, self._dot_is_all
        self._at = found.end()
        self._depth += 1
        flag = self._flagged(found[0])
        choice = self._choice()
        if not self._next:
            raise PatternRefused("a parenthesis is not closed")
        self._at += 1
        self._depth -= 1
        self._any_case, self._dot_is_all = before
        return Group(choice, flag)

    def _flagged(self, opening: str) -> Literal["", "i", "-i"]:
        """Takes over the flags of a group; the one of case is told back where it changes."""
        before = self._any_case
        if opening.startswith("(?") and opening.endswith(":"):
            on, _, off = opening[2:-1].partition("-")
            if len({*on, *off}) < len(on + off):
                raise PatternRefused(f"no group here begins with {opening[:_SHOWN]}")
            self._any_case = (self._any_case or "i" in on) and "i" not in off
            self._dot_is_all = (self._dot_is_all or "s" in on) and "s" not in off
        if self._any_case == before:
            return ""
        return "i" if self._any_case else "-i"

    def _class(self) -> Letter:
        """Everything up to the first bracket that closes it."""
        start = self._at
        self._at += 1
        negated = self._next == "^"
        self._at += negated
        if self._next == "]":
            self._odd_class = True
        if self._next == "]" and not negated:
            raise PatternRefused("[] holds no letter")
        ranges: list[Ranges] = []
        properties: list[str] = []
        while self._next != "]":
            found = self._range()
            ranges.append(found.ranges)
            properties += found.properties
        self._at += 1
        letters = joined(*ranges)
        if ranges and not letters and not properties and not negated:
            raise PatternRefused(HALF)
        if negated and _is_all(letters, properties):
            raise PatternRefused(f"{self._text[start : self._at][:_SHOWN_CLASS]} holds no letter")
        return Letter(letters, tuple(dict.fromkeys(properties)), negated)

    def _range(self) -> Letter:
        """One letter or set of a class, or a range of letters; halves are among them."""
        first = self._member()
        dash = self._text.startswith("-", self._at)
        if not dash or self._text.startswith("-]", self._at):
            return first
        self._at += 1
        last = self._member()
        low, high = _code(first), _code(last)
        if low is None or high is None:
            if self._text.startswith("-", self._at) and not self._text.startswith("-]", self._at):
                raise PatternRefused("a range has a set for its end")
            dashed = one(ord("-"))
            parts = (first.ranges, dashed.ranges, last.ranges)
            return Letter(_all(*parts), first.properties + last.properties)
        if low > high:
            raise PatternRefused("a range ends before it begins")
        return Letter(((low, high),))

    def _member(self) -> Letter:
        sign = self._next
        if not sign:
            raise PatternRefused("a class is not closed")
        if sign == "\\":
            return self._escape(within=True)
        self._odd_class |= sign == "["
        self._at += 1
        return one(ord(sign))

    def _escape(self, *, within: bool = False) -> Letter:
        found = ESCAPE.match(self._text, self._at)
        if found is None:
            raise PatternRefused("it ends with a backslash")
        self._at = found.end()
        return escaped(found[1], within=within, any_case=self._any_case)

    def _shown(self) -> str:
        found = _REPEAT.match(self._text, self._at)
        return found[0][:_SHOWN] if found else ""


def _code(letter: Letter) -> int | None:
    """The one letter that it is."""
    if letter.properties or len(letter.ranges) != 1:
        return None
    low, high = letter.ranges[0]
    return low if low == high else None


def _is_all(ranges: Ranges, properties: Sequence[str]) -> bool:
    """Whether every letter is among these: all there are, or those with a property and without."""
    turned = (f"\\P{name[2:]}" for name in properties if name.startswith("\\p"))
    return not others(ranges) or any(each in properties for each in turned)


def _all(*parts: Ranges) -> Ranges:
    return tuple(each for part in parts for each in part)
