"""Rows on their way from the journal to SQL: whatever is in the way, each arrives once."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from studiolo.core.events import Finished
from studiolo.core.ledger import Asked, Opened, Progress, Row, Settled
from studiolo.core.usage import Usage
from studiolo.service import bookkeeper
from studiolo.service.bookkeeper import Bookkeeper, RowsLost, replay, settled_of
from studiolo.service.ledger import Ledger
from studiolo.service.tally import Tally
from studiolo.storage.database import FILE_NAME, open_database
from studiolo.storage.journal import Journal
from studiolo.storage.ledger import ASIDE_BYTES, ASIDE_NAME, LedgerStore
from studiolo.storage.orphans import orphans

pytestmark = pytest.mark.anyio

ASKED = Asked("request-1", "key-1", "default", "dashscope", 1_000_000, model="qwen-plus")
FINISHED = Finished(Usage(input=11, cached=4, output=5, reasoning=2))


async def test_a_journal_becomes_rows_each_request_once() -> None:
    done = Row(ASKED, "completed", FINISHED.usage, 5)
    cut = msgspec.structs.replace(ASKED, request_id="request-2")
    silent = msgspec.structs.replace(ASKED, request_id="request-3")
    notes = [
        Opened(ASKED),
        Opened(cut),
        Opened(silent),
        Progress("request-2", Usage(input=11, output=3), 40),
        Progress("request-1", Usage(input=11, output=1)),
        Progress("request-2", Usage(input=11, output=9), 40),
        Settled(done),
    ]
    assert list(settled_of(notes, 1_000_007)) == [
        done,
        Row(cut, "lost", Usage(input=11, output=9), 1_000_007, first_token_us=40),
        Row(silent, "lost", Usage(), 1_000_007),
    ]


def test_a_row_is_not_lost_before_it_began() -> None:
    """The clock was set back between the two."""
    assert [row.ended_us for row in settled_of([Opened(ASKED)], 7)] == [ASKED.started_us]


UNREADABLE = [
    ("an id of ours says when", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 1_645_557_742_000_000),
    ("another id does not", "made-up", 7),
    ("nor does another kind of UUID", "3e4f0b44-6e5c-4c1a-9a8e-3b1f0d6f7a11", 7),
]


@pytest.mark.parametrize(
    ("request_id", "started_us"), [each[1:] for each in UNREADABLE], ids=[e[0] for e in UNREADABLE]
)
def test_what_was_used_is_billed_where_nobody_can_read_by_whom(
    request_id: str, started_us: int
) -> None:
    usage = Usage(input=3, output=2)
    (row,) = settled_of([Progress(request_id, usage, 40)], 7)
    unknown = Asked(request_id, "unknown", "unknown", "unknown", started_us, model="unknown")
    assert row == Row(unknown, "lost", usage, max(7, started_us), first_token_us=40)


class Rows:
    """A table that fails as often as it is told to."""

    def __init__(self, *, failures: int = 0) -> None:
        self.failures = failures
        self.rows: list[Row] = []

    async def add(self, rows: Sequence[Row]) -> None:
        if self.failures:
            self.failures -= 1
            raise OperationalError("INSERT", {}, Exception("database is locked"))
        self.rows.extend(rows)


async def test_a_row_that_nobody_takes_is_told_and_spoils_the_exit_status(tmp_path: Path) -> None:
    journal, rows = Journal(tmp_path, "node", cap_bytes=100_000), Rows(failures=10**6)
    keeper = Bookkeeper(journal, rows, sync_s=60, close_s=0)
    ledger = Ledger(journal, keeper.settled)
    with capture_logs() as logs, ledger.entry(ASKED) as entry:
        entry.open(Tally())
        journal.close()
        entry.see(FINISHED)
    facts = {
        "request_id": "request-1",
        "key_id": "key-1",
        "model": "qwen-plus",
        "status": "completed",
        "input": 11,
        "output": 5,
        "log_level": "error",
    }
    assert {"event": "ledger.unwritten", **facts} in logs
    with capture_logs() as logs, pytest.raises(RowsLost, match="that are lost: 1;"):
        await keeper.close()
    assert {"event": "ledger.lost", **facts} in logs


async def test_a_row_that_the_journal_takes_at_the_last_moment_is_not_lost(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "node", cap_bytes=100_000)
    keeper = Bookkeeper(journal, Rows(failures=10**6), sync_s=60, close_s=0)
    row = Row(ASKED, "completed", FINISHED.usage, 5)
    keeper.settled(row)
    await keeper.close()
    journal.close()
    (orphan,) = orphans(tmp_path)
    assert orphan.notes == (Settled(row),)


async def test_whatever_breaks_is_told_and_tried_again(tmp_path: Path) -> None:
    class Odd(Rows):
        async def add(self, rows: Sequence[Row]) -> None:
            if self.failures:
                self.failures -= 1
                raise RuntimeError("nobody thought of that")
            await super().add(rows)

    journal, rows = Journal(tmp_path, "node", cap_bytes=100_000), Odd(failures=1)
    keeper = Bookkeeper(journal, rows, sync_s=60)
    keeper.start()
    with capture_logs() as logs:
        keeper.settled(Row(ASKED, "completed", FINISHED.usage, 5))
        await keeper.close()
    assert [(line["event"], line["reason"]) for line in logs] == [
        ("ledger.behind", "RuntimeError: nobody thought of that")
    ]
    assert len(rows.rows) == 1
    journal.close()


async def test_rows_gather_until_they_are_enough_or_nobody_waits_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Batches(Rows):
        def __init__(self) -> None:
            super().__init__()
            self.written = asyncio.Event()

        async def add(self, rows: Sequence[Row]) -> None:
            await super().add(rows)
            self.written.set()

        async def next(self) -> int:
            await self.written.wait()
            self.written.clear()
            return len(self.rows)

    monkeypatch.setattr(bookkeeper, "GATHER_S", 0)
    monkeypatch.setattr(bookkeeper, "BETWEEN_S", 3600)
    journal, rows = Journal(tmp_path, "node", cap_bytes=100_000), Batches()
    keeper = Bookkeeper(journal, rows, sync_s=60)
    keeper.start()
    keeper.settled(one(0))
    assert await rows.next() == 1
    for number in range(bookkeeper.ENOUGH):
        await asyncio.sleep(0)
        assert len(rows.rows) == 1
        keeper.settled(one(number))
    assert await rows.next() == 1 + bookkeeper.ENOUGH
    keeper.settled(one(1))
    await keeper.close()
    assert len(rows.rows) == 2 + bookkeeper.ENOUGH
    journal.close()


TOO_LARGE = Usage(input=2**63)


def one(number: int, usage: Usage = FINISHED.usage) -> Row:
    return Row(msgspec.structs.replace(ASKED, request_id=f"r-{number:02}"), "completed", usage, 5)


async def test_a_row_that_no_column_takes_is_set_aside_and_blocks_nobody(tmp_path: Path) -> None:
    rows = [one(number, TOO_LARGE if number in {3, 17} else FINISHED.usage) for number in range(30)]
    folder = tmp_path / "journal"
    journal = Journal(folder, "node", cap_bytes=100_000)
    async with open_database(tmp_path) as database:
        store = LedgerStore(database)
        keeper = Bookkeeper(journal, store, sync_s=60)
        keeper.start()
        for row in rows:
            journal.append(Settled(row))
            keeper.settled(row)
        with capture_logs() as logs:
            await keeper.close()
        assert (keeper.waiting, journal.unsaved) == (0, 0)
        assert len([row async for row in store.rows()]) == 28
    journal.close()
    aside = tmp_path / ASIDE_NAME
    assert aside.stat().st_mode & 0o777 == 0o600
    kept = [json.loads(line) for line in aside.read_text().splitlines()]
    assert [msgspec.convert(each["row"], Row) for each in kept] == [rows[3], rows[17]]
    told = [(line["event"], line["request_id"], line["file"]) for line in logs]
    assert told == [("ledger.row_set_aside", f"r-{n:02}", str(aside)) for n in (3, 17)]


async def test_the_file_for_what_is_set_aside_has_a_bound(tmp_path: Path) -> None:
    (tmp_path / ASIDE_NAME).write_bytes(b"\n" * ASIDE_BYTES)
    async with open_database(tmp_path) as database:
        with capture_logs() as logs:
            await LedgerStore(database).add([one(1, TOO_LARGE)])
    (line,) = logs
    assert (line["request_id"], line["input"], line["file"]) == ("r-01", 2**63, None)
    assert (tmp_path / ASIDE_NAME).stat().st_size == ASIDE_BYTES


async def test_a_row_that_no_column_takes_does_not_block_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal = Journal(folder, "gone", cap_bytes=100_000)
    for row in (one(1), one(2, TOO_LARGE), one(3)):
        journal.append(Settled(row))
    journal.close()
    async with open_database(tmp_path) as database:
        store = LedgerStore(database)
        await replay(folder, store, now_us=lambda: 9)
        assert [row["request_id"] async for row in store.rows()] == ["r-01", "r-03"]
    assert "r-02" in (tmp_path / ASIDE_NAME).read_text()
    assert orphans(folder) == []


@pytest.mark.parametrize("another", [False, True], ids=["removed", "another in its place"])
async def test_rows_stay_in_the_journal_when_the_database_file_is_not_there(
    tmp_path: Path, another: bool
) -> None:
    path, folder = tmp_path / FILE_NAME, tmp_path / "journal"
    journal = Journal(folder, "node", cap_bytes=100_000)
    async with open_database(tmp_path) as database:
        store = LedgerStore(database)
        await store.add([one(1)])
        path.rename(tmp_path / "elsewhere.db")
        if another:
            path.write_bytes(b"")
        keeper = Bookkeeper(journal, store, sync_s=60, close_s=0)
        journal.append(Settled(one(2)))
        keeper.settled(one(2))
        keeper.start()
        with capture_logs() as logs:
            while not logs:
                await asyncio.sleep(0.01)
            await keeper.close()
    journal.close()
    assert f"{path} was removed or replaced" in logs[0]["reason"]
    assert "restart the server" in logs[0]["reason"]
    assert {line["event"] for line in logs} == {"ledger.behind", "ledger.unsaved"}
    (orphan,) = orphans(folder)
    assert orphan.notes == (Settled(one(2)),)


async def test_a_locked_database_is_asked_again(tmp_path: Path) -> None:
    journal, rows = Journal(tmp_path, "node", cap_bytes=100_000), Rows(failures=1)
    keeper = Bookkeeper(journal, rows, sync_s=60)
    keeper.start()
    ledger = Ledger(journal, keeper.settled)
    with ledger.entry(ASKED) as entry:
        entry.open(Tally())
        entry.see(FINISHED)
    assert keeper.waiting == 1
    await keeper.close()
    assert [row.asked for row in rows.rows] == [ASKED]
    assert journal.unsaved == 0
    journal.close()
    assert orphans(tmp_path) == []


async def test_the_next_start_saves_what_was_left_and_only_once(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal = Journal(folder, "gone", cap_bytes=100_000, segment_bytes=200)
    rows: list[Row] = []
    ledger = Ledger(journal, rows.append)
    for number in range(20):
        with ledger.entry(msgspec.structs.replace(ASKED, request_id=f"r-{number:02}")) as entry:
            entry.open(Tally())
            entry.see(FINISHED)
    ledger.open(msgspec.structs.replace(ASKED, request_id="r-lost"))
    journal.close()
    async with open_database(tmp_path) as database:
        store = LedgerStore(database)
        await store.add(rows[:3])
        assert await replay(folder, store, now_us=lambda: 9) == 21
        assert await replay(folder, store, now_us=lambda: 9) == 0
        found = [row async for row in store.rows()]
        assert [row["request_id"] for row in found] == [*(f"r-{n:02}" for n in range(20)), "r-lost"]
        assert [row["status"] for row in found] == ["completed"] * 20 + ["lost"]
        (total,) = await store.usage(["model"])
    assert total == {
        "model": "qwen-plus",
        "requests": 21,
        **dict.fromkeys(Usage.__struct_fields__, 0),
        "input": 220,
        "cached": 80,
        "output": 100,
        "reasoning": 40,
    }
