"""All routes, as a table: path, and who answers there (reference/01 section 2)."""

from starlette.routing import Route
from starlette.types import ASGIApp

# The compatible dialect is also found where clients look that were given another base URL.
COMPATIBLE_BASES = ("/compatible-mode/v1", "/v1", "/api/v1")
NATIVE = "/api/v1/services/aigc"


def routes(
    *,
    chat_completions: ASGIApp,
    text_generation: ASGIApp,
    multimodal_generation: ASGIApp,
    models: ASGIApp,
    live: ASGIApp,
    ready: ASGIApp,
) -> list[Route]:
    """Each endpoint answers wrong methods itself, in its own dialect."""
    table: list[tuple[str, ASGIApp]] = [
        *((f"{base}/chat/completions", chat_completions) for base in COMPATIBLE_BASES),
        (f"{NATIVE}/text-generation/generation", text_generation),
        (f"{NATIVE}/multimodal-generation/generation", multimodal_generation),
        *((f"{base}/models", models) for base in COMPATIBLE_BASES[:2]),
        *((f"{base}/models/{{name:path}}", models) for base in COMPATIBLE_BASES[:2]),
        ("/health/live", live),
        ("/health/ready", ready),
    ]
    return [Route(path, endpoint) for path, endpoint in table]
