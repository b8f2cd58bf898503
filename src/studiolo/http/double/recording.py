"""Lets upstream answer, and keeps what it says while it is passed on."""

import asyncio
from contextlib import aclosing

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from studiolo.core.errors import EngineFailed, StudioloError
from studiolo.http.chat import Bounds, bearer_key, headers_of
from studiolo.http.connection import CONNECTION, Connection
from studiolo.http.double.known import question_of, upstream_path
from studiolo.http.edge import identity_of, refuse
from studiolo.http.responses import ClientGone, read_body, respond, until_gone
from studiolo.service.access import Access
from studiolo.service.double.cassette import VERSION, Exchange, Question, Recorder, text_of
from studiolo.service.double.upstream import Answer, Upstream

log = structlog.get_logger()

_EVENT_STREAM = "text/event-stream"
_FRAME_END = b"\n\n"


class Recording:
    """In front of all routes; those that upstream has not are answered here."""

    def __init__(
        self,
        app: ASGIApp,
        upstream: Upstream,
        recorder: Recorder,
        *,
        access: Access,
        bounds: Bounds,
    ) -> None:
        self._app = app
        self._upstream = upstream
        self._recorder = recorder
        self._access = access
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path = upstream_path(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if path is None:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.TaskGroup() as group:
                await self._pass_on(path, scope, receive, send, group)
        except* ClientGone:
            log.info("client.gone", request_id=identity_of(scope).request_id)

    async def _pass_on(
        self, path: str, scope: Scope, receive: Receive, send: Send, group: asyncio.TaskGroup
    ) -> None:
        headers = headers_of(scope)
        key = bearer_key(headers)
        try:
            await self._access.caller(key)
            content = await read_body(
                scope, receive, limit_bytes=self._bounds.body_bytes, wait_s=self._bounds.client_s
            )
        except StudioloError as error:
            await respond(send, refuse(scope, error))
            return
        question = question_of(scope["method"], path, headers=headers, content=content)
        watch = group.create_task(until_gone(receive))
        try:
            async with self._upstream.ask(
                question.method, path, headers=headers, body=content
            ) as answer:
                exchange = _exchange(question, answer, await _told(answer, send))
                await asyncio.to_thread(self._recorder.keep, exchange, secrets=(key or "",))
            await send({"type": "http.response.body", "body": b""})
        except EngineFailed as error:
            log.warning("upstream.broke", reason=str(error))
            connection: Connection = scope[CONNECTION]
            connection.hang_up()
            await asyncio.Event().wait()
        except StudioloError as error:
            await respond(send, refuse(scope, error))
        finally:
            watch.cancel()


async def _told(answer: Answer, send: Send) -> list[bytes]:
    """Passes the answer on as it comes; all of it but its end."""
    headers = [(b"content-type", answer.content_type.encode("latin-1"))]
    if answer.retry_after:
        headers.append((b"retry-after", answer.retry_after.encode("latin-1")))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    pieces: list[bytes] = []
    async with aclosing(answer.pieces) as coming:
        async for piece in coming:
            pieces.append(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    return pieces


def _exchange(question: Question, answer: Answer, pieces: list[bytes]) -> Exchange:
    """The line of the cassette; a stream is cut where its frames end."""
    whole = b"".join(pieces)
    streamed = answer.content_type.startswith(_EVENT_STREAM)
    return Exchange(
        version=VERSION,
        method=question.method,
        path=question.path,
        request=question.body,
        status=answer.status,
        content_type=answer.content_type,
        retry_after=answer.retry_after,
        events=question.events,
        body=None if streamed else text_of(whole),
        chunks=tuple(text_of(frame) for frame in _frames(whole)) if streamed else (),
    )


def _frames(stream: bytes) -> list[bytes]:
    """The frames of a stream with all that is between them, nothing left out."""
    *whole, rest = stream.split(_FRAME_END)
    return [frame + _FRAME_END for frame in whole] + ([rest] if rest else [])
