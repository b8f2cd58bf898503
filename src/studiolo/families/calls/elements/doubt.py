"""What looks like the end of a value, within a string of JSON.

Law: it is none if the string goes on to a quote that can end it. Where another quote comes first,
or none, the string was never ended.
"""

import re
from typing import Final, Literal

# As far as no quote ends it.
_STRING: Final = {
    quote: re.compile(rf"(?:[^{quote}\\]++|\\.)*+", re.DOTALL) for quote in ('"', "'")
}
_QUOTE: Final = {quote: re.compile(rf"{quote}\s*(?P<sign>\S)?") for quote in _STRING}


class Doubt:
    """Looks on from there for the quote; `after` are the signs of which one must follow it."""

    def __init__(self, after: str, *, quote: str = '"') -> None:
        self._string, self._quote = _STRING[quote], _QUOTE[quote]
        self._after = after
        self._at = 0

    def look(self, text: str) -> Literal["open", "string", "end"]:
        """What it is, given all of the text from there on; with `string`, `upto` is its quote's."""
        found = self._string.match(text, self._at)
        self._at = found.end() if found else self._at
        quote = self._quote.match(text, self._at)
        if quote is None or not quote["sign"]:
            return "open"
        return "string" if quote["sign"] in self._after else "end"

    @property
    def upto(self) -> int:
        """How far the string goes, behind its quote."""
        return self._at + 1

    def last(self, text: str) -> Literal["string", "end"]:
        """What it is where the text ends."""
        return "string" if self._quote.match(text, self._at) else "end"
