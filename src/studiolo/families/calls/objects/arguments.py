"""The arguments of a call in JSON, as they stand under their key."""

import re
from typing import Final, Literal

from studiolo.families.calls.json_text import Unescaper

# How arguments begin that are the JSON text of an object, in a string. White space before it has a
# bound, for it is read again with every piece.
_BLANK: Final = r'"(?:\s|\\[nrt]){0,64}+'
_OBJECT_IN_STRING: Final = re.compile(rf'{_BLANK}(?:(?P<object>\{{)|(?P<nothing>"))?')
_MAYBE_SPACE: Final = re.compile(rf"{_BLANK}\\?\Z")


class Arguments:
    """What the value of `arguments` comes to: an object in a string is taken out of it.

    Nothing at all, be it null or an empty string, is the empty object.
    """

    def __init__(self) -> None:
        self._held = ""
        self._way: Literal["unknown", "as it is", "out of a string"] = "unknown"
        self._unescaper = Unescaper()

    def feed(self, part: str, *, ended: bool) -> str:
        """More of them, given more of the value."""
        match self._way:
            case "unknown":
                return self._first(self._held + part, ended=ended)
            case "as it is":
                return part
            case "out of a string":
                return self._taken_out(part, ended=ended)

    def flush(self, *, cut: bool) -> str:
        """What was held back, where the value is not ended; half an escape says nothing if cut."""
        held, self._held = self._held, ""
        half = self._unescaper.flush()
        return held if cut else held + half

    def _first(self, part: str, *, ended: bool) -> str:
        """The beginning, once it is known how to read it."""
        undecided = part.startswith("n") or _MAYBE_SPACE.match(part)
        if not part or (undecided and not ended):
            self._held = part
            return ""
        self._held = ""
        found = _OBJECT_IN_STRING.match(part)
        if found and found["object"]:
            self._way = "out of a string"
            return self._taken_out(part[1:], ended=ended)
        self._way = "as it is"
        return "{}" if part == "null" or (found and found["nothing"]) else part

    def _taken_out(self, part: str, *, ended: bool) -> str:
        if ended:
            return self._unescaper.feed(part[:-1]) + self._unescaper.flush()
        return self._unescaper.feed(part)
