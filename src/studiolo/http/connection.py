"""uvicorn's connection, with bounds on its client: how large the head of a request may be, how long
it may take to arrive, and how long a response may lie unread.

Law: the connection is always read, so that a client that goes away is heard.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from types import TracebackType

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from studiolo.core.errors import ClientGone

HEAD_BYTES = 64 * 1024
# Where a scope has its connection.
CONNECTION = "studiolo.connection"
# Linger for no time: what is not sent yet is thrown away, and the client gets a reset.
AT_ONCE = struct.pack("ii", 1, 0)


class Connection(HttpToolsProtocol):
    """One client. `client_s`, its time to send and to read, is set by the server that makes it."""

    client_s: float = 60
    _gone: Callable[[], None] | None = None
    _in_head = True
    _alarm: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _deaf = False
    _declines = False

    @property
    def has_body(self) -> bool:
        """Whether all of the request that is answered is here."""
        return not self.cycle.more_body

    def when_gone(self, gone: Callable[[], None]) -> None:
        """Call this when the client goes away, or at once if it has."""
        self._gone = gone
        # A long body has stopped the reading.
        self.flow.resume_reading()
        if self.cycle.disconnected:
            gone()

    def nobody_asks(self, gone: Callable[[], None]) -> None:
        """This need not be called any more.

        Whoever is done may be so late that the next request of the same client is there.
        """
        if self._gone == gone:
            self._gone = None

    def hang_up(self) -> None:
        """Close, once what was written is sent."""
        self.transport.close()

    def abandon(self) -> None:
        """Close at once: what is not sent yet nobody will read."""
        client: socket.socket | None = self.transport.get_extra_info("socket")
        if client is not None and not self.transport.is_closing():
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        if self.cycle:
            # Else uvicorn would complain of a response that nobody can complete.
            self.cycle.disconnected = True
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:
        """The first request is awaited from here on."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._head_came()
        if self._unread is not None:
            self._unread.cancel()
        super().connection_lost(exc)
        if self._gone is not None:
            self._gone()

    def on_message_begin(self) -> None:
        """A request begins."""
        if not self._in_head:
            self._in_head = True
            self._head_bytes = 0
        super().on_message_begin()
        self.scope[CONNECTION] = self  # type: ignore[typeddict-unknown-key] - ours

    def on_headers_complete(self) -> None:
        """Its head is whole.

        One that does not wait for the answer before it is not heard: to keep it, the connection
        would not be read until then. It is closed after that answer, and the client asks again.
        """
        self._head_came()
        if self.cycle and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            self._deaf = True
            return
        super().on_headers_complete()
        if self.parser.should_upgrade():
            # What comes is read with another parser, which knows of no further request.
            self.cycle.keep_alive = False
            self._declines = True

    def on_body(self, body: bytes) -> None:
        """More of the body of a request that is heard."""
        if not self._deaf:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request that is heard, and not only of its head."""
        if not self._deaf and not self._declines:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """The response is written; it may still have to be read."""
        super().on_response_complete()
        self._watch_reading()

    def data_received(self, data: bytes) -> None:
        """Refuses a head that is larger than HEAD_BYTES, and declines another protocol."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._declines = False
            self._read_on(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        if not self._in_head:
            return
        if self._alarm is None:
            self._await_head()
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("Request head too large.")

    def _read_on(self, rest: bytes) -> None:
        """The parser takes the wish for another protocol, such as HTTP/2, as granted, and reads no
        body. The request stands as it is, so this does."""
        framing = (b"content-length", b"transfer-encoding")
        head = [b"%s: %s\r\n" % pair for pair in self.headers if pair[0] in framing]
        self.parser = httptools.HttpRequestParser(_Body(self))
        try:
            self.parser.feed_data(b"POST / HTTP/1.1\r\n" + b"".join(head) + b"\r\n" + rest)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def _await_head(self) -> None:
        self._alarm = self.loop.call_later(self.client_s, self._late)

    def _head_came(self) -> None:
        self._in_head = False
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _late(self) -> None:
        self._alarm = None
        self.transport.close()

    def _watch_reading(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._unread = None
        if left:
            self._unread = self.loop.call_later(self.client_s, self._look, left)

    def _look(self, before: int) -> None:
        """Give up a client that has read nothing since the last look."""
        if self.transport.get_write_buffer_size() >= before:
            self.abandon()
        else:
            self._watch_reading()


class Presence:
    """Around what is done for a client: it is broken off with ClientGone when that goes away."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self.gone = False

    async def __aenter__(self) -> "Presence":
        self._task = asyncio.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        self._connection.when_gone(self._leave)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.nobody_asks(self._leave)
        if not self.gone or self._task is None:
            return
        # Who else wants it cancelled is heard before the client.
        if self._task.uncancel() <= self._cancelling and isinstance(error, asyncio.CancelledError):
            raise ClientGone from error

    def _leave(self) -> None:
        self.gone = True
        if self._task is not None:
            self._task.cancel()


class _Body:
    """Hears the one body that follows a head which another parser has read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_whole = False

    def on_body(self, body: bytes) -> None:
        """More of it."""
        if not self._is_whole:
            self._connection.on_body(body)

    def on_message_complete(self) -> None:
        """Its end; what comes behind it is nobody's."""
        if not self._is_whole:
            self._is_whole = True
            self._connection.on_message_complete()
