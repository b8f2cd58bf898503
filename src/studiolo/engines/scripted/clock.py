"""Time as the scripted engine sees it, so that a test can hand it another."""

import asyncio
import math
from typing import Protocol

TICKS_PER_S = 1000
# So much of a tick is a moment's rounding as a float, and no reason to wait for the next one.
ROUNDING = 1e-6


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
    """The running event loop's time; all who sleep until the same millisecond share one alarm."""

    def __init__(self) -> None:
        self._sleepers: dict[int, list[asyncio.Future[None]]] = {}
        self._alarms: dict[int, asyncio.TimerHandle] = {}

    def now(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep_until(self, moment: float) -> None:
        """Sleep in the loop."""
        loop = asyncio.get_running_loop()
        if moment <= loop.time():
            await asyncio.sleep(0)
            return
        tick = tick_of(moment)
        sleeper: asyncio.Future[None] = loop.create_future()
        sleepers = self._sleepers.get(tick)
        if sleepers is None:
            sleepers = self._sleepers[tick] = []
            self._alarms[tick] = loop.call_at(tick / TICKS_PER_S, self._wake_at, tick)
        sleepers.append(sleeper)
        await sleeper

    def wake(self) -> None:
        """Wake all sleepers."""
        for tick in list(self._sleepers):
            self._wake_at(tick)

    def _wake_at(self, tick: int) -> None:
        self._alarms.pop(tick).cancel()
        for sleeper in self._sleepers.pop(tick):
            if not sleeper.done():
                sleeper.set_result(None)


def tick_of(moment: float) -> int:
    """The first whole millisecond that is not before the moment."""
    return math.ceil(moment * TICKS_PER_S - ROUNDING)
