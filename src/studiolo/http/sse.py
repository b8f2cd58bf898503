"""A streamed response: headers with the first frame, and a sign of life while nothing comes."""

import asyncio

from starlette.types import Send

from studiolo.http.responses import EVENT_STREAM

# A comment line, which every client skips (reference/02 section 5).
KEEP_ALIVE = b": keep-alive\n\n"


class EventStream:
    """Writes frames. Until the first byte went out, the answer can still be an HTTP error."""

    def __init__(self, send: Send, *, keep_alive_s: float) -> None:
        self._send = send
        self._keep_alive_s = keep_alive_s
        self._turn = asyncio.Lock()
        self._written_at = asyncio.get_running_loop().time()
        self.started = False

    async def write(self, frames: bytes) -> None:
        """Send frames; nothing is sent for none."""
        if not frames:
            return
        async with self._turn:
            await self._start()
            await self._send({"type": "http.response.body", "body": frames, "more_body": True})
        self._written_at = asyncio.get_running_loop().time()

    async def close(self) -> None:
        """No more frames."""
        async with self._turn:
            await self._start()
            await self._send({"type": "http.response.body", "body": b""})

    async def keep_alive(self) -> None:
        """A comment whenever nothing was written for a while; runs until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._written_at + self._keep_alive_s - loop.time())
            if loop.time() - self._written_at >= self._keep_alive_s:
                await self.write(KEEP_ALIVE)

    async def _start(self) -> None:
        if not self.started:
            self.started = True
            headers = list(EVENT_STREAM)
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
