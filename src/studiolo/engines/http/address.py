"""Where an engine listens, and what every request to it begins with."""

import asyncio
import base64
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote, unquote, urlsplit

import msgspec

from studiolo.core.errors import ModelUnavailable

Connected = TypeVar("Connected", bound=asyncio.Protocol)

_PORTS: Final = {"http": 80, "https": 443}
_IN_PATHS: Final = "/%:@!$&'()*+,;=~"


class Address(msgspec.Struct, frozen=True):
    """A unix socket, or a host and a port, with TLS or without; `headers` go with each request."""

    authority: str
    socket: str = ""
    host: str = ""
    port: int = 0
    tls: ssl.SSLContext | None = None
    path: str = ""
    headers: tuple[str, ...] = ()

    @classmethod
    def of_socket(cls, socket: Path) -> "Address":
        """A unix socket."""
        return cls("engine", socket=str(socket))

    @classmethod
    def of_url(cls, url: str, *, api_key: str | None = None) -> "Address":
        """An http or https URL, perhaps with a path before the server's own paths.

        Raises ModelUnavailable for anything else.
        """
        try:
            parts = urlsplit(url)
            usual = _PORTS[parts.scheme]
            port = parts.port or usual
            host = _ascii(parts.hostname or "")
        except (ValueError, KeyError) as error:
            raise _no_url(url) from error
        if not host:
            raise _no_url(url)
        name = f"[{host}]" if ":" in host else host
        return cls(
            name if port == usual else f"{name}:{port}",
            host=host,
            port=port,
            tls=ssl.create_default_context() if parts.scheme == "https" else None,
            path=quote(parts.path.rstrip("/"), safe=_IN_PATHS),
            headers=_authorization(api_key, parts.username, parts.password),
        )

    def request(self, method: str, path: str, body: bytes | None) -> bytes:
        """All bytes of a request whose connection is used once."""
        lines = [f"{method} {self.path}{path} HTTP/1.1", f"Host: {self.authority}"]
        lines += [*self.headers, "Accept: */*", "Connection: close"]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join((*lines, "", "")).encode() + (body or b"")

    async def connect(self, make: Callable[[], Connected]) -> Connected:
        """A connection of this protocol. Raises OSError."""
        loop = asyncio.get_running_loop()
        if self.socket:
            _, protocol = await loop.create_unix_connection(make, self.socket)
        else:
            _, protocol = await loop.create_connection(make, self.host, self.port, ssl=self.tls)
        return protocol


def _ascii(host: str) -> str:
    """As DNS and HTTP write it."""
    return host if ":" in host else host.encode("idna").decode()


def _no_url(url: str) -> ModelUnavailable:
    return ModelUnavailable(f"the engine cannot be reached: {url!r} is no URL of a server")


def _authorization(api_key: str | None, user: str | None, password: str | None) -> tuple[str, ...]:
    """The key if there is one, else what the URL says."""
    if api_key:
        return (f"Authorization: Bearer {api_key}",)
    if user is None:
        return ()
    told = f"{unquote(user)}:{unquote(password or '')}".encode()
    return (f"Authorization: Basic {base64.b64encode(told).decode()}",)
