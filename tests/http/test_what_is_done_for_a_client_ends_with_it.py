"""A client that goes away breaks off what is done for it, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from starlette.types import Receive, Scope, Send
from tests.servers import serving

from studiolo.core.errors import ClientGone
from studiolo.http.connection import CONNECTION, Presence
from studiolo.http.responses import until_gone

pytestmark = pytest.mark.anyio

Work = Callable[[], Awaitable[None]]


async def end_of(work: Work, *, late: bool) -> tuple[type[BaseException] | None, bool]:
    """How work for a client that goes away ends, and whether that was heard.

    One that comes late is begun when the client has gone.
    """
    ended: asyncio.Future[tuple[type[BaseException] | None, bool]] = asyncio.Future()
    begun = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        if late:
            with suppress(ClientGone):
                await until_gone(receive)
        presence, error = Presence(scope[CONNECTION]), None
        try:
            async with presence:
                await work()
        except (ClientGone, asyncio.CancelledError, RuntimeError) as raised:
            error = type(raised)
        ended.set_result((error, presence.gone))

    async with serving(app) as url, asyncio.timeout(10):
        host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        await begun.wait()
        writer.close()
        return await ended


async def waits() -> None:
    await asyncio.Event().wait()


async def is_stopped_too() -> None:
    try:
        await waits()
    finally:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()


async def breaks() -> None:
    try:
        await waits()
    finally:
        raise RuntimeError


async def is_done() -> None:
    pass


ENDS = [
    ("what waits is broken off", waits, False, ClientGone, True),
    ("what comes late does not wait", waits, True, ClientGone, True),
    ("a stop of the server goes before", is_stopped_too, False, asyncio.CancelledError, True),
    ("what breaks is told as it is", breaks, False, RuntimeError, True),
    ("what is done stays done", is_done, False, None, False),
]


@pytest.mark.parametrize(
    ("work", "late", "error", "gone"), [each[1:] for each in ENDS], ids=[each[0] for each in ENDS]
)
async def test_the_client_goes_away(
    work: Work, late: bool, error: type[BaseException] | None, gone: bool
) -> None:
    assert await end_of(work, late=late) == (error, gone)


async def test_who_is_done_late_does_not_silence_the_next_request_of_the_same_client() -> None:
    """The end of an answer is sent, and asked for the next one, before all of it is over."""
    ended: asyncio.Future[type[BaseException] | None] = asyncio.Future()
    second_is_there, first_is_over = asyncio.Event(), asyncio.Event()

    async def first(scope: Scope, send: Send) -> None:
        async with Presence(scope[CONNECTION]):
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            await second_is_there.wait()
        first_is_over.set()

    async def second(scope: Scope) -> None:
        error = None
        try:
            async with Presence(scope[CONNECTION]):
                second_is_there.set()
                await waits()
        except ClientGone as raised:
            error = type(raised)
        ended.set_result(error)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (first(scope, send) if scope["path"] == "/first" else second(scope))

    async with serving(app) as url, asyncio.timeout(10):
        host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /first HTTP/1.1\r\nhost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"GET /second HTTP/1.1\r\nhost: x\r\n\r\n")
        await first_is_over.wait()
        writer.close()
        assert await ended is ClientGone
