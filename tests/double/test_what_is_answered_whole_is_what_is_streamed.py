"""A whole answer comes in few pieces inside, and says and costs what its stream does."""

from pathlib import Path
from typing import Any

import pytest
from tests.doubles import double

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The current weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}},
            "required": ["city"],
        },
    },
}
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "a question": ("What is the capital of Portugal?", {}),
    "a list": ("Give me three tips for a good night's sleep.", {}),
    "Chinese": ("葡萄牙的首都是哪里", {}),
    "letters of several tokens": ("Please repeat exactly: 🦊🦊 and ☃", {}),
    "tags in letters": ("Reply with exactly: <think>so</think>", {}),
    "a limit": ("What is the capital of Portugal?", {"max_tokens": 7}),
    "a stop": ("What is the capital of Portugal?", {"stop": ["capital"]}),
    "log-probabilities": ("What is the capital of Portugal?", {"logprobs": True}),
    "several": ("What is the capital of Portugal?", {"n": 2}),
    "a thought": ("What is the capital of Portugal?", {"enable_thinking": True}),
    "a thought that is cut": (
        "What is the capital of Portugal?",
        {"enable_thinking": True, "thinking_budget": 9},
    ),
    "a call": ("What is the weather in Lisbon?", {"tools": [WEATHER]}),
    "a thought and a call": (
        "What is the weather in Lisbon?",
        {"tools": [WEATHER], "enable_thinking": True},
    ),
    "words beside tools": ("Thank you!", {"tools": [WEATHER]}),
    "JSON": (
        "Tell me about Lisbon as JSON.",
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": SCHEMA},
            }
        },
    ),
}


@pytest.mark.parametrize("case", ASKED)
async def test_both_say_and_cost_the_same(case: str, tmp_path: Path) -> None:
    text, more = ASKED[case]
    async with double(tmp_path) as running:
        whole = await running.chat(text, **more)
        frames = await running.stream(text, stream_options={"include_usage": True}, **more)
    said = {choice["index"]: told_in(choice) for choice in whole["choices"]}
    assert said == streamed(frames)
    assert frames[-1]["usage"] == whole["usage"]


def told_in(choice: dict[str, Any]) -> dict[str, Any]:
    """What one choice says and how it ends."""
    message = choice["message"]
    calls = [call["function"] for call in message.get("tool_calls") or ()]
    return {
        "content": message["content"] or "",
        "reasoning": message.get("reasoning_content") or "",
        "calls": [(call["name"], call["arguments"]) for call in calls],
        "entries": entries_of(choice),
        "reason": choice["finish_reason"],
    }


def streamed(frames: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The same of a stream, by choice."""
    told: dict[int, dict[str, Any]] = {}
    for choice in (choice for frame in frames for choice in frame["choices"]):
        empty: dict[str, Any] = {
            "content": "",
            "reasoning": "",
            "calls": [],
            "entries": 0,
            "reason": None,
        }
        one = told.setdefault(choice["index"], empty)
        delta = choice["delta"]
        one["content"] += delta.get("content") or ""
        one["reasoning"] += delta.get("reasoning_content") or ""
        for call in delta.get("tool_calls") or ():
            if (name := call["function"].get("name")) is not None:
                one["calls"].append((name, ""))
            before = one["calls"][-1]
            one["calls"][-1] = (before[0], before[1] + (call["function"].get("arguments") or ""))
        one["entries"] += entries_of(choice)
        one["reason"] = choice["finish_reason"] or one["reason"]
    return told


def entries_of(choice: dict[str, Any]) -> int:
    """How many tokens it tells the probabilities of."""
    told: dict[str, Any] = choice.get("logprobs") or {}
    entries: list[Any] = told.get("content") or []
    return len(entries)
