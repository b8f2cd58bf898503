"""The ledger: whichever way a request ends, one row says what it used."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import msgspec
import pytest
from sqlalchemy.exc import OperationalError

from studiolo.core.errors import EngineFailed, InputTooLong, LedgerFull, ModelUnavailable
from studiolo.core.events import ChoiceFinished, Event, Finished, ReasoningDelta, Started, TextDelta
from studiolo.core.ledger import Asked, Opened, Progress, Row, Settled
from studiolo.core.usage import Usage
from studiolo.service.bookkeeper import Bookkeeper, replay, settled_of
from studiolo.service.ledger import Ledger
from studiolo.storage.database import open_database
from studiolo.storage.journal import Journal, orphans
from studiolo.storage.ledger import LedgerStore

pytestmark = pytest.mark.anyio

ASKED = Asked("request-1", "key-1", "default", "dashscope", 1_000_000, model="qwen-plus")
EVENTS: list[Event] = [
    Started(11, 4),
    ReasoningDelta("Hm", 2),
    TextDelta("Hello", 1),
    TextDelta("!", 1),
    ChoiceFinished("stop", 1),
]
FINISHED = Finished(Usage(input=11, cached=4, output=5, reasoning=2))


class Desk(msgspec.Struct):
    """A ledger over a journal, and the rows that came of it."""

    ledger: Ledger
    journal: Journal
    rows: list[Row]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    journal = Journal(tmp_path / "journal", "node", cap_bytes=100_000)
    rows: list[Row] = []
    yield Desk(Ledger(journal, rows.append), journal, rows)
    journal.close()


def run(desk: Desk, events: Sequence[Event], *, fails_with: BaseException | None = None) -> None:
    with desk.ledger.entry(ASKED) as entry:
        entry.open()
        for event in events:
            entry.see(event)
        if fails_with is not None:
            raise fails_with


def outline(row: Row) -> tuple[str, Usage, str | None]:
    return row.status, row.usage, row.error


async def test_a_complete_answer_is_what_the_engine_counted(desk: Desk) -> None:
    run(desk, [*EVENTS, FINISHED])
    assert [outline(row) for row in desk.rows] == [("completed", FINISHED.usage, None)]
    assert desk.rows[0].first_token_us is not None
    assert desk.rows[0].asked == ASKED


async def test_it_is_settled_before_the_last_event_is_passed_on(desk: Desk) -> None:
    with desk.ledger.entry(ASKED) as entry:
        entry.open()
        entry.see(FINISHED)
        assert len(desk.rows) == 1


@pytest.mark.parametrize("gone", [GeneratorExit(), asyncio.CancelledError()])
async def test_an_abandoned_answer_is_what_was_produced(desk: Desk, gone: BaseException) -> None:
    with pytest.raises(type(gone)):
        run(desk, EVENTS[:3], fails_with=gone)
    used = Usage(input=11, cached=4, output=3, reasoning=2)
    assert [outline(row) for row in desk.rows] == [("abandoned", used, None)]


async def test_an_answer_that_breaks_is_what_was_produced(desk: Desk) -> None:
    with pytest.raises(EngineFailed):
        run(desk, EVENTS[:2], fails_with=EngineFailed())
    used = Usage(input=11, cached=4, output=2, reasoning=2)
    assert [outline(row) for row in desk.rows] == [("failed", used, "EngineFailed")]


async def test_an_answer_that_just_stops_has_failed(desk: Desk) -> None:
    run(desk, EVENTS)
    assert [row.status for row in desk.rows] == ["failed"]


async def test_what_comes_after_the_end_changes_nothing(desk: Desk) -> None:
    with pytest.raises(asyncio.CancelledError):
        run(desk, [*EVENTS, FINISHED], fails_with=asyncio.CancelledError())
    assert [outline(row) for row in desk.rows] == [("completed", FINISHED.usage, None)]


async def test_a_refused_question_has_used_nothing(desk: Desk) -> None:
    with pytest.raises(InputTooLong), desk.ledger.entry(ASKED):
        raise InputTooLong(5, 4)
    desk.ledger.refuse(ASKED, EngineFailed())
    assert [outline(row) for row in desk.rows] == [
        ("refused", Usage(), "InputTooLong"),
        ("refused", Usage(), "EngineFailed"),
    ]


async def test_a_journal_with_no_room_begins_no_answer_and_grows_no_more(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "node", cap_bytes=0)
    rows: list[Row] = []
    told: list[Row] = []
    with pytest.raises(LedgerFull), Ledger(journal, rows.append, [told.append]).entry(ASKED) as one:
        one.open()
    assert (rows, journal.size_bytes) == ([], 0)
    assert [outline(row) for row in told] == [("refused", Usage(), "LedgerFull")]
    journal.close()


async def test_an_engine_that_is_not_there_refuses(desk: Desk) -> None:
    with pytest.raises(ModelUnavailable):
        run(desk, [], fails_with=ModelUnavailable("restarting"))
    assert [outline(row) for row in desk.rows] == [("refused", Usage(), "ModelUnavailable")]


async def test_the_last_tokens_before_a_pause_are_noted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[Progress] = []
    with desk.ledger.entry(ASKED) as entry:
        entry.open()
        monkeypatch.setattr(desk.ledger, "progress", noted.append)
        for event in EVENTS[:3]:
            entry.see(event)
        async with asyncio.timeout(10):
            while not noted:
                await asyncio.sleep(0.01)
        entry.see(FINISHED)
    assert [note.usage for note in noted] == [Usage(input=11, cached=4, output=3, reasoning=2)]


class Full:
    """A journal on a disk that is full, until it is not."""

    size_bytes = 0

    def __init__(self) -> None:
        self.full = True

    def check_room(self) -> None:
        pass

    def append(self, note: object) -> None:
        if self.full:
            raise OSError("no space left on device")


async def test_a_full_disk_begins_no_answer_and_loses_no_row() -> None:
    journal, rows = Full(), list[Row]()
    ledger = Ledger(journal, rows.append)  # pyright: ignore[reportArgumentType] - as much as is used
    with pytest.raises(LedgerFull), ledger.entry(ASKED) as entry:
        entry.open()
    journal.full = False
    with ledger.entry(ASKED) as entry:
        entry.open()
        journal.full = True
        entry.see(FINISHED)
    assert [outline(row) for row in rows] == [("completed", FINISHED.usage, None)]


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
    assert list(settled_of(notes, 7)) == [
        done,
        Row(cut, "lost", Usage(input=11, output=9), 7, first_token_us=40),
        Row(silent, "lost", Usage(), 7),
    ]


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


async def test_a_locked_database_is_asked_again(tmp_path: Path) -> None:
    journal, rows = Journal(tmp_path, "node", cap_bytes=100_000), Rows(failures=1)
    keeper = Bookkeeper(journal, rows, sync_s=60)
    keeper.start()
    ledger = Ledger(journal, keeper.settled)
    with ledger.entry(ASKED) as entry:
        entry.open()
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
            entry.open()
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
