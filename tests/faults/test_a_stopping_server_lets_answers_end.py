"""SIGTERM: running answers end first, within a limit; a second one does not wait."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from bench.soak.asking import Dialect, Question
from bench.soak.house import alive, children
from tests.faults.house import (
    DIALECTS,
    SLOW,
    UNAVAILABLE,
    Server,
    left_in,
    rows_in,
    serving,
    small,
    until,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_running_stream_comes_to_its_end(tmp_path: Path, dialect: Dialect) -> None:
    with serving(tmp_path, SLOW) as server:
        heard, task = await server.begun(Question(dialect, streamed=True, max_tokens=25), tokens=2)
        server.process.send_signal(signal.SIGTERM)
        await task
        assert heard.complete
        assert await server.ended() == 0
        (row,) = await rows_in(tmp_path, 1)
    assert heard.usage is not None
    assert (row["status"], row["output"]) == ("completed", heard.usage.output)
    assert left_in(tmp_path) == []


async def test_a_whole_answer_comes_too_and_new_ones_are_not_taken(tmp_path: Path) -> None:
    with serving(tmp_path, SLOW) as server:
        whole = asyncio.create_task(server.ask(Question("openai", streamed=False, max_tokens=25)))
        _, task = await server.begun(Question("openai", streamed=True, max_tokens=25), tokens=2)
        server.process.send_signal(signal.SIGTERM)
        assert (await whole).usage is not None
        await task
        assert await server.ended() == 0
        with pytest.raises(aiohttp.ClientConnectorError):
            await server.ask(Question("openai", streamed=False))
        rows = await rows_in(tmp_path, 2)
    assert [row["status"] for row in rows] == ["completed"] * 2


async def is_closed(server: Server) -> bool:
    try:
        await server.figures()
    except aiohttp.ClientConnectorError:
        return True
    return False


async def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    with serving(tmp_path, {**SLOW, "tokens_per_s": 1}, SERVER__DRAIN_S=3600) as server:
        heard, task = await server.begun(Question("openai", streamed=True))
        server.process.send_signal(signal.SIGTERM)
        await until(lambda: is_closed(server), "the end of listening")
        assert not task.done()
        server.process.send_signal(signal.SIGTERM)
        assert await server.ended() == 0
        with suppress(aiohttp.ClientError):
            await task
        (row,) = await rows_in(tmp_path, 1)
    assert not heard.complete
    assert row["status"] == "abandoned"
    assert row["output"] >= heard.tokens
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_whoever_is_cut_is_told_so(tmp_path: Path, dialect: Dialect) -> None:
    slow = {**SLOW, "tokens_per_s": 3, "parallel": 2}
    with serving(tmp_path, slow, SERVER__DRAIN_S=1) as server:
        whole = asyncio.create_task(server.ask(Question(dialect, streamed=False)))

        async def asked() -> bool:
            return await server.figure('studiolo_places_free{deployment="double"}') == 1

        await until(asked, "the question to be there")
        stream, running = await server.begun(Question(dialect, streamed=True), tokens=1)
        server.process.send_signal(signal.SIGTERM)
        await running
        for heard in (stream, await whole):
            assert heard.error == UNAVAILABLE[dialect]
            assert not heard.complete
        assert await server.ended() == 0


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_what_outlasts_the_limit_is_cut_and_settled(tmp_path: Path, dialect: Dialect) -> None:
    with serving(tmp_path, {**SLOW, "tokens_per_s": 3}, SERVER__DRAIN_S=1) as server:
        heard, task = await server.begun(Question(dialect, streamed=True))
        server.process.send_signal(signal.SIGTERM)
        with suppress(aiohttp.ClientError):
            await task
        assert await server.ended() == 0
        (row,) = await rows_in(tmp_path, 1)
    assert not heard.complete
    assert row["status"] == "abandoned"
    assert row["output"] >= heard.tokens
    assert left_in(tmp_path) == []


async def test_a_second_signal_kills_engines_that_hang(tmp_path: Path, smollm2_path: Path) -> None:
    """Asked politely, three of them would take their two seconds each."""
    names = ("one", "two", "three")
    engines = [
        small(smollm2_path, context=2048, parallel=1) | {"name": name, "serves": [name]}
        for name in names
    ]
    with serving(tmp_path, *engines, SERVER__DRAIN_S=3600) as server:
        questions = [
            Question("openai", streamed=True, max_tokens=1500, model=name) for name in names[:2]
        ]
        streams = [await server.begun(question) for question in questions]
        pids = children(server.pid)
        assert len(pids) == len(names)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        server.process.send_signal(signal.SIGTERM)
        await until(lambda: is_closed(server), "the end of listening")
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert await server.ended() == 0
        took_s = time.monotonic() - began
        assert not any(map(alive, pids))
        for _, task in streams:
            with suppress(aiohttp.ClientError):
                await task
        rows = await rows_in(tmp_path, 2)
    assert took_s < 2
    assert [(row["status"], row["error"]) for row in rows] == [("abandoned", None)] * 2
    assert all(heard.error == UNAVAILABLE["openai"] for heard, _ in streams)
    assert left_in(tmp_path) == []
