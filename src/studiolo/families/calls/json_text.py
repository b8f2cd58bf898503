"""Where a JSON value ends that comes in pieces, and what a JSON string says."""

import json
import re
from typing import Final

# A string, also as Python writes it.
STRING: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)

_IN_STRING: Final = re.compile(r'["\\]')
_AROUND: Final = re.compile(r'["{}\[\]<]')
_AFTER_WORD: Final = re.compile(r'[\s,:"{}\[\]<]')
_ESCAPE: Final = re.compile(
    r"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|[^u])", re.DOTALL
)
# An escape may be a pair; an even number of backslashes before it is none of its business.
_HALF_ESCAPE: Final = re.compile(
    r"(?<!\\)(?:\\\\)*(?P<half>(?:\\u[dD][89abAB][\da-fA-F]{2})?(?:\\(?:u[\da-fA-F]{0,3})?)?)\Z"
)


class JsonValue:
    """Follows one value to its end; it is broken where a bracket or tag cannot stand."""

    def __init__(self) -> None:
        self.ended = False
        self.broken = False
        self._depth = 0
        self._quoted = False
        self._escaped = False
        self._word = False

    def feed(self, text: str) -> str:
        """As much of this text as belongs to the value."""
        at = 0
        while at < len(text) and not (self.ended or self.broken):
            if self._quoted:
                at = self._in_string(text, at)
            elif self._depth:
                at = self._inside(text, at)
            else:
                at = self._first(text, at)
        return text[:at]

    def _first(self, text: str, at: int) -> int:
        found = _AFTER_WORD.search(text, at)
        if found and found.start() == at and not self._word:
            self._quoted = found[0] == '"'
            self._depth = int(found[0] in "{[")
            self.broken = not (self._quoted or self._depth)
            return at if self.broken else at + 1
        self._word, self.ended = True, found is not None
        return found.start() if found else len(text)

    def _in_string(self, text: str, at: int) -> int:
        if self._escaped:
            self._escaped = False
            return at + 1
        found = _IN_STRING.search(text, at)
        if found is None:
            return len(text)
        self._escaped = found[0] == "\\"
        self._quoted = self._escaped
        self.ended = not (self._quoted or self._depth)
        return found.end()

    def _inside(self, text: str, at: int) -> int:
        found = _AROUND.search(text, at)
        if found is None:
            return len(text)
        match found[0]:
            case '"':
                self._quoted = True
            case "<":
                self.broken = True
                return found.start()
            case "{" | "[":
                self._depth += 1
            case _:
                self._depth -= 1
                self.ended = self._depth == 0
        return found.end()


class Unescaper:
    """What the inside of a JSON string says, piece by piece; odd escapes stay as they are."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """As much as is certain: an escape may be cut anywhere."""
        text = self._held + text
        half = _HALF_ESCAPE.search(text)
        end = half.start("half") if half else len(text)
        self._held = text[end:]
        return unescaped(text[:end])

    def flush(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return unescaped(held)


def unescaped(text: str) -> str:
    """What the inside of a JSON string says; odd escapes stay as they are."""
    return _ESCAPE.sub(lambda escape: _character(escape[0]), text) if "\\" in text else text


def _character(escape: str) -> str:
    try:
        character: str = json.loads(f'"{escape}"')
    except ValueError:
        return escape
    return escape if "\ud800" <= character <= "\udfff" else character
