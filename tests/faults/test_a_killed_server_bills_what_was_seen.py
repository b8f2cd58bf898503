"""`kill -9` of the server: no orphan, and the next start settles its journal exactly once."""

import asyncio
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from bench.soak.asking import Dialect, Question
from tests.faults.house import (
    DIALECTS,
    QUICK,
    SLOW,
    Server,
    left_in,
    promised,
    rows_in,
    serving,
    small,
    until_gone,
)

pytestmark = pytest.mark.anyio


async def die(server: Server) -> None:
    server.process.kill()
    await server.ended()


async def test_engines_die_with_it(
    smollm2_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the home's name is too long for a socket, which then stands elsewhere."""
    short, home = tmp_path / "t", tmp_path / ("deep" * 20)
    short.mkdir()
    monkeypatch.setenv("TMPDIR", str(short))
    with serving(home, small(smollm2_path)) as server:
        engine = server.engine()
        _, task = await server.begun(Question("openai", streamed=True, max_tokens=500))
        await die(server)
        with suppress(aiohttp.ClientError):
            await task
        await until_gone(engine)
    assert left_in(home)
    assert len(list(short.iterdir())) == 1
    with serving(home, small(smollm2_path)) as server:
        (row,) = await server.rows(1)
        assert row["status"] == "lost"
        heard = await server.ask(Question("openai", streamed=False, max_tokens=2))
        assert heard.usage is not None
    assert left_in(home) == []
    assert list(short.iterdir()) == []


@pytest.mark.parametrize("n", [1, 3], ids=["one choice", "three choices"])
async def test_what_clients_saw_is_billed_once(tmp_path: Path, n: int) -> None:
    with serving(tmp_path, SLOW, LIMITS__QUEUE=50) as server:
        finished = [
            await server.ask(Question(dialect, streamed=streamed, max_tokens=3))
            for dialect in DIALECTS
            for streamed in (True, False)
        ]
        questions = [Question(dialect, streamed=True, n=n) for dialect in DIALECTS]
        cut = [await server.begun(each, tokens=12 * n) for each in questions[: 2 if n == 1 else 1]]
        await die(server)
        for _, task in cut:
            with suppress(aiohttp.ClientError):
                await task
    for _ in range(2):
        with serving(tmp_path, QUICK):
            pass
    rows = {row["request_id"]: row for row in await rows_in(tmp_path, 1)}
    assert len(rows) == len(finished) + len(cut)
    for heard in finished:
        row = rows[heard.request_id]
        assert heard.usage is not None
        assert row["status"] == "completed"
        assert (row["input"], row["output"]) == (heard.usage.input, heard.usage.output)
    for heard, _ in cut:
        row = rows[heard.request_id]
        assert row["status"] == "lost"
        assert row["output"] >= promised(heard) > 0
        assert row["input"] > 0
    assert left_in(tmp_path) == []


async def test_rows_that_never_reached_the_database_are_there_after_the_next_start(
    tmp_path: Path,
) -> None:
    """Killed at once after its answers: most rows are only in the journal."""
    dialect: Dialect = "dashscope"
    with serving(tmp_path, QUICK, LIMITS__QUEUE=100) as server:
        questions = [Question(dialect, streamed=False, max_tokens=5) for _ in range(40)]
        told = await asyncio.gather(*(server.ask(question) for question in questions))
        await die(server)
    with serving(tmp_path, QUICK):
        pass
    rows = await rows_in(tmp_path, len(told))
    assert sorted(row["request_id"] for row in rows) == sorted(each.request_id for each in told)
    assert {row["status"] for row in rows} == {"completed"}
    assert {row["output"] for row in rows} == {5}
