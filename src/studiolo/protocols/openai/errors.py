"""The OpenAI-compatible error table (reference/08)."""

import msgspec

from studiolo.core import errors, mode_errors
from studiolo.core.errors import StudioloError
from studiolo.protocols import texts
from studiolo.protocols.codec import Identity, Refusal
from studiolo.protocols.documented import compatible_row
from studiolo.protocols.errors import (
    ErrorTable,
    Row,
    bad_requests,
    retry_after_s,
    row_for,
    words_for,
)
from studiolo.protocols.json import Document, encode_line

INVALID = "invalid_parameter_error"
UNKNOWN = "model_not_found"
INTERNAL = "internal_error"


def _seed_below_zero(error: errors.OutOfRange) -> str:
    if error.field == "seed" and error.value < 0:
        return f"{error.value:.0f} is lesser than the minimum of 0 - 'seed'"
    return texts.out_of_range(error)


def _model_not_found(error: errors.ModelNotFound) -> str:
    return f"The model `{error.model}` does not exist or you do not have access to it."


def _not_on_this_path(error: errors.EndpointMismatch) -> str:
    return f"Unsupported model {error.model} for OpenAI compatibility mode."


WIRE_ERRORS: ErrorTable = {
    **bad_requests(INVALID),
    errors.PathNotFound: Row(404, "not_found", "Not found!"),
    errors.KeyMissing: Row(
        401,
        "invalid_api_key",
        "You didn't provide an API key. You need to provide your API key in an Authorization "
        "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    ),
    errors.KeyInvalid: Row(401, "invalid_api_key", "Incorrect API key provided."),
    errors.ModelMissing: Row(400, "invalid_request_error", "you must provide a model parameter."),
    errors.ModelNotFound: Row(404, UNKNOWN, _model_not_found),
    errors.EndpointMismatch: Row(404, "model_not_supported", _not_on_this_path),
    errors.AsyncNotSupported: Row(
        403, "access_denied", "Current user api does not support asynchronous calls."
    ),
    errors.RequestTooSlow: Row(408, "request_timeout", texts.TOO_SLOW),
    errors.BodyTooLarge: Row(400, INVALID, "Payload Too Large."),
    errors.OutOfRange: Row(400, INVALID, _seed_below_zero),
    mode_errors.ThinkingNotSupported: Row(
        400, "InvalidParameter.NotSupportEnableThinking", texts.thinking_not_supported
    ),
    errors.MessagesEmpty: Row(400, INVALID, "[] is too short - 'messages'"),
    errors.Overloaded: Row(503, INTERNAL, texts.UNAVAILABLE, INTERNAL),
    errors.ModelUnavailable: Row(503, INTERNAL, texts.UNAVAILABLE, INTERNAL),
    errors.UpstreamFailed: Row(503, INTERNAL, str, INTERNAL),
    errors.LedgerFull: Row(503, INTERNAL, texts.UNAVAILABLE, INTERNAL),
    errors.PlayedError: compatible_row,
    errors.EngineFailed: Row(500, INTERNAL, texts.INFERENCE, INTERNAL),
    errors.AnswerInvalid: Row(500, INTERNAL, texts.BROKEN_FORMAT, INTERNAL),
    errors.CallInvalid: Row(500, INTERNAL, texts.BROKEN_CALL, INTERNAL),
    errors.InternalFault: Row(500, INTERNAL, texts.INTERNAL, INTERNAL),
}

# These words are the code of the error as well (reference/08 section 4, `invalid_value`).
CODES_BY_FIELD = {"seed": "invalid_value"}


def error_document(
    error: StudioloError, *, suffix: str = "", table: ErrorTable = WIRE_ERRORS
) -> Document:
    """The object under `error`, in a body or in a frame."""
    row = row_for(table, error)
    code = row.code
    if isinstance(error, errors.OutOfRange | errors.WrongType):
        code = CODES_BY_FIELD.get(error.field, code)
    words = words_for(row, error, suffix=suffix)
    return {"message": words, "type": row.type, "param": None, "code": code}


def refuse(
    error: StudioloError,
    identity: Identity,
    *,
    suffix: str = "",
    table: ErrorTable = WIRE_ERRORS,
) -> Refusal:
    """The error as an HTTP response."""
    document = error_document(error, suffix=suffix, table=table)
    body = {"error": document, "request_id": identity.request_id}
    status = row_for(table, error).status
    return Refusal(status, msgspec.json.encode(body), retry_after_s(error))


def error_frame(error: StudioloError) -> bytes:
    """The error in a frame of its own, which ends a stream; there is no `[DONE]` after it."""
    return b"data: " + encode_line({"error": error_document(error)}) + b"\n\n"
