"""What stands where the first parameter belongs and is none: an object of JSON, or words.

Law: nothing of the arguments is lost. An object is told as the model wrote it; words that no
parameter follows are told too, as arguments that are no JSON.
"""

from collections.abc import Callable
from typing import Literal

from studiolo.families.calls.elements.openings import (
    AFTER_ARGUMENTS,
    HALF_AFTER_ARGUMENTS,
    HALF_NEXT,
    NEXT,
)
from studiolo.families.calls.json_text import JsonValue


class Instead:
    """Reads it from its first character on; `rest` is what follows it.

    Then it was an `object`, whose last bracket is not told, for parameters may follow; `nothing`,
    as words before a parameter are; or all the `arguments` there are.
    """

    def __init__(self, first: str) -> None:
        self.state: Literal["reading", "object", "nothing", "arguments"] = "reading"
        self.rest: str = ""
        self._text = ""
        self._step: Callable[[], str] = self._in_object if first == "{" else self._in_words
        self._object = JsonValue()
        self._looked = 0

    def feed(self, text: str) -> str:
        """More of the arguments."""
        self._text += text
        return self._step()

    def flush(self, *, cut: bool) -> str:
        """What was held back; if it is cut, that may be words of nobody, or half a tag."""
        if cut:
            return ""
        if self._step == self._in_words:
            half = HALF_NEXT.search(self._text)
            return self._text[: half.start() if half else None].rstrip()
        return self._text

    def _in_object(self) -> str:
        part = self._object.feed(self._text)
        self._text = self._text[len(part) :]
        if self._object.ended:
            self._end("object", self._text)
            return part[:-1]
        if self._object.broken:
            self._step = self._broken
            return part + self._broken()
        return part

    def _broken(self) -> str:
        """The rest of an object that is none."""
        text = self._text
        if found := AFTER_ARGUMENTS.search(text):
            self._end("arguments", text[found.start() :])
            return text[: found.start()]
        half = HALF_AFTER_ARGUMENTS.search(text)
        at = half.start() if half else len(text)
        self._text = text[at:]
        return text[:at]

    def _in_words(self) -> str:
        text = self._text
        found = NEXT.search(text, self._looked)
        if found is None:
            half = HALF_NEXT.search(text, self._looked)
            self._looked = half.start() if half else len(text)
            return ""
        self._end("nothing" if found["key"] else "arguments", text[found.start() :])
        return "" if found["key"] else text[: found.start()].rstrip()

    def _end(self, state: Literal["object", "nothing", "arguments"], rest: str) -> None:
        self.state, self.rest = state, rest
