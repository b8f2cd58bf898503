"""The tags around calls, be they whole or cut, and what a call begins with."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.core.requests import Tool
from studiolo.families.calls.body import CALL, CALL_END, MakesBody, Shapes
from studiolo.families.scan import unfinished

# What closes a call, or a part of one.
_CLOSING: Final = ("</parameter>", "</function>", CALL_END)
# What may stand between the tag and a call: some write a list, or a block of code.
_BEFORE_CALL: Final = " \t\r\n["
# White space around the fence has a bound, for it is read again with every piece.
_FENCE: Final = re.compile(r"```(?:json|xml)?[ \t]{0,64}\r?\n[ \t\r\n\[]{0,64}")
_HALF_FENCE: Final = unfinished(
    *((*"```", *kind, r"[ \t]{0,64}", r"\r?", r"\n") for kind in ("json", "xml", ""))
)


class Tags:
    """The opening and the closing tag, and what stands for the first where it is forgotten."""

    def __init__(self, shapes: Shapes, tools: tuple[Tool, ...]) -> None:
        self._lines = tuple(f"{tool.name}\n" for tool in tools) if shapes.line else ()
        self._line = shapes.line
        self._names = frozenset(tool.name for tool in tools)
        self._tagged = shapes.tagged
        self._bare = dict(shapes.bare)
        self._all = (CALL, CALL_END, *self._bare)
        self._whole = re.compile("|".join(map(re.escape, self._all)))
        self._half = unfinished(*self._all)

    def search(self, text: str, start: int) -> re.Match[str] | None:
        """The first whole one from there on."""
        return self._whole.search(text, start)

    def half(self, text: str, start: int) -> int:
        """Where the beginning of one stands at the end; the end itself if there is none."""
        half = self._half.search(text, start)
        return half.start() if half else len(text)

    def bare(self, tag: str) -> MakesBody:
        """Who reads a call that begins with this, without a tag before it."""
        return self._bare[tag]

    def start(self, text: str) -> tuple[str, bool]:
        """Where a call may begin behind a tag, and whether it is fenced like code."""
        start = text.lstrip(_BEFORE_CALL)
        fence = _FENCE.match(start)
        return (start[fence.end() :], True) if fence else (start, False)

    def on_offer(self, name: str) -> bool:
        """Whether there is such a tool."""
        return name in self._names

    def line(self, text: str, start: str) -> tuple[str, MakesBody] | None:
        """The name of a tool on offer, alone in a line at the start; who reads its call then."""
        if self._line is None or not (_in_new_line(text, start) and start.startswith(self._lines)):
            return None
        return start.partition("\n")[0], self._line

    def may_be_odd(self, text: str, start: str) -> bool:
        """Whether this may still become such a name, or the fence of a call."""
        named = any(line.startswith(start) for line in self._lines)
        return (named and _in_new_line(text, start)) or _HALF_FENCE.match(start) is not None

    def behind(self, text: str) -> tuple[str, MakesBody] | None:
        """What this text begins with, if it is what calls begin with behind a tag; who reads it."""
        return next((row for row in self._tagged if text.startswith(row[0])), None)

    def may_be_behind(self, text: str) -> bool:
        """Whether this may still become what calls begin with behind a tag."""
        return any(opening.startswith(text) for opening, _ in self._tagged)

    def closing(self, text: str) -> str:
        """The tag that this text begins with, if it is one that closes; empty if it is none."""
        return next((tag for tag in _CLOSING if text.startswith(tag)), "")

    def may_be_closing(self, text: str) -> bool:
        """Whether this may still become one."""
        return bool(text) and any(tag.startswith(text) for tag in _CLOSING)

    def cut_by(self, stop: str, half: str) -> Iterator[str]:
        """The tags that the stop was found in, or reaches over, with this half before it."""
        found = half + stop
        return (tag for tag in self._all if tag.startswith(found) or found.startswith(tag))


def _in_new_line(text: str, start: str) -> bool:
    return "\n" in text.removesuffix(start)
