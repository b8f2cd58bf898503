"""Is the process alive, and can it answer?"""

import msgspec
from starlette.types import Receive, Scope, Send

from studiolo.http.responses import write
from studiolo.service.deployments import Deployments


class Live:
    """`/health/live`: 200 as long as the loop turns."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        await write(send, msgspec.json.encode({"status": "live"}))


class Ready:
    """`/health/ready`: 200 when every engine serves, else 503 with those that do not."""

    def __init__(self, deployments: Deployments) -> None:
        self._deployments = deployments

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        waiting = self._deployments.waiting
        body = {"status": "loading" if waiting else "ready", "waiting_for": list(waiting)}
        await write(send, msgspec.json.encode(body), status=503 if waiting else 200)
