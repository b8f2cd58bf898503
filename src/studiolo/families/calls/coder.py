"""A call as the coding models write it: XML elements, which become a JSON object.

Law: a parameter ends where its tag ends it, not where something looks like a tag.
"""

import re
from collections.abc import Callable
from copy import copy
from typing import Final, Literal

from studiolo.core.requests import Tool
from studiolo.families.calls.body import CALL, CALL_END
from studiolo.families.calls.declared import NAME
from studiolo.families.calls.json_text import JsonValue
from studiolo.families.calls.values import TEXT, as_json, as_string, kinds_of
from studiolo.families.scan import unfinished

FUNCTION: Final = "<function="

_PARAMETER: Final = "<parameter="
_FUNCTION_END: Final = "</function>"
_PARAMETER_END: Final = "</parameter>"
# White space between closing tags; a bound, for it is read again with every piece.
_GAP: Final = r"\s{0,8}"

_OPENING: Final = re.compile(rf"{FUNCTION}({NAME})>")
_HALF_OPENING: Final = re.compile(rf"{FUNCTION}(?:{NAME})?\Z")
# Between parameters.
_NEXT: Final = re.compile(
    rf"{_PARAMETER}(?P<key>{NAME})>|(?P<end>{_FUNCTION_END})|{FUNCTION}|{CALL}|{CALL_END}"
)
_HALF_NEXT: Final = unfinished((*_PARAMETER, NAME, ">"), _FUNCTION_END, FUNCTION, CALL, CALL_END)
# Where a value ends: at its own tag, or, where that is missing, at a tag that can only mean it.
_VALUE_END: Final = re.compile(
    rf"\n?{_PARAMETER_END}"
    rf"|\n(?={_PARAMETER}(?P<key>{NAME})>)"
    rf"|\n?(?={_FUNCTION_END}{_GAP}{CALL_END})"
    rf"|\n(?={CALL_END}{_GAP}{CALL})"
)
_HALF_VALUE_END: Final = unfinished(
    ("\n?", *_PARAMETER_END),
    ("\n", *_PARAMETER, NAME, ">"),
    ("\n?", *_FUNCTION_END, _GAP, *CALL_END),
    ("\n", *CALL_END, _GAP, *CALL),
)
# What at the end of the text is no part of a value that nothing has ended.
_LOOSE_END: Final = re.compile(rf"(?:\n?{_FUNCTION_END}\s*(?:{CALL_END}\s*)?|\n{CALL_END}\s*|\n)\Z")


class CoderBody:
    """Reads one `<function=…>` element; texts are told as they come, all else when complete."""

    def __init__(self, tools: tuple[Tool, ...]) -> None:
        self.name: str = ""
        self.whole: bool = False
        self.state: Literal["reading", "over", "refused"] = "reading"
        self.rest: str = ""
        self._tools = {tool.name: tool for tool in tools}
        self._text = ""
        self._step: Callable[[], bool] = self._opening
        self._declared: dict[str, frozenset[str]] = {}
        self._kinds = TEXT
        self._given: set[str] = set()
        self._value: list[str] = []  # of a parameter that is no text
        self._json = JsonValue()
        self._fresh = True  # nothing of the value was told or kept yet
        self._ready: list[str] = []

    def feed(self, text: str) -> str:
        """More of the arguments."""
        self._text += text
        while self._text and self.state == "reading" and self._step():
            pass
        return self._told()

    def flush(self, *, cut: bool) -> str:
        """What was held back; if the model wished to end, all that is open is closed."""
        if not self.name:
            return ""
        if self._step == self._in_value:
            # What a limit cuts off here can only be the beginning of a closing tag.
            loose = (_HALF_VALUE_END if cut else _LOOSE_END).search(self._text)
            self._pass(self._text[: loose.start() if loose else None])
            if cut:
                self._ready += self._value
            else:
                self._close()
        if not cut:
            self._end("")
        return self._told()

    # Each step uses some of the text; it is False where more is needed.

    def _opening(self) -> bool:
        found = _OPENING.match(self._text)
        name = found[1].strip() if found else ""
        if found is None and _HALF_OPENING.match(self._text):
            return False
        if found is None or not name:
            self._refuse()
            return True
        if not self._believed(name, self._text[found.end() :]):
            return False
        self._text = self._text[found.end() :]
        self.name = name
        if name in self._tools:
            self._declared = kinds_of(self._tools[name].parameters)
        self._step = self._between
        return True

    def _believed(self, name: str, after: str) -> bool:
        """Whether this is a call for certain."""
        del name, after
        return True

    def _between(self) -> bool:
        self._text = text = self._text.lstrip()
        found = _NEXT.match(text)
        if found is None:
            if (half := _HALF_NEXT.search(text)) and half.start() == 0:
                return False
            # Words between parameters are nobody's.
            at = text.find("<", 1)
            self._text = text[at:] if at > 0 else ""
        elif found["key"]:
            self._text = text[found.end() :]
            self._begin(found["key"].strip())
        else:
            self._end(text[found.end() :] if found["end"] else text)
        return True

    def _begin(self, key: str) -> None:
        self._ready.append(f"{', ' if self._given else '{'}{as_string(key)}: ")
        self._given.add(key)
        self._kinds = self._declared.get(key, TEXT)
        if self._kinds == TEXT:
            self._ready.append('"')
        self._value, self._json, self._fresh = [], JsonValue(), True
        self._step = self._in_value

    def _in_value(self) -> bool:
        text = self._text
        if "<" not in text and text[-1] != "\n":
            self._pass(text)
            self._text = ""
            return False
        for found in _VALUE_END.finditer(text):
            if found["key"] and not self._may_follow(found["key"].strip()):
                continue
            if self._is_quoted(text[: found.start()], found[0]):
                continue
            self._pass(text[: found.start()])
            self._text = text[found.end() :]
            self._close()
            self._step = self._between
            return True
        half = _HALF_VALUE_END.search(text)
        end = half.start() if half else len(text)
        self._pass(text[:end])
        self._text = text[end:]
        return False

    def _may_follow(self, key: str) -> bool:
        """Whether this begins another parameter, though the tag before it is missing."""
        return key not in self._given and (key in self._declared or not self._declared)

    def _is_quoted(self, before: str, end: str) -> bool:
        """Whether what looks like an end stands in a string of JSON, for no line ends in one."""
        if "string" in self._kinds or end.startswith("\n"):
            return False
        value = copy(self._json)
        value.feed(before if self._value else before.lstrip())
        return value.in_string

    def _pass(self, text: str) -> None:
        """More of the value, which begins behind the newline of its tag."""
        if not text:
            return
        if self._fresh:
            self._fresh = False
            text = text.removeprefix("\n")
        if self._kinds == TEXT:
            self._ready.append(as_string(text)[1:-1])
        else:
            self._json.feed(text if self._value else text.lstrip())
            self._value.append(text)

    def _close(self) -> None:
        text = self._kinds == TEXT
        self._ready.append('"' if text else as_json("".join(self._value), self._kinds))

    def _end(self, rest: str) -> None:
        """The element is closed, or nothing more can belong to it."""
        self.state, self.rest, self.whole = "over", rest, True
        self._ready.append("}" if self._given else "{}")

    def _refuse(self) -> None:
        self.state = "refused"

    def _told(self) -> str:
        ready = "".join(self._ready)
        self._ready.clear()
        return ready


class BareCoderBody(CoderBody):
    """Reads an element that stands without `<tool_call>`.

    It is a call if the function is on offer, or if a parameter or the closing tag follows.
    """

    def _believed(self, name: str, after: str) -> bool:
        start = after.lstrip()
        if name in self._tools or start.startswith((_PARAMETER, _FUNCTION_END)):
            return True
        if not any(tag.startswith(start) for tag in (_PARAMETER, _FUNCTION_END)):
            self._refuse()
        return False
