"""What a rule says beside each `tool_choice`: the table in the docs, cell by cell."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.doubles import Running, double
from tests.functions import TIME, WEATHER

pytestmark = pytest.mark.anyio

# Each rule is met by its name.
RULES = """
[[rule]]
user = "answer"
answer = "Hello."

[[rule]]
user = "tags"
answer = '<tool_call>{"name": "get_weather", "arguments": {}}</tool_call>'

[[rule]]
user = "calls"
calls = [{ name = "get_weather", arguments = { city = "Rome" } }]

[[rule]]
user = "others"
calls = [{ name = "get_time", arguments = { city = "Rome" } }]

[[rule]]
user = "unknown"
calls = [{ name = "fly" }]

[[rule]]
user = "both"
answer = "A moment."
calls = [{ name = "get_weather", arguments = { city = "Rome" } }]

[[rule]]
user = "wrong"
calls = [{ name = "get_weather", arguments = { city = 7 } }]

[[rule]]
user = "broken"
calls = [{ name = "get_weather", arguments = '{"city": ' }]

[[rule]]
user = "malformed"
malformed_arguments = true
calls = [{ name = "get_weather", arguments = { city = "Rome" } }]

[[rule]]
user_contains = "weather in Rome"
malformed_arguments = true

[[rule]]
user = "nothing"
empty = true

[[rule]]
user = "cut"
calls = [{ name = "get_weather", arguments = { city = "Rome" } }]
finish_reason = "length"
"""
TAGS = '<tool_call>{"name": "get_weather", "arguments": {}}</tool_call>'
NAMED = {"type": "function", "function": {"name": "get_weather"}}
OWN = "What is the weather in Rome?"
ROME = ("get_weather", '{"city": "Rome"}')
# The content and the calls that a rule comes to, and how it ends.
Told = tuple[str, tuple[tuple[str, str], ...], str]
SAID: dict[str, Told] = {
    "answer": ("Hello.", (), "stop"),
    "tags": (TAGS, (), "stop"),
    "calls": ("", (ROME,), "tool_calls"),
    "others": ("", (("get_time", '{"city": "Rome"}'),), "tool_calls"),
    "unknown": ("", (("fly", "{}"),), "tool_calls"),
    "both": ("A moment.", (ROME,), "tool_calls"),
    "wrong": ("", (("get_weather", '{"city": 7}'),), "tool_calls"),
    "broken": ("", (("get_weather", '{"city": '),), "tool_calls"),
    "malformed": ("", (("get_weather", '{"city": "Rome",}'),), "tool_calls"),
    "nothing": ("", (), "stop"),
    "cut": ("", (ROME,), "length"),
}
FAMILIES = ("qwen3-instruct", "qwen3-coder", "qwen3.5")


async def told(server: Running, text: str, choice: Any) -> Told:
    """What the whole answer says, and the stream too."""
    more = {"tools": [WEATHER, TIME], "tool_choice": choice, "enable_thinking": False}
    (whole,) = (await server.chat(text, **more))["choices"]
    calls = [call["function"] for call in whole["message"].get("tool_calls", ())]
    content, reason = whole["message"]["content"], whole["finish_reason"]
    deltas = [frame["choices"][0] for frame in await server.stream(text, **more)]
    assert "".join(each["delta"].get("content") or "" for each in deltas) == content
    assert deltas[-1]["finish_reason"] == reason
    pieces = [piece for each in deltas for piece in each["delta"].get("tool_calls") or ()]
    streamed = "".join(piece["function"].get("arguments") or "" for piece in pieces)
    assert streamed == "".join(call["arguments"] for call in calls)
    return content, tuple((call["name"], call["arguments"]) for call in calls), reason


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("choice", ["auto", "required", NAMED], ids=["auto", "required", "named"])
async def test_it_is_said_whatever_had_to_come(tmp_path: Path, family: str, choice: Any) -> None:
    deployment = {"name": "double", "engine": "double", "family": family}
    async with double(tmp_path, RULES, deployments=[deployment]) as server:
        found = {text: await told(server, text, choice) for text in SAID}
        content, ((name, arguments),), reason = await told(server, OWN, choice)
    assert found == SAID
    assert (content, name, reason) == ("", "get_weather", "tool_calls")
    assert arguments.startswith('{"city": "Rome"')
    assert is_no_json(arguments)


async def test_without_tools_to_be_called_no_call_is_said(tmp_path: Path) -> None:
    async with double(tmp_path, RULES) as server:
        found = {text: await told(server, text, "none") for text in SAID}
        content, calls, reason = await told(server, OWN, "none")
    assert found == {
        text: (said, (), "length" if ended == "length" else "stop")
        for text, (said, _, ended) in SAID.items()
    }
    assert (bool(content), calls, reason) == (True, (), "stop")


def test_what_is_malformed_is_no_json() -> None:
    assert all(is_no_json(SAID[text][1][0][1]) for text in ("broken", "malformed"))


def is_no_json(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return True
    return False
