"""What looks like the end of a value, within a string of JSON.

Law: it is none if the string goes on to a quote that can end it. Where another quote comes first,
or none, the string was never ended.
"""

import re
from typing import Final, Literal

# As far as no quote ends it.
_STRING: Final = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
_QUOTE: Final = re.compile(r'"\s*(?P<sign>\S)?')


class Doubt:
    """Looks on from there for the quote; `after` are the signs of which one must follow it."""

    def __init__(self, after: str) -> None:
        self._after = after
        self._at = 0

    def look(self, text: str) -> Literal["open", "string", "end"]:
        """What it is, given all of the text from there on; with `string`, `upto` is its quote's."""
        found = _STRING.match(text, self._at)
        self._at = found.end() if found else self._at
        quote = _QUOTE.match(text, self._at)
        if quote is None or not quote["sign"]:
            return "open"
        return "string" if quote["sign"] in self._after else "end"

    @property
    def upto(self) -> int:
        """How far the string goes, behind its quote."""
        return self._at + 1

    def last(self, text: str) -> Literal["string", "end"]:
        """What it is where the text ends."""
        return "string" if _QUOTE.match(text, self._at) else "end"
