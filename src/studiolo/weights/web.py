"""Fetches a file over HTTP: resumes what was cut, notices what changed."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp
import msgspec

from studiolo.weights.errors import PullFailed
from studiolo.weights.landing import Progress, Room

PAUSES_S = (1.0, 2.0, 4.0, 8.0)

_PIECE_BYTES = 2**18
_OK, _PARTIAL, _RANGE_REFUSED, _TOO_MANY, _SERVER_FAULT = 200, 206, 416, 429, 500
_CHECKSUM = re.compile(rb"\s*([0-9a-fA-F]{64})\b")
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=30, sock_read=60)


class WebSource(msgspec.Struct, frozen=True):
    """An address and what must be sent to it; `sha256` makes resuming safe without an ETag."""

    url: str
    reference: str
    headers: Mapping[str, str] = {}
    sha256: str | None = None


class _Cut(Exception):
    """The connection broke, or the server is not well: worth another try."""


async def fetch(
    source: WebSource,
    part: Path,
    *,
    room: Room,
    progress: Progress,
    pauses_s: Sequence[float] = PAUSES_S,
) -> None:
    """Fills `part`, going on where an earlier try ended. Raises PullFailed, DiskTooSmall."""
    download = _Download(source, part, room=room, progress=progress)
    async with aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True) as session:
        tries = 0
        while True:
            before = download.size_bytes
            try:
                await download.run(session)
            except (_Cut, aiohttp.ClientError, TimeoutError) as error:
                tries = 0 if download.size_bytes > before else tries
                if tries == len(pauses_s):
                    reason = f"{str(error) or type(error).__name__}; pull again to go on from here"
                    raise PullFailed(source.reference, reason) from error
                await asyncio.sleep(pauses_s[tries])
                tries += 1
            else:
                download.forget()
                return


async def checksum_beside(url: str) -> str | None:
    """The checksum in the file of the same name with `.sha256`; None if there is none."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True) as session,
            session.get(f"{url}.sha256") as response,
        ):
            found = _CHECKSUM.match(await response.content.read(200))
            return found[1].decode().lower() if response.status == _OK and found else None
    except (aiohttp.ClientError, TimeoutError):
        return None


class _Download:
    """One file on its way. Beside the part lies the ETag it belongs to."""

    def __init__(self, source: WebSource, part: Path, *, room: Room, progress: Progress) -> None:
        self._source = source
        self._part = part
        self._tag = part.with_name(part.name + ".etag")
        self._room = room
        self._progress = progress

    async def run(self, session: aiohttp.ClientSession) -> None:
        """One try."""
        have = self._usable_bytes()
        headers = {**self._source.headers, "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
            if self._tag.exists():
                headers["If-Range"] = self._tag.read_text()
        async with session.get(self._source.url, headers=headers) as response:
            start = self._start(response, have)
            await self._take(response, start)

    @property
    def size_bytes(self) -> int:
        """How much is there."""
        return self._part.stat().st_size

    def forget(self) -> None:
        """The part is whole; its ETag is of no more use."""
        self._tag.unlink(missing_ok=True)

    def _usable_bytes(self) -> int:
        """How much of the part can be continued; the rest of it is thrown away."""
        if self._tag.exists() or self._source.sha256:
            return self.size_bytes
        _cut_to(self._part, 0)
        return 0

    def _start(self, response: aiohttp.ClientResponse, have: int) -> int:
        """Where in the part the body of this response belongs."""
        status = response.status
        if status == _PARTIAL and response.headers.get("Content-Range", "").startswith(
            f"bytes {have}-"
        ):
            return have
        if status in {_PARTIAL, _RANGE_REFUSED}:
            _cut_to(self._part, 0)
            self.forget()
            raise _Cut("the server lost its place")
        if status >= _SERVER_FAULT or status == _TOO_MANY:
            raise _Cut(f"the server answers {status}")
        if status != _OK:
            raise PullFailed(self._source.reference, f"the server answers {status}")
        return 0

    async def _take(self, response: aiohttp.ClientResponse, start: int) -> None:
        _cut_to(self._part, start)
        self._note_tag(response.headers.get("ETag", ""))
        length = response.content_length
        total = None if length is None else start + length
        if length is not None:
            self._room.check(self._source.reference, self._part.parent, length)
        done = start
        with self._part.open("ab") as file:
            async for piece in response.content.iter_chunked(_PIECE_BYTES):
                done += len(piece)
                if done > self._room.limit_bytes:
                    self._room.check(self._source.reference, self._part.parent, done)
                file.write(piece)
                self._progress(done, total)

    def _note_tag(self, tag: str) -> None:
        """Only a strong ETag promises the same bytes."""
        if tag.startswith('"'):
            self._tag.write_text(tag)
        else:
            self.forget()


def _cut_to(part: Path, size_bytes: int) -> None:
    with part.open("ab") as file:
        file.truncate(size_bytes)
