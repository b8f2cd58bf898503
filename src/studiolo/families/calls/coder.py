"""A call as the coding models write it: XML elements, which become a JSON object."""

from collections.abc import Callable
from typing import Final, Literal

from studiolo.core.requests import Tool
from studiolo.families.calls.body import plain
from studiolo.families.calls.elements.ends import (
    ENDS,
    FUNCTION_END,
    LOOSE_ENDS,
    PARAMETER,
    PARAMETER_END,
)
from studiolo.families.calls.elements.instead import Instead
from studiolo.families.calls.elements.members import Members
from studiolo.families.calls.elements.openings import (
    HALF_NEXT,
    HALF_OPENING,
    NEXT,
    OPENING,
)
from studiolo.families.calls.elements.parameter import Parameter
from studiolo.families.calls.values import TEXT, kinds_of

# What shows that a function which nobody declared is called.
_SIGNS_OF_A_CALL: Final = (PARAMETER, FUNCTION_END, "{")


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
        self._ends = ENDS
        self._members = Members()
        self._parameter = Parameter(TEXT, may_follow=self._may_follow)
        self._instead = Instead("")

    def feed(self, text: str) -> str:
        """More of the arguments."""
        self._text += text
        self._read()
        return self._members.tell()

    def flush(self, *, cut: bool) -> str:
        """What was held back; if the model wished to end, all that is open is closed."""
        while self._step == self._in_parameter and self.state == "reading":
            self._members.add(self._parameter.flush(cut=cut))
            if cut:
                break
            self._end_parameter()
            self._read()
        if self._step == self._in_its_place:
            self._members.add_object(self._instead.flush(cut=cut))
        if self.name and self.state == "reading" and not cut:
            self._end("")
        return self._members.tell()

    def _read(self) -> None:
        while self._text and self.state == "reading" and self._step():
            pass

    # Each step uses some of the text; it is False where more is needed.

    def _opening(self) -> bool:
        found = OPENING.match(self._text)
        name = plain(found["name"] or found["open"], self._tools) if found else ""
        if found is None and HALF_OPENING.match(self._text):
            return False
        if found is None or not name:
            self._refuse()
            return True
        after = self._text[found.end() :].lstrip()
        if not self._believed(name, after):
            self._text = found[0] + after
            return False
        self._text = after
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
        if found := NEXT.match(text):
            self._text = text[found.end() :]
            if found["key"]:
                self._ends = (
                    ENDS if self._ends == ENDS and found["open"] == PARAMETER else LOOSE_ENDS
                )
                self._begin(plain(found["key"], self._declared))
            else:
                self._end(text)
            return True
        if not text or PARAMETER_END.startswith(text) or HALF_NEXT.match(text):
            return False
        self._pass_by(text)
        return True

    def _pass_by(self, text: str) -> None:
        """What is no parameter; behind one, words and objects are nobody's."""
        if text.startswith(PARAMETER_END):
            self._text = text.removeprefix(PARAMETER_END)
        elif self._members.begun:
            at = text.find("<", 1)
            self._text = text[at:] if at > 0 else ""
        else:
            self._instead, self._step = Instead(text[0]), self._in_its_place

    def _in_its_place(self) -> bool:
        """In what stands where the first parameter belongs."""
        self._members.add_object(self._instead.feed(self._text))
        self._text = self._instead.rest
        match self._instead.state:
            case "reading":
                return False
            case "object" | "nothing":
                self._step = self._between
            case "arguments":
                self._end(self._text)
        return True

    def _begin(self, key: str) -> None:
        self._members.begin(key)
        self._parameter = Parameter(
            self._declared.get(key, TEXT), may_follow=self._may_follow, ends=self._ends
        )
        self._members.add(self._parameter.feed(""))
        self._step = self._in_parameter

    def _in_parameter(self) -> bool:
        self._members.add(self._parameter.feed(self._text))
        self._text = ""
        if self._parameter.over:
            self._end_parameter()
        return self._parameter.over

    def _end_parameter(self) -> None:
        self._members.end()
        self._text, self._step = self._parameter.rest, self._between

    def _may_follow(self, name: str) -> bool:
        """Whether this begins another parameter, though the tag before it is missing."""
        key = plain(name, self._declared)
        return key not in self._members.names and (key in self._declared or not self._declared)

    def _end(self, rest: str) -> None:
        """The element is closed, or nothing more can belong to it."""
        if self._step != self._in_its_place:
            self._members.close()
        self.state, self.whole = "over", True
        self.rest = rest.removeprefix(FUNCTION_END)

    def _refuse(self) -> None:
        self.state = "refused"


class BareCoderBody(CoderBody):
    """Reads an element that stands without `<tool_call>`.

    It is a call if the function is on offer, or if a parameter, an object or the closing tag
    follows.
    """

    def _believed(self, name: str, after: str) -> bool:
        if name in self._tools or after.startswith(_SIGNS_OF_A_CALL):
            return True
        if not any(sign.startswith(after) for sign in _SIGNS_OF_A_CALL):
            self._refuse()
        return False


class LooseCoderBody(CoderBody):
    """Reads an element that is opened as no template shows it, if the function is on offer."""

    def _believed(self, name: str, after: str) -> bool:
        if name not in self._tools:
            self._refuse()
        return name in self._tools
