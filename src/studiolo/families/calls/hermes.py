"""A call as Hermes writes it: a JSON object with `name` and `arguments`.

Law: the arguments are handed on as the model wrote them, be they JSON or not.
"""

import re
from collections.abc import Callable
from typing import Final, Literal

from studiolo.core.requests import Tool
from studiolo.families.calls.body import CALL, CALL_END, LONGEST_NAME, plain
from studiolo.families.calls.json_text import STRING, JsonValue, unescaped
from studiolo.families.calls.objects.arguments import Arguments
from studiolo.families.calls.objects.others import Others
from studiolo.families.scan import unfinished

# Some write the word of the definition instead.
_ARGUMENTS: Final = ("arguments", "parameters")
# Where some write the name, or the whole call.
_FUNCTION: Final = "function"
# Where some write all of their calls, in a list.
_CALLS: Final = "tool_calls"
# What strings begin with, also as Python writes them.
_STRINGS: Final = ('"', "'")
# A name without quotes.
_WORD: Final = re.compile(rf"[\w.-]{{1,{LONGEST_NAME}}}(?=[\s,}}])")
_HALF_WORD: Final = re.compile(rf"[\w.-]{{1,{LONGEST_NAME}}}\Z")
_SPACE: Final = " \t\r\n"
_TAG: Final = re.compile(f"{CALL}|{CALL_END}")
_HALF_TAG: Final = unfinished(CALL, CALL_END)


class HermesBody:
    """Reads one object; keys may come in any order, and unknown ones are skipped.

    Where none of them has the arguments, those that the tool declares are the arguments.
    """

    def __init__(self, tools: tuple[Tool, ...]) -> None:
        self.name: str = ""
        self.whole: bool = False
        self.state: Literal["reading", "over", "refused"] = "reading"
        self.rest: str = ""
        self._text = ""
        self._key = ""
        self._step: Callable[[], bool] = self._brace
        self._value = JsonValue()
        self._within = 0  # so many more brackets are open
        self._tools = {tool.name: tool for tool in tools}
        self._others = Others()
        self._arguments: Arguments | None = None
        self._ready: list[str] = []

    def feed(self, text: str) -> str:
        """More of the arguments."""
        self._text += text
        while self._text and self.state == "reading" and self._step():
            pass
        return self._given()

    def flush(self, *, cut: bool) -> str:
        """What was held back; a call that the model ended before its arguments has none."""
        if self._arguments is not None:
            self._ready.append(self._arguments.flush(cut=cut))
            # What a limit cuts off here can only be the beginning of a tag.
            if self._step == self._loosely and not cut:
                self._ready.append(self._text)
        elif not cut and self._has_name():
            self._ready.append(self._found())
        return self._given()

    # Each step uses some of the text; it is False where more is needed.

    def _brace(self) -> bool:
        """At the beginning."""
        self._text = self._text.removeprefix("{")
        self._step = self._between
        return True

    def _between(self) -> bool:
        self._text = text = self._text.lstrip(_SPACE + ",")
        match text[:1]:
            case "":
                pass
            case "}":
                self._shut(text[1:])
            case sign if sign in _STRINGS:
                self._step = self._named
            case "{":
                self._nest(text)
            case "<" if self._has_name():
                self._end(text)
            case _:
                self._break()
        return True

    def _shut(self, rest: str) -> None:
        self._text = rest
        if self._within:
            self._within -= 1
        else:
            self._end(rest)

    def _nest(self, text: str) -> None:
        """A bracket that no key stands before: the arguments, or one more around the call."""
        if self.name and self._arguments is None:
            self._begin_arguments()
        elif self.name:
            self._break()
        else:
            self._within += 1
            self._text = text[1:]

    def _begin_arguments(self) -> None:
        self._arguments, self._value = Arguments(), JsonValue()
        self._step = self._passing

    def _named(self) -> bool:
        key = self._string()
        if key is not None:
            self._key = key
            self._step = self._colon
        # What broke is read on in another way.
        return self._step != self._named

    def _colon(self) -> bool:
        self._text = text = self._text.lstrip(_SPACE)
        if text.startswith(":"):
            text = text[1:].lstrip(_SPACE)
            self._text = text or ":"
            if text:
                self._begin()
            return bool(text)
        if text:
            self._break()
        return bool(text)

    def _begin(self) -> None:
        """What to do with the value of this key."""
        whole_call = self._key in (_FUNCTION, _CALLS) and self._text[0] == "{"
        if self._key in ("name", _FUNCTION) and not (self.name or whole_call):
            self._step = self._naming
            return
        self._value = JsonValue()
        self._others.begin(self._key)
        self._step = self._skipping
        if self._key == _CALLS and self._text[0] == "[" and not self.name:
            self._within, self._step = 0, self._listed
        elif whole_call and not self.name:
            self._step = self._between
        elif self._key in _ARGUMENTS and self._arguments is None:
            self._begin_arguments()

    def _listed(self) -> bool:
        """Before the first call of a list; behind it each is read like one of its own."""
        self._text = text = self._text.lstrip(_SPACE + "[")
        if not text:
            return False
        if text[0] != "{":
            self._break()
        self._step = self._brace
        return True

    def _naming(self) -> bool:
        if self._text[0] not in _STRINGS:
            return self._word()
        name = self._string()
        if name is not None:
            self.name = plain(name)
            self._step = self._between
            if not self.name:
                self.state = "refused"
        return name is not None

    def _word(self) -> bool:
        """A name without quotes, if it is one of those on offer."""
        found = _WORD.match(self._text)
        if found is None and _HALF_WORD.match(self._text):
            return False
        if found and found[0] in self._tools:
            self.name, self._text = found[0], self._text[found.end() :]
            self._step = self._between
        else:
            self._break()
        return True

    def _skipping(self) -> bool:
        part = self._value.feed(self._text)
        self._others.add(self._key, part)
        return self._past(part)

    def _passing(self) -> bool:
        part = self._value.feed(self._text)
        if self._arguments is not None:
            self.whole = self._value.ended
            self._ready.append(self._arguments.feed(part, ended=self.whole))
        return self._past(part)

    def _past(self, part: str) -> bool:
        self._text = self._text[len(part) :]
        if self._value.ended:
            self._step = self._between
        elif self._value.broken:
            self._break()
        return self._value.ended or self._value.broken

    def _loosely(self) -> bool:
        """Arguments that are no JSON go on to the next tag."""
        text = self._text
        tag = _TAG.search(text)
        if tag is not None:
            self._ready.append(text[: tag.start()])
            self._end(text[tag.start() :])
            return True
        half = _HALF_TAG.search(text)
        end = half.start() if half else len(text)
        self._ready.append(text[:end])
        self._text = text[end:]
        return False

    def _string(self) -> str | None:
        """The key or name that begins here; None if it is not whole, or if it is none at all."""
        found = STRING.match(self._text)
        inside = found[0][1:-1] if found else self._text[1:]
        if not self._text.startswith(_STRINGS) or len(inside) > LONGEST_NAME:
            self._break()
            return None
        if found is None:
            return None
        self._text = self._text[found.end() :]
        return unescaped(inside)

    def _break(self) -> None:
        """This is no JSON: no call, or one whose arguments are handed on as they are."""
        if not self.name:
            self.state = "refused"
        elif self.whole:
            self._end(self._text)
        else:
            if self._arguments is None:
                self._arguments = Arguments()
            else:
                self._ready.append(self._arguments.flush(cut=False))
            self._step = self._loosely

    def _end(self, rest: str) -> None:
        """The object is closed, or nothing more can belong to it."""
        self.state, self.rest = ("over", rest) if self._has_name() else ("refused", "")
        self.whole = True
        if self._arguments is None:
            self._ready.append(self._found())

    def _has_name(self) -> bool:
        """Whether there is one, be it under another word; then it must be one of those on offer."""
        self.name = self.name or self._others.name(self._tools)
        return bool(self.name)

    def _found(self) -> str:
        """The arguments of a call that gives them no key of their own."""
        return self._others.arguments(self._tools.get(self.name))

    def _given(self) -> str:
        if not self.name:
            return ""
        ready = "".join(self._ready)
        self._ready.clear()
        return ready
