"""The least a server can do: fixed bytes for every request. What it reaches is the ceiling."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import cast

import uvloop

WHOLE = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n" + b"x" * 400
)
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)
STREAM_PATH = "/stream"
PACED_PATH = "/paced"
SLOW_PATH = "/slow"
EVENTS = 1000
PACED_EVENTS = 100
GAP_S = 0.02
SLOW_S = 0.05
STRETCH = 32
PAYLOAD = b"data: " + b"x" * 240 + b"\n\n"
CHUNK = f"{len(PAYLOAD):x}\r\n".encode() + PAYLOAD + b"\r\n"


class Trivial(asyncio.Protocol):
    """Reads no more of a request than where it ends."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._writing: asyncio.Task[None] | None = None
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio calls this."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """asyncio calls this."""
        self._seen += data
        head, separator, body = self._seen.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        self._seen = b""
        path = head.split(b" ", 2)[1].decode()
        assert self._transport is not None
        if path in WAYS:
            self._writing = asyncio.create_task(WAYS[path](self._transport.write))
        else:
            self._transport.write(WHOLE)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


Write = Callable[[bytes], None]


async def _stream(write: Write) -> None:
    write(STREAM_HEAD)
    for index in range(EVENTS):
        write(CHUNK)
        if index % STRETCH == 0:
            await asyncio.sleep(0)
    write(b"0\r\n\r\n")


async def _paced(write: Write) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    write(STREAM_HEAD)
    for index in range(PACED_EVENTS):
        await asyncio.sleep(start + index * GAP_S - loop.time())
        write(CHUNK)
    write(b"0\r\n\r\n")


async def _slow(write: Write) -> None:
    await asyncio.sleep(SLOW_S)
    write(WHOLE)


WAYS: dict[str, Callable[[Write], Coroutine[None, None, None]]] = {
    STREAM_PATH: _stream,
    PACED_PATH: _paced,
    SLOW_PATH: _slow,
}


async def serve() -> None:
    """On a free port, until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Trivial, "127.0.0.1", 0)
    print(f"ready http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(uvloop.run(serve()))
