"""An error on any path, be there a route or not, is told in the dialect that is spoken there."""

import aiohttp
import pytest

from studiolo.http.routes import is_native

pytestmark = pytest.mark.anyio
PATHS = [
    ("/api/v1/services/aigc/text-generation/generation", True),
    ("/api/v1/services/nowhere", True),
    ("/api/v1/tasks/1", True),
    ("/api/v2/nowhere", True),
    ("/api/v1/chat/completions", False),
    ("/api/v1/chat/nowhere", False),
    ("/api/v1/completions", False),
    ("/api/v1/responses", False),
    ("/api/v1/responses/resp_1", False),
    ("/api/v2/apps/protocols/compatible-mode/v1/responses", False),
    ("/api/v2/apps/protocols/compatible-mode/v1/conversations", False),
    ("/compatible-mode/v1/responses/resp_1", False),
    ("/v1/nowhere", False),
    ("/", False),
]


@pytest.mark.parametrize(("path", "native"), PATHS)
async def test_a_path_tells_its_dialect(
    client: aiohttp.ClientSession, path: str, native: bool
) -> None:
    assert is_native(path) is native
    async with client.delete(path) as response:
        body = await response.json()
    assert response.status in (400, 404)
    assert set(body) == ({"code", "message", "request_id"} if native else {"error", "request_id"})
