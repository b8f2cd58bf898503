"""A locked database, a journal at its bound, a full disk: answers or 503, and no row is lost."""

import asyncio
import json
import os
import resource
import subprocess
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any, TextIO

import pytest
from bench.soak.asking import Dialect, Heard, Question
from tests.faults.house import (
    DIALECTS,
    QUICK,
    SLOW,
    UNAVAILABLE,
    Server,
    left_in,
    locked,
    rows_in,
    serving,
    until,
)
from tests.servers import server_process

pytestmark = pytest.mark.anyio

MIB = 2**20
SHORT = [
    Question(dialect, streamed=streamed, max_tokens=3)
    for dialect in DIALECTS
    for streamed in (True, False)
]


async def all_saved(server: Server) -> None:
    await so_many_wait(server, 0)


async def so_many_wait(server: Server, rows: int) -> None:
    async def they_do() -> bool:
        return await server.figure("studiolo_ledger_rows_waiting") == rows

    await until(they_do, f"{rows} rows that wait for the database")


async def test_answers_go_on_while_the_database_is_locked(tmp_path: Path) -> None:
    with serving(tmp_path, QUICK) as server:
        await server.ask(SHORT[0])
        await server.rows(1)
        with locked(tmp_path):
            heard = await asyncio.gather(*(server.ask(question) for question in SHORT * 3))
            assert all(each.complete for each in heard)
            assert await server.figure("studiolo_ledger_rows_waiting") == len(heard)
        rows = await server.rows(1 + len(heard))
        await all_saved(server)
    by_id = {row["request_id"]: row for row in rows}
    assert len(rows) == len(by_id) == 1 + len(heard)
    for each in heard:
        assert each.usage is not None
        assert by_id[each.request_id]["output"] == each.usage.output
    assert left_in(tmp_path) == []


async def test_a_server_that_stops_while_it_is_locked_leaves_its_rows_to_the_next(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, QUICK) as server:
        with locked(tmp_path):
            heard = [await server.ask(question) for question in SHORT]
            server.process.terminate()
            began = time.monotonic()
            assert await server.ended() == 0
            # Three seconds for the rows, two for a try that is under way, and the stop itself.
            assert time.monotonic() - began < 7
        assert len(left_in(tmp_path)) == 1
    with serving(tmp_path, QUICK):
        rows = await rows_in(tmp_path, len(heard))
    assert [row["request_id"] for row in rows] == sorted(each.request_id for each in heard)
    assert left_in(tmp_path) == []


async def refused(server: Server, dialect: Dialect) -> Heard:
    """A refusal as the reference has it."""
    question = Question(dialect, streamed=True, max_tokens=3)
    heard = Heard(question)
    async with server.asking(question, heard) as response:
        assert response.status == 503
        assert int(response.headers["retry-after"]) >= 1
        heard.whole(await response.read())
    assert heard.error == UNAVAILABLE[dialect]
    return heard


def only_the_complete(rows: list[dict[str, Any]], heard: list[Heard]) -> None:
    """One row for each answer, and none for a refusal of a ledger that is full."""
    statuses = {row["request_id"]: row["status"] for row in rows}
    assert len(rows) == len(statuses)
    assert statuses == {each.request_id: "completed" for each in heard if each.complete}


async def test_a_journal_at_its_bound_refuses_until_the_lock_is_gone(tmp_path: Path) -> None:
    told: list[Heard] = []
    question = Question("openai", streamed=False, max_tokens=1)
    with serving(tmp_path, QUICK, LEDGER__JOURNAL_BYTES=MIB, LIMITS__QUEUE=500) as server:
        with locked(tmp_path):
            while await server.figure("studiolo_journal_bytes") < MIB:
                told += await asyncio.gather(*(server.ask(question) for _ in range(100)))
            refusals = [await refused(server, dialect) for dialect in DIALECTS]
        await all_saved(server)
        again = await server.served_again(question)
        rows = await server.rows(sum(each.complete for each in told) + 1)
    assert again.complete
    only_the_complete(rows, [*told, *refusals, again])
    assert left_in(tmp_path) == []


async def test_a_full_disk_refuses_and_loses_nothing(tmp_path: Path) -> None:
    """The server may write no file beyond what the journal has: as if the disk were full."""
    with serving(tmp_path, QUICK) as server:
        before = [await server.ask(question) for question in SHORT]
        await all_saved(server)
        size = int(await server.figure("studiolo_journal_bytes"))
        limits = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size + 10, limits[1]))
        refusals = [await refused(server, dialect) for dialect in DIALECTS]
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, limits)
        after = [await server.served_again(question) for question in SHORT]
        rows = await server.rows(len(before) + len(after))
    only_the_complete(rows, [*before, *refusals, *after])
    assert left_in(tmp_path) == []


async def test_a_disk_that_fills_up_in_mid_answer_costs_no_answer(tmp_path: Path) -> None:
    with serving(tmp_path, {**QUICK, "tokens_per_s": 20}) as server:
        heard, task = await server.begun(Question("dashscope", streamed=True, max_tokens=20))
        size = int(await server.figure("studiolo_journal_bytes"))
        limits = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, limits[1]))
        await task
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, limits)
        assert heard.complete
        assert heard.usage is not None
        (row,) = await server.rows(1)
    assert (row["status"], row["output"]) == ("completed", heard.usage.output)
    assert os.listdir(tmp_path / "journal") == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A disk of two megabytes; only an administrator may have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this user cannot mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """The file that takes all there was."""
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return filling


async def test_answers_that_end_on_a_full_disk_are_billed_by_the_next_start(
    small_disk: Path,
) -> None:
    with serving(small_disk, {**SLOW, "parallel": 12}) as server:
        begun = [
            await server.begun(Question(dialect, streamed=True, max_tokens=40))
            for dialect in DIALECTS * 6
        ]
        filling = fill(small_disk)
        await asyncio.gather(*(task for _, task in begun))
        assert all(heard.complete for heard, _ in begun)
        await refused(server, "openai")
        server.process.terminate()
        assert await server.ended() == 0
    filling.unlink()
    with serving(small_disk, QUICK):
        rows = {row["request_id"]: row for row in await rows_in(small_disk, len(begun))}
    assert len(rows) == len(begun)
    for heard, _ in begun:
        assert heard.usage is not None
        row = rows[heard.request_id]
        assert (row["status"], row["output"]) == ("completed", heard.usage.output)
    assert left_in(small_disk) == []
    assert os.listdir(small_disk / "journal") == []


async def test_the_same_where_files_may_not_grow(tmp_path: Path) -> None:
    """For whoever cannot mount a disk: what is there can be written, and nothing can be longer."""
    with serving(tmp_path, {**SLOW, "parallel": 12}) as server:
        # So much in the journal that the reserve can be written where it cannot.
        for _ in range(10):
            await asyncio.gather(*(server.ask(SHORT[3]) for _ in range(4)))
        await all_saved(server)
        begun = [
            await server.begun(Question(dialect, streamed=True, max_tokens=30))
            for dialect in DIALECTS * 2
        ]
        size = int(await server.figure("studiolo_journal_bytes"))
        limits = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, limits[1]))
        await asyncio.gather(*(task for _, task in begun))
        server.process.terminate()
        assert await server.ended() == 0
    with serving(tmp_path, QUICK):
        rows = {row["request_id"]: row for row in await rows_in(tmp_path, 40 + len(begun))}
    for heard, _ in begun:
        assert heard.usage is not None
        row = rows[heard.request_id]
        assert (row["status"], row["output"]) == ("completed", heard.usage.output)
    assert {row["status"] for row in rows.values()} == {"completed"}
    assert left_in(tmp_path) == []


@pytest.fixture
def pipe() -> Generator[tuple[TextIO, TextIO]]:
    """Its two ends: what is read, and what is written."""
    said, told = os.pipe()
    with open(said) as reading, open(told, "w") as writing:
        yield reading, writing


async def test_a_row_that_nothing_takes_is_told_with_its_tokens(
    tmp_path: Path, pipe: tuple[TextIO, TextIO]
) -> None:
    """Not even what was reserved can be written."""
    reading, log = pipe
    variables = {"STUDIOLO_DEPLOYMENTS": json.dumps([SLOW])}
    with server_process(tmp_path, environment=variables, stderr=log) as running:
        log.close()
        server = Server(running, tmp_path)
        heard, task = await server.begun(Question("openai", streamed=True, max_tokens=10))
        limits = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, limits[1]))
        await task
        assert heard.complete
        server.process.terminate()
        assert await server.ended() == 1
        lines = reading.read().splitlines()
    assert heard.usage is not None
    events = [json.loads(line) for line in lines if line.startswith("{")]
    for event in ("ledger.unwritten", "ledger.lost"):
        (line,) = [each for each in events if each["event"] == event]
        assert line["request_id"] == heard.request_id
        assert line["output"] == heard.usage.output
    assert lines[-1].startswith("studiolo: rows of the ledger that are lost: 1;")


async def test_rows_outlive_a_database_file_that_was_removed(tmp_path: Path) -> None:
    """They stay in the journal, and the next start has them; so has it what shares their file."""
    with serving(tmp_path, QUICK) as server:
        before = await server.ask(SHORT[0])
        await server.rows(1)
        await all_saved(server)
        for name in ("studiolo.db", "studiolo.db-wal", "studiolo.db-shm"):
            (tmp_path / name).unlink()
        heard = [await server.ask(question) for question in SHORT]
        assert all(each.complete for each in heard)
        await so_many_wait(server, len(heard))
    with serving(tmp_path, QUICK):
        rows = await rows_in(tmp_path, len(heard))
    only_the_complete(rows, [before, *heard])
    assert left_in(tmp_path) == []
