"""The ledger, from the journal to the database."""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from studiolo.config import Settings
from studiolo.core.ledger import Row
from studiolo.service.bookkeeper import Bookkeeper, replay
from studiolo.service.ledger import Ledger
from studiolo.service.meters import RowMeter, log_row, watch_ledger
from studiolo.storage.database import Database, patiently
from studiolo.storage.journal import Journal
from studiolo.storage.ledger import LedgerStore
from studiolo.telemetry.ids import new_request_id
from studiolo.telemetry.metrics import Metrics


@asynccontextmanager
async def open_ledger(
    settings: Settings,
    database: Database,
    metrics: Metrics,
    meter: RowMeter,
    *,
    tell: Sequence[Callable[[Row], None]] = (),
) -> AsyncGenerator[Ledger]:
    """The journal and what carries it into SQL; what earlier processes left is settled first.

    Those in `tell` hear of every row. Raises DatabaseUnusable, and at the end RowsLost.
    """
    await settle_orphans(settings, database)
    rows = LedgerStore(database)
    journal = Journal(
        _journal_folder(settings), new_request_id(), cap_bytes=settings.ledger.journal_bytes
    )
    bookkeeper = Bookkeeper(journal, rows, sync_s=settings.ledger.sync_s)
    watch_ledger(metrics, journal, bookkeeper)
    bookkeeper.start()
    try:
        yield Ledger(
            journal,
            bookkeeper.settled,
            (_afterwards(meter.settled, log_row), *tell),
            node=socket.gethostname()[:64],
        )
    finally:
        try:
            await bookkeeper.close()
        finally:
            journal.close()


def _afterwards(*tell: Callable[[Row], None]) -> Callable[[Row], None]:
    """Whoever hears of a row in the loop's next round: no answer waits for figures and the log."""

    def told(row: Row) -> None:
        for each in tell:
            each(row)

    def soon(row: Row) -> None:
        asyncio.get_running_loop().call_soon(told, row)

    return soon


async def settle_orphans(settings: Settings, database: Database) -> None:
    """Rows from the journals of processes that are gone. Raises DatabaseUnusable."""
    rows = LedgerStore(database)
    folder = _journal_folder(settings)
    await patiently(
        database.path, lambda: replay(folder, rows, now_us=lambda: time.time_ns() // 1000)
    )


def _journal_folder(settings: Settings) -> Path:
    return settings.home / "journal"
