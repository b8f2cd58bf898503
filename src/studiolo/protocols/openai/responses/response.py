"""The response object: what was asked, how far the answer is, and what it used (reference/07)."""

from typing import Any, Final, Literal

import msgspec

from studiolo.core.errors import StudioloError
from studiolo.core.events import FinishReason
from studiolo.core.requests import ChatRequest
from studiolo.core.usage import Usage
from studiolo.protocols.codec import Identity
from studiolo.protocols.errors import row_for
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import Document, as_object
from studiolo.protocols.openai.errors import error_document
from studiolo.protocols.openai.responses.errors import WIRE_ERRORS
from studiolo.protocols.openai.wire import input_details

ResponseStatus = Literal["queued", "in_progress", "completed", "incomplete", "failed"]

FAILURES: Final = {429: "rate_limit_exceeded"}
LEAST_OF_OURS: Final = 500


class Setting(msgspec.Struct, frozen=True):
    """Everything of a response that does not depend on its answer; `asked` is said back."""

    identity: Identity
    model: str
    asked: Document


def asked_document(fields: Fields, request: ChatRequest) -> Document:
    """What the caller set, and what holds of every response here: none is kept."""
    reasoning = fields.object("reasoning") or Fields({})
    text = fields.object("text") or Fields({})
    metadata = fields.object("metadata")
    return {
        "instructions": fields.text("instructions"),
        "max_output_tokens": request.max_answer_tokens,
        "metadata": metadata.document if metadata else {},
        "parallel_tool_calls": request.parallel_calls,
        "temperature": request.wishes.temperature,
        "top_p": request.wishes.top_p,
        "tool_choice": fields.raw("tool_choice") or "auto",
        "tools": [_tool(each) for each in fields.list("tools") or ()],
        "text": {"format": text.raw("format") or {"type": "text"}},
        "reasoning": {"effort": reasoning.raw("effort"), "summary": reasoning.raw("summary")},
        "user": fields.raw("user"),
        "background": False,
        "previous_response_id": None,
        "service_tier": "default",
        "store": False,
        "truncation": "disabled",
    }


def _tool(given: Any) -> Document:
    """With a value for each field that clients' types have."""
    return {"description": None, "parameters": None, "strict": None, **(as_object(given) or {})}


def response_document(
    setting: Setting,
    status: ResponseStatus,
    *,
    output: list[Document],
    usage: Usage | None = None,
    error: StudioloError | None = None,
) -> Document:
    """The response as far as it is."""
    incomplete = {"reason": "max_output_tokens"} if status == "incomplete" else None
    return {
        "id": f"resp_{setting.identity.request_id}",
        "object": "response",
        "created_at": setting.identity.created,
        "completed_at": None,
        "status": status,
        "error": _error(error) if error else None,
        "incomplete_details": incomplete,
        "model": setting.model,
        "output": output,
        **setting.asked,
        "usage": _usage(usage) if usage else None,
    }


def status_of(reason: FinishReason) -> ResponseStatus:
    """How a response ends whose answer ends so."""
    return "incomplete" if reason == "length" else "completed"


def _error(error: StudioloError) -> Document:
    """Clients know few codes here, and some refuse any other; the event before it has ours."""
    status = row_for(WIRE_ERRORS, error).status
    code = "server_error" if status >= LEAST_OF_OURS else FAILURES.get(status, "invalid_prompt")
    return {"code": code, "message": error_document(error, table=WIRE_ERRORS)["message"]}


def _usage(usage: Usage) -> Document:
    """What is billed stands in a row of its own once more, as upstream has it."""
    figures: Document = {
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "total_tokens": usage.total,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
    }
    read = input_details(usage)
    billed: Document = {**figures, "x_billing_type": "response_api"}
    if any(read.values()):
        billed["prompt_tokens_details"] = read
    told = {**read, "cache_write_tokens": usage.cache_created}
    return {**figures, "input_tokens_details": told, "x_details": [billed]}
