"""llama-server's own protocol: the request it is sent, the frames it answers with.

Law: frames that report progress carry a token that was never generated; only its counters count.
"""

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
    Sampling,
    TokenLogprob,
)
from studiolo.engines.llamacpp.constraint import constraint_fields
from studiolo.engines.llamacpp.stops import IdStops

# The engine takes seeds of 32 bits, of which the last means "draw one".
_SEEDS: Final = 2**32 - 1
_PENALTY_WINDOW: Final = 64
_LEAST_LOGPROB: Final = -9999.0
_NOT_UNDERSTOOD: Final = 400
# Servers that repeat the whole prompt in their last frame stay below.
LONGEST_FRAME: Final = 1 << 24

# Everything an engine might otherwise decide for itself. Only the four samplers act; the rest is
# said for servers whose own defaults differ (docs/decisions/0011).
_NEUTRAL: Final[dict[str, object]] = {
    "stream": True,
    "return_tokens": True,
    "return_progress": True,
    "cache_prompt": True,
    "samplers": ["penalties", "temperature", "top_k", "top_p"],
    "min_p": 0.0,
    "typical_p": 1.0,
    "dynatemp_range": 0.0,
    "mirostat": 0,
    "dry_multiplier": 0.0,
    "xtc_probability": 0.0,
    "repeat_last_n": _PENALTY_WINDOW,
    "ignore_eos": False,
    "response_fields": [
        "content",
        "tokens",
        "stop",
        "stop_type",
        "stopping_word",
        "tokens_predicted",
        "tokens_evaluated",
        "timings",
    ],
}

_REASONS: Final[dict[str, EndReason]] = {"limit": "length"}


def completion_request(generation: Generation, stop: tuple[str, ...]) -> bytes:
    """The body of POST /completion; `stop` are the texts, ids among them already decoded."""
    wanted = generation.logprobs
    return msgspec.json.encode(
        {
            **_NEUTRAL,
            **_sampling_fields(generation.sampling),
            **constraint_fields(generation.constraint),
            "prompt": generation.prompt.ids,
            "n_predict": max(1, generation.max_tokens),
            "stop": stop,
            "n_probs": 0 if wanted is None else max(1, wanted),
        }
    )


def _sampling_fields(sampling: Sampling) -> dict[str, object]:
    return {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
        "repeat_penalty": sampling.repetition_penalty,
        "seed": sampling.seed % _SEEDS,
    }


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

    def __init__(
        self, *, alternatives: int | None, stops: IdStops | None, meter: Meter | None = None
    ) -> None:
        self._alternatives = alternatives or 0
        self._stops = stops
        self._rest = b""
        self._meter = meter or Meter()
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

    def last_words(self) -> Delta | None:
        """Tokens whose text the engine still held when it stopped; their text is to be filled in.

        A text that might have become a stop text is not sent any more when the limit comes first.
        """
        cut = self.ended is not None and (self.ended.reason == "length" or not self.complete)
        if not cut or not self._ids or len(self._ids) != self._tokens:
            return None
        return Delta("", self._tokens, tuple(self._ids), tuple(self._logprobs))

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
        tokens = frame.tokens_predicted - self._meter.written
        self._meter.written = frame.tokens_predicted
        entries = frame.completion_probabilities
        logprobs = tuple(map(self._logprob, entries)) if entries else ()
        delta = Delta(frame.content, tokens, frame.tokens, logprobs)
        if self._stops is None:
            self._add(delta, chunks)
            return
        for released in self._stops.feed(delta):
            self._add(released, chunks)
        if self._stops.matched:
            ended = Ended(
                "stop", self._prompt_tokens, self._cached, self._meter.written, matched_stop=""
            )
            self._end(ended, chunks)

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
        self._meter.written = frame.tokens_predicted
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
