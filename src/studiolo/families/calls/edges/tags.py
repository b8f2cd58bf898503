"""The tags around calls, be they whole or cut."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.families.calls.body import CALL, CALL_END, MakesBody, Shapes
from studiolo.families.scan import unfinished

# What closes a call, or a part of one.
_CLOSING: Final = ("</parameter>", "</function>", CALL_END)


class Tags:
    """The opening and the closing tag, and what stands for the first where it is forgotten."""

    def __init__(self, shapes: Shapes) -> None:
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
