"""Whether a place in a text stands in code, where a call is only an example of one."""

import re
from typing import Final, NamedTuple

from studiolo.families.base import CLOSE
from studiolo.families.calls.body import CALL, CALL_END

# In a list a block is indented, or stands behind the sign of its item. What is before it has a
# bound, for it is read again with every tag in its line.
_BEFORE: Final = r"(?:[ \t]{0,64}(?:[-*+]|\d{1,9}[.)])(?=[ \t])){0,8}[ \t]{0,64}"
_OPENING: Final = re.compile(rf"(?P<before>{_BEFORE})(?P<signs>`{{3,}}(?=[^`]*\Z)|~{{3,}})")
_CLOSING: Final = re.compile(r"(?P<before>[ \t]*)(?P<signs>`{3,}|~{3,})[ \t]*\Z")
# A fence that is indented by more than this is part of what the block shows.
_FURTHER: Final = 3
_TAB: Final = 4
_TICKS: Final = re.compile(r"`+")
_BLANK: Final = re.compile(r"\s*\Z")


class _Fence(NamedTuple):
    """One that is open; that of a call which was none stands behind an opening tag."""

    signs: str
    indent: int
    of_call: bool

    def ends_at(self, line: str) -> bool:
        """Whether this line closes it; that of a call ends with the call's tag too."""
        if self.of_call and CALL_END in line:
            return True
        found = _CLOSING.match(line)
        return (
            found is not None
            and found["signs"].startswith(self.signs)
            and _width(found["before"]) <= self.indent + _FURTHER
        )


class Code:
    """Follows blocks of code; what it is fed is read only when somebody asks."""

    def __init__(self) -> None:
        self._unread: list[str] = []
        self._fence: _Fence | None = None
        self._line = ""
        self._behind_tag = False  # an opening tag of a call ends the line before
        self._span = ""  # the backticks that opened code within this line
        self._behind_ticks = 0  # where the last ones end
        self._looked = 0

    def feed(self, text: str) -> None:
        """More of the text."""
        self._unread.append(text)

    def here(self) -> bool:
        """Whether what follows is code: in a block, or right behind a backtick."""
        self._read()
        if self._fence:
            return not (self._fence.of_call and CALL_END in self._line)
        if self._line.endswith("`"):
            return True
        return self._opens_span() or self._opened() is not None

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
            self._fence, self._behind_tag, text = None, False, answer
            self._begin("")
        first, *others = text.split("\n")
        self._line += first
        for line in others:
            self._pass()
            self._begin(line)

    def _begin(self, line: str) -> None:
        self._line, self._span, self._looked = line, "", 0

    def _pass(self) -> None:
        """The line is whole."""
        line = self._line
        if self._fence is None:
            self._fence = self._opened()
        elif self._fence.ends_at(line):
            self._fence = None
        if line and not line.isspace():
            self._behind_tag = line.rstrip().endswith(CALL)

    def _opened(self) -> _Fence | None:
        """The fence that this line opens; it may stand behind the tag itself."""
        tag = self._line.rfind(CALL)
        found = _OPENING.match(self._line, tag + len(CALL) if tag >= 0 else 0)
        if found is None:
            return None
        return _Fence(found["signs"], _width(found["before"]), tag >= 0 or self._behind_tag)

    def _opens_span(self) -> bool:
        """Whether backticks that open code stand before this, and white space.

        No backtick may stand right before it, for it might be one of several.
        """
        for ticks in _TICKS.finditer(self._line, self._looked):
            self._behind_ticks = ticks.end()
            if not self._span:
                self._span = ticks[0]
            elif self._span == ticks[0]:
                self._span = ""
        self._looked = len(self._line)
        return bool(self._span) and _BLANK.match(self._line, self._behind_ticks) is not None


def _width(before: str) -> int:
    return len(before.expandtabs(_TAB))
