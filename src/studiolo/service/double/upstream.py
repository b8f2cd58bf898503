"""The model service that answers while a double records."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import msgspec
import structlog

from studiolo.core.errors import EngineFailed, ModelUnavailable

# A whole answer, or a stream from its first byte to its last, has no more bytes than this.
MOST_BYTES: Final = 64 * 2**20
_CONNECT_S: Final = 10
# Upstream itself gives up after this.
_SILENT_S: Final = 300
_ENDS: Final = ("/compatible-mode/v1", "/api/v1", "/v1")
_PASSED_ON: Final = ("accept", "content-type")
_OF_DASHSCOPE: Final = "x-dashscope-"

_log = structlog.stdlib.get_logger()


class Answer(msgspec.Struct, frozen=True, eq=False):
    """What upstream says; `pieces` as they come. They raise EngineFailed when they break off."""

    status: int
    content_type: str
    retry_after: str
    pieces: AsyncGenerator[bytes]


class Upstream:
    """Asks the service at `url`, its host or one of its base URLs, with a key of its own."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, *, key: str, most_bytes: int
    ) -> None:
        self._session = session
        self._most_bytes = most_bytes
        self._root = url.rstrip("/")
        for end in _ENDS:
            self._root = self._root.removesuffix(end)
        self._key = key

    @asynccontextmanager
    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes
    ) -> AsyncGenerator[Answer]:
        """The answer, for as long as this block runs. Raises ModelUnavailable without one."""
        told = {name: value for name, value in headers.items() if _is_passed_on(name)}
        told |= {"authorization": f"Bearer {self._key}", "accept-encoding": "identity"}
        try:
            response = await self._session.request(
                method,
                f"{self._root}{path}",
                data=body or None,
                headers=told,
                allow_redirects=False,
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = f"upstream does not answer: {error or type(error).__name__}"
            _log.warning("upstream.silent", upstream=self._root, reason=reason)
            raise ModelUnavailable(reason) from error
        async with response:
            yield Answer(
                response.status,
                response.headers.get("content-type", ""),
                response.headers.get("retry-after", ""),
                _pieces(response, self._most_bytes),
            )


@asynccontextmanager
async def open_upstream(
    url: str, *, key: str, most_bytes: int = MOST_BYTES
) -> AsyncGenerator[Upstream]:
    """The connections to it; its certificate is checked, and it leads nowhere else."""
    timeout = aiohttp.ClientTimeout(total=None, connect=_CONNECT_S, sock_read=_SILENT_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        yield Upstream(session, url, key=key, most_bytes=most_bytes)


async def _pieces(response: aiohttp.ClientResponse, most_bytes: int) -> AsyncGenerator[bytes]:
    size = 0
    try:
        async for piece in response.content.iter_any():
            size += len(piece)
            if size > most_bytes:
                raise EngineFailed(f"upstream's answer is larger than {most_bytes} bytes")
            yield piece
    except (aiohttp.ClientError, TimeoutError) as error:
        raise EngineFailed(f"upstream broke off: {error or type(error).__name__}") from error


def _is_passed_on(name: str) -> bool:
    return name in _PASSED_ON or name.startswith(_OF_DASHSCOPE)
