"""Carries settled rows from the journal into SQL, in batches, until they are there."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.exc import DBAPIError

from studiolo.core.errors import StudioloError
from studiolo.core.ledger import Asked, Note, Opened, Progress, Row, Settled
from studiolo.core.usage import Usage
from studiolo.service.ledger import told_of
from studiolo.storage.journal import Journal
from studiolo.storage.orphans import kept_as, orphans
from studiolo.telemetry.ids import moment_us

log = structlog.get_logger()

BATCH = 500
# Rows gather at least so long, and so long since the last batch unless there are ENOUGH: SQL costs
# a quiet server more than its answers do, and a busy one writes hundreds in one transaction.
GATHER_S = 0.05
BETWEEN_S = 1.0
ENOUGH = 100
RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
# How long the last rows get at the end; what is not saved then stays in the journal.
CLOSE_S = 3.0
# What one try may wait for a lock; the one that is under way at the end adds this to CLOSE_S.
LOCK_S = 2.0
# Stands for what was written in a note that cannot be read.
UNKNOWN = "unknown"


class RowsLost(StudioloError):
    """At the end, neither the database nor the journal has taken these rows."""

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"rows of the ledger that are lost: {rows}; neither the database nor the journal could "
            "be written; the log has each of them as ledger.lost"
        )
        self.rows = rows


class Rows(Protocol):
    """Where rows go."""

    async def add(self, rows: Sequence[Row]) -> None:
        """Keep them, each once."""
        ...


class Bookkeeper:
    """One task that writes, one that syncs the disk; `settled` hands it a row."""

    def __init__(
        self, journal: Journal, rows: Rows, *, sync_s: float, close_s: float = CLOSE_S
    ) -> None:
        self._journal = journal
        self._rows = rows
        self._sync_s = sync_s
        self._close_s = close_s
        self._waiting: deque[Row] = deque()
        self._something = asyncio.Event()
        self._enough = asyncio.Event()
        self._closing = False
        self._written_at = -math.inf
        self._empty = asyncio.Event()
        self._empty.set()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def waiting(self) -> int:
        """Rows that SQL does not have yet."""
        return len(self._waiting)

    def settled(self, row: Row) -> None:
        """One more."""
        self._waiting.append(row)
        self._empty.clear()
        self._something.set()
        if len(self._waiting) >= ENOUGH:
            self._enough.set()

    def start(self) -> None:
        """Begin to write."""
        self._tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._sync())]

    async def close(self) -> None:
        """Write what waits, within bounds; then stop.

        Raises RowsLost when there are rows that the next start will not find in the journal.
        """
        self._closing = True
        self._enough.set()
        try:
            async with asyncio.timeout(self._close_s):
                await self._empty.wait()
        except TimeoutError:
            log.warning("ledger.unsaved", rows=len(self._waiting))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        lost = [row for row in self._waiting if not self._noted(row)]
        for row in lost:
            log.error("ledger.lost", **told_of(row))
        if lost:
            raise RowsLost(len(lost))

    def _noted(self, row: Row) -> bool:
        """Whether the journal has it, be it at the last moment."""
        if self._journal.has_row(row.asked.request_id):
            return True
        try:
            self._journal.append(Settled(row))
        except OSError:
            return False
        return True

    async def _write(self) -> None:
        failures = 0
        while True:
            await self._something.wait()
            await (asyncio.sleep(_pause_s(failures)) if failures else self._gather())
            batch = [self._waiting[index] for index in range(min(BATCH, len(self._waiting)))]
            try:
                await self._rows.add(batch)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is said and tried again
                failures += 1
                log.warning("ledger.behind", rows=len(self._waiting), reason=_reason(error))
                continue
            failures = 0
            self._saved(batch)

    async def _gather(self) -> None:
        """Wait for enough rows, or until the last batch is long ago."""
        await asyncio.sleep(GATHER_S)
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._written_at + BETWEEN_S):
                while len(self._waiting) < ENOUGH and not self._closing:
                    self._enough.clear()
                    await self._enough.wait()
        self._written_at = asyncio.get_running_loop().time()

    def _saved(self, batch: Sequence[Row]) -> None:
        for row in batch:
            self._waiting.popleft()
            self._journal.saved(row.asked.request_id)
        if not self._waiting:
            self._something.clear()
            self._empty.set()

    async def _sync(self) -> None:
        while True:
            await asyncio.sleep(self._sync_s)
            try:
                await asyncio.to_thread(self._journal.sync)
            except OSError as error:
                log.warning("journal.unsynced", reason=str(error))


async def replay(folder: Path, rows: Rows, *, now_us: Callable[[], int]) -> int:
    """Rows from the journals of processes that are gone; says how many.

    An answer that was never settled becomes a row of status lost, with what it had used at its
    last progress note. A file with damage is kept beside the journal, and told in the log.
    """
    saved = 0
    for orphan in orphans(folder):
        found = list(settled_of(orphan.notes, now_us()))
        for start in range(0, len(found), BATCH):
            await rows.add(found[start : start + BATCH])
        orphan.remove()
        for path, size_bytes in orphan.damaged.items():
            log.warning("journal.damaged", file=str(kept_as(path)), unread_bytes=size_bytes)
        saved += len(found)
    if saved:
        log.info("ledger.replayed", rows=saved)
    return saved


def settled_of(notes: Sequence[Note], now_us: int) -> Iterator[Row]:
    """The rows of one journal, each request once.

    Where the note of the beginning cannot be read, it is unknown who asked what; what was used is
    not. Such notes also stay behind requests that are saved: those have their row, and keep it.
    """
    opened: dict[str, Asked] = {}
    used: dict[str, Progress] = {}
    settled: dict[str, Row] = {}
    for note in notes:
        match note:
            case Opened(asked=asked):
                opened[asked.request_id] = asked
            case Progress(request_id=request_id):
                used[request_id] = note
            case Settled(row=row):
                settled[row.asked.request_id] = row
    yield from settled.values()
    for request_id in used.keys() - opened.keys():
        opened[request_id] = _unknown(request_id, now_us)
    for request_id, asked in sorted(opened.items()):
        if request_id not in settled:
            progress = used.get(request_id)
            yield Row(
                asked=asked,
                status="lost",
                usage=progress.usage if progress else Usage(),
                ended_us=max(now_us, asked.started_us),
                first_token_us=progress.first_token_us if progress else None,
            )


def _unknown(request_id: str, now_us: int) -> Asked:
    return Asked(
        request_id=request_id,
        key_id=UNKNOWN,
        workspace=UNKNOWN,
        dialect=UNKNOWN,
        started_us=moment_us(request_id) or now_us,
        model=UNKNOWN,
    )


def _reason(error: Exception) -> str:
    """One line; the statement that failed is the same every time."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(cause).__name__}: {cause}"[:300]


def _pause_s(failures: int) -> float:
    return RETRY_S[min(failures, len(RETRY_S)) - 1]
