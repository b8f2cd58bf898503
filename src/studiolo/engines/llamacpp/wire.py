"""llama-server's own protocol: the frames it answers with, and what it says of its slots.

Law: frames that report progress carry a token that was never generated; only its counters count.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from studiolo.core.errors import EngineFailed, InputTooLong, StudioloError
from studiolo.core.generation import (
    Alternative,
    Chunk,
    Delta,
    Ended,
    EndReason,
    Generation,
    Meter,
    PromptRead,
    TokenLogprob,
)
from studiolo.engines.llamacpp.request import limit_of, seed_of
from studiolo.engines.llamacpp.stops import IdStops

_LEAST_LOGPROB: Final = -9999.0
_NOT_UNDERSTOOD: Final = 400
# Servers that repeat the whole prompt in their last frame stay below.
LONGEST_FRAME: Final = 1 << 24

_REASONS: Final[dict[str, EndReason]] = {"limit": "length"}


class _Settings(msgspec.Struct):
    seed: int = -1
    n_predict: int = -1


class _Next(msgspec.Struct):
    n_decoded: int = 0


class Slot(msgspec.Struct):
    """What the server tells of one slot: what it writes, and how far it is.

    Older servers say `next_token` without the list around it.
    """

    is_processing: bool = False
    params: _Settings = msgspec.field(default_factory=_Settings)
    next_token: list[_Next] | _Next = []

    @property
    def written(self) -> int:
        """Tokens of the answer it is at."""
        there = self.next_token if isinstance(self.next_token, list) else [self.next_token]
        return there[0].n_decoded if self.is_processing and there else 0


class _Progress(msgspec.Struct):
    total: int
    cache: int
    processed: int


class _Top(msgspec.Struct):
    token: str
    bytes: tuple[int, ...]
    logprob: float | None


class _Entry(msgspec.Struct):
    token: str
    bytes: tuple[int, ...]
    logprob: float | None
    top_logprobs: tuple[_Top, ...] = ()


class _Timings(msgspec.Struct):
    cache_n: int = 0


class _Fault(msgspec.Struct):
    message: str = ""
    type: str = ""
    n_prompt_tokens: int = 0
    n_ctx: int = 0


class _Frame(msgspec.Struct):
    content: str = ""
    tokens: tuple[int, ...] = ()
    stop: bool = False
    tokens_predicted: int = 0
    tokens_evaluated: int = 0
    prompt_progress: _Progress | None = None
    completion_probabilities: tuple[_Entry, ...] = ()
    stop_type: str = ""
    stopping_word: str = ""
    timings: _Timings | None = None
    error: _Fault | None = None


class _Refusal(msgspec.Struct):
    error: _Fault


class NotUnderstood(EngineFailed):
    """The engine cannot read what it is asked, such as a grammar of another form."""


_frames: Final = msgspec.json.Decoder(_Frame)
_refusals: Final = msgspec.json.Decoder(_Refusal)


def refusal(status: int, body: bytes) -> StudioloError:
    """The error that a response with a status other than 200 stands for."""
    try:
        fault = _refusals.decode(body).error
    except msgspec.DecodeError:
        return EngineFailed(f"the engine answered {status}: {body[:200]!r}")
    if fault.type == "exceed_context_size_error":
        return InputTooLong(fault.n_prompt_tokens, fault.n_ctx - 1)
    kind = NotUnderstood if status == _NOT_UNDERSTOOD else EngineFailed
    return kind(f"the engine answered {status}: {fault.message}")


class AnswerReader:
    """Takes the bytes of one streamed answer with `feed` and gives chunks.

    Tokens that bring no text are kept until text comes. `ended` is the last chunk; `complete` says
    that the engine itself is at its end, not only our reading of it. The `meter` has the tokens the
    engine has told of, whether or not a chunk stands for them.
    """

    def __init__(self, generation: Generation, *, stops: IdStops | None = None) -> None:
        self._seed = seed_of(generation.sampling)
        self._limit = limit_of(generation)
        self._alternatives = generation.logprobs or 0
        self._stops = stops
        self._rest = b""
        self._meter = generation.meter or Meter()
        self._counted = 0
        self._prompt_tokens = 0
        self._cached = 0
        self._read = False
        self._tokens = 0
        self._ids: list[int] = []
        self._logprobs: list[TokenLogprob] = []
        self.ended: Ended | None = None
        self.complete = False

    def feed(self, data: bytes) -> list[Chunk]:
        """More bytes. Raises EngineFailed when the engine reports a fault or writes nonsense."""
        *events, self._rest = (self._rest + data if self._rest else data).split(b"\n\n")
        if len(self._rest) > LONGEST_FRAME:
            raise EngineFailed(f"the engine wrote a frame of more than {LONGEST_FRAME} bytes")
        chunks: list[Chunk] = []
        for event in events:
            if self.ended is None:
                self._event(event, chunks)
        return chunks

    def look(self, slots: Sequence[Slot]) -> None:
        """How far the engine is, of which no frame was read yet.

        Where several slots may be at this answer, no more is counted than any of them has written.
        """
        written = [slot.written for slot in slots if self._is_mine(slot)]
        self._meter.written = max(self._meter.written, min(written, default=0))

    def last_words(self) -> Delta | None:
        """Tokens whose text the engine still held when it stopped; their text is to be filled in.

        A text that might have become a stop text is not sent any more when the limit comes first.
        """
        cut = self.ended is not None and (self.ended.reason == "length" or not self.complete)
        if not cut or not self._ids or len(self._ids) != self._tokens:
            return None
        return Delta("", self._tokens, tuple(self._ids), tuple(self._logprobs))

    def _is_mine(self, slot: Slot) -> bool:
        wanted = _Settings(self._seed, self._limit)
        return slot.params == wanted and slot.written >= self._counted

    def _event(self, event: bytes, chunks: list[Chunk]) -> None:
        if event.startswith(b"data: "):
            text = event[6:]
        elif event.startswith(b"error: "):
            raise refusal(200, b'{"error":' + event[7:] + b"}")
        else:
            return
        try:
            frame = _frames.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise EngineFailed(f"the engine wrote a frame that is none: {error}") from error
        if frame.error is not None:
            raise EngineFailed(f"the engine failed: {frame.error.message}")
        if frame.prompt_progress is not None:
            self._progress(frame.prompt_progress, chunks)
        elif frame.stop:
            self._final(frame, chunks)
        else:
            self._token(frame, chunks)

    def _progress(self, progress: _Progress, chunks: list[Chunk]) -> None:
        self._prompt_tokens = progress.total
        self._cached = progress.cache
        if progress.processed >= progress.total:
            self._prompt_read(chunks)

    def _prompt_read(self, chunks: list[Chunk]) -> None:
        if not self._read:
            self._read = True
            chunks.append(PromptRead(self._prompt_tokens, self._cached))

    def _token(self, frame: _Frame, chunks: list[Chunk]) -> None:
        if not self._read:
            self._prompt_tokens = frame.tokens_evaluated
            self._prompt_read(chunks)
        tokens = frame.tokens_predicted - self._counted
        self._count(frame)
        entries = frame.completion_probabilities
        logprobs = tuple(map(self._logprob, entries)) if entries else ()
        delta = Delta(frame.content, tokens, frame.tokens, logprobs)
        if self._stops is None:
            self._add(delta, chunks)
            return
        for released in self._stops.feed(delta):
            self._add(released, chunks)
        if self._stops.matched:
            ended = Ended("stop", self._prompt_tokens, self._cached, self._counted, matched_stop="")
            self._end(ended, chunks)

    def _count(self, frame: _Frame) -> None:
        self._counted = frame.tokens_predicted
        self._meter.written = max(self._meter.written, self._counted)

    def _add(self, delta: Delta, chunks: list[Chunk]) -> None:
        if delta.text and not self._tokens:
            chunks.append(delta)
            return
        self._tokens += delta.tokens
        self._ids.extend(delta.ids)
        self._logprobs.extend(delta.logprobs)
        if delta.text:
            whole = Delta(delta.text, self._tokens, tuple(self._ids), tuple(self._logprobs))
            chunks.append(whole)
            self._tokens = 0
            self._ids.clear()
            self._logprobs.clear()

    def _final(self, frame: _Frame, chunks: list[Chunk]) -> None:
        self.complete = True
        self._count(frame)
        self._prompt_tokens = frame.tokens_evaluated
        self._cached = frame.timings.cache_n if frame.timings else self._cached
        self._prompt_read(chunks)
        for released in self._stops.flush() if self._stops else ():
            self._add(released, chunks)
        ended = Ended(
            _REASONS.get(frame.stop_type, "stop"),
            self._prompt_tokens,
            self._cached,
            frame.tokens_predicted,
            frame.stopping_word or None,
        )
        self._end(ended, chunks)

    def _end(self, ended: Ended, chunks: list[Chunk]) -> None:
        self.ended = ended
        chunks.append(ended)

    def _logprob(self, entry: _Entry) -> TokenLogprob:
        top = tuple(
            Alternative(each.token, each.bytes, _finite(each.logprob))
            for each in entry.top_logprobs[: self._alternatives]
        )
        return TokenLogprob(entry.token, entry.bytes, _finite(entry.logprob), top)


def _finite(logprob: float | None) -> float:
    """The engine writes null for minus infinity."""
    return _LEAST_LOGPROB if logprob is None else min(0.0, logprob)
