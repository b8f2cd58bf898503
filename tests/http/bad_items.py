"""Items of an input that the Responses API refuses, and what would have to be kept for it."""

from typing import Any

import msgspec
from tests.http.bad_parameters import LAYER, PART, ROLE

CALL = {"type": "function_call", "call_id": "a", "name": "look", "arguments": "{}"}
USER = {"role": "user", "content": "hi"}
PICTURE = {"type": "input_image", "image_url": "https://x.test/a.png"}
KINDS = "items should be message, function_call, function_call_output or reasoning."
EXCLUSIVE = (
    "[400] INVALID_REQUEST: Mutually exclusive parameters: Ensure you are only providing one of: "
    "previous_response_id or conversation."
)
BACKGROUND = (
    "Nothing is answered in the background: leave out 'background', and wait or set 'stream'."
)
SAY_IT_AGAIN = "send what was said before in 'input'."


class BadResponse(msgspec.Struct, frozen=True):
    """Fields of a question, and what is said of them; some are wrong `only_whole`."""

    title: str
    words: str
    fields: dict[str, Any]
    status: int = 400
    code: str = "invalid_parameter_error"
    model: str = "qwen-plus"
    only_whole: bool = False


def given(*items: Any, **others: Any) -> dict[str, Any]:
    return {"input": list(items), **others}


def parts(*content: Any, role: str = "user") -> dict[str, Any]:
    return given({"role": role, "content": list(content)})


def without(item: dict[str, Any], field: str) -> dict[str, Any]:
    return given(USER, {name: value for name, value in item.items() if name != field})


def gave(output: Any) -> dict[str, Any]:
    return given(USER, CALL, {"type": "function_call_output", "call_id": "a", "output": output})


NOT_KEPT = [
    BadResponse(
        "a response that went before",
        "Previous response with id 'resp_1' not found. Responses are not kept here: "
        + SAY_IT_AGAIN,
        {"previous_response_id": "resp_1"},
        404,
        "previous_response_not_found",
    ),
    BadResponse(
        "a response with an id like a book",
        f"Previous response with id '{'r' * 128}' not found. Responses are not kept here: "
        + SAY_IT_AGAIN,
        {"previous_response_id": "r" * 10_000},
        404,
        "previous_response_not_found",
    ),
    *(
        BadResponse(
            f"a conversation {title}",
            "Conversation with id 'conv_1' not found. Conversations are not kept here: "
            + SAY_IT_AGAIN,
            {"conversation": value},
            404,
            "conversation_not_found",
        )
        for title, value in (("by its id", "conv_1"), ("in an object", {"id": "conv_1"}))
    ),
    *(
        BadResponse(
            f"an item that refers to another {title}",
            "Item with id 'msg_1' not found. Items are not kept here: send the item itself; "
            "clients that send references stop it with 'store' set to false.",
            given(USER, item),
            404,
            "item_not_found",
        )
        for title, item in (
            ("by its type", {"type": "item_reference", "id": "msg_1"}),
            ("without a type", {"id": "msg_1"}),
        )
    ),
    BadResponse(
        "both of them", EXCLUSIVE, {"previous_response_id": "resp_1", "conversation": "conv_1"}
    ),
    BadResponse("the background", BACKGROUND, {"background": True}),
    BadResponse(
        "an id that is a number",
        "'previous_response_id' must be String",
        {"previous_response_id": 7},
    ),
    BadResponse(
        "a conversation that is a number", "'conversation' must be Object", {"conversation": 7}
    ),
    BadResponse(
        "a reference without its id",
        "Field required: input.[0].id",
        given({"type": "item_reference"}),
    ),
]
ITEMS = [
    BadResponse("no input", "Field required: input", {"input": None}),
    BadResponse("an input that is a number", "'input' must be String or Array", {"input": 7}),
    BadResponse("an empty input", "[] is too short - 'input'", {"input": []}),
    BadResponse("an empty text", ROLE, {"input": ""}),
    BadResponse("an item that is text", "'input.[0]' must be Object", given("hi")),
    BadResponse("too many items", "Range of input items should be [1, 50]", given(*[USER] * 51)),
    BadResponse("instructions in a list", "'instructions' must be String", {"instructions": []}),
    BadResponse(
        "nobody asks",
        LAYER + "The input messages do not contain elements with the role of user.",
        given({"role": "system", "content": "hi"}),
    ),
    *(
        BadResponse(
            f"an item of the type {kind}",
            f"'input.[1]' is of the type '{kind}': {KINDS}",
            given(USER, {"type": kind, "id": "ws_1", "status": "completed"}),
        )
        for kind in ("web_search_call", "custom_tool_call_output", "")
    ),
    BadResponse("a type that is a number", "'input.[0].type' must be String", given({"type": 1})),
    *(
        BadResponse(f"a message of the role {role}", ROLE, given({"role": role, "content": "hi"}))
        for role in ("tool", "robot", None)
    ),
    BadResponse(
        "a message without content",
        "The content field is a required field.",
        given(USER, {"role": "assistant"}),
    ),
    BadResponse(
        "content that is a number",
        "'input.[0].content' must be String",
        given({"role": "user", "content": 7}),
    ),
    *(
        BadResponse(f"a part of the type {kind}", PART, parts({"type": kind, "file_id": "f"}))
        for kind in ("input_file", "input_audio", "video_url", None)
    ),
    BadResponse(
        "a part without its text",
        "Field required: input.[0].content.text",
        parts({"type": "input_text"}),
    ),
    BadResponse(
        "a picture that was sent before",
        "Field required: input.[0].content.image_url",
        parts({"type": "input_image", "file_id": "file_1"}),
    ),
    BadResponse(
        "a picture as chats write it",
        "'input.[0].content.image_url' must be String",
        parts({"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}),
    ),
    BadResponse("a picture for a text model", "input content must be a string.", parts(PICTURE)),
    *(
        BadResponse(
            f"a call without its {field}",
            f"Field required: input.[1].{field}",
            without(CALL, field),
        )
        for field in ("call_id", "name", "arguments")
    ),
    BadResponse(
        "arguments that are no text",
        "'input.[1].arguments' must be String",
        given(USER, {**CALL, "arguments": {}}),
    ),
    BadResponse(
        "a result of no call",
        "A function_call_output must follow a function_call.",
        given(USER, {"type": "function_call_output", "call_id": "a", "output": "seen"}),
    ),
    BadResponse(
        "a result behind a question",
        "A function_call_output must follow a function_call.",
        given(USER, CALL, USER, {"type": "function_call_output", "call_id": "a", "output": ""}),
    ),
    BadResponse("a result of nothing", "Field required: input.[2].output", gave(None)),
    BadResponse(
        "a result that is an object", "'input.[2].output' must be String or Array", gave({})
    ),
    BadResponse(
        "a result without its call_id",
        "Field required: input.[2].call_id",
        given(USER, CALL, {"type": "function_call_output", "output": ""}),
    ),
    BadResponse(
        "a summary that is text",
        "'input.[1].summary' must be Array",
        given(USER, {"type": "reasoning", "summary": "hm"}),
    ),
]
