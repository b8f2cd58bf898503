"""What every request passes first: a tidy path, an identity, and a net under everything."""

import asyncio
import re
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studiolo.core.errors import InternalFault, ModelUnavailable, PathNotFound, StudioloError
from studiolo.http.responses import respond
from studiolo.http.routes import is_native
from studiolo.protocols.codec import Identity, Refusal
from studiolo.protocols.dashscope.errors import refuse as refuse_native
from studiolo.protocols.openai.errors import refuse as refuse_compatible
from studiolo.telemetry.ids import new_request_id

log = structlog.get_logger()

SLASHES = re.compile("/{2,}")


def identity_of(scope: Scope) -> Identity:
    """Who this request is."""
    return scope["studiolo.identity"]


def refuse(scope: Scope, error: StudioloError) -> Refusal:
    """The error in the dialect that the path speaks, for routes that belong to no codec."""
    refuse_in_dialect = refuse_native if is_native(scope["path"]) else refuse_compatible
    return refuse_in_dialect(error, identity_of(scope))


class Edge:
    """Outermost middleware.

    Double and trailing slashes are tolerated (reference/01 section 1); every response carries
    `x-request-id`; whatever nobody else caught becomes the dialect's internal error.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["path"] = tidy(scope["path"])
        identity = Identity(new_request_id(), int(time.time()))
        scope["studiolo.identity"] = identity
        header = (b"x-request-id", identity.request_id.encode())
        started = False

        async def send_marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], header]
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except asyncio.CancelledError:
            # The server stops and does not wait any longer. This is the end of the task, so
            # nobody above would hear of it.
            log.info("request.cut", request_id=identity.request_id)
            if not started:
                await respond(send_marked, refuse(scope, ModelUnavailable("the server stops")))
        except Exception:
            log.exception("request.broke", request_id=identity.request_id)
            if not started:
                await respond(send_marked, refuse(scope, InternalFault()))


class NotFound:
    """The route of all paths that have none."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI; other protocols than HTTP are left alone."""
        if scope["type"] == "http":
            await respond(send, refuse(scope, PathNotFound(scope["path"])))


def tidy(path: str) -> str:
    """One slash between words, none at the end."""
    if "//" not in path and not path.endswith("/"):
        return path
    return SLASHES.sub("/", path).rstrip("/") or "/"
