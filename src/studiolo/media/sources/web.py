"""Files on the web, fetched from public hosts alone.

Law: a connection only goes to an address that was looked at; nothing is looked up twice, no proxy
and no cookie is used, and nothing of what a host says is told to the caller but its status.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp
from yarl import URL

from studiolo.core.media.errors import (
    MediaDownloadFailed,
    MediaDownloadTimeout,
    MediaHostForbidden,
    MediaTooLarge,
)
from studiolo.media.sources.addresses import Address, PrivateHosts, address_of
from studiolo.media.sources.door import Door
from studiolo.media.sources.names import Resolve
from studiolo.media.sources.urls import read_url

_REDIRECTS: Final = 5
_MOVED: Final = frozenset((301, 302, 303, 307, 308))
_OK: Final = 200
_CHUNK: Final = 1 << 16
_HEADERS: Final = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "studiolo"}
_UNREACHABLE: Final = "The host cannot be reached."


class Web:
    """Fetches files; the settings say which private hosts may be asked, and how long."""

    def __init__(self, private: PrivateHosts, *, limit_s: float, resolve: Resolve) -> None:
        self._private = private
        self._limit_s = limit_s
        self._resolve = resolve

    async def fetch(self, url: URL, *, limit_bytes: int) -> bytes:
        """The file, whole. Raises MediaHostForbidden, MediaDownloadFailed, MediaDownloadTimeout,
        MediaTooLarge, MediaUrlInvalid for what it is redirected to, or Overloaded.
        """
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._followed(url, limit_bytes)
        except TimeoutError as error:
            raise MediaDownloadTimeout from error

    async def _followed(self, url: URL, limit_bytes: int) -> bytes:
        for _ in range(_REDIRECTS + 1):
            found = await self._answer(url, limit_bytes)
            if isinstance(found, bytes):
                return found
            url = found
        raise MediaDownloadFailed(f"There are more than {_REDIRECTS} redirects.")

    async def _answer(self, url: URL, limit_bytes: int) -> bytes | URL:
        """The file, or where it is instead."""
        door = Door(await self._allowed(url))
        connector = aiohttp.TCPConnector(
            resolver=door, socket_factory=door.opened, use_dns_cache=False, force_close=True
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
            trust_env=False,
        )
        try:
            async with session, session.get(url, headers=_HEADERS, allow_redirects=False) as said:
                return await _read(said, url, limit_bytes)
        except aiohttp.ClientConnectorCertificateError as error:
            raise MediaDownloadFailed("The certificate of the host is not valid.") from error
        except aiohttp.ClientPayloadError as error:
            raise MediaDownloadFailed("The connection ended before the file did.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise MediaDownloadFailed(_UNREACHABLE) from error

    async def _allowed(self, url: URL) -> Sequence[Address]:
        """The addresses to connect to: all that the host has may be asked."""
        host = url.raw_host or ""
        found = await self._addresses(host, url.port or 0)
        addresses = [address for each in found if (address := address_of(each)) is not None]
        if not addresses:
            raise MediaDownloadFailed(_UNREACHABLE)
        if not self._private.knows(host) and not all(map(self._private.allows, addresses)):
            raise MediaHostForbidden(host)
        return addresses

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        if address_of(host) is not None:
            return [host]
        try:
            return await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise MediaDownloadFailed(_UNREACHABLE) from error


async def _read(said: aiohttp.ClientResponse, url: URL, limit_bytes: int) -> bytes | URL:
    """The body, or where it is instead."""
    location = said.headers.get("Location")
    if said.status in _MOVED and location is not None:
        return read_url(location, seen_from=url)
    if said.status != _OK:
        raise MediaDownloadFailed(f"The host answered with status {said.status}.")
    if (said.content_length or 0) > limit_bytes:
        raise MediaTooLarge(limit_bytes)
    pieces: list[bytes] = []
    size = 0
    async for piece in said.content.iter_chunked(_CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > limit_bytes:
            raise MediaTooLarge(limit_bytes)
    return b"".join(pieces)
