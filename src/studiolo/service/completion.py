"""One text, completed: no turns, no thoughts, no calls; what the model writes is the answer."""

from collections.abc import AsyncGenerator

from studiolo.core.card import ModelCard
from studiolo.core.errors import InfillNotSupported
from studiolo.core.events import Event
from studiolo.core.generation import Generation
from studiolo.core.ledger import Asked
from studiolo.core.prompt import Run, Special, Text
from studiolo.core.requests import CompletionRequest
from studiolo.families.plain import PlainParser
from studiolo.families.qwen import ENDS, INFILL, render_gap
from studiolo.service.answering import Answering, Work
from studiolo.service.deployments import Deployment
from studiolo.service.tally import Tally
from studiolo.service.writing.author import Author
from studiolo.service.writing.sampling import least, sampling_for, tokenized
from studiolo.service.writing.thinking import write_answer


class Completion(Answering):
    """The use case of `/completions`."""

    def answer(
        self, request: CompletionRequest, *, card: ModelCard, asked: Asked
    ) -> AsyncGenerator[Event]:
        """The events of the answer. Raises InfillNotSupported, InputTooLong, or as `write` does."""

        async def prepare(running: Deployment) -> Work:
            generation = await _generation(request, card, running)

            def begin(_places: int, tally: Tally) -> AsyncGenerator[Event]:
                prompt = generation.prompt
                author = Author(running.engine, PlainParser(0), prompt, tally=tally)
                return write_answer(author, generation)

            return Work(1, begin)

        return self.write(asked, prepare)


async def _generation(
    request: CompletionRequest, card: ModelCard, running: Deployment
) -> Generation:
    info = running.engine.info
    most = min(card.limits.max_input, info.context - 1)
    prompt = await tokenized(_runs(request, card, running), running, limit=most)
    room = info.context - prompt.tokens
    return Generation(
        prompt=prompt,
        sampling=sampling_for(request.wishes, card.sampling, running),
        max_tokens=min(least(request.max_tokens, card.limits.max_output), room),
        stop=request.stop.texts,
        stop_ids=(*request.stop.token_ids, *await _ends(running)),
        origin=request.origin,
    )


def _runs(request: CompletionRequest, card: ModelCard, running: Deployment) -> tuple[Run, ...]:
    """The text as it is, or the text around the gap where the weights know of gaps."""
    info = running.engine.info
    if request.after is None:
        runs: tuple[Run, ...] = (Text(request.before),)
    elif info.special_tokens >= INFILL:
        runs = tuple(render_gap(request.before, request.after))
    else:
        raise InfillNotSupported(card.name)
    begins = info.adds_bos and info.bos in info.special_tokens
    return (Special(info.bos), *runs) if begins else runs


async def _ends(running: Deployment) -> list[tuple[int, ...]]:
    """The control tokens that end a raw text, also where the engine would write on over them."""
    info = running.engine.info
    names = dict.fromkeys((*ENDS, info.eos))
    known = [Special(name) for name in names if name in info.special_tokens]
    return [(token,) for token in (await running.engine.tokenize(known)).ids]
