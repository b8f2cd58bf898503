"""`/metrics`, for Prometheus."""

from starlette.types import Receive, Scope, Send

from studiolo.http.responses import write
from studiolo.telemetry.metrics import CONTENT_TYPE, Metrics


class MetricsEndpoint:
    """Figures of this process; no keys and no prompts are among them."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        headers = ((b"content-type", CONTENT_TYPE.encode()),)
        await write(send, self._metrics.exposition(), headers=headers)
