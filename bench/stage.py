"""What a run works on: the servers, and short ways to ask them."""

import json
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

import msgspec

from bench import over_http, studio
from bench.load import Job, Outcome
from bench.processes import Server, cores, load, server

KEY = "sk-only-for-benchmarks"
CHAT = "/compatible-mode/v1/chat/completions"
NATIVE = "/api/v1/services/aigc/text-generation/generation"
QUESTION = [{"role": "user", "content": "How do the tides work, in two or three sentences?"}]
Way = Literal["openai", "incremental", "cumulative"]


class Stage(msgspec.Struct, frozen=True):
    """Both servers on one core; the load, and an engine over HTTP, on the other."""

    studio: Server
    trivial: Server
    load_core: int | None
    short: bool
    idle_rss_mb: float
    bytecode: str

    def seconds(self, usual: float) -> float:
        """How long to measure."""
        return usual / 3 if self.short else usual

    def ask(self, job: Job) -> Outcome:
        """Run one job."""
        return load(job, core=self.load_core)


@contextmanager
def open_stage(*, short: bool) -> Generator[Stage]:
    """Start everything that is measured, and end it afterwards."""
    load_core, server_core = cores()
    with (
        tempfile.TemporaryDirectory(prefix="studiolo-bench-") as home,
        tempfile.TemporaryDirectory(prefix="studiolo-bench-") as bytecode,
        server(["-m", "bench.trivial"], environment={}, core=server_core) as trivial,
        server(["-m", "bench.engine"], environment=at_the_engine(home), core=load_core),
        server(
            ["-m", "bench.studio"],
            environment={**bare_environment(home, bytecode), **at_the_engine(home)},
            core=server_core,
        ) as running,
    ):
        yield Stage(running, trivial, load_core, short, running.rss_mb(), bytecode)


def at_the_engine(home: str) -> dict[str, str]:
    """Where the engine over HTTP is found."""
    return {over_http.SOCKET: f"{home}/engine.sock"}


def bare_environment(home: str, bytecode: str) -> dict[str, str]:
    """A home and a key; compiled modules are kept apart, so that a run leaves nothing behind."""
    return {"STUDIOLO_HOME": home, "STUDIOLO_API_KEY": KEY, "PYTHONPYCACHEPREFIX": bytecode}


def whole(way: Way, model: str, port: int, **changes: object) -> Job:
    """A job that asks for whole answers."""
    return _job(way, model, port, stream=False, max_tokens=None, changes=changes)


def streamed(way: Way, model: str, port: int, *, max_tokens: int, **changes: object) -> Job:
    """A job that asks for streams."""
    return _job(way, model, port, stream=True, max_tokens=max_tokens, changes=changes)


def _job(
    way: Way,
    model: str,
    port: int,
    *,
    stream: bool,
    max_tokens: int | None,
    changes: dict[str, object],
) -> Job:
    headers = {"Authorization": f"Bearer {KEY}"}
    limit = {} if max_tokens is None else {"max_tokens": max_tokens}
    if way == "openai":
        path = CHAT
        body: dict[str, object] = {"model": model, "messages": QUESTION, "stream": stream, **limit}
    else:
        path = NATIVE
        options = {"result_format": "message", **limit}
        if stream:
            headers["X-DashScope-SSE"] = "enable"
            options["incremental_output"] = way == "incremental"
        body = {"model": model, "input": {"messages": QUESTION}, "parameters": options}
    job = Job(
        port=port, path=path, bodies=(json.dumps(body),), headers=headers, marker=studio.MARKER
    )
    return msgspec.structs.replace(job, **changes)
