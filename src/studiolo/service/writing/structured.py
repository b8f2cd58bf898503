"""Answers that are JSON: whether a model can be held to it."""

import asyncio
from typing import Final

from studiolo.core.requests import ChatRequest
from studiolo.core.schemas.checks import check_keeping

# How both dialects of chat call what `answer_schema` was made of.
_FIELD: Final = "response_format.json_schema.schema"


async def require_keeping(request: ChatRequest) -> None:
    """Raises SchemaInvalid for a schema no model can be held to."""
    if request.answer_schema is not None:
        await asyncio.to_thread(check_keeping, request.answer_schema, field=_FIELD)
