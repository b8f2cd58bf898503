"""Keys survive; every change is seen at once by everyone who has the file open."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from studiolo.accounts.keys import KeyRecord, mint
from studiolo.storage.database import Database, open_database
from studiolo.storage.keys import KeyStore

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


def _record(number: int, *, created: datetime = NOW) -> KeyRecord:
    _, record = mint(number.to_bytes(32), name=f"key {number}", workspace="w", now=created)
    return record


@pytest.fixture
async def database(tmp_path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def test_a_key_comes_back_as_it_was(database):
    keys, record = KeyStore(database), _record(1)
    await keys.add(record)
    assert await keys.list() == [record]
    assert await keys.find(record.prefix) == [record]
    assert await keys.find("sk-somethi") == []
    assert await keys.count_valid() == 1


async def test_times_come_back_in_utc(database):
    keys = KeyStore(database)
    await keys.add(_record(1, created=NOW.astimezone(timezone(timedelta(hours=8)))))
    (found,) = await keys.list()
    assert found.created == NOW
    assert found.created.tzinfo is UTC


async def test_keys_are_listed_by_age(database):
    keys = KeyStore(database)
    late, early = _record(1), _record(2, created=NOW - timedelta(days=1))
    await keys.add(late)
    await keys.add(early)
    assert await keys.list() == [early, late]


async def test_a_key_is_revoked_once(database):
    keys, record = KeyStore(database), _record(1)
    await keys.add(record)
    assert await keys.revoke(record.id, NOW) is True
    assert await keys.revoke(record.id, NOW + timedelta(days=1)) is False
    assert await keys.revoke("key-unknown", NOW) is False
    assert await keys.list() == [msgspec.structs.replace(record, revoked=NOW)]
    assert await keys.count_valid() == 0


async def test_the_same_key_cannot_be_added_twice(database):
    keys, record = KeyStore(database), _record(1)
    await keys.add(record)
    before = keys.generation()
    with pytest.raises(IntegrityError):
        await keys.add(record)
    assert keys.generation() == before


async def test_changes_of_another_process_are_seen_at_once(database, tmp_path):
    async with open_database(tmp_path) as elsewhere:
        here, there = KeyStore(database), KeyStore(elsewhere)
        seen = [here.generation()]
        record = _record(1)
        await there.add(record)
        seen.append(here.generation())
        await there.revoke(record.id, NOW)
        seen.append(here.generation())
        await here.add(_record(2))
        seen.append(here.generation())
    assert seen == [0, 1, 2, 3]


async def test_other_writing_does_not_count_as_a_change_of_keys(database):
    keys = KeyStore(database)
    await keys.add(_record(1))
    before = keys.generation()
    async with database.engine.begin() as connection:
        await connection.execute(text("INSERT INTO generations VALUES ('other', 1)"))
    assert keys.generation() == before
