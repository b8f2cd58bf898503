"""Doubles that record another server and play what was recorded, and how they are asked."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.doubles import Running, double
from tests.servers import KEY

# The key of the caller; upstream's is KEY.
CALLER = "sk-of-the-caller"
SSE = {"x-dashscope-sse": "enable"}
# Status, content type, when to come again, and the body.
Sent = tuple[int, str, str | None, bytes]


async def send(
    server: Running, path: str, body: Any = None, *, headers: dict[str, str] | None = None
) -> Sent:
    """Asks, and gives back all that makes an answer."""
    method = "GET" if body is None else "POST"
    async with server.client.request(method, path, json=body, headers=headers) as response:
        again = response.headers.get("retry-after")
        return response.status, response.headers["content-type"], again, await response.read()


@asynccontextmanager
async def recording(
    tmp_path: Path, rules: str, *, upstream: str = "{url}"
) -> AsyncGenerator[tuple[Running, Running]]:
    """A double that records another one, and that other one."""
    (tmp_path / "upstream").mkdir(exist_ok=True)
    async with (
        double(tmp_path / "upstream", rules) as other,
        recording_of(tmp_path, upstream.format(url=other.url)) as server,
    ):
        yield server, other


@asynccontextmanager
async def recording_of(tmp_path: Path, url: str, **settings: Any) -> AsyncGenerator[Running]:
    """A double that records whatever listens there."""
    (tmp_path / "recorder").mkdir(exist_ok=True)
    cassette = {"record": tmp_path / "c.jsonl", "upstream": url}
    given = {"api_key": CALLER, "upstream_key": KEY, "double": cassette, **settings}
    async with double(tmp_path / "recorder", **given) as server:
        server.client.headers["authorization"] = f"Bearer {CALLER}"
        yield server


@asynccontextmanager
async def playing(tmp_path: Path, **settings: Any) -> AsyncGenerator[Running]:
    """A double that plays what was recorded."""
    (tmp_path / "player").mkdir(exist_ok=True)
    cassette = {"replay": tmp_path / "c.jsonl", **settings}
    async with double(tmp_path / "player", double=cassette) as server:
        yield server
