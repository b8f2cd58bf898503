"""The golden scenarios: a row of events each, and beside it what every dialect must write."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from studiolo.core.card import Endpoint, Limits, ModelCard, ResultFormat
from studiolo.core.events import Event
from studiolo.protocols.codec import Identity, Reply, Rules
from studiolo.protocols.dashscope.generation import GenerationReply
from studiolo.protocols.dashscope.wire import Form
from studiolo.protocols.openai.chat import ChatReply
from studiolo.protocols.openai.responses.question import Responses

GOLDEN = Path(__file__).parent.parent / "golden"
IDENTITY = Identity("fadfc21b-4411-40d5-b143-8c3573284c42", 1763085409)
Writing = Literal["whole", "stream"]


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the caller of a scenario wants to be answered."""

    n: int = 1
    tools: bool = False
    logprobs: bool = False
    thinks: bool = False
    include_usage: bool = False
    endpoint: Endpoint = "text-generation"
    result_format: ResultFormat = "message"


class Scenario(msgspec.Struct, frozen=True):
    """One folder."""

    name: str
    ask: Ask
    events: tuple[Event, ...]


def scenarios() -> Iterator[Scenario]:
    """Every folder under tests/golden."""
    for folder in sorted(path for path in GOLDEN.iterdir() if path.is_dir()):
        asked = folder / "ask.json"
        ask = msgspec.json.decode(asked.read_bytes(), type=Ask) if asked.exists() else Ask()
        lines = (folder / "events.jsonl").read_bytes().splitlines()
        events = tuple(msgspec.json.decode(line, type=Event) for line in lines)
        yield Scenario(folder.name, ask, events)


def openai(ask: Ask) -> Reply:
    """The compatible dialect."""
    return ChatReply(
        IDENTITY,
        model="qwen3-coder-plus",
        include_usage=ask.include_usage,
        with_logprobs=ask.logprobs,
        with_reasoning=ask.thinks,
        thinks=ask.thinks,
    )


def responses(ask: Ask) -> Reply:
    """The compatible dialect in items; nothing of how it is asked changes how it is told."""
    card = ModelCard("qwen-plus", Limits(32768, 30720, 8192), thinking="hybrid")
    question = {"model": card.name, "input": "hi", "metadata": {"scenario": "golden"}}
    codec = Responses(Rules(max_messages=1))
    return codec.decode(question, headers={}, card=card, identity=IDENTITY).reply


def dashscope_whole(ask: Ask) -> Reply:
    """The native dialect, not streamed."""
    return GenerationReply(IDENTITY, _form(ask, with_index=ask.n > 1), incremental=False)


def dashscope(ask: Ask) -> Reply:
    """The native dialect, repeating itself in every frame."""
    return GenerationReply(IDENTITY, _streamed(ask), incremental=False)


def dashscope_incremental(ask: Ask) -> Reply:
    """The native dialect, saying only what is new."""
    return GenerationReply(IDENTITY, _streamed(ask), incremental=True)


def _streamed(ask: Ask) -> Form:
    return _form(ask, with_index=ask.n > 1 or ask.tools)


def _form(ask: Ask, *, with_index: bool) -> Form:
    return Form(
        endpoint=ask.endpoint,
        result_format=ask.result_format,
        with_index=with_index,
        with_logprobs=ask.logprobs,
        with_reasoning=ask.thinks,
    )


# The dialects that know no `n`.
OF_ONE_CHOICE = (responses,)
# The file each form is kept in.
FORMS: dict[str, tuple[Callable[[Ask], Reply], Writing]] = {
    "openai.json": (openai, "whole"),
    "openai.sse": (openai, "stream"),
    "responses.json": (responses, "whole"),
    "responses.sse": (responses, "stream"),
    "dashscope.json": (dashscope_whole, "whole"),
    "dashscope.sse": (dashscope, "stream"),
    "dashscope-incremental.sse": (dashscope_incremental, "stream"),
}
