"""All routes, as a table: path, and who answers there (reference/01 section 2)."""

import msgspec
from starlette.routing import Route
from starlette.types import ASGIApp

# The compatible dialect is also found where clients look that were given another base URL.
COMPATIBLE_BASES = ("/compatible-mode/v1", "/v1", "/api/v1")
NATIVE = "/api/v1/services/aigc"


class Endpoints(msgspec.Struct, frozen=True):
    """Who answers. Each refuses wrong methods itself, in its own dialect."""

    chat_completions: ASGIApp
    completions: ASGIApp
    text_generation: ASGIApp
    multimodal_generation: ASGIApp
    models: ASGIApp
    live: ASGIApp
    ready: ASGIApp
    metrics: ASGIApp


def routes(at: Endpoints) -> list[Route]:
    """The table."""
    table: list[tuple[str, ASGIApp]] = [
        *((f"{base}/chat/completions", at.chat_completions) for base in COMPATIBLE_BASES),
        *((f"{base}/completions", at.completions) for base in COMPATIBLE_BASES),
        (f"{NATIVE}/text-generation/generation", at.text_generation),
        (f"{NATIVE}/multimodal-generation/generation", at.multimodal_generation),
        *((f"{base}/models", at.models) for base in COMPATIBLE_BASES[:2]),
        *((f"{base}/models/{{name:path}}", at.models) for base in COMPATIBLE_BASES[:2]),
        ("/health/live", at.live),
        ("/health/ready", at.ready),
        ("/metrics", at.metrics),
    ]
    return [Route(path, endpoint) for path, endpoint in table]
