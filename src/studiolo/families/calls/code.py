"""Whether a place in a text stands in code, where a call is only an example of one."""

import re
from typing import Final

from studiolo.families.base import CLOSE

_OPENING: Final = re.compile(r" {0,3}(?P<fence>`{3,}(?=[^`]*\Z)|~{3,})")
_CLOSING: Final = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})[ \t]*\Z")


class Code:
    """Follows fenced blocks; what it is fed is read only when somebody asks."""

    def __init__(self) -> None:
        self._unread: list[str] = []
        self._line = ""
        self._fence = ""

    def feed(self, text: str) -> None:
        """More of the text."""
        self._unread.append(text)

    def here(self) -> bool:
        """Whether what follows is code: in a fence, or right behind a backtick."""
        self._read()
        return bool(self._fence or self._line.endswith("`") or _OPENING.match(self._line))

    def starts_line(self) -> bool:
        """Whether nothing but white space stands before this in its line."""
        self._read()
        return not self._line or self._line.isspace()

    def _read(self) -> None:
        if not self._unread:
            return
        text = "".join(self._unread)
        self._unread.clear()
        _, thought, answer = text.rpartition(CLOSE)
        if thought:
            self._fence, self._line, text = "", "", answer
        first, *others = text.split("\n")
        self._line += first
        for line in others:
            self._pass(self._line)
            self._line = line

    def _pass(self, line: str) -> None:
        if not self._fence:
            found = _OPENING.match(line)
            self._fence = found["fence"] if found else ""
            return
        found = _CLOSING.match(line)
        if found and found["fence"].startswith(self._fence):
            self._fence = ""
