"""What an answer is drawn with: the caller's wishes, within what the card and the prompt allow."""

import random
from collections.abc import Sequence

from studiolo.core.card import SamplingDefaults
from studiolo.core.errors import InputTooLong
from studiolo.core.generation import Sampling
from studiolo.core.prompt import Media, Prompt, Run, Text
from studiolo.core.requests import Wishes
from studiolo.service.deployments import Deployment


def sampling_for(wishes: Wishes, defaults: SamplingDefaults, running: Deployment) -> Sampling:
    """The caller's wishes over the card's defaults; who names no seed gets one."""
    return Sampling(
        temperature=_first(wishes.temperature, defaults.temperature),
        top_p=_first(wishes.top_p, defaults.top_p),
        top_k=defaults.top_k if wishes.top_k is None else wishes.top_k,
        presence_penalty=_first(wishes.presence_penalty, defaults.presence_penalty),
        frequency_penalty=0.0,  # no parameter of Qwen models (reference/02 section 1)
        repetition_penalty=_first(wishes.repetition_penalty, defaults.repetition_penalty),
        seed=_seed(running) if wishes.seed is None else wishes.seed,
    )


def least(wish: int | None, limit: int) -> int:
    """The wish, but no more than the limit."""
    return limit if wish is None else min(wish, limit)


async def tokenized(runs: Sequence[Run], running: Deployment, *, limit: int) -> Prompt:
    """The prompt in tokens. Raises InputTooLong; what is too long at any rate is not tokenized."""
    require_room(runs, running, limit=limit)
    prompt = await running.engine.tokenize(runs)
    if prompt.tokens > limit:
        raise InputTooLong(prompt.tokens, limit)
    return prompt


def require_room(runs: Sequence[Run], running: Deployment, *, limit: int) -> None:
    """Raises InputTooLong where the runs are too long if every token were the longest there is."""
    letters = sum(len(run.text) for run in runs if isinstance(run, Text))
    shown = sum(run.tokens for run in runs if isinstance(run, Media))
    fewest = letters // running.engine.info.longest_token + shown
    if fewest > limit:
        raise InputTooLong(fewest, limit)


def _seed(running: Deployment) -> int:
    return random.getrandbits(63) if running.fixed_seed is None else running.fixed_seed


def _first(wish: float | None, default: float) -> float:
    return default if wish is None else wish
