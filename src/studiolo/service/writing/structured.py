"""Answers that are JSON, and calls that must come: whether a model can be held to them."""

from studiolo.core.mode_errors import ToolParametersInvalid
from studiolo.core.requests import ChatRequest
from studiolo.core.schemas.checks import ANSWER_FIELD, tell
from studiolo.core.schemas.kept.fixed_texts import control_text_in
from studiolo.core.schemas.parameters import parameters_field
from studiolo.engines.judge.judge import Judge
from studiolo.service.deployments import Deployment
from studiolo.service.writing.promises import promise_of


async def require_keeping(request: ChatRequest, running: Deployment, *, judge: Judge) -> None:
    """Raises SchemaInvalid for a schema no model can be held to, and what the judge raises.

    Raises ToolParametersInvalid for a call that would have to spell out a control token.
    """
    promise = promise_of(request)
    if promise is None:
        return
    tokens = running.engine.info.special_tokens
    for tool in promise.tools:
        fault = control_text_in(tool.parameters, tokens)
        if fault is not None:
            raise ToolParametersInvalid(tool.name, parameters_field(fault.keys), fault.reason)
    if request.answer_schema is not None:
        tell(control_text_in(request.answer_schema, tokens), field=ANSWER_FIELD)
        tell(await judge.fault_in(request.answer_schema), field=ANSWER_FIELD)
