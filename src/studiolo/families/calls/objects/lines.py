"""A call as some write it: its name alone in a line, and the object of its arguments below."""

import json

from studiolo.core.requests import Tool
from studiolo.core.schemas.pointers import parameters_of
from studiolo.families.calls.body import CALL_END, plain
from studiolo.families.calls.edges.fences import OPENING
from studiolo.families.calls.hermes import HermesBody


class LineBody(HermesBody):
    """Reads one from its name on, which is one of those on offer.

    The object may stand in a block of code; a tool without parameters needs none.
    """

    def __init__(self, tools: tuple[Tool, ...]) -> None:
        super().__init__(tools)
        self._called = ""

    def _brace(self) -> bool:
        line, _, self._text = self._text.partition("\n")
        self._called = plain(line)
        self._step = self._below
        return True

    def _below(self) -> bool:
        self._text = text = self._text.lstrip()
        if fence := OPENING.whole.match(text):
            self._text = text[fence.end() :]
        elif text.startswith("{"):
            self.name = self._called
            self._begin_arguments()
        elif text.startswith(CALL_END) and self._needs_none():
            self.name = self._called
            self._end(text)
        elif OPENING.half.match(text) or CALL_END.startswith(text):
            return False
        else:
            self._break()
        return True

    def _needs_none(self) -> bool:
        tool = self._tools[self._called]
        return not parameters_of(json.loads(tool.parameters))
