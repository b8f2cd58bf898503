"""The words of the documented errors that every dialect shares (reference/08 section 4)."""

from studiolo.core import errors, mode_errors
from studiolo.core.media import errors as media

# Checks done behind upstream's gateway carry this in front (reference/08 section 1).
MODEL_LAYER = "<400> InternalError.Algo.InvalidParameter: "

STOP = (
    'The "stop" parameter must be of type "str", "list[str]", "list[int]", or "list[list[int]]", '
    "and all elements within the list must be of the same type."
)
RESULT_FORMAT = (
    "Required parameter(result_format) missing or invalid, please check the request parameters."
)
BODY = "Required body invalid, please check the request body format."
NO_PROMPT = 'Either "prompt" or "messages" must exist and cannot both be none'
NO_USER = MODEL_LAYER + "The input messages do not contain elements with the role of user."
ROLE_OR_CONTENT = "Role must be user or assistant and Content length must be greater than 0."
PART = (
    "The provided messages input is invalid. The error info is [Unexpected item type in content.]"
)
TOOL_ORDER = (
    MODEL_LAYER
    + 'messages with role "tool" must be a response to a preceeding message with "tool_calls".'
)
CALL_ARGUMENTS = (
    MODEL_LAYER + "If tool_calls are present in the message, function.arguments must be defined."
)
NO_TOOLS = MODEL_LAYER + "The tool call is not supported."
TOOL_CHOICE = MODEL_LAYER + 'tool_choice is one of the strings that should be ["none", "auto"]'
TOOLS_MESSAGES = MODEL_LAYER + 'The result_format parameter must be "message" when tools are used'
NO_STRUCTURED_OUTPUT = "This model does not support response_format json_object or json_schema."
JSON_WORD = (
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
    "'json_object'."
)
JSON_THINKING = f"{MODEL_LAYER}Json mode response is not supported when enable_thinking is true"
JSON_PARTIAL = "Partial mode is not supported with response_format json_object or json_schema."
NO_PARTIAL = "This model does not support partial mode."
INFILL = (
    "A prompt that begins with <|fim_prefix|> or <|fim_suffix|> should be "
    "<|fim_prefix|>prefix<|fim_suffix|> or <|fim_prefix|>prefix<|fim_suffix|>suffix<|fim_middle|>"
)
NO_PREFIX = "There should be a prefix, completion with a suffix only is not supported"
INCREMENTAL = "The incremental_output parameter of this model cannot be set to False."
THINKING_REQUIRED = (
    MODEL_LAYER + "The value of the enable_thinking parameter is restricted to True."
)
THINKING_STREAM_ONLY = MODEL_LAYER + "parameter.enable_thinking only support stream call"
THINKING_INCREMENTS = (
    MODEL_LAYER + 'The incremental_output parameter must be "true" when enable_thinking is true'
)
THINKING_MESSAGES = (
    MODEL_LAYER + 'The result_format parameter must be "message" when enable_thinking is true'
)
THINKING_PARTIAL = MODEL_LAYER + "Partial mode is not supported when enable_thinking is true."
THINKING_FORCED = (
    MODEL_LAYER
    + "The tool_choice parameter does not support being set to required or object in thinking mode"
)
NO_BACKGROUND = (
    "Nothing is answered in the background: leave out 'background', and wait or set 'stream'."
)
ONE_OF_TWO = (
    "[400] INVALID_REQUEST: Mutually exclusive parameters: Ensure you are only providing one of: "
    "previous_response_id or conversation."
)
MEDIA_URL = "The provided URL does not appear to be valid. Ensure it is correctly formatted."
MEDIA_DOWNLOAD = "Failed to download multimodal content."
MEDIA_TIMEOUT = "Download the media resource timed out during the data inspection process."
MEDIA_SIZE = "Multimodal file size is too large"
SIDES = MODEL_LAYER + "The image length and width do not meet the model restrictions."
ENDPOINT = "url error, please check url！"  # noqa: RUF001 - upstream's own full-width mark
TOO_SLOW = "Request timed out, please try again later."
UNAVAILABLE = "Model is unavailable, please try again later."
INTERNAL = "An internal error has occured, please try again later or contact service support."
BROKEN_FORMAT = "The model's answer does not match response_format, please try again later."
BROKEN_CALL = "The model's call does not match the tools and tool_choice, please try again later."
INFERENCE = "inference internal error."

RANGES: dict[str, str] = {
    "temperature": "Temperature should be in [0.0, 2.0)",
    "top_p": "Range of top_p should be (0.0, 1.0]",
    "top_k": "Parameter top_k be greater than or equal to 0",
    "repetition_penalty": "Repetition_penalty should be greater than 0.0",
    "presence_penalty": "Presence_penalty should be in [-2.0, 2.0]",
    "seed": "Range of seed should be [0, 9223372036854775807]",
    "top_logprobs": "Range of top_logprobs should be [0, 5]",
    "input length": MODEL_LAYER + "Range of input length should be [1, {limit}]",
    "max_output_tokens": "Range of max_output_tokens should be [16, {limit}]",
    "thinking_budget": (
        "The thinking_budget parameter must be a positive integer and not greater than {limit}"
    ),
}


def out_of_range(error: errors.OutOfRange) -> str:
    """The field's own sentence, else the usual one with its limit."""
    template = RANGES.get(error.field, "Range of {field} should be [1, {limit}]")
    return template.format(field=error.field, limit=error.limit)


def input_too_long(error: errors.InputTooLong) -> str:
    """N is the most tokens this model reads."""
    return f"{MODEL_LAYER}Range of input length should be [1, {error.limit}]"


def response_format(error: errors.ResponseFormatInvalid) -> str:
    """Names the type that was sent."""
    return (
        "Unknown format of response_format, response_format should be a dict, includes 'type' and "
        "an optional key 'json_schema'. The response_format type from user is "
        f"{error.value}."
    )


def format_name(error: mode_errors.FormatNameInvalid) -> str:
    """OURS, worded as its neighbours."""
    return f"'{error.field}' must be 1 to 64 letters, digits, underscores and dashes"


def schema_invalid(error: mode_errors.SchemaInvalid) -> str:
    """OURS: the part at fault, and why."""
    return f"Invalid schema, {error.field}: {error.reason}."


def wrong_type(error: errors.WrongType) -> str:
    """Names the field and upstream's word for its type."""
    return f"'{error.field}' must be {error.expected}"


def field_missing(error: errors.FieldMissing) -> str:
    """Names the field."""
    return f"Field required: {error.field}"


def method_not_supported(error: errors.MethodNotSupported) -> str:
    """Names the method."""
    return f"Request method '{error.method}' is not supported."


def too_many_messages(error: errors.TooManyMessages) -> str:
    """OURS, worded as its neighbours."""
    return f"Range of messages length should be [1, {error.limit}]"


def too_many_parts(error: errors.TooManyParts) -> str:
    """OURS, worded as its neighbours."""
    return f"Range of content parts should be [1, {error.limit}]"


def thinking_not_supported(error: mode_errors.ThinkingNotSupported) -> str:
    """Names the model."""
    return f"The model {error.model} does not support enable_thinking."


def tool_invalid(error: mode_errors.ToolInvalid) -> str:
    """OURS, for what has no sentence of its own."""
    return f"{MODEL_LAYER}Invalid tool: {error.value}"


def tool_type(error: mode_errors.ToolTypeNotSupported) -> str:
    """Names the type of the tool."""
    return f"The current model does not support the {error.value} tool."


def tool_name(error: mode_errors.ToolNameInvalid) -> str:
    """OURS: says where the name is and what it may be made of."""
    return (
        "Tool names should be of 1 to 64 letters, digits, underscores and dashes, "
        f"{error.field} is '{error.value}'"
    )


def tool_name_forbidden(error: mode_errors.ToolNameForbidden) -> str:
    """Names the name."""
    return f"{MODEL_LAYER}Tool names are not allowed to be [{error.value}]"


def tool_name_repeated(error: mode_errors.ToolNameRepeated) -> str:
    """OURS, worded as its neighbour."""
    return f"{MODEL_LAYER}Tool names should be unique, [{error.value}] is declared twice"


def tool_parameters(error: mode_errors.ToolParametersInvalid) -> str:
    """OURS, worded as that of schemas of answers: the function, the part at fault, and why."""
    return f"Invalid schema for function '{error.value}', {error.field}: {error.reason}."


def tool_choice_type(error: mode_errors.ToolChoiceTypeInvalid) -> str:
    """OURS, worded as that of `response_format`."""
    return (
        "Unknown format of tool_choice, an object should include 'type' function and the name of "
        f"the function. The tool_choice type from user is {error.value}."
    )


def tool_not_declared(error: mode_errors.ToolNotDeclared) -> str:
    """Names the function."""
    return (
        f'{MODEL_LAYER}Invalid value for "tool_choice": no function named "{error.value}" was '
        'specified in the "tools" parameter.'
    )


NOT_KEPT: dict[mode_errors.Kept, str] = {
    "response": "Previous response with id '{name}' not found. Responses are not kept here: send "
    "what was said before in 'input'.",
    "conversation": "Conversation with id '{name}' not found. Conversations are not kept here: "
    "send what was said before in 'input'.",
    "item": "Item with id '{name}' not found. Items are not kept here: send the item itself; "
    "clients that send references stop it with 'store' set to false.",
}


def not_kept(error: mode_errors.NotKept) -> str:
    """Names the id, and the way round."""
    return NOT_KEPT[error.kind].format(name=error.name)


def item_type(error: mode_errors.ItemTypeNotSupported) -> str:
    """OURS: says which items are read."""
    return (
        f"'{error.field}' is of the type '{error.value}': items should be message, function_call, "
        "function_call_output or reasoning."
    )


def media_host(error: media.MediaHostForbidden) -> str:
    """Names the host, and the way round."""
    return (
        f"{MEDIA_DOWNLOAD} '{error.host}' is not a public host: send the file as a data URI, or "
        "have the host allowed by media.private_hosts."
    )


def media_download(error: media.MediaDownloadFailed) -> str:
    """The documented sentence, and why."""
    return f"{MEDIA_DOWNLOAD} {error.reason}"


def media_item(error: media.MediaItemTooLarge) -> str:
    """Upstream's own quotation mark."""
    return f"Exceeded limit on max bytes per data-uri item : {error.limit_bytes}'."


def media_size(error: media.MediaTooLarge) -> str:
    """The documented words, and the most."""
    return f"{MEDIA_SIZE}, it should not be larger than {error.limit_bytes} bytes."


def too_many_media(error: media.TooManyMedia) -> str:
    """OURS, worded as its neighbours."""
    return (
        f"Range of images, videos and frames in a request should be [0, {error.limit}], "
        f"there are {error.count}"
    )


def media_unreadable(error: media.MediaUnreadable) -> str:
    """OURS: says what was looked for."""
    return f"The {error.kind} format is illegal and cannot be opened."


def media_costly(error: media.MediaTooCostly) -> str:
    """OURS, for what would keep all others waiting."""
    return f"The {error.kind} takes too much time or memory to be decoded, send a smaller one."


def media_pixels(error: media.TooManyPixels) -> str:
    """OURS, with the words of files that are too large."""
    return (
        f"{MEDIA_SIZE}, it has {error.width} x {error.height} pixels and should have at most "
        f"{error.limit}."
    )


def sides_short(error: media.SidesTooShort) -> str:
    """The documented sentence, and the sides."""
    return (
        f"{SIDES} [height:{error.height} or width:{error.width} must be larger than {error.bound}]"
    )


def sides_unlike(error: media.SidesTooUnlike) -> str:
    """The documented sentence, and the sides."""
    return (
        f"{SIDES} [the ratio of height:{error.height} and width:{error.width} must be at most "
        f"{error.bound}]"
    )


def video_length(error: media.VideoLengthInvalid) -> str:
    """OURS: says how long it is, and may be."""
    return (
        f"The length of a video should be in [{error.least_s:g}, {error.most_s:g}] seconds, this "
        f"one has {error.seconds:.1f}."
    )


def frame_count(error: media.FrameCountInvalid) -> str:
    """Upstream's own spelling."""
    return (
        "The video modality input does not meet the requirements because: "
        f"the range of sequence images shoule be ({error.least}, {error.most})."
    )


def looking(error: media.LookingInvalid) -> str:
    """OURS, worded as other ranges."""
    return f"Range of {error.field} should be [{error.least:.10g}, {error.most:.10g}]"
