"""The ledger's rows in SQL: written once by their id, added up by day, model and key."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from studiolo.core.ledger import Row
from studiolo.core.usage import Usage
from studiolo.storage.database import Database
from studiolo.storage.tables import ledger

Grouping = Literal["day", "model", "key"]
US_PER_DAY = 86_400_000_000
COUNTED = Usage.__struct_fields__


class LedgerStore:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._engine: AsyncEngine = database.engine

    async def add(self, rows: Sequence[Row]) -> None:
        """Keep these rows; those whose request id is there already change nothing."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(ledger).on_conflict_do_nothing(index_elements=["request_id"])
        async with self._engine.begin() as connection:
            await connection.execute(statement, [_columns(row) for row in rows])

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
