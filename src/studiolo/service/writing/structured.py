"""Answers that are JSON: whether a model can be held to it."""

from typing import Final

from studiolo.core.requests import ChatRequest
from studiolo.core.schemas.checks import tell
from studiolo.engines.judge.judge import Judge

# How both dialects of chat call what `answer_schema` was made of.
_FIELD: Final = "response_format.json_schema.schema"


async def require_keeping(request: ChatRequest, judge: Judge) -> None:
    """Raises SchemaInvalid for a schema no model can be held to, and what the judge raises."""
    if request.answer_schema is not None:
        tell(await judge.fault_in(request.answer_schema), field=_FIELD)
