"""Shows a double's inspection every request on its way, and what it is answered."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studiolo.http.chat import SECRET_HEADERS
from studiolo.http.edge import identity_of
from studiolo.service.double.inspection import Inspection

# Questions about the server itself are no requests to a model.
_PASSED_OVER = ("/double", "/health", "/metrics")
_SECRETS = frozenset(name.encode() for name in SECRET_HEADERS)


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
        inspection.begin(
            request_id,
            method=scope["method"],
            path=scope["path"],
            headers=[pair for pair in scope["headers"] if pair[0] not in _SECRETS],
        )
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
