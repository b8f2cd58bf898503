"""What an engine is asked for and what it gives back: prompt in, chunks out.

No chunk can be part of a cycle, so the garbage collector need not know them.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from studiolo.core.prompt import Prompt


class Sampling(msgspec.Struct, frozen=True):
    """How the next token is drawn; every value explicit, nothing left to an engine's default.

    `temperature` 0 is greedy, `top_k` 0 is off, `repetition_penalty` 1 is off.
    """

    temperature: float
    top_p: float
    top_k: int
    presence_penalty: float
    frequency_penalty: float
    repetition_penalty: float
    seed: int


class JsonSchema(msgspec.Struct, frozen=True):
    """The text must satisfy this JSON schema (as JSON text)."""

    schema: str


class Grammar(msgspec.Struct, frozen=True):
    """The text must match this GBNF grammar."""

    gbnf: str


class CallForm(msgspec.Struct, frozen=True):
    """One function's call as a family writes it: `begin`, the arguments, `end`.

    The arguments satisfy the schema `parameters` (JSON text); `style` says how they are written:
    as that JSON, or as `<parameter=name>` elements of XML, texts bare and all else as JSON.
    """

    begin: str
    parameters: str
    end: str
    style: Literal["json", "xml"] = "json"


class ForcedCalls(msgspec.Struct, frozen=True):
    """The text must be a call in one of these forms; with `several`, calls joined by newlines.

    With `or_schema`, JSON that satisfies this schema (as JSON text) may stand instead.
    """

    forms: tuple[CallForm, ...]
    several: bool = False
    or_schema: str | None = None


Constraint = JsonSchema | Grammar | ForcedCalls


class Origin(msgspec.Struct, frozen=True):
    """Whose run this is, for engines that go by it: all runs of one request have the same.

    `headers` have names in small letters and none that is secret.
    """

    request_id: str
    model: str
    streamed: bool
    headers: Mapping[str, str]
    tools: tuple[str, ...] = ()


class Meter:
    """How many tokens an engine has written in one run, whether or not a Delta stood for them."""

    __slots__ = ("written",)

    def __init__(self) -> None:
        self.written = 0


class Generation(msgspec.Struct, frozen=True):
    """One run of an engine over one prompt.

    `stop_ids` are token sequences that end the text; `logprobs` is None or the number of
    alternatives for each token. One that `resumes` goes on from what the engine just wrote.
    The engine keeps its `meter` as it writes; where the run is cut, the meter is right once the
    generator is closed.
    """

    prompt: Prompt
    sampling: Sampling
    max_tokens: int
    stop: tuple[str, ...] = ()
    stop_ids: tuple[tuple[int, ...], ...] = ()
    logprobs: int | None = None
    constraint: Constraint | None = None
    origin: Origin | None = None
    resumes: bool = False
    meter: Meter | None = None


class Alternative(msgspec.Struct, frozen=True, gc=False):
    """A token that could have stood here, with its natural-log probability."""

    token: str
    bytes: tuple[int, ...]
    logprob: float


class TokenLogprob(msgspec.Struct, frozen=True, gc=False):
    """A token that does stand here, and what could have stood instead."""

    token: str
    bytes: tuple[int, ...]
    logprob: float
    top: tuple[Alternative, ...] = ()


class PromptRead(msgspec.Struct, frozen=True, gc=False):
    """The engine has read the prompt: its length, and how much of it was still in its cache.

    One that `claims_output` has the whole answer cost so many tokens, whatever is counted. What
    of the prompt is pictures and videos is known by whoever wrote it, and need not be told.
    """

    prompt_tokens: int
    cached_tokens: int
    claims_output: int | None = None
    image_tokens: int = 0
    video_tokens: int = 0


# What a text is a part of.
Part = Literal["reasoning", "answer", "arguments"]


class Delta(msgspec.Struct, frozen=True, gc=False):
    """More text, standing for `tokens` generated tokens.

    `ids` may be shorter than `tokens`: llama.cpp keeps back ids inside a multi-byte character.
    Where the engine itself says what the text is a `part` of, it is told as it is: no letters of
    it are a tag, and nobody mends it.
    """

    text: str
    tokens: int
    ids: tuple[int, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()
    part: Part | None = None


EndReason = Literal["stop", "length"]


class Ended(msgspec.Struct, frozen=True, gc=False):
    """The engine is done; the counters are the engine's own and the end token is counted.

    `matched_stop` is what of the asked stops ended the text; empty for ids whose text is not known.
    """

    reason: EndReason
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    matched_stop: str | None = None


Chunk = PromptRead | Delta | Ended
