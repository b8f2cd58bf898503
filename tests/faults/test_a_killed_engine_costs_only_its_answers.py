"""SIGKILL to the engine process: its answers end in their dialect, the next one is served."""

import asyncio
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from bench.soak.asking import Dialect, Question
from bench.soak.house import rows_of
from tests.faults.house import BROKEN, DIALECTS, Server, serving, slots_at_work, small, until

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server(smollm2_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    with serving(tmp_path_factory.mktemp("home"), small(smollm2_path)) as running:
        yield running


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_stream_ends_with_the_dialects_error(server: Server, dialect: Dialect) -> None:
    question = Question(dialect, streamed=True, max_tokens=1000)
    heard, task = await server.begun(question, tokens=3)
    killed = server.engine()
    os.kill(killed, signal.SIGKILL)
    await task
    assert heard.error == BROKEN[dialect]
    assert not heard.complete
    again = await server.served_again(Question(dialect, streamed=True, max_tokens=3))
    assert again.complete
    assert server.engine() != killed
    assert await server.figure('studiolo_engine_restarts_total{deployment="small"}') >= 1
    row = await row_of(server, heard.request_id)
    assert (row["status"], row["error"]) == ("failed", "EngineFailed")
    assert row["output"] >= heard.tokens
    assert row["input"] > 0
    row = await row_of(server, again.request_id)
    assert again.usage is not None
    assert (row["status"], row["output"]) == ("completed", again.usage.output)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_whole_answer_becomes_the_dialects_error(server: Server, dialect: Dialect) -> None:
    await server.served_again(Question(dialect, streamed=False, max_tokens=1))
    asking = asyncio.create_task(server.ask(Question(dialect, streamed=False, max_tokens=1500)))
    await slots_at_work(server, 1)
    os.kill(server.engine(), signal.SIGKILL)
    heard = await asking
    assert (heard.status, heard.error) == (500, BROKEN[dialect])
    row = await row_of(server, heard.request_id)
    assert (row["status"], row["error"]) == ("failed", "EngineFailed")
    again = await server.served_again(Question(dialect, streamed=False, max_tokens=3))
    assert again.usage is not None
    assert again.usage.output == 3


async def row_of(server: Server, request_id: str) -> dict[str, object]:
    async def there() -> bool:
        return any(row["request_id"] == request_id for row in rows_of(server.home))

    await until(there, f"a row of {request_id}")
    (row,) = [row for row in rows_of(server.home) if row["request_id"] == request_id]
    return row
