"""A valid key has a caller; revoked means now; guessing costs little and pushes nobody out."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from studiolo.accounts.keys import Caller, KeyRecord, mint
from studiolo.core.errors import KeyInvalid, KeyMissing
from studiolo.service.access import Access
from studiolo.storage.database import open_database
from studiolo.storage.keys import KeyStore

NOW = datetime(2026, 1, 2, tzinfo=UTC)


class MemoryKeys:
    """Keys in a list; counts how often it is asked."""

    def __init__(self) -> None:
        self.records: list[KeyRecord] = []
        self.number = 0
        self.asked = 0
        self.gate: asyncio.Event | None = None
        self.arrivals = asyncio.Queue[str]()

    def generation(self) -> int:
        return self.number

    def add(self, seed: int) -> tuple[str, KeyRecord]:
        secret, record = mint(seed.to_bytes(32), name="", workspace=f"w{seed}", now=NOW)
        self.records.append(record)
        self.number += 1
        return secret, record

    def revoke(self, record: KeyRecord) -> None:
        self.records.remove(record)
        self.records.append(msgspec.structs.replace(record, revoked=NOW))
        self.number += 1

    async def find(self, prefix: str) -> Sequence[KeyRecord]:
        self.asked += 1
        self.arrivals.put_nowait(prefix)
        found = [record for record in self.records if record.prefix == prefix]
        if self.gate is not None:
            await self.gate.wait()
        return found


async def _refused(access: Access, secret: str | None) -> type[Exception]:
    with pytest.raises((KeyInvalid, KeyMissing)) as caught:
        await access.caller(secret)
    return caught.type


async def test_a_known_key_is_looked_up_once():
    keys = MemoryKeys()
    secret, record = keys.add(1)
    access = Access(keys)
    for _ in range(3):
        assert await access.caller(secret) == Caller(record.id, "w1")
    assert keys.asked == 1


@pytest.mark.parametrize(
    ("secret", "refusal"),
    [
        (None, KeyMissing),
        ("", KeyMissing),
        ("geheim", KeyInvalid),
        ("sk-" + "x" * 1000, KeyInvalid),
        ("sk-ß", KeyInvalid),
    ],
)
async def test_what_cannot_be_a_key_is_refused_without_a_look_up(secret, refusal):
    keys = MemoryKeys()
    assert await _refused(Access(keys), secret) is refusal
    assert keys.asked == 0


async def test_an_unknown_key_is_refused_and_looked_up_once():
    keys = MemoryKeys()
    access = Access(keys)
    assert await _refused(access, "sk-guess") is KeyInvalid
    assert await _refused(access, "sk-guess") is KeyInvalid
    assert keys.asked == 1


async def test_a_key_with_the_right_beginning_is_not_enough():
    keys = MemoryKeys()
    secret, _ = keys.add(1)
    assert await _refused(Access(keys), secret[:-1] + "x") is KeyInvalid


async def test_a_refusal_ends_when_the_key_is_made():
    keys, access = MemoryKeys(), None
    secret, record = mint((5).to_bytes(32), name="", workspace="w", now=NOW)
    access = Access(keys)
    assert await _refused(access, secret) is KeyInvalid
    keys.add(5)
    assert (await access.caller(secret)).key_id == record.id


async def test_a_revoked_key_is_refused_by_the_next_request():
    keys = MemoryKeys()
    secret, record = keys.add(1)
    access = Access(keys)
    await access.caller(secret)
    keys.revoke(record)
    assert await _refused(access, secret) is KeyInvalid


async def test_a_key_revoked_while_it_is_looked_up_is_not_remembered():
    keys = MemoryKeys()
    secret, record = keys.add(1)
    access = Access(keys)
    keys.gate = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(access.caller(secret))
        await keys.arrivals.get()
        keys.revoke(record)
        keys.gate.set()
        assert await _refused(access, secret) is KeyInvalid
    assert slow.result().key_id == record.id  # it came before the revocation
    assert await _refused(access, secret) is KeyInvalid


async def test_guessing_keeps_a_bounded_memory_and_pushes_no_real_key_out():
    keys = MemoryKeys()
    secret, _ = keys.add(1)
    access = Access(keys, remembered=2)
    await access.caller(secret)
    for number in range(10):
        await _refused(access, f"sk-guess{number}")
    assert keys.asked == 11
    await access.caller(secret)
    assert keys.asked == 11
    await _refused(access, "sk-guess9")
    assert keys.asked == 11
    await _refused(access, "sk-guess0")
    assert keys.asked == 12


async def test_more_keys_than_are_remembered_still_open():
    keys = MemoryKeys()
    secrets = [keys.add(number)[0] for number in range(1, 6)]
    access = Access(keys, remembered=2)
    for _ in range(2):
        assert [(await access.caller(secret)).workspace for secret in secrets] == [
            "w1",
            "w2",
            "w3",
            "w4",
            "w5",
        ]


async def test_guesses_wait_for_one_another_and_not_in_the_way_of_known_keys():
    keys = MemoryKeys()
    secret, _ = keys.add(1)
    access = Access(keys)
    await access.caller(secret)
    keys.gate = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        guesses = [tasks.create_task(_refused(access, f"sk-guess{n}")) for n in range(50)]
        for _ in range(5):
            await keys.arrivals.get()
        await access.caller(secret)
        assert keys.asked == 5
        keys.gate.set()
    assert {guess.result() for guess in guesses} == {KeyInvalid}


async def test_the_key_of_the_environment_needs_no_storage():
    keys = MemoryKeys()
    access = Access(keys, environment_key="sk-environment")
    assert await access.caller("sk-environment") == Caller("environment", "default")
    assert keys.asked == 0
    assert await _refused(access, "sk-environmenu") is KeyInvalid
    assert "sk-environment" not in repr(vars(access))


async def test_a_key_revoked_by_another_process_is_refused_here(tmp_path):
    secret, record = mint(bytes(32), name="", workspace="w", now=NOW)
    async with open_database(tmp_path) as here, open_database(tmp_path) as there:
        access = Access(KeyStore(here))
        assert await _refused(access, secret) is KeyInvalid
        await KeyStore(there).add(record)
        assert await access.caller(secret) == record.caller
        await KeyStore(there).revoke(record.id, NOW)
        assert await _refused(access, secret) is KeyInvalid
