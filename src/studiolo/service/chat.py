"""One question, answered: rendered, admitted, generated and parsed into events."""

import random
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager
from typing import assert_never

import msgspec

from studiolo.core.card import ModelCard, SamplingDefaults
from studiolo.core.errors import InputTooLong, StudioloError
from studiolo.core.events import Event, Finished, Started
from studiolo.core.generation import Delta, Ended, Generation, PromptRead, Sampling
from studiolo.core.ledger import Asked
from studiolo.core.prompt import Prompt, Run
from studiolo.core.requests import ChatRequest, Conversation
from studiolo.core.usage import Usage
from studiolo.families.runs import written_for
from studiolo.service.deployments import Deployment, Deployments
from studiolo.service.fanout import side_by_side
from studiolo.service.ledger import Ledger

# One choice's seed follows from the first one's; all stay in the range callers may send.
SEED_LIMIT = 2**63


class Chat:
    """The use case of both chat dialects."""

    def __init__(self, deployments: Deployments, ledger: Ledger) -> None:
        self.deployments = deployments
        self._ledger = ledger

    @contextmanager
    def refusing(self, asked: Asked) -> Generator[None]:
        """What is refused in this block leaves its row; the rest is for `answer` to settle."""
        try:
            yield
        except StudioloError as error:
            self._ledger.refuse(asked, error)
            raise

    async def answer(
        self, request: ChatRequest, *, card: ModelCard, asked: Asked
    ) -> AsyncGenerator[Event]:
        """The events of the answer; closing the generator frees the engine and settles the row.

        Raises InputTooLong, Overloaded, LedgerFull, ModelUnavailable or EngineFailed.
        """
        with (
            self._ledger.entry(asked) as entry,
            self.deployments.visit(asked.deployment) as running,
        ):
            prompt = await running.engine.tokenize(_runs(request, running))
            _check_length(prompt, request, card, running)
            generation = _generation(request, prompt, card, running)
            async with running.places.take(asked.key_id, request.n) as places:
                entry.open()
                events = _choices(running, generation, request.n, at_once=places)
                async with aclosing(events) as row:
                    async for event in row:
                        entry.see(event)
                        yield event


def _runs(request: ChatRequest, running: Deployment) -> tuple[Run, ...]:
    conversation = Conversation(request.messages, request.tools)
    return written_for(running.family.render(conversation), running.engine.info.special_tokens)


def _choices(
    running: Deployment, generation: Generation, n: int, *, at_once: int
) -> AsyncGenerator[Event]:
    choices = [
        _choice(running, msgspec.structs.replace(generation, sampling=sampling), index)
        for index, sampling in enumerate(_seeded(generation.sampling, n))
    ]
    return choices[0] if n == 1 else side_by_side(choices, at_once=at_once)


async def _choice(running: Deployment, generation: Generation, index: int) -> AsyncGenerator[Event]:
    """The events of one choice, from Started to Finished."""
    parser = running.family.parser(index)
    async with aclosing(running.engine.generate(generation)) as chunks:
        async for chunk in chunks:
            match chunk:
                case Delta():
                    for event in parser.feed(chunk):
                        yield event
                case PromptRead():
                    yield Started(chunk.prompt_tokens, chunk.cached_tokens)
                case Ended():
                    for event in parser.flush(chunk):
                        yield event
                    yield Finished(
                        Usage(
                            input=chunk.prompt_tokens,
                            cached=chunk.cached_tokens,
                            output=chunk.completion_tokens,
                        )
                    )
                case _:
                    assert_never(chunk)


def _check_length(
    prompt: Prompt, request: ChatRequest, card: ModelCard, running: Deployment
) -> None:
    """At least one token of room must be left for the answer."""
    limit = min(card.limits.max_input, running.engine.info.context - 1)
    if request.max_input_tokens is not None:
        limit = min(limit, request.max_input_tokens)
    if prompt.tokens > limit:
        raise InputTooLong(prompt.tokens, limit)


def _generation(
    request: ChatRequest, prompt: Prompt, card: ModelCard, running: Deployment
) -> Generation:
    room = running.engine.info.context - prompt.tokens
    limits = (request.max_answer_tokens, request.max_total_tokens, card.limits.max_output, room)
    return Generation(
        prompt=prompt,
        sampling=_sampling(request, card.sampling),
        max_tokens=min(limit for limit in limits if limit is not None),
        stop=request.stop.texts,
        stop_ids=request.stop.token_ids,
        logprobs=request.logprobs,
    )


def _sampling(request: ChatRequest, defaults: SamplingDefaults) -> Sampling:
    """The caller's wishes over the card's defaults; a seed is drawn where none was given."""
    wishes = request.wishes
    return Sampling(
        temperature=_first(wishes.temperature, defaults.temperature),
        top_p=_first(wishes.top_p, defaults.top_p),
        top_k=defaults.top_k if wishes.top_k is None else wishes.top_k,
        presence_penalty=_first(wishes.presence_penalty, defaults.presence_penalty),
        frequency_penalty=_first(wishes.frequency_penalty, 0.0),
        repetition_penalty=_first(wishes.repetition_penalty, defaults.repetition_penalty),
        seed=random.getrandbits(63) if wishes.seed is None else wishes.seed,
    )


def _first(wish: float | None, default: float) -> float:
    return default if wish is None else wish


def _seeded(sampling: Sampling, n: int) -> list[Sampling]:
    return [
        msgspec.structs.replace(sampling, seed=(sampling.seed + index) % SEED_LIMIT)
        for index in range(n)
    ]
