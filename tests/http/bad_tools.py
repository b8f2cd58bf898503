"""Tools, choices among them and calls that both dialects refuse, in the same words."""

from typing import Any

from tests.functions import WEATHER
from tests.http.bad_parameters import LAYER, USER, Bad
from tests.http.bad_tool_parameters import PARAMETERS, impossible

NAMED = {"type": "function", "function": {"name": "get_weather"}}
CHOICE = LAYER + 'tool_choice is one of the strings that should be ["none", "auto"]'
CHOICE_TYPE = (
    "Unknown format of tool_choice, an object should include 'type' function and the name of "
    "the function. The tool_choice type from user is "
)
FORCED = (
    LAYER
    + "The tool_choice parameter does not support being set to required or object in thinking mode"
)
NAMES = "Tool names should be of 1 to 64 letters, digits, underscores and dashes, "


def function(**changes: Any) -> dict[str, Any]:
    return {"tools": [{**WEATHER, "function": {**WEATHER["function"], **changes}}]}


def chosen(choice: Any, **others: Any) -> dict[str, Any]:
    return {"tools": [WEATHER], "tool_choice": choice, **others}


def named(name: str) -> str:
    return f"{NAMES}tools.[0].function.name is '{name}'"


BAD_TOOLS = [
    Bad("tools an object", "'tools' must be Array", {"tools": WEATHER}),
    Bad("a tool that is text", "'tools.[0]' must be Object", {"tools": ["get_weather"]}),
    Bad("a tool without its type", "Field required: tools.[0].type", {"tools": [{}]}),
    Bad(
        "a tool whose type is a number", "'tools.[0].type' must be String", {"tools": [{"type": 1}]}
    ),
    Bad(
        "a tool without its function",
        "Field required: tools.[1].function",
        {"tools": [WEATHER, {"type": "function"}]},
    ),
    Bad(
        "a function that is a name",
        "'tools.[0].function' must be Object",
        {"tools": [{"type": "function", "function": "get_weather"}]},
    ),
    Bad(
        "a tool in the flat form of another protocol",
        "Field required: tools.[0].function",
        {"tools": [{"type": "function", "name": "get_weather", "parameters": {}}]},
    ),
    *(
        Bad(
            f"a tool of type {kind}",
            f"The current model does not support the {kind} tool.",
            {"tools": [{"type": kind}]},
        )
        for kind in ("web_search", "code_interpreter", "custom")
    ),
    Bad(
        "a function without a name", "Field required: tools.[0].function.name", function(name=None)
    ),
    Bad(
        "a function whose name is a number",
        "'tools.[0].function.name' must be String",
        function(name=7),
    ),
    Bad("a function with an empty name", named(""), function(name="")),
    Bad("a name with a space", named("get weather"), function(name="get weather")),
    Bad("a name with a dot", named("weather.get"), function(name="weather.get")),
    Bad("a name in Chinese", named("天气"), function(name="天气")),
    Bad("a name and a newline", named("get_weather\n"), function(name="get_weather\n")),
    Bad("a name of 65 letters", named("x" * 65), function(name="x" * 65)),
    Bad("a name like a book", named("x" * 128), function(name="x" * 10_000)),
    Bad(
        "a function named search",
        LAYER + "Tool names are not allowed to be [search]",
        function(name="search"),
    ),
    Bad(
        "two functions of one name",
        LAYER + "Tool names should be unique, [get_weather] is declared twice",
        {"tools": [WEATHER, WEATHER]},
    ),
    Bad(
        "a description that is a number",
        "'tools.[0].function.description' must be String",
        function(description=7),
    ),
    Bad(
        "parameters that are a list",
        "'tools.[0].function.parameters' must be Object",
        function(parameters=[]),
    ),
    *(
        Bad(f"parameters with {title}", impossible(path, reason), function(parameters=schema))
        for title, schema, path, reason in PARAMETERS
    ),
    Bad(
        "more tools than anybody reads",
        "Range of tools should be [1, 128]",
        {"tools": [WEATHER] * 129},
    ),
    Bad(
        "a definition like a book",
        "Range of tools.[0] length should be [1, 65536]",
        function(description="天" * 22_000),
    ),
    Bad(
        "tools for a model that has none",
        LAYER + "The tool call is not supported.",
        {"tools": [WEATHER]},
        model="qwen-long",
    ),
    Bad("tool_choice any", CHOICE, chosen("any")),
    Bad("tool_choice a name", CHOICE, chosen("get_weather")),
    Bad("tool_choice a number", "'tool_choice' must be String or Object", chosen(1)),
    Bad("tool_choice a list", "'tool_choice' must be String or Object", chosen(["auto"])),
    Bad(
        "tool_choice a flag, without tools",
        "'tool_choice' must be String or Object",
        {"tool_choice": True},
    ),
    Bad("tool_choice an empty object", "Field required: tool_choice.type", chosen({})),
    Bad(
        "tool_choice without its function",
        "Field required: tool_choice.function.name",
        chosen({"type": "function", "name": "get_weather"}),
    ),
    Bad(
        "tool_choice without a name",
        "Field required: tool_choice.function.name",
        chosen({"type": "function", "function": {}}),
    ),
    Bad(
        "tool_choice among some",
        CHOICE_TYPE + "allowed_tools.",
        chosen({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [NAMED]}}),
    ),
    Bad("tool_choice of a custom tool", CHOICE_TYPE + "custom.", chosen({"type": "custom"})),
    Bad(
        "a choice that was not declared",
        LAYER + 'Invalid value for "tool_choice": no function named "get_time" was specified in '
        'the "tools" parameter.',
        chosen({"type": "function", "function": {"name": "get_time"}}),
    ),
    Bad("a required call while thinking", FORCED, chosen("required", enable_thinking=True)),
    Bad("a named call while thinking", FORCED, chosen(NAMED, enable_thinking=True)),
    Bad(
        "a required call of a model that always thinks",
        FORCED,
        chosen("required"),
        model="qwq-plus",
    ),
    Bad("several answers with calls", "Range of n should be [1, 1]", {"tools": [WEATHER], "n": 2}),
    Bad(
        "parallel_tool_calls as text",
        "'parallel_tool_calls' must be Boolean",
        {"tools": [WEATHER], "parallel_tool_calls": "yes"},
    ),
    Bad(
        "arguments that are an object",
        "'{messages}.[1].tool_calls.[0].function.arguments' must be String",
        messages=[
            USER,
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {"id": "1", "function": {"name": "f", "arguments": {"city": "Rome"}}}
                ],
            },
        ],
    ),
    Bad(
        "calls that are an object",
        "'{messages}.[1].tool_calls' must be Array",
        messages=[USER, {"role": "assistant", "content": "", "tool_calls": {}}],
    ),
    Bad(
        "a result without content",
        "The content field is a required field.",
        messages=[
            USER,
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "1"},
        ],
    ),
    Bad(
        "a result after the answer",
        LAYER + 'messages with role "tool" must be a response to a preceeding message with '
        '"tool_calls".',
        messages=[
            USER,
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "1", "content": "42"},
            {"role": "assistant", "content": "It is 42."},
            {"role": "tool", "tool_call_id": "1", "content": "42"},
        ],
    ),
]
