"""Bodies in, bodies out: reading a request within bounds, and writing a response in one piece."""

import asyncio

from starlette.types import Receive, Scope, Send

from studiolo.core.errors import BodyTooLarge, ClientGone, RequestTooSlow
from studiolo.http.connection import CONNECTION, Connection
from studiolo.protocols.codec import Refusal

Header = tuple[bytes, bytes]

JSON: Header = (b"content-type", b"application/json")
EVENT_STREAM: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream;charset=UTF-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
)


async def read_body(scope: Scope, receive: Receive, *, limit_bytes: int, wait_s: float) -> bytes:
    """The whole body. Raises BodyTooLarge, RequestTooSlow, or ClientGone if it never came whole."""
    connection: Connection = scope[CONNECTION]
    if connection.has_body:
        # Nothing is waited for.
        return await _whole_body(scope, receive, limit_bytes=limit_bytes)
    try:
        async with asyncio.timeout(wait_s):
            return await _whole_body(scope, receive, limit_bytes=limit_bytes)
    except TimeoutError:
        raise RequestTooSlow from None


async def _whole_body(scope: Scope, receive: Receive, *, limit_bytes: int) -> bytes:
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > limit_bytes:
        raise BodyTooLarge(limit_bytes)
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit_bytes:
            raise BodyTooLarge(limit_bytes)
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


async def until_gone(receive: Receive) -> None:
    """Waits for the client to go away, and then raises ClientGone."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone


async def write(
    send: Send, body: bytes, *, status: int = 200, headers: tuple[Header, ...] = (JSON,)
) -> None:
    """A response in one piece."""
    length = (b"content-length", str(len(body)).encode())
    start = {"type": "http.response.start", "status": status, "headers": [*headers, length]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


async def respond(send: Send, refusal: Refusal) -> None:
    """An error."""
    headers: tuple[Header, ...] = (JSON,)
    if refusal.retry_after_s is not None:
        headers = (JSON, (b"retry-after", str(refusal.retry_after_s).encode()))
    await write(send, refusal.body, status=refusal.status, headers=headers)
