"""The model service that answers while a double records.

Law: of what it sends only what is checked here goes on. It is waited for and listened to within
bounds, followed nowhere else, and believed in nothing.
"""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import msgspec
import structlog

from studiolo.core.errors import UpstreamFailed
from studiolo.core.names import is_secret_name
from studiolo.service.double.exchange import is_visible, media_type
from studiolo.service.double.secrets import MASK, secrets_in

_ENDS: Final = ("/compatible-mode/v1", "/api/v1", "/v1")
_PASSED_ON: Final = ("accept", "content-type")
_OF_DASHSCOPE: Final = "x-dashscope-"
_TYPES: Final = ("application/json", "text/event-stream")
# Statuses that go with an answer or an error; those in between lead elsewhere or nowhere.
_ANSWERS: Final = frozenset(range(200, 300)) - {204, 205}
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
_ERRORS: Final = range(400, 600)

log = structlog.get_logger()


class Bounds(msgspec.Struct, frozen=True):
    """How long upstream is waited for, and how much it may say.

    `silent_s` is for the head of an answer, and between two pieces; `whole_s` for all of it.
    `all_bytes` are those of all answers that run at the same time.
    """

    connect_s: float = 10
    # Upstream itself gives up after this.
    silent_s: float = 300
    whole_s: float = 3600
    answer_bytes: int = 64 * 2**20
    all_bytes: int = 256 * 2**20


class Answer(msgspec.Struct, frozen=True, eq=False):
    """What upstream says; `pieces` as they come. They raise UpstreamFailed when they break off.

    `secrets` are values of its headers that nobody else may see.
    """

    status: int
    content_type: str
    retry_after: str
    secrets: tuple[str, ...]
    pieces: AsyncGenerator[bytes]


class Upstream:
    """Asks the service at `url`, its host or one of its base URLs, with a key of its own."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, *, key: str, bounds: Bounds
    ) -> None:
        self._session = session
        self._bounds = bounds
        self._root = url.rstrip("/")
        for end in _ENDS:
            self._root = self._root.removesuffix(end)
        self.host = urlsplit(url).netloc
        self._key = key
        self._held_bytes = 0

    @asynccontextmanager
    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes
    ) -> AsyncGenerator[Answer]:
        """The answer, for as long as this block runs. Raises UpstreamFailed without one."""
        told = {name: value for name, value in headers.items() if _is_passed_on(name)}
        told |= {"authorization": f"Bearer {self._key}", "accept-encoding": "identity"}
        ends_at = asyncio.get_running_loop().time() + self._bounds.whole_s
        try:
            async with asyncio.timeout(self._bounds.silent_s):
                response = await self._session.request(
                    method,
                    f"{self._root}{path}",
                    data=body or None,
                    headers=told,
                    allow_redirects=False,
                )
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise self.failed(_why(error)) from error
        tally = _Tally()
        try:
            async with response:
                self._check(response)
                yield Answer(
                    response.status,
                    response.headers["content-type"],
                    response.headers.get("retry-after", ""),
                    secrets_in(response.headers.items()),
                    self._pieces(response, tally, ends_at),
                )
        finally:
            self._held_bytes -= tally.size_bytes

    def failed(self, reason: str) -> UpstreamFailed:
        """What is to be raised, and a line in the log; neither has the key."""
        reason = re.sub(re.escape(self._key), MASK, reason, flags=re.I)
        log.warning("upstream.failed", upstream=self.host, reason=reason)
        return UpstreamFailed(self.host, reason)

    def _check(self, response: aiohttp.ClientResponse) -> None:
        """Raises UpstreamFailed for a head that no answer of a model service has."""
        status, headers = response.status, response.headers
        kind = headers.get("content-type", "")
        if status in _REDIRECTS:
            where = _origin(headers.get("location", ""))
            raise self.failed(f"redirects to {where} (status {status}), which is not followed")
        if status not in _ANSWERS and status not in _ERRORS:
            raise self.failed(f"answered with status {status}, which is no answer")
        if not all(is_visible(each) for each in (kind, headers.get("retry-after", ""))):
            raise self.failed("answered with control characters in its headers")
        if media_type(kind) not in _TYPES:
            said = media_type(kind)[:100] or "no content type"
            raise self.failed(f"answered with {said} instead of JSON (status {status})")
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise self.failed("compressed its answer, although it was told not to")

    async def _pieces(
        self, response: aiohttp.ClientResponse, tally: "_Tally", ends_at: float
    ) -> AsyncGenerator[bytes]:
        bounds = self._bounds
        while True:
            try:
                async with asyncio.timeout_at(ends_at):
                    piece = await response.content.readany()
            except (aiohttp.ClientError, TimeoutError) as error:
                late = asyncio.get_running_loop().time() >= ends_at
                reason = f"it took longer than {bounds.whole_s:g} s" if late else _why(error)
                raise self.failed(f"broke off its answer: {reason}") from error
            if not piece:
                return
            tally.size_bytes += len(piece)
            self._held_bytes += len(piece)
            if tally.size_bytes > bounds.answer_bytes:
                raise self.failed(f"answered more than {bounds.answer_bytes} bytes")
            if self._held_bytes > bounds.all_bytes:
                raise self.failed(f"answered more than {bounds.all_bytes} bytes to all who ask")
            yield piece


class _Tally(msgspec.Struct):
    """What one answer holds of all that may be held."""

    size_bytes: int = 0


@asynccontextmanager
async def open_upstream(
    url: str, *, key: str, bounds: Bounds | None = None
) -> AsyncGenerator[Upstream]:
    """The connections to it; its certificate is checked, and it leads nowhere else.

    Each connection is used once: what comes behind an answer is nobody's.
    """
    bounds = bounds or Bounds()
    timeout = aiohttp.ClientTimeout(total=None, connect=bounds.connect_s, sock_read=bounds.silent_s)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True, limit=0),
        timeout=timeout,
        trust_env=True,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as session:
        yield Upstream(session, url, key=key, bounds=bounds)


# In the order in which they are looked up. Nothing of what upstream sent may be in these words:
# it may have sent the key back.
_WHY: Final[tuple[tuple[type[Exception], str], ...]] = (
    (aiohttp.ClientConnectorDNSError, "is not known by that name"),
    (aiohttp.ClientConnectorCertificateError, "has a certificate that is not trusted"),
    (aiohttp.ClientSSLError, "does not speak TLS with us"),
    (aiohttp.ServerDisconnectedError, "hung up"),
    (TimeoutError, "is silent"),
    (aiohttp.ClientPayloadError, "ended before all of it came"),
    (aiohttp.ClientResponseError, "does not speak HTTP"),
)


def _why(error: Exception) -> str:
    """What happened, in our own words."""
    for kind, words in _WHY:
        if isinstance(error, kind):
            return words
    if isinstance(error, aiohttp.ClientOSError):
        return f"cannot be reached: {os.strerror(error.errno) if error.errno else 'no connection'}"
    return "cannot be asked"


def _origin(location: str) -> str:
    """Where a redirect leads, as far as it can hold no secret."""
    try:
        parts = urlsplit(location)
        named = f"{parts.scheme}://{parts.hostname}" if parts.hostname else "another path"
    except ValueError:
        named = ""
    return named if named.isascii() and named.isprintable() and named else "somewhere"


def _is_passed_on(name: str) -> bool:
    """What upstream needs to know; keys of the caller's are none of its business."""
    return name in _PASSED_ON or (name.startswith(_OF_DASHSCOPE) and not is_secret_name(name))
