"""On a real engine: in the queue, while it writes, while it reads a long prompt; both dialects."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest
from bench.soak.asking import Dialect, Heard, Question
from tests.faults.house import (
    DIALECTS,
    Server,
    serving,
    slots_at_work,
    small,
    socket_of,
    until,
)

from studiolo.engines.llamacpp.server import LlamaServer

pytestmark = pytest.mark.anyio

PLACES = 1
# Every word of these is several tokens.
LONG = " ".join(f"word{number}" for number in range(420))


@pytest.fixture(scope="module")
def server(smollm2_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    deployment = small(smollm2_path, parallel=PLACES, context=2048)
    with serving(tmp_path_factory.mktemp("h"), deployment) as running:
        yield running


async def statuses(server: Server, before: int, more: int) -> list[str]:
    rows = await server.rows(before + more)
    return sorted(row["status"] for row in rows[before:])


async def count(server: Server) -> int:
    """Rows so far, once none waits."""

    async def none_waits() -> bool:
        return await server.figure("studiolo_ledger_rows_waiting") == 0

    await until(none_waits, "every row in the database")
    return len(await server.rows(0))


def asking(server: Server, question: Question) -> asyncio.Task[Heard]:
    return asyncio.create_task(server.ask(question))


async def gone(*tasks: asyncio.Task[Heard]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
async def test_while_it_writes(server: Server, dialect: Dialect, streamed: bool) -> None:
    before = await count(server)
    question = Question(dialect, streamed=streamed, max_tokens=1500)
    task = asking(server, question)
    await slots_at_work(server, 1)
    await gone(task)
    await slots_at_work(server, 0)
    await server.idle("small", PLACES)
    assert await statuses(server, before, 1) == ["abandoned"]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
async def test_while_it_reads_a_long_prompt(
    server: Server, dialect: Dialect, streamed: bool
) -> None:
    before = await count(server)
    text = f"{dialect} {streamed} {LONG}"
    question = Question(dialect, streamed=streamed, text=text, max_tokens=5)
    task = asking(server, question)
    await slots_at_work(server, 1)
    await gone(task)
    await slots_at_work(server, 0)
    await server.idle("small", PLACES)
    (row,) = (await server.rows(before + 1))[before:]
    assert (row["status"], row["output"]) == ("abandoned", 0)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
async def test_in_the_queue(server: Server, dialect: Dialect, streamed: bool) -> None:
    before = await count(server)
    first = asking(server, Question(dialect, streamed=streamed, max_tokens=1500))
    await slots_at_work(server, 1)
    second = asking(server, Question(dialect, streamed=streamed, max_tokens=1500))

    async def waits() -> bool:
        return await server.figure('studiolo_queue{deployment="small"}') == 1

    await until(waits, "a request in the queue")
    await gone(second)

    async def nobody_waits() -> bool:
        return await server.figure('studiolo_queue{deployment="small"}') == 0

    await until(nobody_waits, "an empty queue")
    await gone(first)
    await slots_at_work(server, 0)
    assert await statuses(server, before, 2) == ["abandoned", "abandoned"]


async def test_more_choices_than_places_do_not_lock_up(server: Server) -> None:
    questions = [
        Question(dialect, streamed=streamed, n=3, max_tokens=3)
        for dialect in DIALECTS
        for streamed in (True, False)
    ]
    told = await asyncio.gather(*(server.ask(question) for question in questions))
    assert [each.usage.output if each.usage else 0 for each in told] == [9, 9, 9, 9]
    await server.idle("small", PLACES)


async def test_the_prompt_was_long_enough(server: Server) -> None:
    engine = LlamaServer.on_socket(socket_of(server))
    assert len(await engine.tokenize(LONG)) > 1500
    await engine.close()


async def test_a_connection_that_says_nothing_takes_no_place(server: Server) -> None:
    url = server.url.removeprefix("http://")
    host, _, port = url.partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 10\r\n\r\n{")
    await writer.drain()
    heard = await server.ask(Question("openai", streamed=False, max_tokens=1))
    assert heard.complete
    writer.close()
    await server.idle("small", PLACES)
