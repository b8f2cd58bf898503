"""uvicorn, with our signals: the first one drains, the second one stops at once."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from studiolo.core.errors import StudioloError
from studiolo.http.connection import Connection
from studiolo.http.door import Door

SIGNALS = (signal.SIGINT, signal.SIGTERM)
BACKLOG = 2048
# Of the garbage collector, for each of its generations; Python's own are for small programs.
COLLECT_AFTER = (10_000, 10, 10)
# Answers that are cut at the end get this long to free their engine and settle.
CUT_S = 5.0
# And this long after the second signal, which takes their engines away.
CUT_AT_ONCE_S = 0.5


class AddressTaken(StudioloError):
    """Somebody else listens there, or the address is none of this machine's."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port}: {reason}; choose another with --port (0: any free)"
        )
        self.host = host
        self.port = port


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 finds a free one. Raises AddressTaken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        # With its protocol named, asyncio switches Nagle's delay off on every connection.
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise AddressTaken(host, port, error.strerror or str(error)) from error
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket) -> str:
    """`http://HOST:PORT` as clients write it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def settle() -> None:
    """What stands by now stays: the collector looks at what comes from here on, and less often.

    With a thousand open streams it took a quarter of the time, and stopped all of them with it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


class HttpServer(uvicorn.Server):
    """Serves one app on one socket until `stop` or a signal.

    `at_once` is called by the second signal, also while what stands behind the app is closed.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        drain_s: float,
        client_s: float = 60,
        at_once: Callable[[], None] = lambda: None,
    ) -> None:
        self._protocol = type("BoundedConnection", (Connection,), {"client_s": client_s})
        super().__init__(
            uvicorn.Config(
                app,
                loop="none",
                http=self._protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=max(1, round(drain_s)),
            )
        )
        self.listening = asyncio.Event()
        self._at_once = at_once
        self._hurried = asyncio.Event()
        self._doors: list[Door] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Sets `listening` once connections are taken."""
        await super().startup([])
        self._doors = [Door(listener, self._connection) for listener in sockets or ()]
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Returns when no request runs: those that outlast the drain are cut, and settle."""
        for door in self._doors:
            door.close()
            await door.wait_closed()
        await super().shutdown(sockets)
        cut = list(self.server_state.tasks)
        for task in cut:
            task.cancel()
        if cut:
            await self._settled(cut)

    async def _settled(self, cut: list[asyncio.Task[None]]) -> None:
        """Come back when these have ended, or had their time to."""
        ended = asyncio.create_task(asyncio.wait(cut, timeout=CUT_S))
        hurried = asyncio.create_task(self._hurried.wait())
        await asyncio.wait((ended, hurried), return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not ended.done():
            ended.cancel()
            await asyncio.wait(cut, timeout=CUT_AT_ONCE_S)

    def _connection(self) -> asyncio.BaseProtocol:
        return self._protocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    def stop(self) -> None:
        """Drain; called again, stop at once."""
        if not self.should_exit:
            self.should_exit = True
            return
        self.force_exit = True
        self._hurried.set()
        self._at_once()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals reach `stop` through the loop, and end the program with a normal exit.

        They do so until the loop ends, for engines are closed after the last request.
        """
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.stop)
        yield
