"""Rows go into the ledger together, and each is what it would be alone."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from studiolo.core.ledger import Asked, Row
from studiolo.core.usage import Usage
from studiolo.storage.database import open_database
from studiolo.storage.ledger import TOGETHER, LedgerStore

pytestmark = pytest.mark.anyio

# No column of one row has what another column of it has.
FULL = Row(
    Asked("", "key", "space", "openai", 1, "node", True, "model", "snapshot", "place", "parent"),
    "failed",
    Usage(2, 3, 4, 5, 6, 7, 8, 9, 10),
    11,
    "EngineFailed",
    12,
)
BARE = Row(Asked("", "key", "space", "dashscope", 13), "refused", Usage(), 14)
AMOUNTS = (1, TOGETHER - 1, TOGETHER, TOGETHER + 1, 2 * TOGETHER, 3 * TOGETHER - 1)


def rows(count: int) -> list[Row]:
    """Full ones and bare ones by turns; the number of each is its id."""
    return [named(BARE if number % 2 else FULL, f"{number:04d}") for number in range(count)]


def named(row: Row, request_id: str) -> Row:
    asked = msgspec.structs.replace(row.asked, request_id=request_id)
    return msgspec.structs.replace(row, asked=asked)


def columns(row: Row) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(row.asked),
        **msgspec.structs.asdict(row.usage),
        "status": row.status,
        "error": row.error,
        "ended_us": row.ended_us,
        "first_token_us": row.first_token_us,
    }


@pytest.mark.parametrize("amount", AMOUNTS)
async def test_every_column_has_its_own_value(tmp_path: Path, amount: int) -> None:
    written = rows(amount)
    async with open_database(tmp_path) as database:
        store = LedgerStore(database)
        await store.add(written)
        assert [row async for row in store.rows()] == [columns(row) for row in written]


@pytest.mark.parametrize("amount", AMOUNTS)
async def test_rows_that_are_there_stay_as_they_are(tmp_path: Path, amount: int) -> None:
    first = rows(amount)[::3]
    others = [msgspec.structs.replace(row, ended_us=99) for row in rows(amount)]
    known = {row.asked.request_id: row for row in [*others, *first]}
    async with open_database(tmp_path) as database:
        store = LedgerStore(database)
        await store.add(first)
        await store.add([*others, *others])
        kept = [row async for row in store.rows()]
    assert kept == [columns(known[request_id]) for request_id in sorted(known)]


async def test_one_that_no_column_takes_is_the_only_one_that_is_left_out(tmp_path: Path) -> None:
    fit = rows(2 * TOGETHER)
    unfit = msgspec.structs.replace(named(FULL, "unfit"), ended_us=2**63)
    async with open_database(tmp_path) as database:
        store = LedgerStore(database)
        await store.add([*fit[:5], unfit, *fit[5:]])
        assert [row async for row in store.rows()] == [columns(row) for row in fit]
