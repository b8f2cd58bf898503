"""Answers out of a cassette, byte for byte; what is not in it is for the double, or refused."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studiolo.core.errors import StudioloError
from studiolo.http.chat import Bounds, bearer_key, headers_of
from studiolo.http.double.known import model_in, question_of, upstream_path
from studiolo.http.edge import identity_of, refuse
from studiolo.http.responses import ClientGone, read_body, respond
from studiolo.service.access import Access
from studiolo.service.double.cassette import Cassette, Exchange
from studiolo.service.double.inspection import Inspection


class Replaying:
    """In front of all routes; the inspection hears of what is played."""

    def __init__(
        self,
        app: ASGIApp,
        cassette: Cassette,
        *,
        access: Access,
        bounds: Bounds,
        inspection: Inspection | None = None,
    ) -> None:
        self._app = app
        self._cassette = cassette
        self._access = access
        self._bounds = bounds
        self._inspection = inspection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path = upstream_path(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if path is None:
            await self._app(scope, receive, send)
            return
        try:
            headers = headers_of(scope)
            await self._access.caller(bearer_key(headers))
            content = await read_body(
                scope, receive, limit_bytes=self._bounds.body_bytes, wait_s=self._bounds.client_s
            )
            question = question_of(scope["method"], path, headers=headers, content=content)
            exchange = self._cassette.play(question)
        except StudioloError as error:
            await respond(send, refuse(scope, error))
            return
        except ClientGone:
            return
        if exchange is None:
            await self._app(scope, _again(content, receive), send)
            return
        if self._inspection is not None:
            self._inspection.replayed(
                identity_of(scope).request_id,
                model=model_in(question),
                streamed=exchange.body is None,
            )
        await _play(exchange, send)


async def _play(exchange: Exchange, send: Send) -> None:
    headers = [(b"content-type", exchange.content_type.encode())]
    if exchange.retry_after:
        headers.append((b"retry-after", exchange.retry_after.encode()))
    pieces = list(exchange.pieces)
    if exchange.body is not None:
        headers.append((b"content-length", str(len(pieces[0])).encode()))
    await send({"type": "http.response.start", "status": exchange.status, "headers": headers})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _again(content: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read once more."""
    left = [{"type": "http.request", "body": content, "more_body": False}]

    async def hear() -> Message:
        return left.pop() if left else await receive()

    return hear
