"""JSON that is being written, followed sign by sign.

Law: what is told of it does not depend on the pieces it comes in. Inside a text nothing is wrong:
what JSON would have escaped is escaped.
"""

import re
from typing import Final, Literal

from studiolo.families.calls.values import WORDS, as_string

_SPACE: Final = re.compile(r"[ \t\n\r]*")
# What needs no escape in a string, by its quote.
_PLAIN: Final = {
    '"': re.compile(r'[^"\\\x00-\x1f]*'),
    "'": re.compile(r"[^'\"\\\x00-\x1f]*"),
}
_TOKEN: Final = re.compile(r'[^\s,:"{}\[\]<]*')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?", re.ASCII)
_HALF_NUMBER: Final = re.compile(
    r"-?(?:(?:0|[1-9]\d*)(?:\.(?:\d+)?)?(?:(?<=\d)e[+-]?\d*)?)?", re.ASCII
)
# Further digits change nothing of what may follow a number.
_MORE_DIGITS: Final = re.compile(r"(?<=\d\d)\d+", re.ASCII)
_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_HALF_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?")
# One more that Python has in its strings.
_PYTHON_ESCAPE: Final = re.compile(r"\\x(?P<code>[0-9a-fA-F]{2})")
_HALF_PYTHON_ESCAPE: Final = re.compile(r"\\x[0-9a-fA-F]?")
_CLOSING: Final = {"{": "}", "[": "]"}

_Place = Literal["value", "item", "name", "next name", "colon", "after", "done"]

_BEFORE_STRING: Final = ("value", "item", "name", "next name")


class GrowingJson:
    """One value; it is `certain` once a list or an object holds something, or nothing for good.

    Words of Python become those of JSON, and so do its strings in what is certain. A value that is
    `broken` is told as it is written.
    """

    def __init__(self) -> None:
        self.certain = False
        self.broken = False
        self.quote = ""  # of the string that what comes next stands in
        self._place: _Place = "value"
        self._open: list[str] = []
        self._escape = ""
        self._token: list[str] = []
        self._probe = ""  # the token, in small letters and with few digits
        self._told: list[str] = []

    @property
    def done(self) -> bool:
        """Whether nothing can follow but white space. A number or a word is only done behind it."""
        return self._place == "done"

    @property
    def whole(self) -> bool:
        """Whether nothing need follow."""
        return self.done or (not self._open and _is_whole(self._probe))

    @property
    def after_string(self) -> str:
        """The signs of which one follows a string that stands here."""
        if self._place in ("name", "next name"):
            return ":"
        return f",{self._open[-1]}" if self._open else "<"

    def feed(self, text: str) -> tuple[str, str]:
        """More of it as JSON, and what follows it; a number or a word is told when it is over."""
        at = 0
        while at < len(text) and not (self.done or self.broken):
            at = self._in_string(text, at) if self.quote else self._outside(text, at)
        told = "".join(self._told)
        self._told.clear()
        if self.broken:
            return told + text[at:], ""
        return told, text[at:]

    def flush(self) -> str:
        """What was held back of it, as it was written."""
        return self._escape + "".join(self._token)

    def _in_string(self, text: str, at: int) -> int:
        if self._escape:
            return self._escaped(text, at)
        found = _PLAIN[self.quote].match(text, at)
        end = found.end() if found else at
        self._told.append(text[at:end])
        if end == len(text):
            return end
        if text[end] == "\\":
            self._escape = "\\"
        elif text[end] == self.quote:
            self.quote = ""
            self._told.append('"')
            self._past(name=self._place in ("name", "next name"))
        else:
            self._told.append(as_string(text[end])[1:-1])
        return end + 1

    def _escaped(self, text: str, at: int) -> int:
        """One more sign of an escape; of what is none, the backslash is one of the text."""
        more = self._escape + text[at]
        python = self.quote == "'"
        if _HALF_ESCAPE.fullmatch(more) or (python and _HALF_PYTHON_ESCAPE.fullmatch(more)):
            self._escape = more
            return at + 1
        if python:
            more = "'" if more == "\\'" else _PYTHON_ESCAPE.sub(r"\\u00\g<code>", more)
        whole = more == "'" or _ESCAPE.fullmatch(more)
        self._told.append(more if whole else f"\\{self._escape}")
        self._escape = ""
        return at + 1 if whole else at

    def _outside(self, text: str, at: int) -> int:
        if not self._probe:
            found = _SPACE.match(text, at)
            end = found.end() if found else at
            self._told.append(text[at:end])
            if end == len(text):
                return end
            at = end
        found = _TOKEN.match(text, at)
        end = at if self._starts_python(text[at]) else found.end() if found else at
        if end == at and not self._probe:
            return self._sign(text, at)
        self._token.append(text[at:end])
        self._probe = _MORE_DIGITS.sub("", self._probe + text[at:end].lower())
        if end < len(text):
            self._end_token()
        elif self._place not in ("value", "item") or not _may_become_a_value(self._probe):
            self._break()
        return end

    def _end_token(self) -> None:
        if self._place not in ("value", "item") or not _is_whole(self._probe):
            self._break()
            return
        self._told.append(WORDS.get(self._probe) or "".join(self._token))
        self._token, self._probe = [], ""
        self._past(name=False)

    def _break(self) -> None:
        self.broken = True
        self._told += self._token
        self._token, self._probe = [], ""

    def _sign(self, text: str, at: int) -> int:
        """What stands between values; a sign that may not stand there breaks them."""
        sign, place = text[at], self._place
        match sign:
            case '"' | "'" if place in _BEFORE_STRING:
                self.quote = sign
                self.certain = self.certain or bool(self._open)
            case "{" | "[" if place in ("value", "item"):
                self._open.append(_CLOSING[sign])
                self._place = "name" if sign == "{" else "item"
            case ":" if place == "colon":
                self._place = "value"
            case "," if place == "after":
                self._place = "next name" if self._open[-1] == "}" else "value"
            case "}" | "]" if place in self._may_close and self._open[-1] == sign:
                self._open.pop()
                self.certain = True
                self._past(name=False)
            case _:
                self.broken = True
                return at
        self._told.append(sign if sign != "'" else '"')
        return at + 1

    def _starts_python(self, sign: str) -> bool:
        """Whether this begins a string of Python."""
        return sign == "'" and self.certain and not self._probe and self._place in _BEFORE_STRING

    @property
    def _may_close(self) -> tuple[_Place, ...]:
        return ("after", "name", "item") if self._open else ()

    def _past(self, *, name: bool) -> None:
        """Behind a value, or behind the name of one."""
        if name:
            self._place = "colon"
            return
        self.certain = self.certain or bool(self._open)
        self._place = "after" if self._open else "done"


def _is_whole(probe: str) -> bool:
    return probe in WORDS or _NUMBER.fullmatch(probe) is not None


def _may_become_a_value(probe: str) -> bool:
    return _HALF_NUMBER.fullmatch(probe) is not None or any(
        word.startswith(probe) for word in WORDS
    )
