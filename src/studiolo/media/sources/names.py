"""Names of hosts, looked up each in a thread of its own.

Law: a look-up cannot be ended, whoever asked and however long its name server is silent; so it is
left behind, and so many may be.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import Final

import msgspec

from studiolo.core.errors import Overloaded
from studiolo.core.media.errors import MediaDownloadTimeout
from studiolo.media.sources.addresses import plain_name

Find = Callable[[str, int], Sequence[str]]
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

THREAD: Final = "name"
# A name server that says nothing for so long is not waited for; resolvers ask the next after five.
_LIMIT_S: Final = 10.0
# Of the names of one domain, so many may be left behind: whoever owns it can have them all hang.
_LEFT: Final = 2
_RETRY_S: Final = 5
# What is sold to owners: `example.com`, and `example.co.uk` below what looks like a country's.
_DOMAIN: Final = re.compile(r"[^.]+\.(?:[^.]{1,3}\.[^.]{2}|[^.]+)$")


class _LookUp(msgspec.Struct):
    """One that runs, and whether anybody waits for it."""

    domain: str
    found: Future[Sequence[str]]
    is_left: bool = False


class Names:
    """Looks up so many names at once; the pool of threads that all others share is left alone."""

    def __init__(self, *, most: int, find: Find | None = None, limit_s: float = _LIMIT_S) -> None:
        self._most = most
        self._find = find or _system_addresses
        self._limit_s = limit_s
        self._open: list[_LookUp] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a name.

        Raises OSError or UnicodeError if there are none, MediaDownloadTimeout if nobody says so,
        and Overloaded at once if too many others hang.
        """
        look_up = self._started(host, port)
        try:
            async with asyncio.timeout(self._limit_s):
                return await asyncio.wrap_future(look_up.found)
        except TimeoutError as error:
            # The system's own is told as the failure it is.
            if look_up.found.done():
                raise
            raise MediaDownloadTimeout from error
        finally:
            look_up.is_left = True

    def _started(self, host: str, port: int) -> _LookUp:
        domain = domain_of(host)
        self._open = [each for each in self._open if not each.found.done()]
        left = sum(each.is_left and each.domain == domain for each in self._open)
        if left >= _LEFT or len(self._open) >= self._most:
            raise Overloaded(_RETRY_S)
        look_up = _LookUp(domain, Future())
        # Only what does not run yet can be cancelled.
        look_up.found.set_running_or_notify_cancel()
        work = (look_up.found, host, port)
        thread = Thread(target=self._fill, args=work, name=THREAD, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            raise Overloaded(_RETRY_S) from error
        self._open.append(look_up)
        return look_up

    def _fill(self, found: Future[Sequence[str]], host: str, port: int) -> None:
        """In the thread; whoever asked may be gone, and his loop too."""
        try:
            found.set_result(self._find(host, port))
        except (OSError, ValueError) as error:
            found.set_exception(error)


def domain_of(host: str) -> str:
    """The part of a name that has one owner, as far as that can be told by its form."""
    name = plain_name(host)
    found = _DOMAIN.search(name)
    return found.group() if found else name


def _system_addresses(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]
