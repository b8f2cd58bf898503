"""Sends an answer that upstream or a recording gives, and does not wait for who does not read."""

import asyncio
from collections.abc import Iterable

from starlette.types import Message, Scope, Send

from studiolo.core.errors import StudioloError
from studiolo.http.connection import CONNECTION, Connection
from studiolo.http.edge import identity_of, refuse
from studiolo.http.responses import respond
from studiolo.http.routes import is_native
from studiolo.protocols.dashscope.errors import error_frame as native_frame
from studiolo.protocols.openai.errors import error_frame as compatible_frame

# Pieces that are there already are sent together up to this size.
_FULL_BYTES = 32 * 1024


class Telling:
    """One response: its head with the first of its body, then more of it, then the end."""

    def __init__(self, scope: Scope, send: Send, *, client_s: float) -> None:
        self._scope = scope
        self._send = send
        self._client_s = client_s
        self._head: Message | None = None
        self._frames = 0
        self.begun = False
        self.is_abandoned = False

    def head(
        self, status: int, content_type: str, retry_after: str, *, size_bytes: int | None = None
    ) -> None:
        """What is sent with the first of the body; a stream has no size."""
        headers = [(b"content-type", content_type.encode("latin-1"))] if content_type else []
        if retry_after:
            headers.append((b"retry-after", retry_after.encode("latin-1")))
        if size_bytes is not None:
            headers.append((b"content-length", str(size_bytes).encode()))
        self._head = {"type": "http.response.start", "status": status, "headers": headers}

    async def more(self, pieces: Iterable[bytes]) -> None:
        """Some of the body."""
        gathered = bytearray()
        for piece in pieces:
            self._frames += 1
            gathered += piece
            if len(gathered) >= _FULL_BYTES:
                await self._tell(bytes(gathered), more=True)
                gathered.clear()
        if gathered:
            await self._tell(bytes(gathered), more=True)

    async def end(self) -> None:
        """Nothing more comes."""
        await self._tell(b"", more=False)

    async def fail(self, error: StudioloError) -> None:
        """It ends with this error: as a response, or where one has begun as its last frame."""
        if not self.begun:
            await respond(self._send, refuse(self._scope, error))
            return
        if is_native(self._scope["path"]):
            frame = native_frame(error, identity_of(self._scope), number=self._frames + 1)
        else:
            frame = compatible_frame(error)
        await self._tell(frame, more=False)

    async def _tell(self, body: bytes, *, more: bool) -> None:
        if self._head is not None:
            self.begun = True
            await self._send(self._head)
            self._head = None
        try:
            async with asyncio.timeout(self._client_s):
                await self._send({"type": "http.response.body", "body": body, "more_body": more})
        except TimeoutError:
            # Whoever watches the client hears of its end; what else is sent goes nowhere.
            self.is_abandoned = True
            connection: Connection = self._scope[CONNECTION]
            connection.abandon()
