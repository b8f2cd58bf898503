"""One parameter, from behind its tag to its end.

Law: it ends where its tag ends it, not where something looks like a tag.
"""

import re
from collections.abc import Callable
from typing import Literal

from studiolo.families.calls.elements.doubt import Doubt
from studiolo.families.calls.elements.ends import (
    ENDS,
    EXAMPLE_END,
    HALF_EXAMPLE_END,
    LOOSE_END,
    Ends,
)
from studiolo.families.calls.elements.value import Value


class Parameter:
    """Reads one value; when it is over, `rest` is what followed it.

    `may_follow` says of a name whether it may begin the next parameter where the tag that ends this
    one is missing.
    """

    def __init__(
        self, kinds: frozenset[str], *, may_follow: Callable[[str], bool], ends: Ends = ENDS
    ) -> None:
        self.over: bool = False
        self.rest: str = ""
        self._may_follow = may_follow
        self._ends = ends
        self._value = Value(kinds)
        self._doubt = Doubt("")
        self._text = ""
        self._step: Callable[[], bool] = self._in_value
        self._told = [self._value.opening]

    def feed(self, text: str) -> str:
        """More of the value as JSON."""
        self._text += text
        while self._text and not self.over and self._step():
            pass
        return self._tell()

    def flush(self, *, cut: bool) -> str:
        """What was held back; if it is not cut, nothing more belongs to it."""
        while self._step == self._in_doubt and not (cut or self.over):
            self._decide(self._doubt.last(self._text))
            self._told.append(self.feed(""))
        if not self.over and self._step != self._in_doubt:
            # What a limit cuts off here can only be the beginning of a closing tag.
            loose = (self._ends.half if cut else LOOSE_END).search(self._text)
            self._pass(self._text[: loose.start() if loose else None])
            if not cut:
                self._close("")
        return self._tell()

    # Each step uses some of the text; it is False where more is needed.

    def _in_value(self) -> bool:
        text, at = self._text, 0
        for found in self._ends.whole.finditer(text) if _may_hold_tags(text) else ():
            if found["key"] and not self._may_follow(found["key"]):
                continue
            self._pass(text[at : found.start()])
            at = found.start()
            if self._ends_at(found["tags"] or ""):
                self._close_at(found)
                return True
            if found["tags"] or (found["example"] and not self._value.in_string):
                self._text = text[at:]
                self._step = self._in_doubt if found["tags"] else self._in_example
                self._doubt = Doubt(self._value.after_string, quote=self._value.quote or '"')
                return True
        return self._pass_but(self._ends.half, text[at:])

    def _in_doubt(self) -> bool:
        """In a string of JSON, at what would end the value if somebody had ended the string."""
        found = self._doubt.look(self._text)
        if found == "open":
            return False
        self._decide(found)
        return True

    def _decide(self, found: Literal["string", "end"]) -> None:
        self._step = self._in_value
        if found == "string":
            upto = self._doubt.upto
            self._pass(self._text[:upto])
            self._text = self._text[upto:]
        elif end := self._ends.whole.match(self._text):
            self._close_at(end)

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
        """Whether these tags end the value for certain."""
        if self._value.over or self._value.settled:
            return True
        return bool(tags) and not self._value.in_string

    def _pass(self, text: str) -> None:
        if text:
            self._told.append(self._value.feed(text))

    def _close_at(self, found: re.Match[str]) -> None:
        whole = self._value.over or found["example"]
        self._close(found.string[found.start() if whole else found.end() :])

    def _close(self, rest: str) -> None:
        self._told.append(self._value.close())
        self.over, self.rest = True, self._value.rest + rest

    def _tell(self) -> str:
        told = "".join(self._told)
        self._told.clear()
        return told


def _may_hold_tags(text: str) -> bool:
    """Whether part of this may be a tag, or a newline before one."""
    return "<" in text or text.endswith("\n")
