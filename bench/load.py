"""The load generator, a process of its own: a job as JSON on stdin, a result on stdout."""

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from itertools import cycle

import msgspec
import uvloop

from bench.wire import Connection, Reply, request_bytes


class Job(msgspec.Struct, frozen=True):
    """What to send, and how; the bodies are taken in turns. With a socket, the port is not used.

    An answer without the marker is a failure.
    With a rate, requests start at their moments whatever became of those before; without, each
    connection asks again as soon as it was answered. It ends after `requests` or `seconds`.
    """

    port: int
    path: str
    bodies: tuple[str, ...]
    headers: dict[str, str] = {}
    socket: str = ""
    marker: str = ""
    connections: int = 1
    requests: int | None = None
    seconds: float | None = None
    rate: float | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What came of it; times in milliseconds. `late_ms` is how late the generator itself was."""

    requests: int
    failures: int
    events: int
    wall_s: float
    took_p50_ms: float
    took_p99_ms: float
    first_p50_ms: float
    first_p99_ms: float
    late_p99_ms: float = 0.0

    @property
    def requests_per_s(self) -> float:
        """Over the whole time."""
        return self.requests / self.wall_s


class Load:
    """One job in progress."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._requests = cycle(
            request_bytes(job.path, headers=job.headers, body=body.encode()) for body in job.bodies
        )
        self._marker = job.marker.encode()
        self._replies: list[Reply] = []
        self._late_s: list[float] = []
        self._failures = 0
        self._left = job.requests

    async def run(self) -> Outcome:
        """Do it all."""
        connections = [await self._connect() for _ in range(self._job.connections)]
        start = time.perf_counter()
        if self._job.rate is None:
            await asyncio.gather(*(self._closed(each, start) for each in connections))
        else:
            await self._open(connections, self._job.rate, start)
        wall_s = time.perf_counter() - start
        for each in connections:
            each.close()
        return self._outcome(wall_s)

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        if self._job.socket:
            _, connection = await loop.create_unix_connection(Connection, self._job.socket)
        else:
            _, connection = await loop.create_connection(Connection, "127.0.0.1", self._job.port)
        return connection

    async def _closed(self, connection: Connection, start: float) -> None:
        while self._more(start):
            await self._ask(connection)

    def _more(self, start: float) -> bool:
        if self._left is not None:
            self._left -= 1
            return self._left >= 0
        return time.perf_counter() - start < (self._job.seconds or 0)

    async def _open(self, idle: list[Connection], rate: float, start: float) -> None:
        asking: set[asyncio.Task[None]] = set()
        for index in range(round(rate * (self._job.seconds or 1))):
            due = start + index / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._late_s.append(time.perf_counter() - due)
            connection = idle.pop() if idle else await self._connect()
            task = asyncio.create_task(self._ask(connection))
            asking.add(task)
            task.add_done_callback(asking.discard)
            task.add_done_callback(lambda _, free=connection: idle.append(free))
        await asyncio.gather(*asking)

    async def _ask(self, connection: Connection) -> None:
        reply = await connection.ask(next(self._requests), marker=self._marker)
        self._replies.append(reply)
        self._failures += reply.status != 200 or reply.first_s is None

    def _outcome(self, wall_s: float) -> Outcome:
        took = [reply.took_s for reply in self._replies]
        first = [reply.first_s for reply in self._replies if reply.first_s is not None]
        return Outcome(
            requests=len(self._replies),
            failures=self._failures,
            events=sum(reply.events for reply in self._replies),
            wall_s=wall_s,
            took_p50_ms=percentile(took, 0.50) * 1e3,
            took_p99_ms=percentile(took, 0.99) * 1e3,
            first_p50_ms=percentile(first, 0.50) * 1e3,
            first_p99_ms=percentile(first, 0.99) * 1e3,
            late_p99_ms=percentile(self._late_s, 0.99) * 1e3,
        )


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all values does not exceed; 0 of none."""
    if not values:
        return 0.0
    if share == 0.5:
        return statistics.median(values)
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    """Run the job on stdin."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    outcome = uvloop.run(Load(job).run())
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
