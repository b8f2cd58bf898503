"""The API keys, and the number that grows whenever one of them changes."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from studiolo.accounts.keys import KeyRecord
from studiolo.storage.database import Database
from studiolo.storage.tables import api_keys, generations

_NAME = "api_keys"


class KeyStore:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._watch = database.watch

    def generation(self) -> int:
        """Grows with every committed change of a key, whichever process made it; 2 microseconds."""
        return self._watch.generation(_NAME)

    async def add(self, record: KeyRecord) -> None:
        """Keep one more key."""
        async with self._engine.begin() as connection:
            await connection.execute(
                insert(api_keys).values(
                    id=record.id,
                    name=record.name,
                    workspace=record.workspace,
                    prefix=record.prefix,
                    digest=record.digest,
                    created=record.created,
                    revoked=record.revoked,
                )
            )
            await _count_change(connection)

    async def list(self) -> Sequence[KeyRecord]:
        """All keys, the oldest first, revoked ones too."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                select(api_keys).order_by(api_keys.c.created, api_keys.c.id)
            )
            return [_record(row) for row in rows]

    async def find(self, prefix: str) -> Sequence[KeyRecord]:
        """The keys that begin with these visible characters: one, hardly ever two."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(api_keys).where(api_keys.c.prefix == prefix))
            return [_record(row) for row in rows]

    async def count_valid(self) -> int:
        """How many keys are not revoked."""
        question = select(func.count()).select_from(api_keys).where(api_keys.c.revoked.is_(None))
        async with self._engine.connect() as connection:
            return (await connection.execute(question)).scalar_one()

    async def revoke(self, key_id: str, now: datetime) -> bool:
        """Make a key invalid for ever; False if there is no such valid key."""
        async with self._engine.begin() as connection:
            result = await connection.execute(
                update(api_keys)
                .where(api_keys.c.id == key_id, api_keys.c.revoked.is_(None))
                .values(revoked=now)
            )
            if result.rowcount == 0:
                return False
            await _count_change(connection)
            return True


async def _count_change(connection: AsyncConnection) -> None:
    first = upsert(generations).values(name=_NAME, number=1)
    await connection.execute(
        first.on_conflict_do_update(
            index_elements=[generations.c.name], set_={"number": generations.c.number + 1}
        )
    )


def _record(row: Row[tuple[object, ...]]) -> KeyRecord:
    return msgspec.convert(row, KeyRecord, from_attributes=True)  # columns named like the fields
