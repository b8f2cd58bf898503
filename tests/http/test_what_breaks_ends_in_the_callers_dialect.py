"""Engines that break, queues that are full, clients that go away: what the others see."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, Studio, scripted, studio, until

from studiolo.core.generation import Generation
from studiolo.engines.scripted.engine import Manner
from studiolo.engines.scripted.steps import Fault, Pause, Recital, Say, Script, Step

pytestmark = pytest.mark.anyio

CRASH = Fault("crash")
FOREVER = Pause(3600)
SSE = {"X-DashScope-SSE": "enable"}


def asked(path: str, *, stream: bool, **parameters: Any) -> dict[str, Any]:
    """A question in the dialect of the path, as arguments of `post`."""
    if path == COMPATIBLE:
        body = {"model": "qwen-plus", "messages": MESSAGES, "stream": stream, **parameters}
        return {"json": body}
    options = {"result_format": "message", "incremental_output": True, **parameters}
    body = {"model": "qwen-plus", "input": {"messages": MESSAGES}, "parameters": options}
    return {"json": body, "headers": SSE if stream else {}}


def code_of(body: dict[str, Any]) -> str:
    return body.get("error", body)["code"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("path", "code"), [(COMPATIBLE, "internal_error"), (NATIVE, "InternalError.Algo")]
)
async def test_an_engine_that_breaks_at_once_is_a_plain_error(
    tmp_path: Path, path: str, code: str, stream: bool
) -> None:
    async with studio(tmp_path, scripted(Recital(CRASH))) as here:
        async with here.client.post(path, **asked(path, stream=stream)) as response:
            assert response.status == 500
            assert response.content_type == "application/json"
            body = await response.json()
        assert code_of(body) == code
        assert body["request_id"] == response.headers["x-request-id"]
        await here.idle()
        (row,) = await here.rows(1)
    assert (row["status"], row["error"], row["output"]) == ("failed", "EngineFailed", 0)


async def test_a_stream_that_breaks_ends_with_an_error_object(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(Recital(Say("Hello there"), CRASH))) as here:
        async with here.client.post(COMPATIBLE, **asked(COMPATIBLE, stream=True)) as response:
            assert response.status == 200
            frames = (await response.text()).strip().split("\n\n")
        said = [json.loads(frame.removeprefix("data: ")) for frame in frames]
        assert "".join(each["choices"][0]["delta"]["content"] for each in said[:-1])
        assert said[-1]["error"]["code"] == "internal_error"
        assert "[DONE]" not in frames[-1]
        (row,) = await here.rows(1)
    assert (row["status"], row["output"] > 0) == ("failed", True)


async def test_a_native_stream_that_breaks_ends_with_an_error_frame(tmp_path: Path) -> None:
    async with (
        studio(tmp_path, scripted(Recital(Say("Hello there"), CRASH))) as here,
        here.client.post(NATIVE, **asked(NATIVE, stream=True)) as response,
    ):
        assert response.status == 200
        frames = (await response.text()).strip().split("\n\n")
    last = frames[-1].split("\n")
    assert last[0] == f"id:{len(frames)}"
    assert last[1:4] == ["event:error", ":HTTP_STATUS/500", "status:500"]
    assert json.loads(last[4].removeprefix("data:"))["code"] == "InternalError.Algo"


@pytest.mark.parametrize(
    ("path", "code"), [(COMPATIBLE, "internal_error"), (NATIVE, "ModelUnavailable")]
)
async def test_an_engine_that_is_not_running_says_when_to_come_again(
    tmp_path: Path, path: str, code: str
) -> None:
    async with (
        studio(tmp_path, scripted(Recital(Fault("unavailable")))) as here,
        here.client.post(path, **asked(path, stream=True)) as response,
    ):
        assert response.status == 503
        assert int(response.headers["retry-after"]) >= 1
        assert code_of(await response.json()) == code


class Breaks:
    """A script that is wrong itself."""

    def __call__(self, generation: Generation) -> list[Step]:
        raise ZeroDivisionError


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_a_fault_of_our_own_is_an_internal_error_and_has_its_row(
    tmp_path: Path, path: str, stream: bool
) -> None:
    async with studio(tmp_path, scripted(Breaks())) as here:
        async with here.client.post(path, **asked(path, stream=stream)) as response:
            assert response.status == 500
            assert "An internal error has occured" in await response.text()
        (row,) = await here.rows(1)
    assert (row["status"], row["error"]) == ("failed", "ZeroDivisionError")


async def ask(here: Studio, path: str) -> tuple[int, str, dict[str, Any]]:
    async with here.client.post(path, **asked(path, stream=False)) as response:
        return response.status, response.headers.get("retry-after", ""), await response.json()


@pytest.mark.parametrize(
    ("path", "code"), [(COMPATIBLE, "internal_error"), (NATIVE, "ModelUnavailable")]
)
async def test_a_full_queue_refuses_the_next_one(tmp_path: Path, path: str, code: str) -> None:
    engine = scripted(Recital(FOREVER), parallel=1)
    async with studio(tmp_path, engine, queue=1) as here:
        first = asyncio.create_task(ask(here, path))
        await until(lambda: here.places.free == 0)
        second = asyncio.create_task(ask(here, path))
        await until(lambda: here.places.queued == 1)
        status, retry_after, body = await ask(here, path)
        assert (status, code_of(body)) == (503, code)
        assert int(retry_after) >= 1
        for task in (first, second):
            task.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        await here.idle()
        rows = await here.rows(3)
    assert sorted(row["status"] for row in rows) == ["abandoned", "abandoned", "refused"]


async def test_a_stream_in_the_queue_gets_signs_of_life(tmp_path: Path) -> None:
    engine = scripted(Recital(FOREVER), parallel=1)
    async with studio(tmp_path, engine, keep_alive_s=0.01) as here:
        first = asyncio.create_task(ask(here, COMPATIBLE))
        await until(lambda: here.places.free == 0)
        async with here.client.post(COMPATIBLE, **asked(COMPATIBLE, stream=True)) as response:
            assert response.status == 200
            assert await response.content.readline() == b": keep-alive\n"
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await here.idle()


SLOW = Manner(tokens_per_s=200)
TALKS: Script = Recital(Say("word " * 3000))


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize("n", [1, 3], ids=["one choice", "three choices"])
async def test_a_client_that_goes_away_in_mid_stream_frees_its_places(
    tmp_path: Path, path: str, n: int
) -> None:
    async with studio(tmp_path, scripted(TALKS, manner=SLOW)) as here:
        async with here.client.post(path, **asked(path, stream=True, n=n)) as response:
            async for _ in response.content:
                break
            response.close()
        await here.idle()
        (row,) = await here.rows(1)
    assert row["status"] == "abandoned"
    assert 0 < row["output"] < 3000 * n
    assert row["input"] > 0


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize(
    "manner", [SLOW, Manner(first_token_s=3600)], ids=["while it writes", "before it writes"]
)
async def test_a_client_that_waits_for_the_whole_answer_may_go_away_too(
    tmp_path: Path, path: str, manner: Manner
) -> None:
    async with studio(tmp_path, scripted(TALKS, manner=manner)) as here:
        with pytest.raises(TimeoutError):
            async with here.client.post(
                path, **asked(path, stream=False), timeout=aiohttp.ClientTimeout(0.2)
            ):
                pytest.fail("it cannot have answered")
        await here.idle()
        (row,) = await here.rows(1)
    assert row["status"] == "abandoned"


async def test_a_client_that_goes_away_in_the_queue_leaves_it(tmp_path: Path) -> None:
    engine = scripted(Recital(FOREVER), parallel=1)
    async with studio(tmp_path, engine) as here:
        first = asyncio.create_task(ask(here, COMPATIBLE))
        await until(lambda: here.places.free == 0)
        second = asyncio.create_task(ask(here, NATIVE))
        await until(lambda: here.places.queued == 1)
        second.cancel()
        await until(lambda: here.places.queued == 0)
        first.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        await here.idle()


async def test_more_choices_than_places_are_still_answered(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(Recital(Say("yes")), parallel=2)) as here:
        questions = [
            here.client.post(COMPATIBLE, **asked(COMPATIBLE, stream=False, n=4)) for _ in range(5)
        ]
        for response in await asyncio.gather(*questions):
            body = await response.json()
            assert [choice["message"]["content"] for choice in body["choices"]] == ["yes"] * 4
        await here.idle()
        assert len(await here.rows(5)) == 5
