"""What clients that are not official send with tools, and what they rely on (reference/10)."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.callers import SCRIPTS
from tests.functions import TOOLS, WEATHER
from tests.protocols.frames import native_frames, openai_frames
from tests.studios import COMPATIBLE, NATIVE, scripted, studio

from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio
QUESTION = {"role": "user", "content": "What is the weather in Rome and Oslo?"}
MARK = {"type": "ephemeral"}
CITIES = ['{"city": "Rome"}', '{"city": "Oslo"}']


@pytest.fixture(scope="module")
async def client(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[aiohttp.ClientSession]:
    home: Path = tmp_path_factory.mktemp("home")
    async with studio(home, scripted(SCRIPTS["qwen3"]), family=FAMILIES["qwen3"]) as running:
        yield running.client


async def frames(client: aiohttp.ClientSession, **body: Any) -> list[dict[str, Any]]:
    body = {"model": "qwen-plus", "messages": [QUESTION], "tools": TOOLS, "stream": True, **body}
    async with client.post(COMPATIBLE, json=body) as response:
        assert response.status == 200, await response.text()
        return openai_frames(await response.read())


async def native(client: aiohttp.ClientSession, **parameters: Any) -> list[dict[str, Any]]:
    body = {
        "model": "qwen-plus",
        "input": {"messages": [QUESTION]},
        "parameters": {"tools": TOOLS, "parallel_tool_calls": True, **parameters},
    }
    async with client.post(NATIVE, json=body, headers={"X-DashScope-SSE": "enable"}) as response:
        assert response.status == 200, await response.text()
        return [frame["output"]["choices"][0] for frame in native_frames(await response.read())]


async def test_a_coding_agent_that_marks_its_cache(client: aiohttp.ClientSession) -> None:
    text = {"type": "text", "text": "You help.", "cache_control": MARK}
    asked = {"type": "text", "text": QUESTION["content"], "cache_control": MARK}
    marked = {
        "messages": [
            {"role": "system", "content": [text]},
            {"role": "user", "content": [asked]},
        ],
        "tools": [WEATHER, {**TOOLS[1], "cache_control": MARK}],
        "metadata": {"sessionId": "s", "promptId": "p"},
        "stream_options": {"include_usage": True},
    }
    plain = {
        "messages": [{"role": "system", "content": "You help."}, QUESTION],
        "stream_options": {"include_usage": True},
    }
    here, there = await frames(client, **marked), await frames(client, **plain)
    assert [frame["choices"] == [] for frame in here] == [False] * (len(here) - 1) + [True]
    assert here[-1]["usage"]["prompt_tokens"] == there[-1]["usage"]["prompt_tokens"]
    reasons = [frame["choices"][0]["finish_reason"] for frame in here[:-1]]
    assert reasons == [None] * (len(reasons) - 1) + ["tool_calls"]


async def test_a_strict_reader_of_fragments(client: aiohttp.ClientSession) -> None:
    seen: set[int] = set()
    for frame in await frames(client, parallel_tool_calls=True):
        for call in frame["choices"][0]["delta"].get("tool_calls", ()):
            assert isinstance(call["index"], int)
            assert call["type"] == "function"
            assert isinstance(call["function"]["arguments"], str)
            if call["index"] not in seen:
                assert call["id"]
                assert call["function"]["name"] == "get_weather"
            seen.add(call["index"])
    assert seen == {0, 1}


async def test_a_reader_that_takes_away_what_it_knows(client: aiohttp.ClientSession) -> None:
    shown = {"content": "", "calls": ["", ""]}
    for choice in await native(client, result_format="message"):
        message = choice["message"]
        assert message["content"].startswith(shown["content"])
        shown["content"] = message["content"]
        for call in message.get("tool_calls", ()):
            assert call["id"]
            assert call["function"]["name"] == "get_weather"
            arguments = call["function"]["arguments"]
            assert arguments.startswith(shown["calls"][call["index"]])
            shown["calls"][call["index"]] = arguments
    assert shown["calls"] == CITIES


async def test_a_reader_that_adds_up_whatever_comes(client: aiohttp.ClientSession) -> None:
    ids, names, arguments = ["", ""], ["", ""], ["", ""]
    for choice in await native(client, incremental_output=True):
        assert choice["message"]["reasoning_content"] == ""
        for call in choice["message"].get("tool_calls", ()):
            ids[call["index"]] += call["id"]
            names[call["index"]] += call["function"]["name"]
            arguments[call["index"]] += call["function"]["arguments"]
    assert arguments == CITIES
    assert names == ["get_weather"] * 2
    assert len(set(ids)) == 2
    assert all(len(each) == len("call_") + 24 for each in ids)


async def test_older_clients_leave_out_the_id_of_the_call(client: aiohttp.ClientSession) -> None:
    called = {"name": "get_weather", "arguments": CITIES[0]}
    messages = [
        {"role": "user", "content": "What is the weather in Rome?"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"type": "function", "function": called}],
        },
        {"role": "tool", "name": "get_weather", "content": "sunny"},
    ]
    body = {"model": "qwen-plus", "input": {"messages": messages}, "parameters": {"tools": TOOLS}}
    async with client.post(NATIVE, json=body) as response:
        answer = json.loads(await response.read())
    (choice,) = answer["output"]["choices"]
    assert choice["message"] == {"role": "assistant", "content": "I heard: sunny."}
    assert choice["finish_reason"] == "stop"
