"""What stands between an opening tag and its call: white space, a bracket of a list, a fence."""

import re
from typing import Final, Literal

from studiolo.core.requests import Tool
from studiolo.families.calls.body import LONGEST_NAME, MakesBody, Shapes
from studiolo.families.calls.edges.fences import OPENING

# Some write a list.
_BEFORE_CALL: Final = " \t\r\n["
_QUOTE: Final = "[\"'`]?"
_WORD: Final = r"[^\s\"'`]"
# White space behind a name has a bound, for it is read again with every piece.
_END: Final = rf"{_QUOTE}[ \t]{{0,64}}\r?"
_LINE: Final = re.compile(rf"{_QUOTE}(?P<name>{_WORD}{{1,{LONGEST_NAME}}}){_END}\n")
_HALF_LINE: Final = re.compile(rf"{_QUOTE}(?P<name>{_WORD}{{0,{LONGEST_NAME}}})(?P<end>{_END})\Z")


class Start:
    """Reads it up to the call, whose reader `make` makes; `none` is where no call follows."""

    def __init__(self, shapes: Shapes, tools: tuple[Tool, ...]) -> None:
        self.state: Literal["reading", "call", "none"] = "reading"
        self.fenced: bool = False  # the call stands in a block of code
        self.make: MakesBody = shapes.tagged[0][1]
        self._tagged = shapes.tagged
        self._line = shapes.line
        self._names = frozenset(tool.name for tool in tools)
        self._in_line = False  # something stands before it in its line

    def begin(self) -> None:
        """Behind the next tag."""
        self.state, self.fenced, self._in_line = "reading", False, True

    def feed(self, text: str) -> str:
        """What is left of this: the call, or what may still become one."""
        rest = text.lstrip(_BEFORE_CALL)
        if "\n" in text[: len(text) - len(rest)]:
            self._in_line = False
        if not self.fenced and (fence := OPENING.whole.match(rest)):
            self.fenced, self._in_line = True, False
            return self.feed(rest[fence.end() :])
        if found := self.behind(rest):
            self.state, self.make = "call", found[1]
        elif self._line is not None and self._names_one(rest):
            self.state, self.make = "call", self._line
        elif not (self.may_be_behind(rest) or self._may_name_one(rest) or self._may_open(rest)):
            self.state = "none"
        return rest

    def behind(self, text: str) -> tuple[str, MakesBody] | None:
        """What this text begins with, if it is what calls begin with behind a tag; who reads it."""
        return next((row for row in self._tagged if text.startswith(row[0])), None)

    def may_be_behind(self, text: str) -> bool:
        """Whether this may still become what calls begin with behind a tag."""
        return any(opening.startswith(text) for opening, _ in self._tagged)

    def allows(self, name: str) -> bool:
        """Whether a call of this name may stand here: in a block of code, one of those on offer."""
        return not self.fenced or name in self._names

    def _names_one(self, text: str) -> bool:
        """Whether the name of a tool on offer stands alone in this line."""
        found = None if self._in_line else _LINE.match(text)
        return found is not None and found["name"] in self._names

    def _may_name_one(self, text: str) -> bool:
        found = None if self._in_line or self._line is None else _HALF_LINE.match(text)
        if found is None:
            return False
        if found["end"]:
            return found["name"] in self._names
        return any(name.startswith(found["name"]) for name in self._names)

    def _may_open(self, text: str) -> bool:
        return not self.fenced and OPENING.half.match(text) is not None
