"""A very cheap HTTP/1.1 client connection: it counts events and looks at the clock, no more."""

import asyncio
import time
from typing import cast

import msgspec

END_OF_CHUNKS = b"0\r\n\r\n"
EVENT = b"data:"


class Reply(msgspec.Struct):
    """What came back for one request; times in seconds since it was sent."""

    status: int = 0
    events: int = 0
    bytes: int = 0
    first_s: float | None = None
    took_s: float = 0.0


class ReplyReader:
    """Bytes of one response in, in pieces of any size; `feed` says whether it is complete.

    `marker` is what the first piece of an answer must contain to count as its beginning.
    """

    def __init__(self, marker: bytes) -> None:
        self._marker = marker
        self._head = b""
        self._tail = b""
        self._left: int | None = None
        self._in_body = False
        self.reply = Reply()
        self.marked = False

    def feed(self, data: bytes) -> bool:
        """One more piece."""
        self.reply.bytes += len(data)
        if self._in_body:
            return self._body(data)
        self._head += data
        head, separator, rest = self._head.partition(b"\r\n\r\n")
        if not separator:
            return False
        self._in_body = True
        self._headers(head)
        return self._body(rest)

    def _headers(self, head: bytes) -> None:
        status_line, *lines = head.split(b"\r\n")
        self.reply.status = int(status_line.split(b" ", 2)[1])
        for line in lines:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                self._left = int(value)

    def _body(self, data: bytes) -> bool:
        seam = self._tail + data
        self.reply.events += seam.count(EVENT) - self._tail.count(EVENT)
        self.marked = self.marked or self._marker in seam
        longest = max(len(EVENT), len(END_OF_CHUNKS), len(self._marker)) - 1
        self._tail = seam[-longest:]
        if self._left is None:
            return seam.endswith(END_OF_CHUNKS)
        self._left -= len(data)
        return self._left <= 0


class Connection(asyncio.Protocol):
    """One kept connection; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._done: asyncio.Future[Reply] | None = None
        self._reader = ReplyReader(b"")
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio calls this."""
        self._transport = cast("asyncio.Transport", transport)

    async def ask(self, request: bytes, *, marker: bytes) -> Reply:
        """Send the bytes of a request and wait for the whole response."""
        assert self._transport is not None
        self._reader = ReplyReader(marker)
        self._done = asyncio.get_running_loop().create_future()
        self._sent_at = time.perf_counter()
        self._transport.write(request)
        return await self._done

    def data_received(self, data: bytes) -> None:
        """asyncio calls this."""
        complete = self._reader.feed(data)
        reply = self._reader.reply
        if reply.first_s is None and self._reader.marked:
            reply.first_s = time.perf_counter() - self._sent_at
        if complete and self._done is not None and not self._done.done():
            reply.took_s = time.perf_counter() - self._sent_at
            self._done.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio calls this."""
        if self._done is not None and not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def close(self) -> None:
        """No more requests."""
        if self._transport is not None:
            self._transport.close()


def request_bytes(path: str, *, headers: dict[str, str], body: bytes) -> bytes:
    """A whole POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
