"""From a key to its caller: microseconds when the key is known, and revoked means now.

Known keys are remembered by their digest until any key changes. The change counter is asked on
every request, so a key revoked by another process is refused by the next request here.
"""

import asyncio
import hmac
from collections.abc import Sequence
from typing import Protocol, TypeVar

from studiolo.accounts.keys import (
    DEFAULT_WORKSPACE,
    Caller,
    KeyRecord,
    fingerprint,
    looks_like_key,
    opens,
    visible,
)
from studiolo.core.errors import KeyInvalid, KeyMissing

ENVIRONMENT_KEY_ID = "environment"
_REMEMBERED = 4096
_LOOK_UPS = 4

Remembered = TypeVar("Remembered")


class Keys(Protocol):
    """What is needed of the key store."""

    def generation(self) -> int:
        """A number that changes whenever a key does; asked on every request."""
        ...

    async def find(self, prefix: str) -> Sequence[KeyRecord]:
        """The keys that begin with these visible characters."""
        ...


class Access:
    """Knows who may ask. `environment_key` is valid without being stored."""

    def __init__(
        self, keys: Keys, *, environment_key: str | None = None, remembered: int = _REMEMBERED
    ) -> None:
        self._keys = keys
        self._environment = fingerprint(environment_key) if environment_key else None
        self._environment_caller = Caller(ENVIRONMENT_KEY_ID, DEFAULT_WORKSPACE)
        self._remembered = remembered
        self._generation = keys.generation()
        self._known: dict[bytes, Caller] = {}
        self._unknown: dict[bytes, None] = {}
        # Guessed keys wait for one another here, and never in the way of known ones.
        self._look_ups = asyncio.Semaphore(_LOOK_UPS)

    async def caller(self, secret: str | None) -> Caller:
        """Whom this key stands for. Raises KeyMissing, KeyInvalid."""
        if not secret:
            raise KeyMissing("no API key was sent; send `Authorization: Bearer sk-…`")
        if not looks_like_key(secret):
            raise KeyInvalid("this cannot be an API key: it does not begin with `sk-`")
        digest = fingerprint(secret)
        if self._environment and hmac.compare_digest(self._environment, digest):
            return self._environment_caller
        caller = await self._look_up(secret, digest)
        if caller is None:
            raise KeyInvalid("the API key is unknown or revoked; `studiolo keys list` shows all")
        return caller

    async def _look_up(self, secret: str, digest: bytes) -> Caller | None:
        generation = self._keys.generation()
        if generation != self._generation:
            self._known.clear()
            self._unknown.clear()
            self._generation = generation
        caller = self._known.get(digest)
        if caller is not None or digest in self._unknown:
            return caller
        async with self._look_ups:
            records = await self._keys.find(visible(secret))
        caller = next((record.caller for record in records if opens(record, digest)), None)
        if generation == self._keys.generation() == self._generation:
            self._remember(digest, caller)
        return caller

    def _remember(self, digest: bytes, caller: Caller | None) -> None:
        """Guessed keys never push a real one out: they have a memory of their own."""
        if caller is None:
            _make_room(self._unknown, self._remembered)
            self._unknown[digest] = None
        else:
            _make_room(self._known, self._remembered)
            self._known[digest] = caller


def _make_room(memory: dict[bytes, Remembered], size: int) -> None:
    """Forgets the oldest."""
    if len(memory) >= size:
        del memory[next(iter(memory))]
