"""Chat completion chunks: one small method for each event (reference/02 section 3)."""

from collections.abc import Sequence
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
from studiolo.core.generation import TokenLogprob
from studiolo.protocols.codec import Identity
from studiolo.protocols.json import Document, encode_line
from studiolo.protocols.logprobs import logprobs_document
from studiolo.protocols.openai.errors import error_frame
from studiolo.protocols.openai.wire import usage_document

DONE = b"data: [DONE]\n\n"


class ChatStream:
    """Events to `data:` lines. The first chunk of a choice carries its role.

    Where the question is thought about, every later one says what it has of the thought, which is
    null from the first word of the answer on; also where no thought came (reference/04 section 2).
    """

    def __init__(
        self,
        identity: Identity,
        *,
        model: str,
        include_usage: bool,
        with_reasoning: bool,
        thinks: bool,
    ) -> None:
        self._include_usage = include_usage
        self._with_reasoning = with_reasoning
        self._thinks = thinks
        self._begun: set[int] = set()
        self._reasoned: set[int] = set()
        self._tail = encode_line(
            {
                "created": identity.created,
                "system_fingerprint": None,
                "model": model,
                "id": f"chatcmpl-{identity.request_id}",
            }
        )[1:]

    def feed(self, event: Event) -> bytes:
        """The frames of one event; `Started` makes none."""
        match event:
            case TextDelta():
                return self._text(event)
            case ReasoningDelta():
                return self._reasoning(event)
            case ToolCallStart():
                return self._call_start(event)
            case ToolCallDelta():
                return self._call_delta(event)
            case ChoiceFinished():
                return self._choice_finished(event)
            case Finished():
                return self._finished(event)
            case Started():
                return b""
            case _:
                assert_never(event)

    def fail(self, error: StudioloError) -> bytes:
        """An error object in a frame of its own, and no `[DONE]`."""
        return error_frame(error)

    def _text(self, event: TextDelta) -> bytes:
        if not event.text and not event.logprobs:
            return b""
        first = self._begin(event.choice)
        delta: Document = {"content": event.text}
        return first + self._chunk(event.choice, delta, logprobs=event.logprobs)

    def _reasoning(self, event: ReasoningDelta) -> bytes:
        if not event.text:
            return b""
        first = self._begin(event.choice, reasoning=True)
        return first + self._chunk(event.choice, {"content": None, "reasoning_content": event.text})

    def _call_start(self, event: ToolCallStart) -> bytes:
        call = {
            "index": event.index,
            "id": event.id,
            "type": "function",
            "function": {"name": event.name, "arguments": ""},
        }
        return self._begin(event.choice) + self._chunk(
            event.choice, {"content": None, "tool_calls": [call]}
        )

    def _call_delta(self, event: ToolCallDelta) -> bytes:
        if not event.arguments:
            return b""
        call = {
            "index": event.index,
            "id": "",
            "type": "function",
            "function": {"arguments": event.arguments},
        }
        return self._chunk(event.choice, {"content": None, "tool_calls": [call]})

    def _choice_finished(self, event: ChoiceFinished) -> bytes:
        return self._begin(event.choice) + self._chunk(
            event.choice, {"content": ""}, finish_reason=event.reason
        )

    def _finished(self, event: Finished) -> bytes:
        if not self._include_usage:
            return DONE
        return (
            self._frame(
                [],
                usage=encode_line(usage_document(event.usage, with_reasoning=self._with_reasoning)),
            )
            + DONE
        )

    def _begin(self, choice: int, *, reasoning: bool = False) -> bytes:
        if choice in self._begun:
            return b""
        self._begun.add(choice)
        delta: Document = {"content": "", "role": "assistant"}
        if reasoning:
            delta = {"content": None, "role": "assistant", "reasoning_content": ""}
        first = self._chunk(choice, delta)
        if reasoning or self._thinks:
            self._reasoned.add(choice)
        return first

    def _chunk(
        self,
        choice: int,
        delta: Document,
        *,
        finish_reason: str | None = None,
        logprobs: Sequence[TokenLogprob] = (),
    ) -> bytes:
        if choice in self._reasoned and "reasoning_content" not in delta:
            delta["reasoning_content"] = None
        return self._frame(
            [
                {
                    "delta": delta,
                    "finish_reason": finish_reason,
                    "index": choice,
                    "logprobs": logprobs_document(logprobs) if logprobs else None,
                }
            ]
        )

    def _frame(self, choices: list[Document], *, usage: bytes = b"null") -> bytes:
        return b"".join(
            (
                b'data: {"choices":',
                encode_line(choices),
                b',"object":"chat.completion.chunk","usage":',
                usage,
                b",",
                self._tail,
                b"\n\n",
            )
        )
