"""How long a client that went away holds what it held: its slot at a real model, or its place."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from bench.decode import gateway
from bench.processes import Server
from bench.stage import CHAT, KEY, NATIVE
from bench.weights import weights_file
from bench.wire import request_bytes
from studiolo.engines.llamacpp.server import LlamaServer

CONTEXT = 2304
PLACES = 4
PROMPT_WORDS = 1900
# Moments of hanging up: spread over more than one batch.
MOMENTS_S = (0.5, 0.55, 0.6, 0.66, 0.73)
POLL_S = 0.002
POLLS = 10_000


class Way(msgspec.Struct, frozen=True):
    """A dialect, streamed or whole."""

    path: str
    streams: bool


WAYS = tuple(Way(path, streams) for path in (CHAT, NATIVE) for streams in (True, False))


def delays(*, short: bool) -> dict[str, float]:
    """Milliseconds until all is free, by what the client hung up in: medians and the worst.

    Nothing where there are no weights.
    """
    if weights_file() is None:
        return {}
    moments = MOMENTS_S[:1] if short else MOMENTS_S
    with gateway(context=CONTEXT, parallel=PLACES) as (running, socket):
        return asyncio.run(_Bench(running, socket).measure(moments))


class _Bench:
    """One server and the engine behind it."""

    def __init__(self, running: Server, socket: Path) -> None:
        self._port = running.port
        self._engine = LlamaServer.on_socket(socket)
        self._asked = 0

    async def measure(self, moments: Sequence[float]) -> dict[str, float]:
        """Each way at each moment."""
        cases: dict[str, Callable[[Way, float], Awaitable[float]]] = {
            "prefill": lambda way, moment: self._reading(way, moment, clients=1),
            "prefills": lambda way, moment: self._reading(way, moment, clients=PLACES),
            "decode": self._writing,
            "queue": self._queueing,
        }
        figures: dict[str, float] = {}
        for name, case in cases.items():
            took_ms = [await case(way, moment) * 1e3 for way in WAYS for moment in moments]
            figures[f"cancel.{name}"] = statistics.median(took_ms)
            figures[f"cancel.{name}.worst"] = max(took_ms)
        return figures

    async def _reading(self, way: Way, moment_s: float, *, clients: int) -> float:
        """While prompts of 2,000 tokens are read."""
        writers = [await self._ask(way, words=PROMPT_WORDS) for _ in range(clients)]
        await self._until(self._some_work)
        await asyncio.sleep(moment_s)
        return await self._hang_up(writers, self._no_work)

    async def _writing(self, way: Way, moment_s: float) -> float:
        """While an answer is written."""
        writers = [await self._ask(way, words=2)]
        await asyncio.sleep(moment_s)
        return await self._hang_up(writers, self._no_work)

    async def _queueing(self, way: Way, moment_s: float) -> float:
        """While all places are taken by others."""
        others = [await self._ask(WAYS[0], words=2) for _ in range(PLACES)]
        writers = [await self._ask(way, words=PROMPT_WORDS) for _ in range(PLACES)]
        await self._until(self._some_queue)
        await asyncio.sleep(moment_s / 10)
        took_s = await self._hang_up(writers, self._no_queue)
        await self._hang_up(others, self._no_work)
        return took_s

    async def _hang_up(
        self, writers: Sequence[asyncio.StreamWriter], free: Callable[[], Awaitable[bool]]
    ) -> float:
        since = time.perf_counter()
        for writer in writers:
            writer.close()
        await self._until(free)
        return time.perf_counter() - since

    async def _some_work(self) -> bool:
        return await self._engine.busy() > 0

    async def _no_work(self) -> bool:
        return await self._engine.busy() == 0

    async def _some_queue(self) -> bool:
        return await self._queued() == PLACES

    async def _no_queue(self) -> bool:
        return await self._queued() == 0

    async def _until(self, true: Callable[[], Awaitable[bool]]) -> None:
        for _ in range(POLLS):
            if await true():
                return
            await asyncio.sleep(POLL_S)
        raise TimeoutError("the server still holds what a client left")

    async def _ask(self, way: Way, *, words: int) -> asyncio.StreamWriter:
        """No two prompts are alike, or the engine would remember them."""
        self._asked += 1
        text = f"{self._asked}: " + " ".join(str(number % 10) for number in range(words // 2))
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(_request(way, f"Write a very long story about {text}"))
        await writer.drain()
        return writer

    async def _queued(self) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(
            f"GET /metrics HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        lines = (await reader.read()).decode().splitlines()
        writer.close()
        (line,) = [each for each in lines if each.startswith("studiolo_queue{")]
        return int(float(line.rpartition(" ")[2]))


def _request(way: Way, text: str) -> bytes:
    messages = [{"role": "user", "content": text}]
    body: dict[str, object] = {"model": "small", "messages": messages, "stream": way.streams}
    headers = {"Authorization": f"Bearer {KEY}"}
    if way.path == NATIVE:
        body = {"model": "small", "input": {"messages": messages}}
        headers["X-DashScope-SSE"] = "enable" if way.streams else "disable"
    return request_bytes(way.path, headers=headers, body=json.dumps(body).encode())
