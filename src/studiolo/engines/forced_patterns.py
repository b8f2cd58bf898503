"""Patterns of JSON schemas as regular expressions of whole texts.

A pattern is looked for anywhere in a text unless it says where; a terminal of a grammar is all of
its text and knows no anchors.
"""

import re
from itertools import product
from typing import Final

_ANYTHING: Final = "(?s:.*)"
# The words for digits and letters are of ASCII in JSON schemas; here they are the world's.
_ASCII: Final = {
    r"\d": "[0-9]",
    r"\D": "[^0-9]",
    r"\w": "[A-Za-z0-9_]",
    r"\W": "[^A-Za-z0-9_]",
}
_ANCHORS: Final = {"^": "^", "$": "$", r"\A": "^", r"\z": "$"}
_FLAGS: Final = re.compile(r"\(\?([is]+)\)")
_GROUP: Final = re.compile(r"\((?:\?(?:P?<[A-Za-z_][A-Za-z0-9_]*>|[is]*(?:-[is]+)?:))?")
_REPEATED: Final = re.compile(r"[*+?][?+]?|\{[0-9]*(?:,[0-9]*)?\}\??")
_SIGN: Final = re.compile(r"\\.|.", re.DOTALL)
# Every choice between anchors doubles what is written.
_MOST_ROWS: Final = 32

_Row = list[str]


class _UnheldError(Exception):
    """A pattern that is not read here."""


def found_in(pattern: str) -> str | None:
    """A regular expression of all texts in which it is found; None if that cannot be said."""
    flags = _FLAGS.match(pattern)
    reader = _Reader(pattern[flags.end() if flags else 0 :])
    try:
        rows = reader.rows()
        if reader.left:
            return None
        written = "|".join(map(_whole, rows))
    except (_UnheldError, RecursionError):
        return None
    return f"(?{flags[1]}:{written})" if flags else written


def _whole(row: _Row) -> str:
    """One way to match, with all that may stand around it."""
    start, end = 0, len(row)
    while start < end and row[start] == "^":
        start += 1
    while end > start and row[end - 1] == "$":
        end -= 1
    middle = row[start:end]
    if "^" in middle or "$" in middle:
        raise _UnheldError
    before = "" if start else _ANYTHING
    after = "" if end < len(row) else _ANYTHING
    return f"{before}{''.join(middle)}{after}"


class _Reader:
    """Reads a pattern from left to right into rows: pieces of text, and anchors between them."""

    def __init__(self, pattern: str) -> None:
        self.left = pattern

    def rows(self) -> list[_Row]:
        """The ways to match, up to the end of the group or of all."""
        every: list[_Row] = []
        ways: list[_Row] = [[]]
        while self.left and not self.left.startswith(")"):
            if self.left.startswith("|"):
                self.left = self.left[1:]
                every, ways = every + ways, [[]]
            else:
                piece = self._piece()
                ways = [[*way, *more] for way, more in product(ways, piece)]
            if len(every) + len(ways) > _MOST_ROWS:
                raise _UnheldError
        return every + ways

    def _piece(self) -> list[_Row]:
        """What stands here, way by way."""
        if self.left.startswith("("):
            return self._group()
        sign = self._class() if self.left.startswith("[") else self._take(_SIGN)
        if sign in _ANCHORS:
            if _REPEATED.match(self.left):
                raise _UnheldError
            return [[_ANCHORS[sign]]]
        if sign in (r"\p", r"\P", r"\x", r"\u", r"\U") and self.left.startswith("{"):
            end = self.left.find("}") + 1
            sign, self.left = sign + self.left[:end], self.left[end:]
        return [[_ASCII.get(sign, sign) + self._repeats()]]

    def _group(self) -> list[_Row]:
        opening = self._take(_GROUP)
        if self.left.startswith("?"):
            raise _UnheldError
        rows = self.rows()
        if not self.left:
            raise _UnheldError
        self.left = self.left[1:]
        repeats = self._repeats()
        if any(sign in row for row in rows for sign in "^$"):
            if repeats or (opening.endswith(":") and opening != "(?:"):
                raise _UnheldError
            return rows
        opening = opening if opening.endswith(":") else "(?:"
        return [[f"{opening}{'|'.join(map(''.join, rows))}){repeats}"]]

    def _class(self) -> str:
        """Everything between brackets, and brackets in it."""
        taken, self.left = "[", self.left[1:]
        if self.left.startswith("^"):
            taken, self.left = "[^", self.left[1:]
        if self.left.startswith("]"):
            taken, self.left = taken + r"\]", self.left[1:]
        while self.left:
            if self.left.startswith("["):
                named = re.match(r"\[:\^?[a-z]+:\]", self.left)
                inner = named[0] if named else self._class()
                self.left = self.left[len(inner) :] if named else self.left
                taken += inner
                continue
            sign = self._take(_SIGN)
            taken += _ASCII.get(sign, sign)
            if sign == "]":
                return taken
        raise _UnheldError

    def _repeats(self) -> str:
        found = _REPEATED.match(self.left)
        return self._take(_REPEATED) if found else ""

    def _take(self, what: re.Pattern[str]) -> str:
        found = what.match(self.left)
        if found is None:
            raise _UnheldError
        self.left = self.left[found.end() :]
        return found[0]
