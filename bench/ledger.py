"""How many settled rows a second go through the journal into SQLite."""

import asyncio
import tempfile
import time
from pathlib import Path

from studiolo.core.events import Finished, Started, TextDelta
from studiolo.core.ledger import Asked
from studiolo.core.usage import Usage
from studiolo.service.bookkeeper import Bookkeeper
from studiolo.service.ledger import Ledger
from studiolo.service.tally import Tally
from studiolo.storage.database import open_database
from studiolo.storage.journal import Journal
from studiolo.storage.ledger import LedgerStore
from studiolo.telemetry.ids import new_request_id

EVENTS = (Started(20, 4), TextDelta("word", 1), Finished(Usage(input=20, cached=4, output=1)))


def rows_per_s(count: int) -> float:
    """Open and settle so many requests, and wait until the database has them all."""
    with tempfile.TemporaryDirectory(prefix="studiolo-bench-") as home:
        return asyncio.run(_rows_per_s(Path(home), count))


async def _rows_per_s(home: Path, count: int) -> float:
    async with open_database(home) as database:
        journal = Journal(home / "journal", "bench", cap_bytes=2**30)
        keeper = Bookkeeper(journal, LedgerStore(database), sync_s=1, close_s=60)
        ledger = Ledger(journal, keeper.settled, node="bench")
        keeper.start()
        began = time.perf_counter()
        for number in range(count):
            asked = Asked(new_request_id(), "key", "default", "openai", time.time_ns() // 1000)
            with ledger.entry(asked) as entry:
                entry.open(Tally())
                for event in EVENTS:
                    entry.see(event)
            if number % 100 == 0:
                await asyncio.sleep(0)
        await keeper.close()
        took_s = time.perf_counter() - began
        journal.close()
        if keeper.waiting:
            raise RuntimeError(f"{keeper.waiting} of {count} rows are not in the database")
    return count / took_s
