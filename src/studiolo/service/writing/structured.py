"""Answers that are JSON: whether a model can be held to it, and whether it was.

Engines fail open: what they cannot keep, they leave out. So the text is read again at its end.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import structlog

from studiolo.core.errors import AnswerInvalid
from studiolo.core.events import ChoiceFinished, Event, TextDelta
from studiolo.core.requests import ChatRequest, Stop
from studiolo.core.schemas.checks import check_keeping
from studiolo.core.schemas.results import fault_in

# How both dialects of chat call what `answer_schema` was made of.
_FIELD: Final = "response_format.json_schema.schema"

_log = structlog.stdlib.get_logger()


async def require_keeping(request: ChatRequest) -> None:
    """Raises SchemaInvalid for a schema no model can be held to."""
    if request.answer_schema is not None:
        await asyncio.to_thread(check_keeping, request.answer_schema, field=_FIELD)


def checked(events: AsyncGenerator[Event], request: ChatRequest) -> AsyncGenerator[Event]:
    """The events; a choice that ends by itself ends only if it satisfies the schema.

    What the caller's own stop may have cut is passed on. They raise AnswerInvalid.
    """
    if request.answer_schema is None or request.stop != Stop():
        return events
    return _checked(events, request.answer_schema)


async def _checked(events: AsyncGenerator[Event], schema: str) -> AsyncGenerator[Event]:
    texts: defaultdict[int, list[str]] = defaultdict(list)
    async with aclosing(events):
        async for event in events:
            match event:
                case TextDelta():
                    texts[event.choice].append(event.text)
                case ChoiceFinished(reason="stop"):
                    await _require_kept("".join(texts[event.choice]), schema)
                case _:
                    pass
            yield event


async def _require_kept(text: str, schema: str) -> None:
    fault = await asyncio.to_thread(fault_in, text, schema)
    if fault:
        _log.warning("answer.invalid", fault=fault, characters=len(text))
        raise AnswerInvalid(f"the answer does not satisfy its schema: {fault}")
