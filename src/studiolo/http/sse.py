"""A streamed response: headers with the first frames, and a sign of life while nothing comes."""

import asyncio

from starlette.types import Send

from studiolo.core.errors import ClientGone
from studiolo.http.responses import EVENT_STREAM

# A comment line, which every client skips (reference/02 section 5).
KEEP_ALIVE = b": keep-alive\n\n"
# Frames that gather without a pause are written at this size at the latest.
FULL_BYTES = 32 * 1024


class EventStream:
    """Gathers frames with `add` and writes them with `flush`.

    Until it has `begun`, the answer can still be an HTTP error.
    """

    def __init__(self, send: Send, *, keep_alive_s: float, client_s: float) -> None:
        self._send = send
        self._keep_alive_s = keep_alive_s
        self._client_s = client_s
        self._sending = False
        self._frames: list[bytes] = []
        self._size = 0
        self._written_at = asyncio.get_running_loop().time()
        self._started = False
        self.begun = False

    @property
    def full(self) -> bool:
        """Whether it is time to write."""
        return self._size >= FULL_BYTES

    def add(self, frames: bytes) -> None:
        """Frames for the next `flush`."""
        if frames:
            self.begun = True
            self._frames.append(frames)
            self._size += len(frames)

    async def flush(self) -> None:
        """Write what has gathered; nothing is sent for nothing."""
        if not self._frames:
            return
        body = self._frames[0] if len(self._frames) == 1 else b"".join(self._frames)
        self._frames.clear()
        self._size = 0
        await self._write(body)

    async def close(self) -> None:
        """The last frames."""
        body = b"".join(self._frames)
        self._frames.clear()
        await self._start()
        await self._send({"type": "http.response.body", "body": body})

    async def keep_alive(self) -> None:
        """A comment whenever nothing was written for a while; runs until it is cancelled.

        Raises ClientGone when the client has not read for so long that nobody can be there.
        """
        loop = asyncio.get_running_loop()
        while True:
            wait_s = self._client_s if self._sending else self._keep_alive_s
            await asyncio.sleep(max(0.0, self._written_at + wait_s - loop.time()))
            silent_s = loop.time() - self._written_at
            if self._sending:
                if silent_s >= self._client_s:
                    raise ClientGone
            elif silent_s >= self._keep_alive_s:
                await self._write(KEEP_ALIVE)

    async def _write(self, body: bytes) -> None:
        self._written_at = asyncio.get_running_loop().time()
        if not self._started:
            await self._start()
        self._sending = True
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        self._sending = False

    async def _start(self) -> None:
        if not self._started:
            self._started = self.begun = True
            headers = list(EVENT_STREAM)
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
