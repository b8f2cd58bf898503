"""A call as the coding models write it: XML elements, which become a JSON object.

Law: a parameter ends where its tag ends it, not where something looks like a tag.
"""

import re
from collections.abc import Callable
from typing import Final, Literal

from studiolo.core.requests import Tool
from studiolo.families.calls.body import CALL, CALL_END
from studiolo.families.calls.declared import NAME
from studiolo.families.calls.elements.ends import (
    EXAMPLE_END,
    FUNCTION,
    FUNCTION_END,
    HALF_EXAMPLE_END,
    HALF_VALUE_END,
    LOOSE_END,
    PARAMETER,
    VALUE_END,
)
from studiolo.families.calls.elements.value import Value
from studiolo.families.calls.values import TEXT, as_string, kinds_of
from studiolo.families.scan import unfinished

_OPENING: Final = re.compile(rf"{FUNCTION}({NAME})>")
_HALF_OPENING: Final = re.compile(rf"{FUNCTION}(?:{NAME})?\Z")
# Between parameters.
_NEXT: Final = re.compile(
    rf"{PARAMETER}(?P<key>{NAME})>|(?P<end>{FUNCTION_END})|{FUNCTION}|{CALL}|{CALL_END}"
)
_HALF_NEXT: Final = unfinished((*PARAMETER, NAME, ">"), FUNCTION_END, FUNCTION, CALL, CALL_END)


class CoderBody:
    """Reads one `<function=…>` element."""

    def __init__(self, tools: tuple[Tool, ...]) -> None:
        self.name: str = ""
        self.whole: bool = False
        self.state: Literal["reading", "over", "refused"] = "reading"
        self.rest: str = ""
        self._tools = {tool.name: tool for tool in tools}
        self._text = ""
        self._step: Callable[[], bool] = self._opening
        self._declared: dict[str, frozenset[str]] = {}
        self._value = Value(TEXT)
        self._given: set[str] = set()
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
        if self._step in (self._in_value, self._in_example):
            # What a limit cuts off here can only be the beginning of a closing tag.
            loose = (HALF_VALUE_END if cut else LOOSE_END).search(self._text)
            self._pass(self._text[: loose.start() if loose else None])
            if not cut:
                self._ready.append(self._value.close())
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
        self._value = Value(self._declared.get(key, TEXT))
        self._ready.append(self._value.opening)
        self._step = self._in_value

    def _in_value(self) -> bool:
        text, at = self._text, 0
        for found in VALUE_END.finditer(text) if _may_hold_tags(text) else ():
            if found["key"] and not self._may_follow(found["key"].strip()):
                continue
            self._pass(text[at : found.start()])
            at = found.start()
            if self._ends_at(found["tags"] or ""):
                whole = self._value.over or found["example"]
                self._close(text[at if whole else found.end() :])
                return True
            if found["example"] and not self._value.in_string:
                self._text, self._step = text[at:], self._in_example
                return True
        return self._pass_but(HALF_VALUE_END, text[at:])

    def _in_example(self) -> bool:
        """Within a text, up to the end of a call that it shows."""
        found = EXAMPLE_END.search(self._text)
        if found is None:
            return self._pass_but(HALF_EXAMPLE_END, self._text)
        self._pass(self._text[: found.end()])
        self._text = self._text[found.end() :]
        self._step = self._in_value
        return True

    def _pass_but(self, half: re.Pattern[str], text: str) -> bool:
        """More of the value, without what at its end may become such tags."""
        found = half.search(text) if _may_hold_tags(text) else None
        end = found.start() if found else len(text)
        self._pass(text[:end])
        self._text = text[end:]
        if self._value.over:
            self._close(self._text)
        return self._value.over

    def _ends_at(self, tags: str) -> bool:
        """Whether these tags end the value; no line ends in a string of JSON."""
        if self._value.over or self._value.settled:
            return True
        return bool(tags) and (not self._value.in_string or "\n" in tags)

    def _may_follow(self, key: str) -> bool:
        """Whether this begins another parameter, though the tag before it is missing."""
        return key not in self._given and (key in self._declared or not self._declared)

    def _pass(self, text: str) -> None:
        if text:
            self._ready.append(self._value.feed(text))

    def _close(self, rest: str) -> None:
        self._ready.append(self._value.close())
        self._text = self._value.rest + rest
        self._step = self._between

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
        if name in self._tools or start.startswith((PARAMETER, FUNCTION_END)):
            return True
        if not any(tag.startswith(start) for tag in (PARAMETER, FUNCTION_END)):
            self._refuse()
        return False


def _may_hold_tags(text: str) -> bool:
    """Whether part of this may be a tag, or a newline before one."""
    return "<" in text or text.endswith("\n")
