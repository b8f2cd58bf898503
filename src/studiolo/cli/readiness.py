"""Asks a server whether it is ready, again and again; whatever hangs, the asking ends in time."""

import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import getaddrinfo
from threading import Event, Thread
from urllib.parse import SplitResult, quote, unquote, urlsplit

READY = 200
LOOK_AGAIN_S = 0.05
# One question may take this long; whoever starts may take it and lose it.
QUESTION_S = 5.0
LEAST_S = 0.5

_KINDS = {"http": HTTPConnection, "https": HTTPSConnection}
# What base URLs of clients end in; health is asked for beside it.
_ENDS = re.compile(r"(/compatible-mode/v1|/api/v1|/v1)?/*$")
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f]")


class AddressInvalid(ValueError):
    """The text is no address; it says why."""


@dataclass(frozen=True)
class Address:
    """Where a server is asked. As a text it is without its password."""

    scheme: str
    host: str
    port: int | None
    path: str
    headers: Mapping[str, str]

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    def connection(self, timeout_s: float) -> HTTPConnection:
        """A connection that is not open yet."""
        return _KINDS[self.scheme](self.host, self.port, timeout=timeout_s)


def address_of(url: str) -> Address:
    """The address of a server, or of one of its base URLs; without a scheme it is http.

    Raises AddressInvalid.
    """
    if _UNSEEN.search(url):
        raise AddressInvalid("it has spaces")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port, host = parts.port, parts.hostname or ""
        # What no name can be is told before anybody is asked for it.
        host.encode("idna")
    except ValueError as error:
        raise AddressInvalid(str(error)) from error
    if parts.scheme not in _KINDS:
        raise AddressInvalid("it begins with neither http:// nor https://")
    if not host or host.isdigit():
        raise AddressInvalid("it names no host")
    if port == 0 or parts.netloc.endswith(":"):
        raise AddressInvalid("its port is missing")
    if parts.query or parts.fragment:
        raise AddressInvalid("it has more than a path")
    path = quote(_ENDS.sub("", parts.path), safe="/%")
    return Address(parts.scheme, host, port, path, _headers(parts))


def _headers(parts: SplitResult) -> Mapping[str, str]:
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}


class Watch:
    """Asks in a thread of its own, which nobody waits for: looking up a name cannot be ended."""

    def __init__(
        self,
        address: Address,
        *,
        timeout_s: float,
        look_up: Callable[[str, int], object] = getaddrinfo,
    ) -> None:
        self._address = address
        self._look_up = look_up
        self._deadline = time.monotonic() + timeout_s
        self._stage = ""
        self._failure: str | None = None
        self._is_ready = False
        self._ended = Event()

    @property
    def reason(self) -> str:
        """What keeps the server from being ready."""
        return self._failure or self._stage

    def ready_within(self, seconds: float) -> bool:
        """Whether it becomes ready; ends by then, whatever the server does."""
        Thread(target=self._ask_on, name="ready", daemon=True).start()
        self._ended.wait(seconds)
        return self._is_ready

    def _ask_on(self) -> None:
        while not self._is_ready:
            left_s = self._deadline - time.monotonic()
            self._ask(min(QUESTION_S, max(left_s, LEAST_S)))
            if time.monotonic() >= self._deadline:
                break
            time.sleep(LOOK_AGAIN_S)
        self._ended.set()

    def _ask(self, timeout_s: float) -> None:
        address = self._address
        connection = address.connection(timeout_s)
        try:
            self._stage = f"its name {address.host} is still being looked up"
            self._look_up(connection.host, connection.port)
            self._stage = "it does not accept a connection"
            connection.connect()
            self._stage = "it accepts a connection and does not answer"
            connection.request("GET", f"{address.path}/health/ready", headers=dict(address.headers))
            response = connection.getresponse()
        except TimeoutError:
            self._failure = self._stage
        except (OSError, HTTPException) as error:
            self._failure = _told(error)
        else:
            self._is_ready = response.status == READY
            self._failure = _answer(response.status, response.getheader("location"))
        finally:
            connection.close()


def _told(error: OSError | HTTPException) -> str:
    if isinstance(error, HTTPException) and not isinstance(error, OSError):
        return f"what it says is no HTTP ({type(error).__name__})"
    return str(error) or type(error).__name__


def _answer(status: int, location: str | None) -> str:
    return f"it answers {status}" + (f" and sends to {location}" if location else "")
