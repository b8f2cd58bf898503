"""Places at an engine: so many at once, a bounded queue behind them, and turns by caller."""

import asyncio
from collections import OrderedDict, deque
from types import TracebackType

import msgspec

from studiolo.core.errors import Overloaded


class _Waiting(msgspec.Struct, eq=False):
    """One request in the queue. `granted` once its places are taken for it; `ready` wakes it."""

    places: int
    ready: asyncio.Future[None]
    queued: bool = True
    granted: bool = False


class Places:
    """Gives out `capacity` places; nobody overtakes within a caller, callers take turns.

    A request that needs several places waits for all of them at the head of the line, so it
    cannot starve; nothing is held while waiting, so nothing can lock up.
    """

    def __init__(self, capacity: int, *, queue: int, wait_s: float) -> None:
        self.capacity = capacity
        self._free = capacity
        self._queue = queue
        self._wait_s = wait_s
        self._waiting: OrderedDict[str, deque[_Waiting]] = OrderedDict()
        self._queued = 0
        self._visitors = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def free(self) -> int:
        """Places nobody holds."""
        return self._free

    @property
    def queued(self) -> int:
        """Requests that wait."""
        return self._queued

    def come(self) -> None:
        """A request begins here; it has to `go`, so that `empty` knows of it."""
        self._visitors += 1
        self._empty.clear()

    def go(self) -> None:
        """It is over."""
        self._visitors -= 1
        if self._visitors == 0:
            self._empty.set()

    def bound_as(self, other: "Places") -> None:
        """Queue as many and wait as long as there, from here on."""
        self._queue, self._wait_s = other._queue, other._wait_s

    async def empty(self) -> None:
        """Comes back when nobody visits."""
        await self._empty.wait()

    def take(self, caller: str, wanted: int) -> "Taking":
        """Hold places, at most as many as there are; says how many.

        Raises Overloaded when the queue is full, which is told to whoever has most in it, or when
        the wait limit passes.
        """
        return Taking(self, caller, min(wanted, self.capacity))

    async def get(self, caller: str, places: int) -> None:
        """They are held when this comes back, until they are given back."""
        if self._queued == 0 and self._free >= places:
            self._free -= places
        else:
            await self._wait(caller, places)

    def give_back(self, places: int) -> None:
        """They are free, for whoever waits."""
        self._free += places
        self._serve()

    async def _wait(self, caller: str, places: int) -> None:
        if self._queued >= self._queue:
            self._make_room(caller)
        waiting = _Waiting(places, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(caller, deque()).append(waiting)
        self._queued += 1
        try:
            async with asyncio.timeout(self._wait_s):
                await waiting.ready
        except BaseException as error:
            self._leave(caller, waiting)
            if isinstance(error, TimeoutError):
                raise Overloaded(retry_after_s=self._retry_after_s()) from error
            raise

    def _make_room(self, caller: str) -> None:
        """In a full queue, whoever has most in it makes room for one who has less.

        Raises Overloaded when that is nobody.
        """
        own = len(self._waiting.get(caller, ()))
        greediest = max(self._waiting, key=lambda each: len(self._waiting[each]), default=caller)
        line = self._waiting.get(greediest, deque())
        full = Overloaded(retry_after_s=self._retry_after_s())
        if len(line) <= own + 1:
            raise full
        last = line[-1]
        self._drop(greediest, last)
        if not last.ready.done():
            last.ready.set_exception(full)

    def _leave(self, caller: str, waiting: _Waiting) -> None:
        """Give up: out of the queue, or back with places that were given at this very moment."""
        if waiting.granted:
            self._free += waiting.places
        elif waiting.queued:
            self._drop(caller, waiting)
        self._serve()

    def _serve(self) -> None:
        """Places to the head of the line, as far as they go."""
        while self._waiting:
            caller, line = next(iter(self._waiting.items()))
            waiting = line[0]
            if waiting.places > self._free:
                return
            self._drop(caller, waiting)
            if waiting.ready.done():
                continue  # it went away, and has not come to say so yet
            if caller in self._waiting:
                self._waiting.move_to_end(caller)
            self._free -= waiting.places
            waiting.granted = True
            waiting.ready.set_result(None)

    def _drop(self, caller: str, waiting: _Waiting) -> None:
        line = self._waiting[caller]
        line.remove(waiting)
        waiting.queued = False
        self._queued -= 1
        if not line:
            del self._waiting[caller]

    def _retry_after_s(self) -> int:
        return max(1, min(60, round(self._wait_s / 2)))


class Taking:
    """Places that are held as long as this block runs."""

    def __init__(self, places: Places, caller: str, wanted: int) -> None:
        self._places = places
        self._caller = caller
        self._wanted = wanted

    async def __aenter__(self) -> int:
        await self._places.get(self._caller, self._wanted)
        return self._wanted

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._places.give_back(self._wanted)
