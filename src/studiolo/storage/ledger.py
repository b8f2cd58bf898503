"""The ledger's rows in SQL: written once by their id, added up by day, model and key."""

import json
import os
from collections.abc import AsyncGenerator, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import msgspec
import structlog
from sqlalchemy import Insert, Select, func, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from studiolo.core.ledger import Row
from studiolo.core.usage import Usage
from studiolo.storage.database import Database
from studiolo.storage.tables import ledger

log = structlog.get_logger()

# What no second try mends: the row itself is such that no column takes it.
UNFIT = (OverflowError, UnicodeError, DataError, IntegrityError)
# Beside the database; rows beyond its bound are in the log alone.
ASIDE_NAME = "ledger.aside.jsonl"
ASIDE_BYTES = 2**20

Grouping = Literal["day", "model", "key"]
US_PER_DAY = 86_400_000_000
COUNTED = Usage.__struct_fields__
COLUMNS = tuple(ledger.columns.keys())
# Rows in one statement: between two statements the database's thread waits for its turn with those
# who answer. Some databases take no more than 999 values in one.
TOGETHER = 40


class LedgerStore:
    """Every method is one transaction, where no row is unfit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._engine: AsyncEngine = database.engine

    async def add(self, rows: Sequence[Row]) -> None:
        """Keep these rows; those whose request id is there already change nothing.

        A row that cannot be kept is set aside in a file, so that it does not block the others.
        Raises DatabaseReplaced when what was written went to a file that nobody will open again.
        """
        try:
            await self._insert(rows)
        except UNFIT as error:
            if len(rows) == 1:
                _set_aside(rows[0], self._database.path.with_name(ASIDE_NAME), error)
                return
            middle = len(rows) // 2
            await self.add(rows[:middle])
            await self.add(rows[middle:])
        self._database.check_in_place()

    async def _insert(self, rows: Sequence[Row]) -> None:
        documents = [_columns(row) for row in rows]
        rest = len(documents) % TOGETHER
        async with self._engine.begin() as connection:
            for start in range(0, len(documents) - rest, TOGETHER):
                some = documents[start : start + TOGETHER]
                values = tuple(document[name] for document in some for name in COLUMNS)
                await connection.exec_driver_sql(self._insert_together, values)
            if rest:
                await connection.execute(self._insert_each, documents[-rest:])

    @cached_property
    def _insert_each(self) -> Insert:
        # That of the database alone: the other takes long to load, and nobody would use it.
        dialect = import_module(f"sqlalchemy.dialects.{self._engine.dialect.name}")
        return dialect.insert(ledger).on_conflict_do_nothing(index_elements=["request_id"])

    @cached_property
    def _insert_together(self) -> str:
        """Put together once: for so many values that takes as long as writing hundreds of rows."""
        statement = self._insert_each.values([dict.fromkeys(COLUMNS)] * TOGETHER)
        return str(statement.compile(dialect=self._engine.dialect))

    async def usage(
        self, groups: Sequence[Grouping], *, since_us: int = 0, until_us: int | None = None
    ) -> list[dict[str, Any]]:
        """Requests and tokens added up by the groups, in their order; days count from 1970."""
        keys = [_GROUPS[group].label(group) for group in groups]
        sums = [func.sum(ledger.c[name]).label(name) for name in COUNTED]
        question = (
            select(*keys, func.count().label("requests"), *sums).group_by(*keys).order_by(*keys)
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(_between(question, since_us, until_us))
            return [dict(row) for row in rows.mappings()]

    async def rows(
        self, *, since_us: int = 0, until_us: int | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        """Every row in the order of their ids, one by one."""
        question = _between(select(ledger).order_by(ledger.c.request_id), since_us, until_us)
        async with self._engine.connect() as connection:
            stream = await connection.stream(question)
            async for row in stream.mappings():
                yield dict(row)


_GROUPS = {
    "day": ledger.c.started_us // US_PER_DAY,
    "model": ledger.c.model,
    "key": ledger.c.key_id,
}


def _between(question: Select[Any], since_us: int, until_us: int | None) -> Select[Any]:
    question = question.where(ledger.c.started_us >= since_us)
    return question if until_us is None else question.where(ledger.c.started_us < until_us)


def _columns(row: Row) -> dict[str, Any]:
    asked = msgspec.structs.asdict(row.asked)
    usage = msgspec.structs.asdict(row.usage)
    return {
        **asked,
        **usage,
        "status": row.status,
        "error": row.error,
        "ended_us": row.ended_us,
        "first_token_us": row.first_token_us,
    }


def _set_aside(row: Row, path: Path, error: Exception) -> None:
    """One line of JSON, for a person to read. Raises OSError when the disk does not take it."""
    what = {"reason": str(error)[:200], "row": msgspec.to_builtins(row)}
    line = f"{json.dumps(what)}\n".encode()
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        kept = os.fstat(file).st_size + len(line) <= ASIDE_BYTES
        if kept:
            os.write(file, line)
            os.fsync(file)
    finally:
        os.close(file)
    log.error(
        "ledger.row_set_aside",
        request_id=row.asked.request_id,
        key_id=row.asked.key_id,
        input=row.usage.input,
        output=row.usage.output,
        reason=what["reason"],
        file=str(path) if kept else None,
    )
