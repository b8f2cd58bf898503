"""Responses over HTTP: answered at every path, broken before and within, counted in the ledger."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.protocols.frames import responses_frames
from tests.studios import Studio, scripted, studio, until

from studiolo.core.generation import Generation
from studiolo.engines.scripted.steps import Fault, Pause, Recital, Say, Script, Step
from studiolo.http.routes import RESPONSES_BASES

pytestmark = pytest.mark.anyio

RESPONSES = f"{RESPONSES_BASES[0]}/responses"
HELLO = Recital(Say("Hello"), Say(" there"))
STREAMED = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
ADA = '{"name": "Ada"}'
PERSON = {"type": "object", "properties": {"name": {"const": "Ada"}}, "required": ["name"]}
FORMAT = {"text": {"format": {"type": "json_schema", "name": "person", "schema": PERSON}}}


async def sent(here: Studio, path: str = RESPONSES, **fields: Any) -> tuple[int, str, bytes]:
    body = {"model": "qwen-plus", "input": "hi", **fields}
    async with here.client.post(path, json=body) as response:
        return response.status, response.content_type, await response.read()


def failure(raw: bytes) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """The kinds of all events, and the last two, which say what went wrong."""
    rows = [frame.split("\n") for frame in raw.decode().strip().split("\n\n")]
    kinds = [row[1].removeprefix("event:") for row in rows if row[0].startswith("id:")]
    error, failed = (json.loads(row[3].removeprefix("data:")) for row in rows[-2:])
    assert rows[-1][2] == rows[-2][2]
    return kinds, error, failed["response"]


@pytest.mark.parametrize("base", RESPONSES_BASES)
async def test_every_path_answers(tmp_path: Path, base: str) -> None:
    async with studio(tmp_path, scripted(HELLO)) as here:
        status, kind, raw = await sent(here, f"{base}/responses")
        response = json.loads(raw)
        streamed, kind_of_stream, frames = await sent(here, f"{base}//responses/", stream=True)
    assert (status, kind) == (200, "application/json")
    assert (streamed, kind_of_stream) == (200, "text/event-stream")
    assert response["output"][0]["content"][0]["text"] == "Hello there"
    *_, last = responses_frames(frames)
    told = last["response"]
    assert told["output"][0]["content"] == response["output"][0]["content"]
    assert told["usage"]["total_tokens"] == response["usage"]["total_tokens"]


@STREAMED
async def test_a_response_leaves_a_row_that_counts_what_it_says(
    tmp_path: Path, stream: bool
) -> None:
    async with studio(tmp_path, scripted(HELLO)) as here:
        _, _, raw = await sent(here, stream=stream)
        (row,) = await here.rows(1)
    response = responses_frames(raw)[-1]["response"] if stream else json.loads(raw)
    usage = response["usage"]
    assert (row["dialect"], row["status"], row["model"]) == ("openai", "completed", "qwen-plus")
    assert (row["input"], row["output"]) == (usage["input_tokens"], usage["output_tokens"])
    assert usage["total_tokens"] == row["input"] + row["output"]
    assert f"resp_{row['request_id']}" == response["id"]


async def test_what_is_refused_leaves_a_row_too(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(HELLO)) as here:
        status, _, _ = await sent(here, previous_response_id="resp_1")
        (row,) = await here.rows(1)
    assert status == 404
    assert (row["status"], row["error"]) == ("refused", "NotKept")


@STREAMED
async def test_an_engine_that_breaks_at_once_is_a_plain_error(tmp_path: Path, stream: bool) -> None:
    async with studio(tmp_path, scripted(Recital(Fault("crash")))) as here:
        status, kind, raw = await sent(here, stream=stream)
        (row,) = await here.rows(1)
    assert (status, kind) == (500, "application/json")
    assert json.loads(raw)["error"]["code"] == "internal_error"
    assert (row["status"], row["error"]) == ("failed", "EngineFailed")


async def test_a_stream_that_breaks_ends_with_what_came(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(Recital(Say("Hello there"), Fault("crash")))) as here:
        status, _, raw = await sent(here, stream=True)
        (row,) = await here.rows(1)
    kinds, error, response = failure(raw)
    assert status == 200
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-2:] == ["error", "response.failed"]
    assert "response.completed" not in kinds
    assert b":HTTP_STATUS/500" in raw
    assert (error["code"], error["message"]) == ("internal_error", "inference internal error.")
    (item,) = response["output"]
    assert item["status"] == "incomplete"
    assert "Hello there".startswith(item["content"][0]["text"])
    assert (response["status"], response["error"]["code"]) == ("failed", "server_error")
    assert (row["status"], row["output"] > 0) == ("failed", True)


class Breaks:
    """A script that is wrong itself."""

    def __call__(self, generation: Generation) -> list[Step]:
        raise ZeroDivisionError


@STREAMED
async def test_a_fault_of_our_own_is_an_internal_error(tmp_path: Path, stream: bool) -> None:
    async with studio(tmp_path, scripted(Breaks())) as here:
        status, _, raw = await sent(here, stream=stream)
    assert status == 500
    assert "An internal error has occured" in json.loads(raw)["error"]["message"]


async def test_an_engine_that_is_not_running_says_when_to_come_again(tmp_path: Path) -> None:
    async with (
        studio(tmp_path, scripted(Recital(Fault("unavailable")))) as here,
        here.client.post(RESPONSES, json={"model": "qwen-plus", "input": "hi"}) as response,
    ):
        assert response.status == 503
        assert int(response.headers["retry-after"]) >= 1


async def test_signs_of_life_come_before_the_first_event(tmp_path: Path) -> None:
    """What fails behind them is told in events, which begin as all others do."""
    forever: Script = Recital(Pause(3600))
    async with studio(tmp_path, scripted(forever, parallel=1), keep_alive_s=0.01) as here:
        body = {"model": "qwen-plus", "input": "hi", "stream": True}
        async with here.client.post(RESPONSES, json=body) as response:
            assert await response.content.readline() == b": keep-alive\n"
        await here.idle()
    broken = Recital(Pause(0.2), Fault("crash"))
    async with studio(tmp_path, scripted(broken), keep_alive_s=0.01) as here:
        status, _, raw = await sent(here, stream=True)
    kinds, error, response = failure(raw)
    assert (status, raw.startswith(b": keep-alive\n\n")) == (200, True)
    assert kinds == ["response.created", "response.in_progress", "error", "response.failed"]
    assert (error["sequence_number"], response["output"]) == (2, [])


async def test_a_client_that_goes_away_frees_its_place(tmp_path: Path) -> None:
    engine = scripted(Recital(Say("word "), Pause(3600)), parallel=1)
    async with studio(tmp_path, engine) as here:
        task = asyncio.create_task(sent(here))
        await until(lambda: here.places.free == 0)
        task.cancel()
        await here.idle()
        (row,) = await here.rows(1)
    assert row["status"] == "abandoned"


@STREAMED
async def test_json_is_checked_at_its_end(tmp_path: Path, stream: bool) -> None:
    async with studio(tmp_path, scripted(Recital(Say(ADA)))) as here:
        status, _, raw = await sent(here, stream=stream, **FORMAT)
    response = responses_frames(raw)[-1]["response"] if stream else json.loads(raw)
    assert status == 200
    assert response["output"][0]["content"][0]["text"] == ADA
    assert response["text"] == FORMAT["text"]


@STREAMED
async def test_what_is_not_the_json_asked_for_is_an_error(tmp_path: Path, stream: bool) -> None:
    async with studio(tmp_path, scripted(Recital(Say('{"name": "Bob"}')))) as here:
        status, _, raw = await sent(here, stream=stream, **FORMAT)
    words = "The model's answer does not match text.format, please try again later."
    if stream:
        _, error, response = failure(raw)
        assert response["error"]["message"] == words
    else:
        error = json.loads(raw)["error"]
    assert (status, error["message"]) == (200 if stream else 500, words)


async def test_what_was_asked_is_said_back(tmp_path: Path) -> None:
    tool = {"type": "function", "name": "look", "parameters": {"type": "object"}}
    asked: dict[str, Any] = {
        "instructions": "Be brief.",
        "max_output_tokens": 99,
        "metadata": {"a": "b"},
        "parallel_tool_calls": True,
        "temperature": 0.5,
        "top_p": 0.9,
        "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [tool]},
        "user": "u",
    }
    async with studio(tmp_path, scripted(HELLO)) as here:
        _, _, plain = await sent(here)
        _, _, raw = await sent(
            here, **asked, tools=[], store=True, reasoning={"effort": "none", "summary": "auto"}
        )
    response, ordinary = json.loads(raw), json.loads(plain)
    assert {name: response[name] for name in asked} == asked
    assert response["reasoning"] == {"effort": "none", "summary": "auto"}
    assert response["store"] is False
    assert set(response) == set(ordinary)
    assert (ordinary["tool_choice"], ordinary["tools"], ordinary["metadata"]) == ("auto", [], {})
    assert ordinary["text"] == {"format": {"type": "text"}}
    for name in ("instructions", "max_output_tokens", "temperature", "top_p", "user"):
        assert ordinary[name] is None
