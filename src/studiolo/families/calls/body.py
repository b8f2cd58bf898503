"""What a call is made of: its name, and the JSON text of its arguments."""

import re
from collections.abc import Callable, Container
from typing import Final, Literal, Protocol

import msgspec

from studiolo.core.requests import Tool

CALL: Final = "<tool_call>"
CALL_END: Final = "</tool_call>"
LONGEST_NAME: Final = 256

_QUOTES: Final = "\"'`"
_ATTRIBUTES: Final = re.compile(
    r"""(?:(?<!\s)\s++[\w:.-]++\s*+=\s*+(?:"[^"]*"|'[^']*'|[\w.-]+))+\s*/?\Z"""
)


class Body(Protocol):
    """Reads one call, from its first character on.

    `name` is empty until it is certain; the call is `whole` once nothing of its arguments is
    missing. When it is over, `rest` is what followed it. What is refused was no call.
    """

    name: str
    whole: bool
    state: Literal["reading", "over", "refused"]
    rest: str

    def feed(self, text: str) -> str:
        """More of the arguments' JSON text; none of it before the name is known."""
        ...

    def flush(self, *, cut: bool) -> str:
        """The end of the arguments where the text ends, be it cut or as the model wished."""
        ...


# Makes the reader of one call to one of these tools.
MakesBody = Callable[[tuple[Tool, ...]], Body]


class Shapes(msgspec.Struct, frozen=True):
    """What a call may begin with, and who reads it then: behind the tag, and without one.

    `line` reads one that begins with the name of a tool on offer, alone in its line.
    """

    tagged: tuple[tuple[str, MakesBody], ...]
    bare: tuple[tuple[str, MakesBody], ...] = ()
    line: MakesBody | None = None


def plain(name: str, known: Container[str] = ()) -> str:
    """The name that is meant: as it is written if it is known so, else without its quotes.

    Attributes behind it are no part of it, nor is the slash of an element that is closed at once
    of a known one.
    """
    name = name.strip()
    if name in known:
        return name
    name = _ATTRIBUTES.sub("", name) if "=" in name else name
    closed = name.removesuffix("/").rstrip()
    ways = (name, closed, _unquoted(closed))
    return next((way for way in ways if way in known), _unquoted(name))


def _unquoted(name: str) -> str:
    inside = name[1:-1].strip()
    return inside if inside and name[0] == name[-1] and name[0] in _QUOTES else name
