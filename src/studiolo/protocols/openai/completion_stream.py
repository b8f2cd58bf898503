"""Chunks of a completion: the text as it comes, the end, and the usage (reference/05 section 3)."""

from typing import assert_never

from studiolo.core.errors import StudioloError
from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.protocols.codec import Identity
from studiolo.protocols.json import Document, encode_line
from studiolo.protocols.openai.errors import error_frame
from studiolo.protocols.openai.stream import DONE
from studiolo.protocols.openai.wire import usage_document


class CompletionStream:
    """Events to `data:` lines."""

    def __init__(
        self, identity: Identity, *, model: str, include_usage: bool, with_reasoning: bool
    ) -> None:
        self._include_usage = include_usage
        self._with_reasoning = with_reasoning
        head = {
            "id": f"cmpl-{identity.request_id}",
            "object": "text_completion",
            "created": identity.created,
            "model": model,
            "system_fingerprint": None,
        }
        self._head = b"data: " + encode_line(head)[:-1]

    def feed(self, event: Event) -> bytes:
        """The frames of one event; a raw text has neither thoughts nor calls."""
        match event:
            case TextDelta():
                return self._chunk(event.choice, event.text) if event.text else b""
            case ChoiceFinished():
                return self._chunk(event.choice, "", finish_reason=event.reason)
            case Finished():
                return self._finished(event)
            case Started() | ReasoningDelta() | ToolCallStart() | ToolCallDelta():
                return b""
            case _:
                assert_never(event)

    def fail(self, error: StudioloError) -> bytes:
        """An error object in a frame of its own, and no `[DONE]`."""
        return error_frame(error)

    def _finished(self, event: Finished) -> bytes:
        if not self._include_usage:
            return DONE
        usage = usage_document(event.usage, with_reasoning=self._with_reasoning)
        return self._frame([], usage) + DONE

    def _chunk(self, choice: int, text: str, *, finish_reason: str | None = None) -> bytes:
        return self._frame(
            [{"text": text, "finish_reason": finish_reason, "index": choice, "logprobs": None}]
        )

    def _frame(self, choices: list[Document], usage: Document | None = None) -> bytes:
        tail = encode_line({"choices": choices, "usage": usage})[1:]
        return b"".join((self._head, b",", tail, b"\n\n"))
