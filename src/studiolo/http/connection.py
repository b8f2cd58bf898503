"""uvicorn's connection, with bounds on its client: how large the head of a request may be, how long
it may take to arrive, and how long a response may lie unread.

Law: the connection is always read, so that a client that goes away is heard.
"""

import asyncio
import socket
import struct

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
# Where a scope has its connection.
CONNECTION = "studiolo.connection"
# Linger for no time: what is not sent yet is thrown away, and the client gets a reset.
AT_ONCE = struct.pack("ii", 1, 0)


class Connection(HttpToolsProtocol):
    """One client. `client_s`, its time to send and to read, is set by the server that makes it."""

    client_s: float = 60
    _alarm: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _deaf = False

    def hang_up(self) -> None:
        """Close, once what was written is sent."""
        self.transport.close()

    def abandon(self) -> None:
        """Close at once: what is not sent yet nobody will read."""
        client: socket.socket | None = self.transport.get_extra_info("socket")
        if client is not None and not self.transport.is_closing():
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.transport.abort()

    def connection_made(  # type: ignore[override] - uvicorn narrows it too
        self, transport: asyncio.Transport
    ) -> None:
        """The first request is awaited from here on."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._head_came()
        if self._unread is not None:
            self._unread.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins."""
        if self._alarm is None:
            self._await_head()
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

    def on_body(self, body: bytes) -> None:
        """More of the body of a request that is heard."""
        if not self._deaf:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request that is heard."""
        if not self._deaf:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """The response is written; it may still have to be read."""
        super().on_response_complete()
        self._watch_reading()

    def data_received(self, data: bytes) -> None:
        """Refuses a head that is larger than HEAD_BYTES."""
        super().data_received(data)
        if self._alarm is None:
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("Request head too large.")

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._alarm = self.loop.call_later(self.client_s, self._late)

    def _head_came(self) -> None:
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
