"""Texts that match a regular expression, made by walking through it.

What it understands: letters, classes, escapes, groups, alternatives, repeats, anchors at the ends
and backreferences to nothing. Look-arounds and backreferences are beyond it.
"""

import random
import re
import string
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

# No text that is longer is written.
LONGEST: Final = 10_000

_CLASSES: Final = {
    "d": string.digits,
    "w": string.ascii_lowercase + string.digits,
    "s": " ",
    "D": string.ascii_lowercase,
    "W": "-",
    "S": string.ascii_lowercase,
}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_EDGES: Final = ("\\b", "\\A", "\\z", "\\Z")
_PUNCTUATION: Final = "-.,:;@/*#!?&"
# Some letters of each; scripts too.
_PROPERTIES: Final = {
    **dict.fromkeys(("L", "Letter", "Latin", "Alphabetic"), string.ascii_letters),
    **dict.fromkeys(("Lu", "Uppercase_Letter", "Uppercase"), string.ascii_uppercase),
    **dict.fromkeys(("Ll", "Lowercase_Letter", "Lowercase"), string.ascii_lowercase),
    **dict.fromkeys(("N", "Nd", "Number", "Decimal_Number"), string.digits),
    **dict.fromkeys(("P", "Punctuation"), _PUNCTUATION),
    **dict.fromkeys(("Z", "Zs", "White_Space"), " "),
    **dict.fromkeys(("Han", "Hani"), "\u4e2d\u6587"),
    **dict.fromkeys(("Hiragana", "Hira"), "\u3042\u3044"),
    **dict.fromkeys(("Katakana", "Kana"), "\u30a2\u30a4"),
    **dict.fromkeys(("Hangul", "Hang"), "\ud55c\uae00"),
    **dict.fromkeys(("Cyrillic", "Cyrl"), "\u0434\u0430"),
    **dict.fromkeys(("Greek", "Grek"), "\u03b1\u03b2"),
}
_POSIX: Final = {
    "alpha": string.ascii_letters,
    "digit": string.digits,
    "alnum": string.ascii_letters + string.digits,
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "space": " ",
    "punct": _PUNCTUATION,
    "word": string.ascii_letters + string.digits + "_",
    "xdigit": string.hexdigits,
}
_PROPERTY: Final = re.compile(r"\{(?:(?:sc|gc|Script|General_Category)=)?(\w+)\}|(\w)")
_POSIX_CLASS: Final = re.compile(r"\[:(\w+):\]")
# What is said of upper case, lines and dots leaves a text that is found all the same.
_FLAGS: Final = re.compile(r"\(\?[imsu]+\)")
_ALL: Final = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_.,:;@/+*#=!?& "
_QUANTIFIER: Final = re.compile(r"(\*|\+|\?|\{(\d+)(?:(,)(\d*))?\})([?+]?)")
_GROUP: Final = re.compile(r"\((?:\?(?:[imsu]*:|<[A-Za-z_]\w*>|P<[A-Za-z_]\w*>))?")


class NotUnderstood(ValueError):
    """The expression uses more than is understood."""


class TooLong(NotUnderstood):
    """The text would be too long."""


class _Writing:
    """One text that is written: with how many repeats, and how much there may still be of it."""

    def __init__(self, draw: random.Random, repeats: int) -> None:
        self.draw = draw
        self.repeats = repeats
        self._left = 2 * LONGEST

    def step(self) -> None:
        """A letter or a repeat is written. Raises TooLong."""
        self._left -= 1
        if self._left < 0:
            raise TooLong(f"more than {LONGEST:,} letters")


# A piece of an expression writes itself, the longer the more repeats it is allowed.
_Writes = Callable[[_Writing], str]


def text_matching(pattern: str, draw: random.Random, *, repeats: int = 1) -> str:
    """A text in which the pattern is found. Raises NotUnderstood."""
    try:
        text = _read(pattern)(_Writing(draw, repeats))
    except RecursionError:
        raise NotUnderstood("groups in groups") from None
    if len(text) > LONGEST:
        raise TooLong(f"more than {LONGEST:,} letters")
    return text


@lru_cache(256)
def _read(pattern: str) -> _Writes:
    reader = _Reader(pattern)
    writes = reader.alternatives()
    if reader.rest:
        raise NotUnderstood(reader.rest)
    return writes


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._place = 0

    @property
    def rest(self) -> str:
        return self._pattern[self._place :]

    def alternatives(self) -> _Writes:
        found = [self._sequence()]
        while self._take("|"):
            found.append(self._sequence())
        return lambda writing: writing.draw.choice(found)(writing)

    def _sequence(self) -> _Writes:
        pieces: list[_Writes] = []
        while self.rest and self.rest[0] not in "|)":
            pieces.append(self._repeated(self._piece()))
        return lambda writing: "".join(piece(writing) for piece in pieces)

    def _piece(self) -> _Writes:
        letter = self.rest[0]
        if any(self._take(edge) for edge in _EDGES):
            return _nothing
        flags = _FLAGS.match(self.rest)
        if flags is not None:
            self._place += flags.end()
            return _nothing
        match letter:
            case "^" | "$":
                self._place += 1
                return _nothing
            case "(":
                return self._group()
            case "[":
                return _one_of(self._class())
            case "\\":
                return _one_of(self._escape())
            case ".":
                self._place += 1
                return _one_of(string.ascii_lowercase)
            case "*" | "+" | "?":
                raise NotUnderstood(self.rest)
            case _:
                self._place += 1
                return _one_of(letter)

    def _group(self) -> _Writes:
        opening = _GROUP.match(self.rest)
        if opening is None or (self.rest.startswith("(?", 0) and opening.group() == "("):
            raise NotUnderstood(self.rest)
        self._place += opening.end()
        inner = self.alternatives()
        if not self._take(")"):
            raise NotUnderstood(self.rest)
        return inner

    def _repeated(self, piece: _Writes) -> _Writes:
        found = _QUANTIFIER.match(self.rest)
        if found is None:
            return piece
        self._place += found.end()
        least, most = _bounds(found)
        if most is not None and most < least:
            raise NotUnderstood(found.group())

        def written(writing: _Writing) -> str:
            more = least + writing.repeats
            top = max(least, min(more, most if most is not None else more))
            return _several(piece, writing, writing.draw.randint(min(max(least, 1), top), top))

        return written

    def _class(self) -> str:
        """The letters of `[…]`."""
        self._place += 1
        negated = self._take("^")
        letters: list[str] = []
        first = True
        while first or not self.rest.startswith("]"):
            if not self.rest:
                raise NotUnderstood("[")
            first = False
            posix = _POSIX_CLASS.match(self.rest)
            if posix is not None:
                letters.append(self._named(_POSIX, posix, posix[1]))
                continue
            low = self._escape() if self.rest[0] == "\\" else self._letter()
            if len(low) == 1 and self.rest[:1] == "-" and self.rest[1:2] not in ("]", ""):
                self._place += 1
                high = self._escape() if self.rest[0] == "\\" else self._letter()
                letters.append(
                    "".join(map(chr, range(ord(low), min(ord(high), ord(low) + 255) + 1)))
                )
            else:
                letters.append(low)
        self._place += 1
        chosen = "".join(letters)
        if negated:
            chosen = "".join(letter for letter in _ALL if letter not in chosen)
        if not chosen:
            raise NotUnderstood("[]")
        plain = "".join(letter for letter in chosen if letter.isalnum())
        return plain or chosen

    def _escape(self) -> str:
        """The letters a backslash stands for."""
        letter = self.rest[1:2]
        self._place += 2
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        if letter in ("x", "u"):
            return self._coded(2 if letter == "x" else 4)
        if letter == "p":
            return self._property()
        if letter == "P":
            others = self._property()
            return "".join(each for each in _ALL if each not in others)
        if not letter or letter.isalnum():
            raise NotUnderstood(f"\\{letter}")
        return letter

    def _coded(self, digits: int) -> str:
        found = re.match(rf"[0-9a-fA-F]{{{digits}}}", self.rest)
        if found is None:
            raise NotUnderstood(self.rest)
        self._place += digits
        return chr(int(found.group(), 16))

    def _property(self) -> str:
        found = _PROPERTY.match(self.rest)
        if found is None:
            raise NotUnderstood(self.rest)
        return self._named(_PROPERTIES, found, found[1] or found[2])

    def _named(self, table: Mapping[str, str], found: re.Match[str], name: str) -> str:
        """The letters that go by a name."""
        if name not in table:
            raise NotUnderstood(found.group())
        self._place += found.end()
        return table[name]

    def _letter(self) -> str:
        self._place += 1
        return self._pattern[self._place - 1]

    def _take(self, letter: str) -> bool:
        found = self.rest.startswith(letter)
        self._place += found * len(letter)
        return found


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    match found[1]:
        case "*":
            return 0, None
        case "+":
            return 1, None
        case "?":
            return 0, 1
        case _:
            least = int(found[2])
            return least, (least if found[3] is None else int(found[4]) if found[4] else None)


def _several(piece: _Writes, writing: _Writing, count: int) -> str:
    written: list[str] = []
    for _ in range(count):
        writing.step()
        written.append(piece(writing))
    return "".join(written)


def _one_of(letters: str) -> _Writes:
    def written(writing: _Writing) -> str:
        writing.step()
        return writing.draw.choice(letters)

    return written


def _nothing(writing: _Writing) -> str:
    del writing
    return ""
