"""Native frames, incremental or cumulative: one small method for each event (reference/03)."""

from typing import assert_never

from msgspec.structs import replace

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
    started_with,
)
from studiolo.core.generation import TokenLogprob
from studiolo.core.messages import Call
from studiolo.core.usage import Usage
from studiolo.protocols.codec import Identity
from studiolo.protocols.dashscope.errors import error_frame
from studiolo.protocols.dashscope.wire import (
    Form,
    call_document,
    choice_document,
    content_document,
    output_document,
    usage_document,
)
from studiolo.protocols.json import Document, encode_line

# Mid-stream this is a word, not null (reference/03 section 3).
UNFINISHED = "null"


class _Said:
    """What one choice shows in its next frame: the newest piece, or everything said so far."""

    def __init__(self, *, incremental: bool) -> None:
        self._incremental = incremental
        self.text = ""
        self.reasoning = ""
        self.calls: dict[int, Call] = {}
        self.logprobs: tuple[TokenLogprob, ...] = ()

    def add(
        self,
        *,
        text: str = "",
        reasoning: str = "",
        calls: dict[int, Call] | None = None,
        logprobs: tuple[TokenLogprob, ...] = (),
    ) -> None:
        """The next piece."""
        calls = calls or {}
        if self._incremental:
            self.text, self.reasoning, self.calls = text, reasoning, calls
            self.logprobs = logprobs
            return
        self.logprobs += logprobs
        self.text += text
        self.reasoning += reasoning
        for index, piece in calls.items():
            before = self.calls.get(index, Call("", "", ""))
            self.calls[index] = Call(
                before.id or piece.id, before.name or piece.name, before.arguments + piece.arguments
            )


class GenerationStream:
    """Events to frames. A choice's last frame waits for the final usage and rides with it."""

    def __init__(self, identity: Identity, *, form: Form, incremental: bool) -> None:
        self._identity = identity
        self._form = form
        self._incremental = incremental
        self._frames = 0
        self._usage = Usage()
        self._said: dict[int, _Said] = {}
        self._last: list[tuple[int, str]] = []
        self._request_id = b',"request_id":' + encode_line(identity.request_id) + b"}\n\n"

    def feed(self, event: Event) -> bytes:
        """The frames of one event."""
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
                self._count(event.tokens)
                self._last.append((event.choice, event.reason))
                return b""
            case Finished():
                return self._finished(event)
            case Started():
                self._usage = started_with(event)
                return b""
            case _:
                assert_never(event)

    def fail(self, error: StudioloError) -> bytes:
        """An `event:error` frame."""
        self._frames += 1
        return error_frame(error, self._identity, number=self._frames)

    def _text(self, event: TextDelta) -> bytes:
        self._count(event.tokens)
        if not event.text and not event.logprobs:
            return b""
        self._so_far(event.choice).add(text=event.text, logprobs=event.logprobs)
        return self._frame(event.choice)

    def _reasoning(self, event: ReasoningDelta) -> bytes:
        self._count(event.tokens, reasoning=event.tokens)
        if not event.text:
            return b""
        self._so_far(event.choice).add(reasoning=event.text)
        return self._frame(event.choice)

    def _call_start(self, event: ToolCallStart) -> bytes:
        self._count(event.tokens)
        self._so_far(event.choice).add(calls={event.index: Call(event.id, event.name, "")})
        return self._frame(event.choice)

    def _call_delta(self, event: ToolCallDelta) -> bytes:
        self._count(event.tokens)
        if not event.arguments:
            return b""
        self._so_far(event.choice).add(calls={event.index: Call("", "", event.arguments)})
        return self._frame(event.choice)

    def _finished(self, event: Finished) -> bytes:
        self._usage = event.usage
        frames: list[bytes] = []
        for choice, reason in sorted(self._last):
            self._so_far(choice).add()
            frames.append(self._frame(choice, finish_reason=reason))
        return b"".join(frames)

    def _count(self, tokens: int, *, reasoning: int = 0) -> None:
        usage = self._usage
        self._usage = replace(
            usage, output=usage.output + tokens, reasoning=usage.reasoning + reasoning
        )

    def _so_far(self, choice: int) -> _Said:
        said = self._said.get(choice)
        if said is None:
            said = self._said[choice] = _Said(incremental=self._incremental)
        return said

    def _frame(
        self,
        choice: int,
        *,
        finish_reason: str = UNFINISHED,
    ) -> bytes:
        self._frames += 1
        said = self._so_far(choice)
        message: Document = {
            "content": content_document(self._form, said.text),
            "reasoning_content": said.reasoning,
            "role": "assistant",
        }
        if said.calls:
            calls = sorted(said.calls.items())
            message["tool_calls"] = [call_document(index, call) for index, call in calls]
        row = choice_document(
            self._form, message, finish_reason=finish_reason, index=choice, logprobs=said.logprobs
        )
        return b"".join(
            (
                b"id:%d\nevent:result\n:HTTP_STATUS/200\ndata:" % self._frames,
                b'{"output":',
                encode_line(output_document(self._form, [row])),
                b',"usage":',
                encode_line(usage_document(self._form, self._usage)),
                self._request_id,
            )
        )
