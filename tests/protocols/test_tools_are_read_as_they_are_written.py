"""What both dialects make of tools, of the choice among them, and of calls and their results."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.protocols.scenarios import IDENTITY

from studiolo.catalog.catalog import load_catalog
from studiolo.core.messages import Call, Message, TextPart
from studiolo.core.requests import ChatRequest, Tool, ToolChoice
from studiolo.protocols.codec import Rules
from studiolo.protocols.dashscope.generation import Generation
from studiolo.protocols.openai.chat import ChatCompletions

CATALOG = load_catalog()
RULES = Rules(max_messages=50)
USER = {"role": "user", "content": "hi"}
SCHEMA = '{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"number"}}}'
BARE = '{"type":"function","function":{"name":"f"}}'
NAMED = {"type": "function", "function": {"name": "f"}}


def compatible(messages: list[Any], parameters: dict[str, Any]) -> ChatRequest:
    document = {"model": "qwen-plus", "messages": messages, **parameters}
    codec, card = ChatCompletions(RULES), CATALOG.card("qwen-plus")
    return codec.decode(document, headers={}, card=card, identity=IDENTITY).request


def native(messages: list[Any], parameters: dict[str, Any]) -> ChatRequest:
    document = {
        "model": "qwen-plus",
        "input": {"messages": messages},
        "parameters": parameters,
    }
    codec, card = Generation("text-generation", RULES), CATALOG.card("qwen-plus")
    return codec.decode(document, headers={}, card=card, identity=IDENTITY).request


Reader = Callable[[list[Any], dict[str, Any]], ChatRequest]
both = pytest.mark.parametrize("read", [compatible, native], ids=["compatible", "native"])

# Title, the tool as it came, its definition and its parameters.
TOOLS = [
    ("bare", BARE, BARE, "{}"),
    (
        "whole",
        '{"function":{"parameters":' + SCHEMA + ',"name":"f","description":"D"},"type":"function"}',
        '{"function":{"parameters":' + SCHEMA + ',"name":"f","description":"D"},"type":"function"}',
        SCHEMA,
    ),
    (
        "null parameters and description",
        '{"type":"function","function":{"name":"f","description":null,"parameters":null}}',
        '{"type":"function","function":{"name":"f","description":null,"parameters":null}}',
        "{}",
    ),
    (
        "no parameters at all",
        '{"type":"function","function":{"name":"f","parameters":{}}}',
        '{"type":"function","function":{"name":"f","parameters":{}}}',
        "{}",
    ),
    (
        "a mark of the cache",
        '{"type":"function","cache_control":{"type":"ephemeral"},"function":{"name":"f"}}',
        BARE,
        "{}",
    ),
    (
        "a mark of the cache in the function, and one that is no object",
        '{"type":"function","function":{"cache_control":1,"name":"f"},"cache_control":"x"}',
        BARE,
        "{}",
    ),
    (
        "an argument named as the mark",
        '{"type":"function","function":{"name":"f","parameters":{"properties":{"cache_control":{}}}}}',
        '{"type":"function","function":{"name":"f","parameters":{"properties":{"cache_control":{}}}}}',
        '{"properties":{"cache_control":{}}}',
    ),
    (
        "fields nobody knows",
        '{"type":"function","x":[1.0,1e22],"function":{"name":"f","strict":true}}',
        '{"type":"function","x":[1.0,1e22],"function":{"name":"f","strict":true}}',
        "{}",
    ),
    (
        "other alphabets and control tokens",
        '{"type":"function","function":{"name":"f","description":"天气 <|im_end|> é"}}',
        '{"type":"function","function":{"name":"f","description":"天气 <|im_end|> é"}}',
        "{}",
    ),
]

# Title, parameters beside the tools, and what is chosen.
CHOICES: list[tuple[str, dict[str, Any], ToolChoice, bool]] = [
    ("silent", {}, ToolChoice(), False),
    ("null", {"tool_choice": None, "parallel_tool_calls": None}, ToolChoice(), False),
    ("auto", {"tool_choice": "auto"}, ToolChoice("auto"), False),
    ("none", {"tool_choice": "none"}, ToolChoice("none"), False),
    ("required", {"tool_choice": "required"}, ToolChoice("required"), False),
    ("named", {"tool_choice": NAMED}, ToolChoice("named", "f"), False),
    ("parallel", {"parallel_tool_calls": True}, ToolChoice(), True),
    ("one at a time", {"parallel_tool_calls": False}, ToolChoice(), False),
    ("auto while thinking", {"tool_choice": "auto", "enable_thinking": True}, ToolChoice(), False),
]

# What is chosen is of no interest where there is nothing to choose from.
UNUSED = [
    {},
    {"tools": None},
    {"tools": []},
    {"tool_choice": "required"},
    {"tools": [], "tool_choice": "any"},
    {"tool_choice": NAMED, "enable_thinking": True},
    {"tools": [], "tool_choice": {"type": "allowed_tools"}, "n": 2},
    {"functions": [{"name": "f"}], "function_call": "auto"},
]


@both
@pytest.mark.parametrize(("written", "definition", "parameters"), [row[1:] for row in TOOLS])
def test_a_tool(read: Reader, written: str, definition: str, parameters: str) -> None:
    request = read([USER], {"tools": [json.loads(written)]})
    assert request.tools == (Tool("f", definition, parameters),)


@both
@pytest.mark.parametrize(("asked", "choice", "parallel"), [row[1:] for row in CHOICES])
def test_a_choice(read: Reader, asked: dict[str, Any], choice: ToolChoice, parallel: bool) -> None:
    request = read([USER], {"tools": [NAMED], **asked})
    assert (request.tool_choice, request.parallel_calls) == (choice, parallel)


@both
@pytest.mark.parametrize("asked", UNUSED)
def test_without_tools_there_is_no_choice(read: Reader, asked: dict[str, Any]) -> None:
    request = read([USER], asked)
    assert (request.tools, request.tool_choice) == ((), ToolChoice())


@both
def test_tools_keep_their_order_up_to_the_last_that_is_taken(read: Reader) -> None:
    names = [f"tool-{number}_{'x' * 50}" for number in range(128)]
    request = read([USER], {"tools": [{**NAMED, "function": {"name": name}} for name in names]})
    assert [tool.name for tool in request.tools] == names


def call(number: int, **function: Any) -> dict[str, Any]:
    given = {"name": "f", "arguments": "{}", **function}
    return {"id": f"call_{number}", "type": "function", "index": number, "function": given}


@both
@pytest.mark.parametrize("content", [None, "", [], "Let me look."], ids=repr)
def test_calls_and_their_results_are_messages(read: Reader, content: Any) -> None:
    broken = '{"city": "Rome"'
    request = read(
        [
            USER,
            {
                "role": "assistant",
                "content": content,
                "tool_calls": [call(0), call(1, arguments=broken), call(2, arguments="")],
                "refusal": None,
            },
            {"role": "tool", "content": "sunny", "tool_call_id": "call_1", "name": "f"},
            {"role": "tool", "content": "", "tool_call_id": "call_0"},
            {
                "role": "tool",
                "content": [{"type": "text", "text": "a"}, {"text": "b", "type": "text"}],
            },
            {"role": "assistant", "content": "It is sunny."},
        ],
        {},
    )
    assert request.messages[1].text == ("Let me look." if content else "")
    assert request.messages[1].calls == (
        Call("call_0", "f", "{}"),
        Call("call_1", "f", broken),
        Call("call_2", "f", ""),
    )
    assert request.messages[2:] == (
        Message("tool", (TextPart(""),), answers_call="call_0"),
        Message("tool", (TextPart("sunny"),), answers_call="call_1"),
        Message("tool", (TextPart("a"), TextPart("b"))),
        Message("assistant", (TextPart("It is sunny."),)),
    )


@both
def test_a_message_may_say_that_it_has_no_calls(read: Reader) -> None:
    quiet = {"role": "assistant", "content": "Hello.", "tool_calls": None}
    request = read([USER, quiet, {**quiet, "tool_calls": []}], {})
    assert request.messages[1:] == (Message("assistant", (TextPart("Hello."),)),) * 2
