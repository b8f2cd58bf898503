"""One question, answered: rendered, admitted, generated and parsed into events."""

from collections.abc import AsyncGenerator

import msgspec
from msgspec.structs import replace

from studiolo.core.card import ModelCard
from studiolo.core.events import Event
from studiolo.core.generation import Constraint, Generation, JsonSchema, Origin, Sampling
from studiolo.core.ledger import Asked
from studiolo.core.prompt import Prompt, Run
from studiolo.core.requests import ChatRequest, Conversation
from studiolo.engines.judge.judge import Judge
from studiolo.families.base import CLOSING, ends_in_thought
from studiolo.families.runs import joined, written_for
from studiolo.service.answering import Answering, Work
from studiolo.service.deployments import Deployment, Deployments
from studiolo.service.ledger import Ledger
from studiolo.service.looking import Eyes, Viewer
from studiolo.service.tally import Tally
from studiolo.service.writing.author import Author
from studiolo.service.writing.calls import Calling, calling
from studiolo.service.writing.fanout import side_by_side
from studiolo.service.writing.promises import checked
from studiolo.service.writing.sampling import least, require_room, sampling_for, tokenized
from studiolo.service.writing.structured import require_keeping
from studiolo.service.writing.thinking import Allowance, Thinker, write_answer

# One choice's seed follows from the first one's; all stay in the range callers may send.
SEED_LIMIT = 2**63


class Chat(Answering):
    """The use case of both chat dialects; the judge says which schemas can be kept.

    Without a viewer nothing can be shown.
    """

    def __init__(
        self,
        deployments: Deployments,
        ledger: Ledger,
        *,
        judge: Judge,
        viewer: Viewer | None = None,
    ) -> None:
        super().__init__(deployments, ledger)
        self._judge = judge
        self._eyes = Eyes(viewer)

    def answer(
        self, request: ChatRequest, *, card: ModelCard, asked: Asked
    ) -> AsyncGenerator[Event]:
        """The events of the answer.

        Raises InputTooLong, MediaNotSupported, MediaInvalid, SchemaInvalid, AnswerInvalid,
        CallInvalid, or as `write` does.
        """

        async def prepare(running: Deployment) -> Work:
            await require_keeping(request, running, judge=self._judge)
            order = await _ordered(request, card, running, eyes=self._eyes)

            def begin(places: int, tally: Tally) -> AsyncGenerator[Event]:
                choices = _choices(running, order, tally=tally, at_once=places)
                if running.keeps_schemas:
                    return choices
                forced = order.calls.forced if order.calls else None
                return checked(choices, request, forced=forced, judge=self._judge)

            return Work(request.n, begin)

        return self.write(asked, prepare)


class _Order(msgspec.Struct, frozen=True):
    """What the engine is to write: `n` choices like this one, with a thought if there is room."""

    generation: Generation
    n: int
    allowance: Allowance | None
    calls: Calling | None = None
    continues: bool = False


async def _ordered(
    request: ChatRequest, card: ModelCard, running: Deployment, *, eyes: Eyes
) -> _Order:
    thinks = request.thinking.enabled and running.family.thinks != "never"
    calls = calling(request, running.family)
    if calls is None:
        request = replace(request, tools=())
    prompt = await _prompt(request, card, running, eyes=eyes, thinks=thinks)
    order = _order(request, prompt, card, running, thinks=thinks)
    order = replace(order, continues=_continues(request))
    return replace(order, calls=calls, generation=_bound(order.generation, request, calls))


def _bound(generation: Generation, request: ChatRequest, calls: Calling | None) -> Generation:
    """What the answer is held to: calls, JSON, or either of them."""
    constraint: Constraint | None = None
    if calls is not None:
        constraint = calls.forced
    elif request.answer_schema is not None:
        constraint = JsonSchema(request.answer_schema)
    return generation if constraint is None else replace(generation, constraint=constraint)


def _origin(request: ChatRequest) -> Origin | None:
    if request.origin is None:
        return None
    return replace(request.origin, tools=tuple(tool.name for tool in request.tools))


def _continues(request: ChatRequest) -> bool:
    """Whether the answer has begun, by the caller's own words."""
    return request.messages[-1].partial and bool(request.messages[-1].text)


def _runs(request: ChatRequest, running: Deployment, *, thinks: bool) -> tuple[Run, ...]:
    conversation = Conversation(
        request.messages,
        request.tools,
        thinks=thinks,
        preserves_reasoning=request.thinking.preserve,
    )
    runs = running.family.render(conversation)
    if not thinks and not _continues(request) and ends_in_thought(runs):
        # Weights that always think: their thought is closed before it begins.
        runs = tuple(joined((*runs, *CLOSING)))
    return written_for(runs, running.engine.info.special_tokens)


def _choices(
    running: Deployment, order: _Order, *, tally: Tally, at_once: int
) -> AsyncGenerator[Event]:
    choices = [
        _choice(
            running,
            replace(order, generation=replace(order.generation, sampling=sampling)),
            index=index,
            tally=tally,
        )
        for index, sampling in enumerate(_seeded(order.generation.sampling, order.n))
    ]
    return choices[0] if order.n == 1 else side_by_side(choices, at_once=at_once)


def _choice(
    running: Deployment, order: _Order, *, index: int, tally: Tally
) -> AsyncGenerator[Event]:
    """The events of one choice, from Started to Finished."""
    family, calls, generation = running.family, order.calls, order.generation
    prompt = generation.prompt
    offer = None if calls is None else calls.offer(generation, index)
    parser = family.parser_after(prompt.runs, index, offer=offer, continues=order.continues)
    author = Author(running.engine, parser, prompt, choice=index, tally=tally)
    if order.allowance is None:
        return write_answer(author, generation, calling=calls)
    return Thinker(
        author, generation, family=family, allowance=order.allowance, calling=calls
    ).events()


async def _prompt(
    request: ChatRequest, card: ModelCard, running: Deployment, *, eyes: Eyes, thinks: bool
) -> Prompt:
    """The prompt in tokens. Raises InputTooLong unless room is left for one token of an answer."""
    info = running.engine.info
    most = min(card.limits.input_limit(thinks=thinks), info.context - 1)
    limit = least(request.max_input_tokens, most)
    runs = _runs(request, running, thinks=thinks)
    # Before anything is fetched.
    require_room(runs, running, limit=limit)
    runs = await eyes.over(runs, info, card=card, closely=request.high_resolution)
    return await tokenized(runs, running, limit=limit)


def _order(
    request: ChatRequest, prompt: Prompt, card: ModelCard, running: Deployment, *, thinks: bool
) -> _Order:
    context = running.engine.info.context
    answer = least(request.max_answer_tokens, card.limits.max_output)
    both = least(request.max_total_tokens, context - prompt.tokens)
    thought = least(request.thinking.budget_tokens, card.limits.max_reasoning or context)
    defaults = card.thinking_sampling if thinks and card.thinking_sampling else card.sampling
    generation = Generation(
        prompt=prompt,
        sampling=sampling_for(request.wishes, defaults, running),
        max_tokens=min(answer, both),
        stop=request.stop.texts,
        stop_ids=request.stop.token_ids,
        logprobs=request.logprobs,
        origin=_origin(request),
    )
    budgeted = request.thinking.budget_tokens is not None
    allowance = Allowance(thought, answer, both, context, budgeted=budgeted)
    return _Order(generation, request.n, allowance if thinks else None)


def _seeded(sampling: Sampling, n: int) -> list[Sampling]:
    return [replace(sampling, seed=(sampling.seed + index) % SEED_LIMIT) for index in range(n)]
