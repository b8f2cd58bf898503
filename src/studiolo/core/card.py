"""What is known of a model by its name: limits, defaults, flags. The catalogue fills it."""

from typing import Final, Literal

import msgspec

from studiolo.core.media.sight import Sight

ModelKind = Literal["text", "vision", "omni", "embedding", "rerank"]
# Those that answer questions, and those of them that see.
CHATS: Final[frozenset[ModelKind]] = frozenset(("text", "vision", "omni"))
SEES: Final[frozenset[ModelKind]] = frozenset(("vision", "omni"))
ThinkingKind = Literal["none", "hybrid", "only"]
ResultFormat = Literal["text", "message"]
IncrementalRule = Literal["cumulative", "incremental", "incremental_only"]
Endpoint = Literal["text-generation", "multimodal-generation"]
Feature = Literal[
    "tools",
    "partial",
    "fim",
    "structured_output",
    "cache",
    "batch",
    "search",
    "logprobs",
    "n",
    "preserve_thinking",
]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In tokens (reference/09 section 1; what concerns thinking from reference/04 section 6).

    `max_input_thinking` is the input limit of questions that are thought about, where it is lower.
    """

    context: int
    max_input: int
    max_output: int
    max_reasoning: int = 0
    max_input_thinking: int | None = None

    def input_limit(self, *, thinks: bool) -> int:
        """The longest prompt that is read."""
        lower = self.max_input_thinking if thinks else None
        return self.max_input if lower is None else min(self.max_input, lower)


class SamplingDefaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Used where the caller is silent (reference/02 section 4)."""

    temperature: float = 0.7
    top_p: float = 0.8
    top_k: int = 20
    presence_penalty: float = 0.0
    repetition_penalty: float = 1.05


class ModelCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model name. `incremental` is what an absent `incremental_output` means.

    `sight` is how it looks, if it does. With `max_tokens_bound_all` that parameter counts the
    reasoning too (reference/02 section 1).
    """

    name: str
    limits: Limits
    kind: ModelKind = "text"
    thinking: ThinkingKind = "none"
    thinks_by_default: bool = False
    thinking_stream_only: bool = False
    stream_only: bool = False
    max_tokens_bound_all: bool = False
    result_format: ResultFormat = "message"
    incremental: IncrementalRule = "incremental"
    endpoints: tuple[Endpoint, ...] = ("text-generation",)
    features: frozenset[Feature] = frozenset()
    sampling: SamplingDefaults = SamplingDefaults()
    thinking_sampling: SamplingDefaults | None = None
    sight: Sight = Sight()
    snapshot_of: str | None = None
    created: int = 0
