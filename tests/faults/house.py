"""A server process for one test: asked, watched, killed, and what it left in its home."""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from bench.soak.asking import Dialect, Heard, Question
from bench.soak.house import alive, children, figures_in, rows_of
from tests.servers import KEY, Running, server_process

from studiolo.engines.llamacpp.server import LlamaServer

DEADLINE_S = 30.0
PAUSE_S = 0.01
# The journal is told with a token, at most every quarter of a second; reading is a little uneven.
PROMISE_S = 0.25 + 0.1
DIALECTS: tuple[Dialect, ...] = ("openai", "dashscope")
# What each dialect says when its engine breaks, and when nobody can answer at the moment.
BROKEN = {"openai": "internal_error", "dashscope": "InternalError.Algo"}
UNAVAILABLE = {"openai": "internal_error", "dashscope": "ModelUnavailable"}

# So slow that an answer of the double outlasts what a test does meanwhile.
SLOW: dict[str, object] = {"name": "double", "engine": "double", "tokens_per_s": 20}
QUICK: dict[str, object] = {"name": "double", "engine": "double"}


def small(weights: Path, **more: object) -> dict[str, object]:
    """A deployment on a real model that answers to every name."""
    return {"name": "small", "weights": str(weights), "family": "smollm2", **more}


class Server:
    """A running server as a test sees it."""

    def __init__(self, running: Running, home: Path) -> None:
        self.home = home
        self.url = running.url
        self.process = running.process

    @property
    def pid(self) -> int:
        return self.process.pid

    def engine(self) -> int:
        """The one engine process."""
        (pid,) = children(self.pid)
        return pid

    async def ask(self, question: Question, *, until: int | None = None) -> Heard:
        """Ask and listen: to the end, or until so many tokens came; then the client is gone."""
        heard = Heard(question)
        async with self.asking(question, heard) as response:
            if response.status != 200 or not question.streamed:
                heard.whole(await response.read())
                return heard
            async for data in response.content.iter_any():
                heard.feed(data)
                if until is not None and heard.tokens >= until:
                    break
        return heard

    @asynccontextmanager
    async def asking(
        self, question: Question, heard: Heard
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """The response to a question, while it is open."""
        async with (
            aiohttp.ClientSession(self.url, timeout=aiohttp.ClientTimeout(60)) as session,
            session.post(
                question.path, json=question.body(), headers=question.headers(KEY)
            ) as response,
        ):
            heard.request_id = response.headers["x-request-id"]
            heard.status = response.status
            yield response

    async def begun(
        self, question: Question, *, tokens: int = 1
    ) -> tuple[Heard, asyncio.Task[None]]:
        """A stream with its first tokens, and the task that listens on."""
        heard, there = Heard(question), asyncio.Event()

        async def listen() -> None:
            async with self.asking(question, heard) as response:
                async for data in response.content.iter_any():
                    heard.feed(data)
                    if heard.tokens >= tokens:
                        there.set()

        task = asyncio.create_task(listen())
        waiting = asyncio.create_task(there.wait())
        await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED, timeout=DEADLINE_S)
        waiting.cancel()
        assert heard.tokens >= tokens, (heard.status, heard.error)
        return heard, task

    async def served_again(self, question: Question) -> Heard:
        """Ask until it is answered; meanwhile it is told when to come again."""
        for _ in range(int(DEADLINE_S / 0.05)):
            heard = await self.ask(question)
            if not heard.error:
                return heard
            assert heard.status == 503, heard.error
            await asyncio.sleep(0.05)
        raise AssertionError("nobody answers any more")

    async def figures(self) -> dict[str, float]:
        async with aiohttp.ClientSession(self.url) as session, session.get("/metrics") as said:
            return figures_in(await said.text())

    async def figure(self, name: str) -> float:
        return (await self.figures())[name]

    async def rows(self, count: int) -> list[dict[str, Any]]:
        """The ledger, once it has this many rows."""
        return await rows_in(self.home, count)

    async def idle(self, deployment: str, places: int) -> None:
        async def free() -> bool:
            name = f'studiolo_places_free{{deployment="{deployment}"}}'
            return await self.figure(name) == places

        await until(free, "free places")

    async def ended(self) -> int:
        """Its exit status."""
        async with asyncio.timeout(DEADLINE_S):
            return await asyncio.to_thread(self.process.wait)


@contextmanager
def serving(home: Path, *deployments: dict[str, object], **settings: object) -> Generator[Server]:
    """A server with these deployments; settings are variables without their prefix."""
    home.mkdir(exist_ok=True)
    variables = {f"STUDIOLO_{name}": str(value) for name, value in settings.items()}
    variables["STUDIOLO_DEPLOYMENTS"] = json.dumps(deployments)
    with server_process(home, environment=variables) as running:
        yield Server(running, home)


@contextmanager
def locked(home: Path) -> Generator[None]:
    """Somebody else holds the database."""
    database = sqlite3.connect(home / "studiolo.db", isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


def promised(heard: Heard) -> int:
    """Tokens that must not be lost when the server is killed: all but the last stretch."""
    last, _ = heard.seen[-1]
    return heard.tokens_at(last - PROMISE_S)


async def rows_in(home: Path, count: int) -> list[dict[str, Any]]:
    """The ledger in this home, once it has this many rows."""

    async def enough() -> bool:
        return len(rows_of(home)) >= count

    await until(enough, f"{count} rows")
    return rows_of(home)


async def until(claim: Callable[[], Awaitable[bool]], what: str) -> None:
    """Comes back when the claim holds; an AssertionError names what did not come."""
    for _ in range(int(DEADLINE_S / PAUSE_S)):
        if await claim():
            return
        await asyncio.sleep(PAUSE_S)
    raise AssertionError(f"{what} did not come within {DEADLINE_S} s")


def socket_of(server: Server) -> Path:
    """Where its engine listens; it stands on the engine's command line."""
    command = Path(f"/proc/{server.engine()}/cmdline").read_text()
    return Path(command.partition('"socket": "')[2].partition('"')[0])


async def slots_at_work(server: Server, slots: int) -> None:
    """Comes back when the engine itself says that it works on so many answers."""
    engine = LlamaServer.on_socket(socket_of(server))

    async def so_many() -> bool:
        return await engine.busy() == slots

    try:
        await until(so_many, f"work in {slots} slots")
    finally:
        await engine.close()


async def until_gone(pid: int) -> None:
    """Comes back when the process has ended."""

    async def gone() -> bool:
        return not alive(pid)

    await until(gone, f"the end of process {pid}")


def left_in(home: Path) -> list[str]:
    """Journals, sockets and run folders in this home."""
    return [
        os.fspath(path.relative_to(home))
        for folder in ("journal", "run")
        for path in (home / folder).rglob("*")
    ]
