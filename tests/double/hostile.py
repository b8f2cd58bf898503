"""A server that answers whatever it is told to, in raw bytes, however wrong."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager

import msgspec

Answer = Callable[[], Iterable[bytes]]

JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
# In place of a piece: the connection is reset.
RESET = b"reset"


class Asked(msgspec.Struct, eq=False):
    """What such a server was asked: the heads of all requests, and how many came to each place."""

    heads: list[bytes] = []
    gone: int = 0


@asynccontextmanager
async def hostile(
    answers: Mapping[str, Answer], otherwise: bytes = b""
) -> AsyncGenerator[tuple[str, Asked]]:
    """Where it listens, and what it hears. The last text of a request names its answer."""
    asked = Asked([])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            asked.heads.append(head)
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            name = _last_text(await reader.readexactly(length)) if answers else ""
            for piece in answers[name]() if answers else [otherwise]:
                if piece is RESET:
                    _reset(writer)
                    return
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)  # the others have their turn too
        except (ConnectionError, asyncio.IncompleteReadError):
            asked.gone += 1
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}", asked
    finally:
        server.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Whoever reads gets what was sent, and then an error instead of an end."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _last_text(content: bytes) -> str:
    body = json.loads(content)
    messages = body.get("messages") or body["input"]["messages"]
    return messages[-1]["content"]


def whole(body: bytes, head: bytes = JSON) -> bytes:
    """A response as it should be."""
    return head + b"content-length: %d\r\n\r\n" % len(body) + body


def forever(*pieces: bytes) -> Iterator[bytes]:
    """The first pieces, and the last again and again."""
    yield from pieces
    while True:
        yield pieces[-1]
