"""What an answer is held to is read again at its end: JSON by its schema, calls that had to come.

Engines fail open: what they cannot keep, they leave out. Of a call no more is asked than a grammar
can keep, which the judge knows.
Law: no text of a caller is logged.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Final

import msgspec
import structlog
from msgspec.structs import replace

from studiolo.core.errors import AnswerInvalid, CallInvalid
from studiolo.core.events import ChoiceFinished, Event, TextDelta, ToolCallDelta, ToolCallStart
from studiolo.core.generation import ForcedCalls
from studiolo.core.requests import ChatRequest, Tool
from studiolo.core.schemas.results import arguments_fault, fault_in, fault_in_cut
from studiolo.engines.judge.judge import Judge

_UNCALLED: Final = "no function is called"

_log = structlog.stdlib.get_logger()


class Promise(msgspec.Struct, frozen=True):
    """What a choice must come to: a call of one of `tools`, or JSON that satisfies `schema`.

    With both it may be either.
    """

    schema: str | None
    tools: tuple[Tool, ...]


def promise_of(request: ChatRequest) -> Promise | None:
    """What the answer to this request is held to; None for free text and free calls."""
    choice, schema = request.tool_choice, request.answer_schema
    forced = choice.kind in ("required", "named") and bool(request.tools)
    either = schema is not None and choice.kind == "auto"
    if not forced and schema is None:
        return None
    tools = tuple(
        tool for tool in request.tools if choice.kind != "named" or tool.name == choice.name
    )
    return Promise(
        schema=None if forced else schema,
        tools=tools if forced or either else (),
    )


def checked(
    events: AsyncGenerator[Event],
    request: ChatRequest,
    *,
    forced: ForcedCalls | None,
    judge: Judge,
) -> AsyncGenerator[Event]:
    """The events; a choice ends only if it is what was promised, as far as it goes.

    `forced` are the calls that had to come. They raise AnswerInvalid or CallInvalid, or what the
    judge raises.
    """
    promise = promise_of(request)
    if promise is None:
        return events

    async def require(written: _Written, finished: ChoiceFinished) -> None:
        fault = await asyncio.to_thread(_fault, promise, written, finished)
        if fault and written.calls and forced is not None:
            kept = (await judge.calls_grammar(forced)).kept
            fault = await asyncio.to_thread(_fault, _loosened(promise, kept), written, finished)
        if fault:
            raise _refusal(promise, written, fault)

    return _checked(events, require)


_Require = Callable[["_Written", ChoiceFinished], Awaitable[None]]


async def _checked(events: AsyncGenerator[Event], require: _Require) -> AsyncGenerator[Event]:
    written: defaultdict[int, _Written] = defaultdict(_Written)
    async with aclosing(events):
        async for event in events:
            match event:
                case TextDelta() if event.text:
                    written[event.choice].text.append(event.text)
                case ToolCallStart():
                    written[event.choice].calls.append((event.name, []))
                case ToolCallDelta():
                    written[event.choice].calls[event.index][1].append(event.arguments)
                case ChoiceFinished():
                    await require(written.pop(event.choice, _Written()), event)
                case _:
                    pass
            yield event


class _Written:
    """What one choice says so far."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.calls: list[tuple[str, list[str]]] = []


def _fault(promise: Promise, written: _Written, finished: ChoiceFinished) -> str:
    """What is wrong with the choice; empty if nothing is."""
    if promise.schema is None or written.calls:
        return _fault_in_calls(promise, written, finished)
    text = "".join(written.text)
    cut = _is_cut(finished)
    return fault_in_cut(text, promise.schema) if cut else fault_in(text, promise.schema)


def _refusal(promise: Promise, written: _Written, fault: str) -> AnswerInvalid:
    calls = promise.schema is None or bool(written.calls)
    kind = CallInvalid if calls else AnswerInvalid
    characters = sum(map(len, written.text))
    _log.warning("answer.invalid", kind=kind.__name__, fault=fault, characters=characters)
    return kind(f"the answer is not what it was held to: {fault}")


def _loosened(promise: Promise, kept: Sequence[str]) -> Promise:
    """The same with the parameters of each function as far as a grammar keeps them."""
    rows = zip(promise.tools, kept, strict=True)
    return replace(promise, tools=tuple(replace(tool, parameters=each) for tool, each in rows))


def _is_cut(finished: ChoiceFinished) -> bool:
    """Whether the model might have gone on."""
    return finished.reason == "length" or finished.stopped


def _fault_in_calls(promise: Promise, written: _Written, finished: ChoiceFinished) -> str:
    """What is wrong with the calls; of those that were cut, the last one is only begun."""
    parameters = {tool.name: tool.parameters for tool in promise.tools}
    whole = finished.reason == "tool_calls"
    if not written.calls:
        begun = _is_cut(finished) and not "".join(written.text).strip()
        return "" if begun else _UNCALLED
    for place, (name, pieces) in enumerate(written.calls):
        if name not in parameters:
            return "it calls a function that is not to be called"
        last = place == len(written.calls) - 1
        fault = arguments_fault("".join(pieces), parameters[name], cut=last and not whole)
        if fault:
            return fault
    return ""
