"""uvicorn's connection, with bounds on the head of a request: its size, and its time to arrive."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
# Where a scope has the way to close its connection, whatever is left to be said.
HANG_UP = "studiolo.hang_up"


class Connection(HttpToolsProtocol):
    """One client. `head_s` is set by the server that makes it."""

    head_s: float = 60
    _alarm: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(  # type: ignore[override] - uvicorn narrows it too
        self, transport: asyncio.Transport
    ) -> None:
        """The first request is awaited from here on."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._head_came()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins."""
        if self._alarm is None:
            self._await_head()
        super().on_message_begin()
        self.scope[HANG_UP] = self.transport.close  # type: ignore[typeddict-unknown-key] - ours

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._head_came()
        super().on_headers_complete()

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
        self._alarm = self.loop.call_later(self.head_s, self._late)

    def _head_came(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _late(self) -> None:
        self._alarm = None
        self.transport.close()
