"""A response in frames: every item as it grows, then all of it (reference/07 section 4)."""

from collections.abc import Mapping
from typing import Final, assert_never

from studiolo.core.errors import StudioloError
from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    FinishReason,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.core.fold import Said, Thought, Words
from studiolo.core.messages import Call
from studiolo.core.usage import Usage
from studiolo.protocols.errors import row_for
from studiolo.protocols.json import Document, encode_line
from studiolo.protocols.openai.errors import error_document
from studiolo.protocols.openai.responses.errors import WIRE_ERRORS
from studiolo.protocols.openai.responses.items import (
    Item,
    ItemStatus,
    Message,
    Reasoning,
    Told,
    item_id,
    item_of,
    lacks_message,
    last_status,
)
from studiolo.protocols.openai.responses.response import (
    ResponseStatus,
    Setting,
    response_document,
    status_of,
)

ADDED: Final = "response.output_item.added"
DONE: Final = "response.output_item.done"
# The items that go on with the next piece of the same kind.
GROWS: Final[Mapping[type[Thought | Words], type[Item]]] = {Thought: Reasoning, Words: Message}


class ResponseStream:
    """Events to frames. One item is open at a time, and all before it are whole.

    Nothing is told before the first word, so that whatever fails until then is an HTTP error.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._frames = 0
        self._items: list[Item] = []
        self._output: list[Document] = []
        self._reason: FinishReason = "stop"

    def feed(self, event: Event) -> bytes:
        """The frames of one event; `Started` makes none."""
        match event:
            case TextDelta():
                return self._goes_on(Words, event.text)
            case ReasoningDelta():
                return self._goes_on(Thought, event.text)
            case ToolCallStart():
                return self._open(Call(event.id, event.name, ""))
            case ToolCallDelta():
                return self._add(event.arguments)
            case ChoiceFinished():
                return self._choice_finished(event.reason)
            case Finished():
                return self._finished(event)
            case Started():
                return b""
            case _:
                assert_never(event)

    def fail(self, error: StudioloError) -> bytes:
        """The error, and the response as far as it came."""
        first = self._begin()
        if self._is_open:
            self._output.append(self._items[-1].document("incomplete"))
        told = error_document(error, table=WIRE_ERRORS)
        named: Document = {name: told[name] for name in ("code", "message", "param")}
        response = response_document(self._setting, "failed", output=self._output, error=error)
        frames = [("error", named), ("response.failed", {"response": response})]
        status = row_for(WIRE_ERRORS, error).status
        return first + b"".join(self._frame(each, status=status) for each in frames)

    @property
    def _is_open(self) -> bool:
        return len(self._output) < len(self._items)

    def _begin(self) -> bytes:
        if self._frames:
            return b""
        return self._lifecycle("created", "queued") + self._lifecycle("in_progress", "in_progress")

    def _goes_on(self, kind: type[Thought | Words], text: str) -> bytes:
        """More of what is open, if it is of this kind, else the next item."""
        if not text:
            return b""
        goes_on = self._is_open and isinstance(self._items[-1], GROWS[kind])
        return (b"" if goes_on else self._open(kind(""))) + self._add(text)

    def _open(self, said: Said) -> bytes:
        before = self._begin() + self._close("completed")
        place = len(self._items)
        item = item_of(said, item_id(self._setting.identity.request_id, place))
        self._items.append(item)
        added = (ADDED, {"item": item.document("in_progress")})
        return before + self._tell(added, *item.opened())

    def _add(self, text: str) -> bytes:
        return self._tell(self._items[-1].add(text)) if text else b""

    def _close(self, status: ItemStatus) -> bytes:
        if not self._is_open:
            return b""
        item = self._items[-1]
        whole = item.document(status)
        frames = self._tell(*item.closed(), (DONE, {"item": whole}))
        self._output.append(whole)
        return frames

    def _choice_finished(self, reason: FinishReason) -> bytes:
        self._reason = reason
        lacks = lacks_message(self._items, reason)
        before = self._open(Words("")) if lacks else self._begin()
        return before + (self._close(last_status(self._items[-1], reason)) if self._items else b"")

    def _finished(self, event: Finished) -> bytes:
        status = status_of(self._reason)
        return self._lifecycle(status, status, usage=event.usage)

    def _lifecycle(self, name: str, status: ResponseStatus, *, usage: Usage | None = None) -> bytes:
        response = response_document(self._setting, status, output=self._output, usage=usage)
        return self._frame((f"response.{name}", {"response": response}))

    def _tell(self, *events: Told) -> bytes:
        """Events of the last item."""
        place: Document = {"output_index": len(self._items) - 1}
        return b"".join(self._frame((kind, {**place, **fields})) for kind, fields in events)

    def _frame(self, told: Told, *, status: int = 200) -> bytes:
        kind, fields = told
        document = {"type": kind, "sequence_number": self._frames, **fields}
        self._frames += 1
        head = f"id:{self._frames}\nevent:{kind}\n:HTTP_STATUS/{status}\ndata:"
        return head.encode() + encode_line(document) + b"\n\n"
