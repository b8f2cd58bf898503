"""Lets clients in: all who stand at the door, up to a crowd at a time.

The event loop's own servers let in one client a turn. A loop with a thousand streams takes long
turns, and the last of a crowd would wait for seconds.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Final

import structlog

log = structlog.get_logger()

# More than these would keep those who are inside waiting.
CROWD: Final = 128
# The machine is out of these for everybody; somebody has to leave first.
_SHORT_OF: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Door:
    """Accepts on a listening socket, from when it is made until `close`; each gets a protocol.

    When the machine has no room for another connection, nobody is let in for `pause_s`.
    """

    def __init__(
        self,
        listener: socket.socket,
        make_protocol: Callable[[], asyncio.BaseProtocol],
        *,
        pause_s: float = 1.0,
    ) -> None:
        self._listener = listener
        self._make_protocol = make_protocol
        self._pause_s = pause_s
        self._loop = asyncio.get_running_loop()
        self._entering: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._closed = False
        self._open()

    def close(self) -> None:
        """Nobody else comes in; the socket stays open."""
        self._closed = True
        if self._pause is None:
            self._loop.remove_reader(self._listener)
        else:
            self._pause.cancel()

    async def wait_closed(self) -> None:
        """Comes back when those who stood in the door are inside."""
        await asyncio.gather(*self._entering, return_exceptions=True)

    def _open(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listener, self._let_in)

    def _let_in(self) -> None:
        for _ in range(CROWD):
            try:
                client, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _SHORT_OF:
                    raise
                log.warning("door.pauses", reason=error.strerror, seconds=self._pause_s)
                self._loop.remove_reader(self._listener)
                self._pause = self._loop.call_later(self._pause_s, self._open)
                return
            client.setblocking(False)
            task = self._loop.create_task(self._welcome(client))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)

    async def _welcome(self, client: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._make_protocol, client)
        except OSError as error:
            client.close()
            log.info("client.lost", reason=error.strerror)
