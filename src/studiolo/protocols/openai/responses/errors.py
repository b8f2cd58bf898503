"""The error table of responses: the compatible one, with the names of the fields there are here."""

from collections.abc import Mapping
from typing import Final

from studiolo.core import errors, mode_errors
from studiolo.core.schemas.checks import ANSWER_FIELD
from studiolo.protocols import texts
from studiolo.protocols.errors import ErrorTable, Row
from studiolo.protocols.openai.errors import INTERNAL, INVALID
from studiolo.protocols.openai.errors import WIRE_ERRORS as COMPATIBLE_ERRORS

SCHEMA_FIELD: Final = "text.format.schema"
CODES: Final[Mapping[mode_errors.Kept, str]] = {
    "response": "previous_response_not_found",
    "conversation": "conversation_not_found",
    "item": "item_not_found",
}


def _not_kept(error: mode_errors.NotKept) -> Row:
    return Row(404, CODES[error.kind], texts.not_kept)


def _too_many(error: errors.TooManyMessages) -> str:
    return f"Range of input items should be [1, {error.limit}]"


def _format(error: errors.ResponseFormatInvalid) -> str:
    return (
        "Unknown format of text.format, text.format should be a dict, includes 'type' and for "
        f"json_schema 'name' and 'schema'. The text.format type from user is {error.value}."
    )


def _schema(error: mode_errors.SchemaInvalid) -> str:
    """What is found out behind the dialects has the name that chats have for it."""
    field = error.field
    if field.startswith(ANSWER_FIELD):
        field = SCHEMA_FIELD + field.removeprefix(ANSWER_FIELD)
    return texts.schema_invalid(mode_errors.SchemaInvalid(field, error.reason))


def _tool_type(error: mode_errors.ToolTypeNotSupported) -> str:
    return (
        f"The {error.value} tool does not run here: declare a function that does its work, and "
        "send what it gives as a function_call_output."
    )


def _choice_type(error: mode_errors.ToolChoiceTypeInvalid) -> str:
    return (
        "Unknown format of tool_choice, an object should include 'type' function and 'name', or "
        "'type' allowed_tools, 'mode' and 'tools'. The tool_choice type from user is "
        f"{error.value}."
    )


WIRE_ERRORS: ErrorTable = {
    **COMPATIBLE_ERRORS,
    mode_errors.NotKept: _not_kept,
    errors.MessagesEmpty: Row(400, INVALID, "[] is too short - 'input'"),
    errors.TooManyMessages: Row(400, INVALID, _too_many),
    errors.ToolMessageOrphaned: Row(
        400, INVALID, "A function_call_output must follow a function_call."
    ),
    errors.ResponseFormatInvalid: Row(400, INVALID, _format),
    mode_errors.SchemaInvalid: Row(400, INVALID, _schema),
    mode_errors.StructuredOutputNotSupported: Row(
        400, INVALID, "This model does not support text.format json_object or json_schema."
    ),
    mode_errors.JsonWordMissing: Row(
        400,
        INVALID,
        "'input' must contain the word 'json' in some form, to use 'text.format' of type "
        "'json_object'.",
    ),
    mode_errors.ToolTypeNotSupported: Row(400, INVALID, _tool_type),
    mode_errors.ToolChoiceInvalid: Row(
        400,
        INVALID,
        'tool_choice should be "none", "auto" or "required", the mode of allowed_tools "auto" or '
        '"required".',
    ),
    mode_errors.ToolChoiceTypeInvalid: Row(400, INVALID, _choice_type),
    errors.AnswerInvalid: Row(
        500,
        INTERNAL,
        "The model's answer does not match text.format, please try again later.",
        INTERNAL,
    ),
}
