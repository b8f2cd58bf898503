"""Long prompts are read one at a time (docs/decisions/0010).

llama.cpp reads them one after another anyway, and finds out late that one which waits in a slot
was cancelled: it looks once a second. One that waits here is gone at once.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

# Below this many batches a turn would cost more than it is worth.
_LONG: Final = 4


class Turn:
    """One prompt's turn to be read; what is not long needs none."""

    def __init__(self, lock: asyncio.Lock | None = None) -> None:
        self._lock = lock

    def over(self) -> None:
        """The prompt is read; twice is fine."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()


class ReadingTurns:
    """Who may have his prompt read by an engine that reads `batch` tokens at once."""

    def __init__(self, *, batch: int) -> None:
        self._long = _LONG * batch
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncGenerator[Turn]:
        """Wait for the turn of a prompt with so many tokens to read."""
        if tokens < self._long:
            yield Turn()
            return
        await self._lock.acquire()
        turn = Turn(self._lock)
        try:
            yield turn
        finally:
            turn.over()
