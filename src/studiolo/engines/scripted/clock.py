"""Time as the scripted engine sees it, so that a test can hand it another."""

import asyncio
from typing import Protocol


class Clock(Protocol):
    """Seconds that only grow."""

    def now(self) -> float:
        """The time in seconds."""
        ...

    async def sleep_until(self, moment: float) -> None:
        """Come back at `moment`, at once if it is past; others run in between."""
        ...

    def wake(self) -> None:
        """Whoever sleeps comes back early."""
        ...


class LoopClock:
    """The running event loop's time."""

    def __init__(self) -> None:
        self._sleepers: set[asyncio.Future[None]] = set()

    def now(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep_until(self, moment: float) -> None:
        """Sleep in the loop."""
        loop = asyncio.get_running_loop()
        if moment <= loop.time():
            await asyncio.sleep(0)
            return
        sleeper: asyncio.Future[None] = loop.create_future()
        self._sleepers.add(sleeper)
        alarm = loop.call_at(moment, _wake, sleeper)
        try:
            await sleeper
        finally:
            alarm.cancel()
            self._sleepers.discard(sleeper)

    def wake(self) -> None:
        """Wake all sleepers."""
        for sleeper in self._sleepers:
            _wake(sleeper)


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)
