"""The value of one parameter, told as JSON while it is written.

Law: whatever is told is the beginning of the JSON that all of it comes to, however it goes on.
"""

from typing import Final, Literal

from studiolo.families.calls.elements.growing import GrowingJson
from studiolo.families.calls.elements.literals import (
    LONGEST_LITERAL,
    GrowingLiteral,
    literal_as_json,
)
from studiolo.families.calls.values import TEXT, as_json, as_string

# What values that are no text begin with.
_BEGINNINGS: Final = {
    "null": "nN",
    "boolean": "tTfF",
    "integer": "-0123456789",
    "number": "-0123456789",
    "array": "[",
    "object": "{",
}
_BRACKETS: Final = {"[": "array", "{": "object"}
# What a list or an object of Python begins with.
_PYTHON: Final = ("[", "{", "(")


class Value:
    """One value of these kinds; what may be JSON and may be a text is told when that is certain.

    A list or an object is over when its last bracket is written; `rest` is what followed it then.
    One that only Python writes so waits for its end.
    Where a text may stand as well it is not certain before its end.
    """

    def __init__(self, kinds: frozenset[str]) -> None:
        self.over: bool = False
        self.rest: str = ""
        self._kinds = kinds
        self._way: Literal["doubtful", "text", "json"] = "text" if kinds == TEXT else "doubtful"
        self._json = GrowingJson()
        self._literal = GrowingLiteral()
        self._fresh = True  # nothing was read yet
        self._first = ""  # the first sign that is no white space
        self._held: list[str] = []  # what is doubtful, as it was written
        self._size = 0
        self._made: list[str] = []  # and as JSON

    @property
    def opening(self) -> str:
        """What can be told before anything is written."""
        return '"' if self._way == "text" else ""

    @property
    def in_string(self) -> bool:
        """Whether what comes next stands in a string of JSON, or of Python."""
        return bool(self.quote)

    @property
    def quote(self) -> str:
        """Of that string."""
        return "" if self._way == "text" else self._followed.quote

    @property
    def after_string(self) -> str:
        """The signs of which one follows the string that is open."""
        return self._followed.after_string

    @property
    def _followed(self) -> GrowingJson | GrowingLiteral:
        """Who knows where its strings end."""
        literal = self._way == "doubtful" and self._may_be_python
        return self._literal if literal else self._json

    @property
    def settled(self) -> bool:
        """Whether it is JSON, and whole, where nothing else belongs."""
        doubtful = self._way == "doubtful" and bool(self._first)
        return doubtful and "string" not in self._kinds and self._json.whole

    def feed(self, text: str) -> str:
        """More of it, which begins behind the newline of its tag."""
        if self._fresh and text:
            self._fresh = False
            text = text.removeprefix("\n")
        if self._way == "text":
            return as_string(text)[1:-1]
        if self._way == "doubtful":
            return self._doubt(text)
        told, self.rest = self._json.feed(text)
        self.over = self._json.done
        return told

    def close(self) -> str:
        """The end of it, where what was written is all."""
        match self._way:
            case "text":
                return '"'
            case "json":
                return self._json.flush()
            case "doubtful":
                held = "".join(self._held)
                literal = literal_as_json(held) if self._may_be_python else None
                return literal or as_json(held, self._kinds, escaped="".join(self._made))

    def _doubt(self, text: str) -> str:
        """What this decides: that it is a text, or that it is meant as JSON."""
        self._held.append(text)
        self._size += len(text)
        if not self._first:
            text = text.lstrip()
            self._first = text[:1]
            if self._first and not self._may_begin_with(self._first):
                return self._as_text()
        self._literal.feed(text)
        told, rest = ("", text) if self._json.done else self._json.feed(text)
        self._made.append(told)
        if self._is_meant:
            self._way = "json"
            self.over, self.rest = self._json.done, rest
            return "".join(self._made)
        no_json = self._json.broken or (self._json.done and rest.strip())
        return self._as_text() if no_json and not self._may_be_python else ""

    def _may_begin_with(self, sign: str) -> bool:
        return "string" not in self._kinds or any(
            sign in _BEGINNINGS.get(kind, "") for kind in self._kinds
        )

    @property
    def _is_meant(self) -> bool:
        """Whether this is a list or an object where one belongs, and no text may stand."""
        kind = _BRACKETS.get(self._first)
        return self._json.certain and kind in self._kinds and "string" not in self._kinds

    @property
    def _may_be_python(self) -> bool:
        """Whether this is no JSON, and may be a list or an object of Python where one belongs."""
        return (
            self._json.broken
            and self._first in _PYTHON
            and not self._kinds.isdisjoint(_BRACKETS.values())
            and "string" not in self._kinds
            and self._size <= LONGEST_LITERAL
        )

    def _as_text(self) -> str:
        self._way = "text"
        return as_string("".join(self._held))[:-1]
