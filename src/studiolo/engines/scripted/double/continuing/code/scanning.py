"""Code read letter by letter: what is a literal, what a comment, and what is open at the end."""

import re
from functools import lru_cache
from typing import Final

import msgspec

CLOSERS: Final = {"(": ")", "[": "]", "{": "}", "${": "}"}
_HOLE: Final = "${"
_TEMPLATE: Final = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?P<end>`|\$\{)?", re.DOTALL)
_BLOCK_ENDS: Final = {"/*": "*/", '"""': '"""', "'''": "'''", "<!--": "-->"}
_PATTERN: Final = (
    r"(?<=[(,=:\[!&|?{};])\s*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"
)
# What a quotation mark begins, by the mark: whole, or open up to the end of the text.
_STRINGS: Final = {
    '"': r'"(?:[^"\\\n]|\\.)*(?P<double>"|\\?\Z)?',
    "'": r"'(?:[^'\\\n]|\\.)*(?P<single>'|\\?\Z)?",
    # A mark before one letter; a lifetime and an apostrophe are none.
    "c": r"'(?:[^'\\\n]|\\.[0-9a-fA-F]{0,4})'",
}


class Opened(msgspec.Struct, frozen=True):
    """A bracket that is open, and where it stands."""

    letter: str
    place: int

    @property
    def closer(self) -> str:
        """What closes it."""
        return CLOSERS[self.letter]


class Scan(msgspec.Struct, frozen=True):
    """A text of code: `plain` has zeros for its literals and blanks for its comments.

    `literal` is the mark of the literal that is open at the end, `comment` that of the comment;
    `closed` are the closing brackets that nothing opened, `wrong` says that some do not match.
    """

    plain: str
    opened: tuple[Opened, ...]
    closed: str
    literal: str = ""
    comment: str = ""
    wrong: bool = False


class Marks(msgspec.Struct, frozen=True):
    """How a kind of code writes literals and comments."""

    comments: tuple[str, ...] = ("//", "/*")
    strings: tuple[str, ...] = ('"', "'")
    templates: bool = False
    patterns: bool = False


def scan(text: str, marks: Marks) -> Scan:
    """Read a whole text, or one that breaks off."""
    return _scanned(text, marks)


@lru_cache(64)
def _scanned(text: str, marks: Marks) -> Scan:
    scanner = _Scanner(text, marks)
    scanner.read()
    return Scan(
        "".join(scanner.plain),
        tuple(scanner.opened),
        "".join(scanner.closed),
        scanner.literal,
        scanner.comment,
        scanner.wrong,
    )


@lru_cache
def _signs(marks: Marks) -> re.Pattern[str]:
    """What is not plain code."""
    ways = [r"(?P<pattern>" + _PATTERN + ")"] if marks.patterns else []
    blocks = [mark for mark in marks.comments if mark in _BLOCK_ENDS]
    lines = [mark for mark in marks.comments if mark not in _BLOCK_ENDS]
    triples = [mark for mark in marks.strings if mark in _BLOCK_ENDS]
    if blocks:
        ways.append(f"(?P<block>{'|'.join(map(re.escape, blocks))})")
    if triples:
        ways.append(rf"(?:\b[rbfuRBFU]{{1,2}})?(?P<triple>{'|'.join(triples)})")
    if lines:
        # A number sign within a word, or behind a dollar, begins no comment.
        heads = (r"(?<![\w$&{])\#" if mark == "#" else re.escape(mark) for mark in lines)
        ways.append(f"(?P<line>{'|'.join(heads)})")
    plain = [_STRINGS[mark] for mark in marks.strings if mark in _STRINGS]
    if plain:
        ways.append(rf"(?P<string>(?:\b[rbfuRBFU]{{1,2}})?(?:{'|'.join(plain)}))")
    if marks.templates:
        ways.append("(?P<template>`)")
    return re.compile("|".join([*ways, r"(?P<bracket>[()\[\]{}])"]))


class _Scanner:
    def __init__(self, text: str, marks: Marks) -> None:
        self._text = text
        self._marks = marks
        self._place = 0
        self.plain: list[str] = []
        self.opened: list[Opened] = []
        self.closed: list[str] = []
        self.literal = ""
        self.comment = ""
        self.wrong = False

    def read(self) -> None:
        signs = _signs(self._marks)
        while (match := signs.search(self._text, self._place)) is not None:
            self.plain.append(self._text[self._place : match.start()])
            self._place = match.start()
            self._sign(match)
        self.plain.append(self._text[self._place :])

    def _sign(self, match: re.Match[str]) -> None:
        match match.lastgroup:
            case "bracket":
                self._bracket(match.group())
            case "block":
                self._until(match, _BLOCK_ENDS[match.group()], " ")
            case "triple":
                self._until(match, match["triple"], "0")
            case "line":
                end = self._text.find("\n", match.end())
                self.comment = match.group() if end < 0 else self.comment
                self._skip(len(self._text) if end < 0 else end, " ")
            case "template":
                self._skip(match.end(), "0")
                self._template()
            case _:
                self._string(match)

    def _string(self, match: re.Match[str]) -> None:
        said = match.groupdict()
        parts = (said.get(name) for name in ("pattern", "double", "single"))
        whole = next((part for part in parts if part is not None), None)
        mark = '"' if '"' in match.group()[:3] else "'"
        if whole is None and match.group()[-1:] == "'" and len(match.group()) > 1:
            whole = mark
        if whole is None:
            # The line ends first: it is an apostrophe, or code that is wrong already.
            self._skip(match.end() if match.end() == len(self._text) else match.start() + 1, " ")
            return
        if whole in ("", "\\"):
            self.literal = mark
        self._skip(match.end(), "0")

    def _until(self, match: re.Match[str], end: str, sign: str) -> None:
        place = self._text.find(end, match.end())
        if place < 0 and sign == "0":
            self.literal = end
        elif place < 0:
            self.comment = match.group()
        self._skip(len(self._text) if place < 0 else place + len(end), sign)

    def _template(self, *, behind_hole: bool = False) -> None:
        found = _TEMPLATE.match(self._text, self._place)
        end = found.end() if found else self._place
        self._skip(end, "0")
        mark = found["end"] if found else None
        if behind_hole and self.plain[-1]:
            # What follows a hole is added to it.
            held = self.plain[-1]
            self.plain[-1] = " " if held == "0" and mark == "`" else "+" + held[1:]
        if mark == _HOLE:
            self.opened.append(Opened(_HOLE, end - 2))
            self.plain[-1] = self.plain[-1][:-2] + "+("
        elif mark is None:
            self.literal = "`"

    def _bracket(self, letter: str) -> None:
        self.plain.append(letter)
        self._place += 1
        if letter in CLOSERS:
            self.opened.append(Opened(letter, self._place - 1))
        elif not self.opened:
            self.closed.append(letter)
        elif self.opened[-1].closer != letter:
            self.wrong = True
        elif self.opened.pop().letter == _HOLE:
            self.plain[-1] = ")"
            self._template(behind_hole=True)

    def _skip(self, end: int, sign: str) -> None:
        passed = self._text[self._place : end]
        self.plain.append("".join("\n" if letter == "\n" else sign for letter in passed))
        self._place = end
