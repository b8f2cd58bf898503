"""A web server on this machine that can be told to misbehave."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

# How many bytes come before the connection breaks, or quite another answer.
Fault = int | web.StreamResponse | Awaitable[web.StreamResponse]


@dataclass
class Host:
    """Serves the files; each of `faults` spoils one answer to a GET."""

    files: dict[str, bytes]
    etag: str | None = '"one"'
    resumes: bool = True
    faults: list[Callable[["Host", web.Request], Fault]] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.headers.get('Range', '')}".strip())
        if request.path in self.moved:
            return web.Response(status=302, headers={"Location": self.moved[request.path]})
        body = self.files.get(request.path)
        if body is None:
            return web.Response(status=404)
        cut: int | None = None
        if request.method == "GET" and self.faults and not request.path.endswith(".sha256"):
            fault = self.faults.pop(0)(self, request)
            if isinstance(fault, int):
                cut = fault
            else:
                return fault if isinstance(fault, web.StreamResponse) else await fault
        start = self._start(request)
        response = web.StreamResponse(status=206 if start else 200)
        if self.etag:
            response.headers["ETag"] = self.etag
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        response.headers.update(self.headers.get(request.path, {}))
        response.content_length = len(body) - start
        await response.prepare(request)
        if request.method != "HEAD":
            await response.write(body[start : None if cut is None else start + cut])
        if cut is not None and request.transport is not None:
            request.transport.close()
        return response

    def _start(self, request: web.Request) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        valid = request.headers.get("If-Range", self.etag) == self.etag
        return int(asked[1]) if asked and valid and self.resumes else 0


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    serving = Host({})
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serving.answer)
    async with TestServer(app) as server:
        serving.url = str(server.make_url("/")).rstrip("/")
        yield serving
