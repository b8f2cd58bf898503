"""How a dialect's error table is read: one row for each class, found along the class chain."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from studiolo.core import errors, mode_errors
from studiolo.core.errors import StudioloError
from studiolo.core.media import errors as media
from studiolo.protocols import texts

# A fixed sentence, or a function that puts the error's facts into one.
Words = str | Callable[[Any], str]


class Row(msgspec.Struct, frozen=True):
    """One error on the wire. `type` is only spoken by dialects that have one."""

    status: int
    code: str
    words: Words
    type: str = "invalid_request_error"


# A row, or where one class stands for many errors, what gives the row of one.
ErrorTable = Mapping[type[StudioloError], Row | Callable[[Any], Row]]


def row_for(table: ErrorTable, error: StudioloError) -> Row:
    """The row of the error's class, or of the nearest class above it."""
    for kind in type(error).__mro__:
        row = table.get(kind)
        if row is not None:
            return row if isinstance(row, Row) else row(error)
    return Row(500, "InternalError", texts.INTERNAL)


# What upstream's gateway refuses itself; it leaves the model layer's words alone.
GATEWAY_STATUSES = frozenset((401, 403, 404, 429))


def words_for(row: Row, error: StudioloError, *, suffix: str = "") -> str:
    """The sentence the caller reads; `suffix` is what upstream's gateway adds (a setting)."""
    words = row.words if isinstance(row.words, str) else row.words(error)
    return f"{words} {suffix}" if suffix and row.status in GATEWAY_STATUSES else words


def retry_after_s(error: StudioloError) -> int | None:
    """When to come again, if the error knows."""
    seconds = getattr(error, "retry_after_s", None)
    return seconds if isinstance(seconds, int) else None


def bad_requests(code: str) -> dict[type[StudioloError], Row]:
    """The rows of requests that are wrong in the same words everywhere (reference/08 section 4).

    `code` is the dialect's word for an invalid parameter.
    """
    return {
        errors.MethodNotSupported: Row(400, code, texts.method_not_supported),
        errors.EncryptionNotSupported: Row(400, code, "Encrypted requests are not supported."),
        errors.BodyMalformed: Row(400, code, texts.BODY),
        errors.FieldMissing: Row(400, code, texts.field_missing),
        errors.WrongType: Row(400, code, texts.wrong_type),
        errors.StopInvalid: Row(400, code, texts.STOP),
        errors.ResultFormatInvalid: Row(400, code, texts.RESULT_FORMAT),
        mode_errors.ThinkingRequired: Row(400, code, texts.THINKING_REQUIRED),
        mode_errors.ThinkingStreamOnly: Row(400, code, texts.THINKING_STREAM_ONLY),
        mode_errors.ThinkingNeedsIncrements: Row(400, code, texts.THINKING_INCREMENTS),
        mode_errors.ThinkingNeedsMessages: Row(400, code, texts.THINKING_MESSAGES),
        mode_errors.PartialWhileThinking: Row(400, code, texts.THINKING_PARTIAL),
        mode_errors.IncrementalOutputRequired: Row(400, code, texts.INCREMENTAL),
        errors.ResponseFormatInvalid: Row(400, code, texts.response_format),
        mode_errors.StructuredOutputNotSupported: Row(400, code, texts.NO_STRUCTURED_OUTPUT),
        mode_errors.JsonWordMissing: Row(400, code, texts.JSON_WORD),
        mode_errors.JsonWhileThinking: Row(400, code, texts.JSON_THINKING),
        mode_errors.JsonAfterPrefix: Row(400, code, texts.JSON_PARTIAL),
        mode_errors.FormatNameInvalid: Row(400, code, texts.format_name),
        mode_errors.SchemaInvalid: Row(400, code, texts.schema_invalid),
        errors.MessagesMissing: Row(400, code, texts.NO_PROMPT),
        errors.TooManyMessages: Row(400, code, texts.too_many_messages),
        errors.TooManyParts: Row(400, code, texts.too_many_parts),
        errors.UserMessageMissing: Row(400, code, texts.NO_USER),
        errors.RoleInvalid: Row(400, code, texts.ROLE_OR_CONTENT),
        errors.ContentMissing: Row(400, code, "The content field is a required field."),
        errors.ContentPartInvalid: Row(400, code, texts.PART),
        errors.MediaNotSupported: Row(400, code, "input content must be a string."),
        errors.ToolMessageOrphaned: Row(400, code, texts.TOOL_ORDER),
        errors.CallArgumentsMissing: Row(400, code, texts.CALL_ARGUMENTS),
        mode_errors.PartialNotSupported: Row(400, code, texts.NO_PARTIAL),
        mode_errors.InfillMalformed: Row(400, code, texts.INFILL),
        mode_errors.PrefixMissing: Row(400, code, texts.NO_PREFIX),
        errors.InputTooLong: Row(400, code, texts.input_too_long),
        errors.DoubleRefused: Row(400, code, str),
        mode_errors.NotKept: Row(400, code, texts.not_kept),
        mode_errors.OneOfTwo: Row(400, code, texts.ONE_OF_TWO),
        mode_errors.BackgroundNotSupported: Row(400, code, texts.NO_BACKGROUND),
        mode_errors.ItemTypeNotSupported: Row(400, code, texts.item_type),
        **_bad_tools(code),
        **_bad_media(code),
    }


def _bad_tools(code: str) -> dict[type[StudioloError], Row]:
    return {
        mode_errors.ToolsNotSupported: Row(400, code, texts.NO_TOOLS),
        mode_errors.ToolInvalid: Row(400, code, texts.tool_invalid),
        mode_errors.ToolTypeNotSupported: Row(400, code, texts.tool_type),
        mode_errors.ToolNameInvalid: Row(400, code, texts.tool_name),
        mode_errors.ToolNameForbidden: Row(400, code, texts.tool_name_forbidden),
        mode_errors.ToolNameRepeated: Row(400, code, texts.tool_name_repeated),
        mode_errors.ToolParametersInvalid: Row(400, code, texts.tool_parameters),
        mode_errors.ToolChoiceInvalid: Row(400, code, texts.TOOL_CHOICE),
        mode_errors.ToolChoiceTypeInvalid: Row(400, code, texts.tool_choice_type),
        mode_errors.ToolNotDeclared: Row(400, code, texts.tool_not_declared),
        mode_errors.ToolsNeedMessages: Row(400, code, texts.TOOLS_MESSAGES),
        mode_errors.ForcedCallWhileThinking: Row(400, code, texts.THINKING_FORCED),
    }


def _bad_media(code: str) -> dict[type[StudioloError], Row]:
    return {
        media.MediaInvalid: Row(400, code, str),
        media.MediaUrlInvalid: Row(400, code, texts.MEDIA_URL),
        media.MediaHostForbidden: Row(400, code, texts.media_host),
        media.MediaDownloadFailed: Row(400, code, texts.media_download),
        media.MediaDownloadTimeout: Row(400, code, texts.MEDIA_TIMEOUT),
        media.MediaItemTooLarge: Row(400, code, texts.media_item),
        media.MediaTooLarge: Row(400, code, texts.media_size),
        media.TooManyMedia: Row(400, code, texts.too_many_media),
        media.MediaUnreadable: Row(400, code, texts.media_unreadable),
        media.MediaTooCostly: Row(400, code, texts.media_costly),
        media.TooManyPixels: Row(400, code, texts.media_pixels),
        media.SidesTooShort: Row(400, code, texts.sides_short),
        media.SidesTooUnlike: Row(400, code, texts.sides_unlike),
        media.VideoLengthInvalid: Row(400, code, texts.video_length),
        media.FrameCountInvalid: Row(400, code, texts.frame_count),
        media.LookingInvalid: Row(400, code, texts.looking),
    }
