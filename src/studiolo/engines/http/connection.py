"""HTTP/1.1 as the engine's client: one request, one response, one connection.

Law: a connection is used once. llama-server closes it after each stream, and closing it is how an
answer is cancelled (docs/decisions/0013).
"""

import asyncio
from typing import Final, cast

import httptools

from studiolo.core.errors import EngineFailed

HEAD_BYTES: Final = 64 * 1024
# So much is read ahead of a reader who does not come for it.
AHEAD_BYTES: Final = 256 * 1024
_SUCCESS: Final = 200


class Connection(asyncio.Protocol):
    """One response as it comes: its `status`, then its body with `read`, or all of it with `rest`.

    Each wait ends after `silence_s`. Whatever breaks the response raises EngineFailed.
    """

    def __init__(self, *, silence_s: float) -> None:
        self._silence_s = silence_s
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._status = 0
        self._pieces: list[bytes] = []
        self._size = 0
        self._over = False
        self._paused = False
        self._broken = ""
        self._waiting: asyncio.Future[None] | None = None

    async def status(self) -> int:
        """The status of the response, once its head is there."""
        while not self._status:
            await self._more()
        return self._status

    async def read(self) -> bytes:
        """What came of the body since the last time; empty at its end."""
        while not self._pieces:
            if self._over and not self._broken:
                return b""
            await self._more()
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        if self._paused and not self._way().is_closing():
            self._way().resume_reading()
        self._paused = False
        return data

    async def rest(self, *, limit_bytes: int) -> bytes:
        """The whole body. Raises EngineFailed when it is larger than the limit."""
        pieces: list[bytes] = []
        size = 0
        while data := await self.read():
            pieces.append(data)
            size += len(data)
            if size > limit_bytes:
                raise EngineFailed(f"the engine answered more than {limit_bytes} bytes")
        return b"".join(pieces)

    def send(self, request: bytes) -> None:
        """The bytes of the request, once."""
        self._way().write(request)

    @property
    def behind(self) -> bool:
        """Whether more has come than its reader has come for."""
        return self._paused

    def hang_up(self) -> None:
        """Nothing more is asked: the other side notices, and what it still says can be read.

        Where only both directions can be closed, nothing can be read any more.
        """
        transport = self._way()
        if not transport.can_write_eof():
            self.close()
        elif not transport.is_closing():
            transport.write_eof()

    def close(self) -> None:
        """Let go of the connection."""
        if self._transport is not None:
            self._transport.abort()

    # -- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """More of the response."""
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._break(f"its response is no HTTP: {error}")
            return
        if not self._status and self._size > HEAD_BYTES:
            self._break(f"the head of its response is larger than {HEAD_BYTES} bytes")
        elif self._size > AHEAD_BYTES and not self._over and not self._paused:
            self._paused = True
            self._way().pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more comes. A body may end so; whether it is whole, its reader sees."""
        if not self._over and (exc is not None or not self._status):
            self._broken = self._broken or (type(exc).__name__ if exc else "it hung up")
        self._over = True
        del self._parser  # the two hold each other
        self._wake()

    # -- what httptools calls

    def on_headers_complete(self) -> None:
        """A head is whole; that of an interim response is none of ours."""
        status = self._parser.get_status_code()
        self._status = status if status >= _SUCCESS else 0

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        """The response is whole."""
        self._over = bool(self._status)

    # --

    async def _more(self) -> None:
        """Wait for anything new. Raises EngineFailed where nothing is to be awaited any more."""
        if self._over:
            raise EngineFailed(f"the engine broke off its answer ({self._broken})")
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._silence_s):
                await self._waiting
        except TimeoutError as error:
            raise EngineFailed(
                f"the engine broke off its answer (silent for {self._silence_s:g} s)"
            ) from error
        finally:
            self._waiting = None

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _break(self, reason: str) -> None:
        self._broken = reason
        self._over = True
        self.close()
        self._wake()

    def _way(self) -> asyncio.Transport:
        if self._transport is None:
            raise EngineFailed("the engine is not connected")
        return self._transport
