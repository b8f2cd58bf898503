"""The letters of a regular expression: alone, by a name, or in brackets.

Law: what a set holds is asked of the engine that matches expressions, so that both mean the same.
"""

import re
import string
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from studiolo.engines.scripted.expression import Expression

_CLASSES: Final = {
    "d": string.digits,
    "w": string.ascii_lowercase + string.digits,
    "s": " ",
    "D": string.ascii_lowercase,
    "W": "-",
    "S": string.ascii_lowercase,
}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
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
_PROPERTY: Final = re.compile(
    r"\{(?:(?:sc|gc|scx|Script|Script_Extensions|General_Category)=)?(\w+)\}|(\w)"
)
_POSIX_CLASS: Final = re.compile(r"\[:(\w+):\]")
# Sets in sets, and what is left of one set without another.
_SETS: Final = ("[", "&&", "--", "~~")
_ALL: Final = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_.,:;@/+*#=!?& "
_CODED: Final = re.compile(r"[xuU]\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})")
# Where none of ours is in a set, it is looked for in others, until there are a few.
_OTHERS: Final = (range(0xA1, 0xD800), range(0xE000, 0xFFF0), range(0x10000, 0x20000, 8))
_ENOUGH: Final = 16


class NotUnderstood(ValueError):
    """The expression uses more than is understood."""


class Letters(msgspec.Struct, frozen=True):
    """One letter of several: as the expression has them, and those of them that are written."""

    source: str
    flags: str
    chosen: str

    def holds(self, letter: str) -> bool:
        """Whether the letter is one of them, also if it is none that is written."""
        return _holds(self.source, self.flags, letter)


@lru_cache(4096)
def _holds(source: str, flags: str, letter: str) -> bool:
    if len(source) == 1 and source != "." and not flags:
        return source == letter
    return _set(source, flags).found_in(letter)


@lru_cache(512)
def _set(source: str, flags: str) -> Expression:
    try:
        return Expression(f"\\A{source}\\z", flags=flags)
    except ValueError as error:
        raise NotUnderstood(source) from error


@lru_cache(256)
def _letters_in(source: str, flags: str) -> str:
    """A few letters of a set. Raises NotUnderstood where there are none."""
    found = [letter for letter in _ALL if _holds(source, flags, letter)]
    codes = (code for codes in _OTHERS for code in codes) if not found else ()
    one = _set(source, flags)
    for letter in map(chr, codes):
        if one.found_in(letter):
            found.append(letter)
        if len(found) >= _ENOUGH:
            break
    if not found:
        raise NotUnderstood(source)
    return "".join(found)


class LetterReader:
    """Reads an expression from left to right, letter by letter."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._place = 0
        self._flags = ""

    @property
    def rest(self) -> str:
        """What is not read yet."""
        return self._pattern[self._place :]

    def letters(self) -> Letters:
        """The letters that stand here."""
        match self.rest[0]:
            case "[":
                return self._set()
            case "\\":
                return self._as_they_stand(self._escape)
            case ".":
                return self._as_they_stand(self._dot)
            case _:
                return self._as_they_stand(self._letter)

    def _as_they_stand(self, read: Callable[[], str]) -> Letters:
        """What this reads, and where it was read."""
        start = self._place
        chosen = read()
        return Letters(self._pattern[start : self._place], self._flags, chosen)

    def _dot(self) -> str:
        self._place += 1
        return string.ascii_lowercase

    def _set(self) -> Letters:
        """The letters of `[…]`."""
        start = self._place
        end = _end_of_set(self._pattern, start)
        source = self._pattern[start:end]
        if any(found[1] not in _POSIX for found in _POSIX_CLASS.finditer(source)):
            raise NotUnderstood(source)
        if not any(mark in _POSIX_CLASS.sub("", source[1:]) for mark in _SETS):
            try:
                return Letters(source, self._flags, self._class())
            except NotUnderstood:
                pass
        self._place = end
        return Letters(source, self._flags, _letters_in(source, self._flags))

    def _class(self) -> str:
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
            low = self._one()
            if len(low) == 1 and self.rest[:1] == "-" and self.rest[1:2] not in ("]", ""):
                self._place += 1
                high = self._one()
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

    def _one(self) -> str:
        return self._escape() if self.rest[0] == "\\" else self._letter()

    def _escape(self) -> str:
        """The letters a backslash stands for."""
        coded = _CODED.match(self.rest, 1)
        if coded is not None:
            self._place += coded.end()
            return _letter_of(int(coded[1] or coded[2] or coded[3], 16))
        letter = self.rest[1:2]
        self._place += 2
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        if letter in ("p", "P"):
            return self._property(letter)
        if not letter or letter.isalnum():
            raise NotUnderstood(f"\\{letter}")
        return letter

    def _property(self, sign: str) -> str:
        found = _PROPERTY.match(self.rest)
        if found is None:
            raise NotUnderstood(self.rest)
        name = found[1] or found[2]
        if name not in _PROPERTIES:
            self._place += found.end()
            return _letters_in(f"\\{sign}{found.group()}", "")
        letters = self._named(_PROPERTIES, found, name)
        if sign == "p":
            return letters
        return "".join(each for each in _ALL if each not in letters)

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


def _letter_of(code: int) -> str:
    try:
        return chr(code)
    except (ValueError, OverflowError):
        raise NotUnderstood(f"\\u{{{code:x}}}") from None


def _end_of_set(pattern: str, start: int) -> int:
    """The place behind the bracket that closes it; others may stand within."""
    depth, place = 0, start
    while place < len(pattern):
        match pattern[place]:
            case "\\":
                place += 1
            case "[":
                depth += 1
                place += pattern[place + 1 : place + 2] == "^"
                place += pattern[place + 1 : place + 2] == "]"
            case "]":
                depth -= 1
            case _:
                pass
        place += 1
        if depth == 0:
            return place
    raise NotUnderstood("[")
