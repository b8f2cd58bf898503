"""Running servers for tests: the whole program as a process, or one app in this loop."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TextIO

import msgspec
from starlette.types import ASGIApp

from studiolo.http.server import HttpServer, listen, url_of

KEY = "sk-a-key-for-tests"
READY = "ready "


class Running(msgspec.Struct, frozen=True):
    """A server process and where it listens."""

    url: str
    process: subprocess.Popen[str]


@contextmanager
def server_process(
    home: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stderr: TextIO | None = None,
) -> Generator[Running]:
    """`studiolo serve` with these arguments on a free port, stopped by SIGTERM at the end."""
    command = [sys.executable, "-m", "studiolo", "serve", "--port", "0", *arguments]
    variables = {
        **os.environ,
        "STUDIOLO_HOME": str(home),
        "STUDIOLO_API_KEY": KEY,
        **(environment or {}),
    }
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=stderr, cwd=home, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith(READY), f"the server said {line!r}"
            yield Running(line.removeprefix(READY).strip(), process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@asynccontextmanager
async def serving(app: ASGIApp, *, client_s: float = 60) -> AsyncGenerator[str]:
    """The app on a free port of this machine, in this loop; the URL."""
    listener = listen("127.0.0.1", 0)
    url = url_of(listener)
    server = HttpServer(app, drain_s=5, client_s=client_s)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.listening.wait()
    try:
        yield url
    finally:
        server.stop()
        await task
