"""The native error table (reference/08)."""

import msgspec

from studiolo.core import errors, mode_errors
from studiolo.core.errors import StudioloError
from studiolo.protocols import texts
from studiolo.protocols.codec import Identity, Refusal
from studiolo.protocols.documented import native_row
from studiolo.protocols.errors import (
    ErrorTable,
    Row,
    bad_requests,
    retry_after_s,
    row_for,
    words_for,
)
from studiolo.protocols.json import Document, encode_line

INVALID = "InvalidParameter"

WIRE_ERRORS: ErrorTable = {
    **bad_requests(INVALID),
    errors.PathNotFound: Row(404, "NotFound", "Not found!"),
    errors.KeyMissing: Row(401, "InvalidApiKey", "No API-key provided."),
    errors.KeyInvalid: Row(401, "InvalidApiKey", "Invalid API-key provided."),
    errors.ModelMissing: Row(
        400, "BadRequest.EmptyModel", 'Required parameter "model" missing from request.'
    ),
    errors.ModelNotFound: Row(400, INVALID, "Model not exist."),
    errors.EndpointMismatch: Row(400, INVALID, texts.ENDPOINT),
    errors.AsyncNotSupported: Row(
        403, "AccessDenied", "Current user api does not support asynchronous calls."
    ),
    errors.RequestTooSlow: Row(408, "RequestTimeOut", texts.TOO_SLOW),
    errors.BodyTooLarge: Row(400, "BadRequest.TooLarge", "Payload Too Large."),
    errors.InputMissing: Row(
        400, "BadRequest.EmptyInput", "Required input parameter missing from request."
    ),
    errors.OutOfRange: Row(400, INVALID, texts.out_of_range),
    mode_errors.ThinkingNotSupported: Row(
        400, "InvalidParameter.NotSupportEnableThinking", texts.thinking_not_supported
    ),
    errors.MessagesEmpty: Row(400, INVALID, texts.NO_PROMPT),
    errors.Overloaded: Row(503, "ModelUnavailable", texts.UNAVAILABLE),
    errors.ModelUnavailable: Row(503, "ModelUnavailable", texts.UNAVAILABLE),
    errors.UpstreamFailed: Row(503, "ModelUnavailable", str),
    errors.LedgerFull: Row(503, "ModelUnavailable", texts.UNAVAILABLE),
    errors.PlayedError: native_row,
    errors.EngineFailed: Row(500, "InternalError.Algo", texts.INFERENCE),
    errors.AnswerInvalid: Row(500, "InternalError.Algo", texts.BROKEN_FORMAT),
    errors.CallInvalid: Row(500, "InternalError.Algo", texts.BROKEN_CALL),
    errors.InternalFault: Row(500, "InternalError", texts.INTERNAL),
}


def error_document(
    error: StudioloError, identity: Identity, *, suffix: str = ""
) -> tuple[int, Document]:
    """The status, and the body or frame that says it."""
    row = row_for(WIRE_ERRORS, error)
    words = words_for(row, error, suffix=suffix)
    return row.status, {"code": row.code, "message": words, "request_id": identity.request_id}


def refuse(error: StudioloError, identity: Identity, *, suffix: str = "") -> Refusal:
    """The error as an HTTP response."""
    status, document = error_document(error, identity, suffix=suffix)
    return Refusal(status, msgspec.json.encode(document), retry_after_s(error))


def error_frame(error: StudioloError, identity: Identity, *, number: int) -> bytes:
    """The error as the last frame of a stream, which is its frame of this number.

    `status:` is for the 1.x client, which ignores `:HTTP_STATUS` (reference/03 section 4).
    """
    status, document = error_document(error, identity)
    head = f"id:{number}\nevent:error\n:HTTP_STATUS/{status}\nstatus:{status}\ndata:"
    return head.encode() + encode_line(document) + b"\n\n"
