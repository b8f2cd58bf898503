"""Questions that the Responses API refuses, in the words that it has for its own fields."""

from typing import Any

from tests.functions import WEATHER
from tests.http.bad_items import ITEMS, NOT_KEPT, BadResponse
from tests.http.bad_parameters import LAYER

LOOK = {"type": "function", "name": "look", "parameters": {"type": "object"}}
CHOICE = (
    'tool_choice should be "none", "auto" or "required", the mode of allowed_tools "auto" or '
    '"required".'
)
CHOICE_TYPE = (
    "Unknown format of tool_choice, an object should include 'type' function and 'name', or 'type' "
    "allowed_tools, 'mode' and 'tools'. The tool_choice type from user is "
)
FORMAT = (
    "Unknown format of text.format, text.format should be a dict, includes 'type' and for "
    "json_schema 'name' and 'schema'. The text.format type from user is "
)


def choice(value: Any) -> dict[str, Any]:
    return {"tools": [LOOK], "tool_choice": value}


def allowed(*tools: Any, **others: Any) -> dict[str, Any]:
    return choice({"type": "allowed_tools", "tools": list(tools), **others})


def tool(**changes: Any) -> dict[str, Any]:
    return {"tools": [{**LOOK, **changes}]}


def form(value: Any) -> dict[str, Any]:
    return {"text": {"format": value}}


TOOLS = [
    *(
        BadResponse(
            f"the tool {kind}",
            f"The {kind} tool does not run here: declare a function that does its work, and send "
            "what it gives as a function_call_output.",
            {"tools": [LOOK, {"type": kind}]},
        )
        for kind in (
            "web_search",
            "web_extractor",
            "code_interpreter",
            "file_search",
            "mcp",
            "custom",
        )
    ),
    BadResponse("a tool without its type", "Field required: tools.[0].type", {"tools": [{}]}),
    BadResponse("a tool as chats write it", "Field required: tools.[0].name", {"tools": [WEATHER]}),
    BadResponse(
        "a tool without its name",
        "Field required: tools.[0].name",
        {"tools": [{"type": "function"}]},
    ),
    BadResponse(
        "a name with a space",
        "Tool names should be of 1 to 64 letters, digits, underscores and dashes, tools.[0].name "
        "is 'look up'",
        tool(name="look up"),
    ),
    BadResponse(
        "two functions of one name",
        LAYER + "Tool names should be unique, [look] is declared twice",
        {"tools": [LOOK, LOOK]},
    ),
    BadResponse(
        "parameters that are text",
        "'tools.[0].parameters' must be Object",
        tool(parameters="object"),
    ),
    BadResponse(
        "a definition like a book",
        "Range of tools.[0] length should be [1, 65536]",
        tool(description="x" * 66_000),
    ),
    BadResponse(
        "tools of a model without",
        LAYER + "The tool call is not supported.",
        {"tools": [LOOK]},
        model="qwen-long",
    ),
    BadResponse("a choice that is a number", "'tool_choice' must be String or Object", choice(1)),
    BadResponse("a choice nobody knows", CHOICE, choice("any")),
    BadResponse("a choice without its type", "Field required: tool_choice.type", choice({})),
    *(
        BadResponse(
            f"a choice of the type {kind}", CHOICE_TYPE + f"{kind}.", choice({"type": kind})
        )
        for kind in ("web_search", "mcp")
    ),
    BadResponse(
        "a choice without its name",
        "Field required: tool_choice.name",
        choice({"type": "function"}),
    ),
    BadResponse(
        "a choice of what is not there",
        LAYER
        + 'Invalid value for "tool_choice": no function named "tell" was specified in the "tools" '
        "parameter.",
        choice({"type": "function", "name": "tell"}),
    ),
    BadResponse("another mode", CHOICE, allowed(LOOK, mode="any")),
    BadResponse(
        "allowed tools that are missing",
        "Field required: tool_choice.tools",
        choice({"type": "allowed_tools", "mode": "auto"}),
    ),
    BadResponse("no tool allowed", "Range of tool_choice.tools should be [1, 1]", allowed()),
    BadResponse(
        "an allowed tool that runs upstream",
        "The web_search tool does not run here: declare a function that does its work, and send "
        "what it gives as a function_call_output.",
        allowed({"type": "web_search"}),
    ),
    BadResponse(
        "an allowed tool that is not there",
        LAYER
        + 'Invalid value for "tool_choice": no function named "tell" was specified in the "tools" '
        "parameter.",
        allowed({"type": "function", "name": "tell"}),
    ),
    BadResponse(
        "a call that must come behind a thought",
        LAYER
        + "The tool_choice parameter does not support being set to required or object in thinking "
        "mode",
        {**choice("required"), "reasoning": {"effort": "low"}},
    ),
]
FORMATS = [
    BadResponse("a format that is a word", FORMAT + "json.", form("json")),
    BadResponse("a format of another type", FORMAT + "yaml.", form({"type": "yaml"})),
    BadResponse("texts that are text", "'text' must be Object", {"text": "json"}),
    BadResponse(
        "a format without its schema",
        "Field required: text.format.schema",
        form({"type": "json_schema", "name": "it"}),
    ),
    BadResponse(
        "a schema as chats write it",
        "Field required: text.format.schema",
        form({"type": "json_schema", "json_schema": {"name": "it", "schema": {}}}),
    ),
    BadResponse(
        "a schema that nothing satisfies",
        "Invalid schema, text.format.schema: nothing satisfies it: 'a' is required and never can "
        "be given.",
        form(
            {
                "type": "json_schema",
                "name": "it",
                "schema": {"type": "object", "properties": {"a": False}, "required": ["a"]},
            }
        ),
    ),
    BadResponse(
        "a name with a space",
        "'text.format.name' must be 1 to 64 letters, digits, underscores and dashes",
        form({"type": "json_schema", "name": "a b", "schema": {}}),
    ),
    BadResponse(
        "an object of which nobody speaks",
        "'input' must contain the word 'json' in some form, to use 'text.format' of type "
        "'json_object'.",
        form({"type": "json_object"}),
    ),
    BadResponse(
        "JSON behind a thought",
        LAYER + "Json mode response is not supported when enable_thinking is true",
        {"input": "JSON", **form({"type": "json_object"}), "enable_thinking": True},
    ),
]
LIMITS = [
    *(
        BadResponse(
            f"{value} tokens",
            "Range of max_output_tokens should be [16, 32768]",
            {"max_output_tokens": value},
        )
        for value in (-1, 0, 15, 32_769)
    ),
    BadResponse(
        "tokens as text", "'max_output_tokens' must be Integer", {"max_output_tokens": "16"}
    ),
    BadResponse("temperature 2", "Temperature should be in [0.0, 2.0)", {"temperature": 2}),
    BadResponse("top_p 0", "Range of top_p should be (0.0, 1.0]", {"top_p": 0}),
    BadResponse("stream as text", "'stream' must be Boolean", {"stream": "yes"}),
    BadResponse("metadata in a list", "'metadata' must be Object", {"metadata": []}),
    BadResponse(
        "an effort that is a number",
        "'reasoning.effort' must be String",
        {"reasoning": {"effort": 1}},
    ),
    BadResponse("reasoning that is a word", "'reasoning' must be Object", {"reasoning": "high"}),
    BadResponse(
        "a wish that is a word", "'enable_thinking' must be Boolean", {"enable_thinking": "yes"}
    ),
    BadResponse(
        "a text too long",
        LAYER + "Range of input length should be [1, 4095]",
        {"input": "x" * 150_000, "truncation": "auto"},
    ),
    BadResponse(
        "a thought of a model that streams it",
        LAYER + "parameter.enable_thinking only support stream call",
        {},
        model="qwen3-32b",
        only_whole=True,
    ),
    BadResponse(
        "no thought of a model that always thinks",
        LAYER + "The value of the enable_thinking parameter is restricted to True.",
        {"enable_thinking": False},
        model="qwq-plus",
    ),
    BadResponse(
        "a thought of a model that has none",
        "The model qwen-max does not support enable_thinking.",
        {"enable_thinking": True},
        code="InvalidParameter.NotSupportEnableThinking",
        model="qwen-max",
    ),
    BadResponse(
        "no model",
        "you must provide a model parameter.",
        {},
        code="invalid_request_error",
        model="",
    ),
    BadResponse(
        "an unknown model",
        "The model `qwen-none` does not exist or you do not have access to it.",
        {},
        404,
        "model_not_found",
        "qwen-none",
    ),
    BadResponse(
        "a model that embeds",
        "Unsupported model text-embedding-v4 for OpenAI compatibility mode.",
        {},
        404,
        "model_not_supported",
        "text-embedding-v4",
    ),
]
BAD_RESPONSES = [*NOT_KEPT, *ITEMS, *TOOLS, *FORMATS, *LIMITS]
