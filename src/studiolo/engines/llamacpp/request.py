"""llama-server's own protocol: the request it is sent."""

from typing import Final

import msgspec

from studiolo.core.generation import Generation, Sampling
from studiolo.engines.llamacpp.constraint import constraint_fields

# The engine takes seeds of 32 bits, of which the last means "draw one".
_SEEDS: Final = 2**32 - 1
_PENALTY_WINDOW: Final = 64

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


def completion_request(generation: Generation, stop: tuple[str, ...]) -> bytes:
    """The body of POST /completion; `stop` are the texts, ids among them already decoded."""
    wanted = generation.logprobs
    return msgspec.json.encode(
        {
            **_NEUTRAL,
            **_sampling_fields(generation.sampling),
            **constraint_fields(generation.constraint),
            "prompt": generation.prompt.ids,
            "n_predict": limit_of(generation),
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
        "seed": seed_of(sampling),
    }


def seed_of(sampling: Sampling) -> int:
    """The seed as the engine is told."""
    return sampling.seed % _SEEDS


def limit_of(generation: Generation) -> int:
    """How many tokens it may write."""
    return max(1, generation.max_tokens)
