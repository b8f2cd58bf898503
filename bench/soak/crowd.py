"""The clients: many at a time, each asking, listening, and sometimes going away."""

import asyncio
import time
from collections.abc import Callable
from types import SimpleNamespace

import aiohttp
import msgspec

from bench.soak.asking import Heard
from bench.soak.plan import Wish

LONGEST_ANSWER_S = 60.0
AFTER_A_REFUSAL_S = 0.3


class Record(msgspec.Struct):
    """One request as its client remembers it.

    `end` is how it ended for him; once it is `sent`, the server's machine has all of it.
    """

    wish: Wish
    life: int
    began: float
    ended: float
    end: str
    heard: Heard
    sent: bool = False


class Crowd:
    """So many clients, all asking until they are told to stop."""

    def __init__(self, keys: tuple[str, ...], *, size: int) -> None:
        self._keys = keys
        self._size = size
        self._number = 0
        self.records: list[Record] = []

    async def ask(
        self, url: str, life: int, wishes: Callable[[int], Wish], over: asyncio.Event
    ) -> None:
        """Until `over` is set, and what was begun has ended."""
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        tracing = aiohttp.TraceConfig()
        tracing.on_request_chunk_sent.append(_is_sent)
        async with (
            aiohttp.ClientSession(url, connector=connector, trace_configs=[tracing]) as session,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(self._size):
                group.create_task(self._client(session, life, wishes, over))

    async def _client(
        self,
        session: aiohttp.ClientSession,
        life: int,
        wishes: Callable[[int], Wish],
        over: asyncio.Event,
    ) -> None:
        while not over.is_set():
            self._number += 1
            wish = wishes(self._number)
            record = await ask(session, wish, self._keys[wish.key], life=life)
            self.records.append(record)
            if record.heard.status >= 400:
                await asyncio.sleep(AFTER_A_REFUSAL_S)


async def ask(session: aiohttp.ClientSession, wish: Wish, key: str, *, life: int) -> Record:
    """One request, from the first byte to the last that the client waits for."""
    heard = Heard(wish.question)
    record = Record(wish, life, time.monotonic(), 0.0, "", heard)
    try:
        async with asyncio.timeout(_patience_s(wish)):
            record.end = await _listen(session, record, key)
    except TimeoutError:
        record.end = "cut" if wish.cut is not None else "silence"
    except (aiohttp.ClientError, ConnectionError):
        record.end = "broken"
    record.ended = time.monotonic()
    return record


async def _is_sent(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    chunk: aiohttp.TraceRequestChunkSentParams,
) -> None:
    """aiohttp calls this with the body of a request, which it writes in one piece."""
    del session, chunk
    context.trace_request_ctx.sent = True


async def _listen(session: aiohttp.ClientSession, record: Record, key: str) -> str:
    """How it ended: complete, refused, failed, cut or broken."""
    heard, question, cut = record.heard, record.wish.question, record.wish.cut
    async with session.post(
        question.path,
        json=question.body(),
        headers=question.headers(key),
        trace_request_ctx=record,
    ) as response:
        heard.request_id = response.headers["x-request-id"]
        heard.status = response.status
        if response.status != 200 or not question.streamed:
            heard.whole(await response.read())
            return "refused" if heard.error else "complete"
        async for data in response.content.iter_any():
            heard.feed(data)
            if cut is not None and cut.tokens is not None and heard.tokens >= cut.tokens:
                response.close()
                return "cut"
    if heard.error:
        return "failed"
    return "complete" if heard.complete else "broken"


def _patience_s(wish: Wish) -> float:
    if wish.cut is None or wish.cut.tokens is not None:
        return LONGEST_ANSWER_S
    return wish.cut.seconds
