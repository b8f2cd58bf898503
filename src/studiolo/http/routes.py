"""All routes, as a table: path, and who answers there (reference/01 section 2)."""

from collections.abc import Awaitable, Sequence

import msgspec
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

# The compatible dialect is also found where clients look that were given another base URL.
COMPATIBLE_BASES = ("/compatible-mode/v1", "/v1", "/api/v1")
# Responses were first found here.
LEGACY_BASE = "/api/v2/apps/protocols/compatible-mode/v1"
RESPONSES_BASES = (*COMPATIBLE_BASES, LEGACY_BASE)
NATIVE = "/api/v1/services/aigc"
_NATIVE_PREFIX = "/api/"
_COMPATIBLE_AMONG_NATIVE = (
    *(f"{COMPATIBLE_BASES[2]}/{name}" for name in ("chat/", "completions", "responses")),
    f"{LEGACY_BASE}/",
)


class Endpoints(msgspec.Struct, frozen=True):
    """Who answers. Each refuses wrong methods itself, in its own dialect."""

    chat_completions: ASGIApp
    completions: ASGIApp
    responses: ASGIApp
    text_generation: ASGIApp
    multimodal_generation: ASGIApp
    models: ASGIApp
    live: ASGIApp
    ready: ASGIApp
    metrics: ASGIApp


def is_native(path: str) -> bool:
    """Whether the native dialect is spoken there, be there a route or not."""
    return path.startswith(_NATIVE_PREFIX) and not path.startswith(_COMPATIBLE_AMONG_NATIVE)


def routes(at: Endpoints) -> list[Route]:
    """The table."""
    table: list[tuple[str, ASGIApp]] = [
        *((f"{base}/chat/completions", at.chat_completions) for base in COMPATIBLE_BASES),
        *((f"{base}/completions", at.completions) for base in COMPATIBLE_BASES),
        *((f"{base}/responses", at.responses) for base in RESPONSES_BASES),
        (f"{NATIVE}/text-generation/generation", at.text_generation),
        (f"{NATIVE}/multimodal-generation/generation", at.multimodal_generation),
        *((f"{base}/models", at.models) for base in COMPATIBLE_BASES[:2]),
        *((f"{base}/models/{{name:path}}", at.models) for base in COMPATIBLE_BASES[:2]),
        ("/health/live", at.live),
        ("/health/ready", at.ready),
        ("/metrics", at.metrics),
    ]
    return [Route(path, endpoint) for path, endpoint in table]


class Paths:
    """Finds who answers: most paths are one word of the table, and need no search."""

    def __init__(self, table: Sequence[Route], *, otherwise: ASGIApp) -> None:
        self._known = {route.path: route.app for route in table if not route.param_convertors}
        self._search = Router(table, redirect_slashes=False, default=otherwise)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """ASGI."""
        known = self._known.get(scope["path"]) if scope["type"] == "http" else None
        if known is None:
            return self._search(scope, receive, send)
        scope["path_params"] = {}
        return known(scope, receive, send)
