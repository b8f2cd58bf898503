"""The native error table (reference/08)."""

import msgspec

from studiolo.core import errors
from studiolo.core.errors import StudioloError
from studiolo.protocols import texts
from studiolo.protocols.codec import Identity, Refusal
from studiolo.protocols.errors import ErrorTable, Row, retry_after_s, row_for, words_for
from studiolo.protocols.json import Document

INVALID = "InvalidParameter"

WIRE_ERRORS: ErrorTable = {
    errors.PathNotFound: Row(404, "NotFound", "Not found!"),
    errors.MethodNotSupported: Row(400, INVALID, texts.method_not_supported),
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
    errors.EncryptionNotSupported: Row(400, INVALID, "Encrypted requests are not supported."),
    errors.BodyMalformed: Row(400, INVALID, texts.BODY),
    errors.BodyTooLarge: Row(400, "BadRequest.TooLarge", "Payload Too Large."),
    errors.FieldMissing: Row(400, INVALID, texts.field_missing),
    errors.InputMissing: Row(
        400, "BadRequest.EmptyInput", "Required input parameter missing from request."
    ),
    errors.WrongType: Row(400, INVALID, texts.wrong_type),
    errors.OutOfRange: Row(400, INVALID, texts.out_of_range),
    errors.StopInvalid: Row(400, INVALID, texts.STOP),
    errors.ResultFormatInvalid: Row(400, INVALID, texts.RESULT_FORMAT),
    errors.ThinkingRequired: Row(400, INVALID, texts.THINKING_REQUIRED),
    errors.ThinkingNotSupported: Row(
        400, "InvalidParameter.NotSupportEnableThinking", texts.thinking_not_supported
    ),
    errors.ThinkingStreamOnly: Row(400, INVALID, texts.THINKING_STREAM_ONLY),
    errors.ThinkingNeedsIncrements: Row(400, INVALID, texts.THINKING_INCREMENTS),
    errors.ThinkingNeedsMessages: Row(400, INVALID, texts.THINKING_MESSAGES),
    errors.PartialWhileThinking: Row(400, INVALID, texts.THINKING_PARTIAL),
    errors.IncrementalOutputRequired: Row(400, INVALID, texts.INCREMENTAL),
    errors.ResponseFormatInvalid: Row(400, INVALID, texts.response_format),
    errors.ToolsNotSupported: Row(400, INVALID, texts.NO_TOOLS),
    errors.StructuredOutputNotSupported: Row(400, INVALID, texts.NO_STRUCTURED_OUTPUT),
    errors.MessagesEmpty: Row(400, INVALID, texts.NO_PROMPT),
    errors.MessagesMissing: Row(400, INVALID, texts.NO_PROMPT),
    errors.TooManyMessages: Row(400, INVALID, texts.too_many_messages),
    errors.UserMessageMissing: Row(400, INVALID, texts.NO_USER),
    errors.RoleInvalid: Row(400, INVALID, texts.ROLE_OR_CONTENT),
    errors.ContentMissing: Row(400, INVALID, "The content field is a required field."),
    errors.ContentPartInvalid: Row(400, INVALID, texts.PART),
    errors.MediaNotSupported: Row(400, INVALID, "input content must be a string."),
    errors.ToolMessageOrphaned: Row(400, INVALID, texts.TOOL_ORDER),
    errors.CallArgumentsMissing: Row(400, INVALID, texts.CALL_ARGUMENTS),
    errors.PartialNotSupported: Row(400, INVALID, texts.NO_PARTIAL),
    errors.InputTooLong: Row(400, INVALID, texts.input_too_long),
    errors.Overloaded: Row(503, "ModelServingError", texts.THROTTLED),
    errors.ModelUnavailable: Row(503, "ModelUnavailable", texts.UNAVAILABLE),
    errors.LedgerFull: Row(503, "ModelUnavailable", texts.UNAVAILABLE),
    errors.EngineFailed: Row(500, "InternalError.Algo", texts.INFERENCE),
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
