"""Shows a double's inspection every request on its way, and what it is answered."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studiolo.http.chat import headers_of
from studiolo.http.double.known import asks_for_events
from studiolo.http.edge import identity_of
from studiolo.http.routes import is_native
from studiolo.service.double.inspection import Arrived, Inspection

# Questions about the server itself are no requests to a model.
_PASSED_OVER = ("/double", "/health", "/metrics")


class Watching:
    """Middleware that changes nothing."""

    def __init__(self, app: ASGIApp, inspection: Inspection) -> None:
        self._app = app
        self._inspection = inspection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"].startswith(_PASSED_OVER):
            await self._app(scope, receive, send)
            return
        inspection, request_id = self._inspection, identity_of(scope).request_id
        inspection.begin(request_id, _arrived(scope))
        pieces: list[bytes] = []

        async def hear() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                pieces.append(message.get("body", b""))
                if not message.get("more_body", False):
                    inspection.asked(request_id, b"".join(pieces))
                    pieces.clear()
            return message

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                inspection.answered(request_id, message["status"])
            await send(message)

        await self._app(scope, hear, tell)


def _arrived(scope: Scope) -> Arrived:
    path = scope["path"]
    native = is_native(path)
    return Arrived(
        method=scope["method"],
        path=path,
        headers=scope["headers"],
        dialect="dashscope" if native else "openai",
        streamed=asks_for_events(headers_of(scope)) if native else None,
    )
