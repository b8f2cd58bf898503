"""What an answer is held to is read again at its end: JSON by its schema, calls that had to come.

Engines fail open: what they cannot keep, they leave out.
Law: no text of a caller is logged.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import msgspec
import structlog

from studiolo.core.errors import AnswerInvalid, CallInvalid
from studiolo.core.events import ChoiceFinished, Event, TextDelta, ToolCallDelta, ToolCallStart
from studiolo.core.requests import ChatRequest, Tool
from studiolo.core.schemas.results import arguments_fault, fault_in, fault_in_cut

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


def checked(events: AsyncGenerator[Event], request: ChatRequest) -> AsyncGenerator[Event]:
    """The events; a choice ends only if it is what was promised, as far as it goes.

    They raise AnswerInvalid or CallInvalid.
    """
    promise = promise_of(request)
    return events if promise is None else _checked(events, promise)


async def _checked(events: AsyncGenerator[Event], promise: Promise) -> AsyncGenerator[Event]:
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
                    await asyncio.to_thread(
                        _require, promise, written.pop(event.choice, _Written()), event
                    )
                case _:
                    pass
            yield event


class _Written:
    """What one choice says so far."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.calls: list[tuple[str, list[str]]] = []


def _require(promise: Promise, written: _Written, finished: ChoiceFinished) -> None:
    """Raises AnswerInvalid or CallInvalid."""
    text = "".join(written.text)
    cut = _is_cut(finished)
    if written.calls or promise.schema is None:
        fault = _fault_in_calls(promise, written, finished)
        kind: type[AnswerInvalid] = CallInvalid
    else:
        fault = fault_in_cut(text, promise.schema) if cut else fault_in(text, promise.schema)
        kind = AnswerInvalid
    if fault:
        _log.warning("answer.invalid", kind=kind.__name__, fault=fault, characters=len(text))
        raise kind(f"the answer is not what it was held to: {fault}")


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
