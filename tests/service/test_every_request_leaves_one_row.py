"""The ledger: whichever way a request ends, one row says what it used."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from studiolo.core.errors import (
    ClientGone,
    EngineFailed,
    InputTooLong,
    LedgerFull,
    ModelUnavailable,
)
from studiolo.core.events import ChoiceFinished, Event, Finished, ReasoningDelta, Started, TextDelta
from studiolo.core.generation import PromptRead
from studiolo.core.ledger import Asked, Progress, Row
from studiolo.core.usage import Usage
from studiolo.service import ledger
from studiolo.service.ledger import Clock, Ledger
from studiolo.service.tally import Tally
from studiolo.storage.journal import Journal

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
FIRST_LAST: list[Event] = [EVENTS[0], EVENTS[1], FINISHED]


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


def tally(*, output: int = 0, injected: int = 0) -> Tally:
    """What an engine has counted so far."""
    counted = Tally()
    counted.begin(PromptRead(11, 4))
    counted.injected = injected
    counted.run().streamed = output
    return counted


def run(
    desk: Desk,
    events: Sequence[Event],
    *,
    counted: Tally | None = None,
    fails_with: BaseException | None = None,
) -> None:
    with desk.ledger.entry(ASKED) as entry:
        entry.open(counted or Tally())
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
        entry.open(Tally())
        entry.see(FINISHED)
        assert len(desk.rows) == 1


@pytest.mark.parametrize("gone", [GeneratorExit(), asyncio.CancelledError()])
async def test_an_abandoned_answer_is_what_was_written(desk: Desk, gone: BaseException) -> None:
    with pytest.raises(type(gone)):
        run(desk, EVENTS[:3], counted=tally(output=8, injected=3), fails_with=gone)
    used = Usage(input=11, cached=4, output=8, reasoning=2, injected=3)
    assert [outline(row) for row in desk.rows] == [("abandoned", used, None)]


async def test_an_answer_that_breaks_is_what_was_written(desk: Desk) -> None:
    with pytest.raises(EngineFailed):
        run(desk, EVENTS[:2], counted=tally(output=2), fails_with=EngineFailed())
    used = Usage(input=11, cached=4, output=2, reasoning=2)
    assert [outline(row) for row in desk.rows] == [("failed", used, "EngineFailed")]


async def test_what_was_written_counts_though_nothing_of_it_was_told(desk: Desk) -> None:
    with pytest.raises(asyncio.CancelledError):
        run(desk, [], counted=tally(output=5), fails_with=asyncio.CancelledError())
    used = Usage(input=11, cached=4, output=5)
    assert [outline(row) for row in desk.rows] == [("abandoned", used, None)]
    assert desk.rows[0].first_token_us is None


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
    assert [outline(row) for row in desk.rows] == [("refused", Usage(), "InputTooLong")]


# How a request may end before it becomes an answer.
EARLY = [
    (InputTooLong(5, 4), "refused", "InputTooLong"),
    (ClientGone(), "abandoned", None),
    (asyncio.CancelledError(), "abandoned", None),
    (ZeroDivisionError(), "failed", "ZeroDivisionError"),
]


@pytest.mark.parametrize(("end", "status", "error"), EARLY, ids=[repr(each[0]) for each in EARLY])
async def test_what_ends_before_it_is_an_answer_leaves_its_row(
    desk: Desk, end: BaseException, status: str, error: str | None
) -> None:
    with pytest.raises(type(end)), desk.ledger.refusing(ASKED):
        raise end
    with desk.ledger.refusing(ASKED):
        pass
    assert [outline(row) for row in desk.rows] == [(status, Usage(), error)]


async def test_a_journal_with_no_room_begins_no_answer_and_grows_no_more(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "node", cap_bytes=0)
    rows: list[Row] = []
    told: list[Row] = []
    with pytest.raises(LedgerFull), Ledger(journal, rows.append, [told.append]).entry(ASKED) as one:
        one.open(Tally())
    assert (rows, journal.size_bytes) == ([], 0)
    assert [outline(row) for row in told] == [("refused", Usage(), "LedgerFull")]
    journal.close()


@pytest.mark.parametrize(
    ("counted", "status", "used"),
    [
        (Tally(), "refused", Usage()),
        (tally(), "failed", Usage(input=11, cached=4)),
        (tally(output=2), "failed", Usage(input=11, cached=4, output=2)),
    ],
    ids=["it read nothing", "it had read the question", "it had written"],
)
async def test_an_engine_that_is_not_there_refuses_what_it_has_not_begun(
    desk: Desk, counted: Tally, status: str, used: Usage
) -> None:
    with pytest.raises(ModelUnavailable):
        run(desk, [], counted=counted, fails_with=ModelUnavailable("restarting"))
    assert [outline(row) for row in desk.rows] == [(status, used, "ModelUnavailable")]


async def test_what_is_written_is_noted_in_time_and_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing of it is told for long; an alarm that finds nothing new notes nothing."""
    noted: list[Progress] = []
    counted = tally()
    meter = counted.run()
    monkeypatch.setattr(ledger, "PROGRESS_S", 0)
    monkeypatch.setattr(desk.ledger, "progress", noted.append)
    with desk.ledger.entry(ASKED) as entry:
        entry.open(counted)
        for event in EVENTS[:2]:
            entry.see(event)
        for written in (3, 7):
            meter.written = written
            for _ in range(10):  # turns of the loop, in each of which an alarm may go off
                await asyncio.sleep(0)
        entry.see(FINISHED)
    assert [note.usage for note in noted] == [
        Usage(input=11, cached=4, output=written, reasoning=2) for written in (3, 7)
    ]


async def test_that_the_question_was_read_is_noted_before_anything_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[Progress] = []
    counted = Tally()
    monkeypatch.setattr(ledger, "PROGRESS_S", 0)
    monkeypatch.setattr(desk.ledger, "progress", noted.append)
    with desk.ledger.entry(ASKED) as entry:
        entry.open(counted)
        for _ in range(10):
            await asyncio.sleep(0)
        assert noted == []
        counted.begin(PromptRead(11, 4))
        for _ in range(10):
            await asyncio.sleep(0)
        entry.see(FINISHED)
    assert [note.usage for note in noted] == [Usage(input=11, cached=4)]


def clock(wall_s: Sequence[float], steady_s: Sequence[float]) -> Clock:
    """One that says these times, one after the other."""

    def said(times: Iterator[float]) -> int:
        return int(next(times) * 1e9)

    wall, steady = iter(wall_s), iter(steady_s)
    return Clock(lambda: said(wall), lambda: said(steady))


# ASKED began at 1 s; the entry is made a little later, and a token and the end follow.
CLOCKS = [
    ("both clocks go together", [1.5], [100, 102, 103], 2_500_000, 4_500_000),
    (
        "the wall's is an hour back before the entry is made",
        [-3599],
        [5, 7, 8],
        2 * 10**6,
        4 * 10**6,
    ),
]


@pytest.mark.parametrize(
    ("wall_s", "steady_s", "first_token_us", "ended_us"),
    [each[1:] for each in CLOCKS],
    ids=[each[0] for each in CLOCKS],
)
async def test_nobody_sets_the_clock_that_measures(
    tmp_path: Path,
    wall_s: list[float],
    steady_s: list[float],
    first_token_us: int,
    ended_us: int,
) -> None:
    """The wall's clock is read once, when the entry is made; a second look would be an error."""
    journal, rows = Journal(tmp_path, "node", cap_bytes=100_000), list[Row]()
    run(
        Desk(Ledger(journal, rows.append, clock=clock(wall_s, steady_s)), journal, rows), FIRST_LAST
    )
    assert [(row.first_token_us, row.ended_us) for row in rows] == [(first_token_us, ended_us)]
    journal.close()


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
    ledger = Ledger(journal, rows.append)
    with pytest.raises(LedgerFull), ledger.entry(ASKED) as entry:
        entry.open(Tally())
    journal.full = False
    with ledger.entry(ASKED) as entry:
        entry.open(Tally())
        journal.full = True
        entry.see(FINISHED)
    assert [outline(row) for row in rows] == [("completed", FINISHED.usage, None)]


async def test_the_end_of_an_answer_does_not_say_that_the_disk_is_mended() -> None:
    journal = Full()
    ledger = Ledger(journal, lambda row: None)
    with capture_logs() as logs:
        ledger.progress(Progress("request-1", Usage()))
        journal.full = False
        ledger.settle(Row(ASKED, "completed", FINISHED.usage, 5))
        assert [line["event"] for line in logs] == ["journal.broken"]
        ledger.open(ASKED)
    assert [line["event"] for line in logs] == ["journal.broken", "journal.mended"]
