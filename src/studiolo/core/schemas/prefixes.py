"""How far a text has come on its way to being JSON, read once from left to right."""

import re
from typing import Final, Literal

Progress = Literal["none", "begun", "whole"]

_STRING: Final = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*'
_HALF_ESCAPE: Final = r"\\(?:u[0-9a-fA-F]{0,3})?"
_WORDS: Final = ("true", "false", "null")
# What may stand at one place: all of it, or at the end of the text the beginning of it.
_TOKEN: Final = re.compile(
    r"(?P<sign>[\[\]{},:])"
    rf'|(?P<string>{_STRING}")'
    rf"|(?P<half>{_STRING}(?:{_HALF_ESCAPE})?\Z)"
    r"|(?P<value>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9.eE+-])|true|false|null)"
    r"|(?P<half_number>-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:(?<=[0-9])[eE][+-]?)?)?\Z)"
    r"|(?P<half_word>[a-z]{1,4}\Z)"
)
_SPACE: Final = re.compile(r"[ \t\n\r]*")

_State = Literal["value", "item", "name", "next name", "colon", "after", "done"]


def progress(text: str) -> Progress:
    """Whether this is no beginning of JSON, a beginning of it, or an object, list or text in whole.

    Numbers and words are never whole: what cut the text may have cut them.
    """
    return _Reader(text).read()


class _Reader:
    """What may come next, and what is open; a sign is looked up by its own method."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._state: _State = "value"
        self._open: list[str] = []
        self._closed = False

    def read(self) -> Progress:
        """Token by token, up to the first that may not stand where it stands."""
        place = self._past_space(0)
        while place < len(self._text):
            found = _TOKEN.match(self._text, place)
            if found is None or not self._take(found.lastgroup or "", found[0]):
                return "none"
            place = self._past_space(found.end())
        return "whole" if self._state == "done" and self._closed else "begun"

    def _past_space(self, place: int) -> int:
        found = _SPACE.match(self._text, place)
        return found.end() if found else place

    def _take(self, kind: str, token: str) -> bool:
        match kind:
            case "sign":
                return self._sign(token)
            case "string" | "half" if self._state in ("name", "next name"):
                self._state = "colon"
                return True
            case "half_word" if not any(word.startswith(token) for word in _WORDS):
                return False
            case _:
                return self._end_value(closed=kind == "string") if self._wants_value else False

    @property
    def _wants_value(self) -> bool:
        return self._state in ("value", "item")

    def _end_value(self, *, closed: bool) -> bool:
        self._state = "after" if self._open else "done"
        self._closed = closed
        return True

    def _sign(self, sign: str) -> bool:
        match sign:
            case "{" | "[" if self._wants_value:
                self._open.append("}" if sign == "{" else "]")
                self._state = "name" if sign == "{" else "item"
            case ":" if self._state == "colon":
                self._state = "value"
            case "," if self._state == "after":
                self._state = "next name" if self._open[-1] == "}" else "value"
            case "}" if self._state in ("name", "after") and self._open[-1] == sign:
                return self._close()
            case "]" if self._state in ("item", "after") and self._open[-1] == sign:
                return self._close()
            case _:
                return False
        return True

    def _close(self) -> bool:
        self._open.pop()
        return self._end_value(closed=True)
