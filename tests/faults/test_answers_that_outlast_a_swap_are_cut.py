"""SIGHUP takes an engine away: answers that outlast the limit end as if the server stopped."""

import json
import os
import signal
from pathlib import Path

import pytest
from bench.soak.asking import Dialect, Question
from bench.soak.house import children
from tests.faults.house import DIALECTS, SLOW, UNAVAILABLE, Server, rows_in, small
from tests.servers import server_process

pytestmark = pytest.mark.anyio

ENGINES = ["double", "llama.cpp"]


def write_settings(home: Path, deployment: dict[str, object]) -> None:
    lines = [f"{key} = {json.dumps(value)}" for key, value in deployment.items()]
    text = "\n".join(["[server]", "drain_s = 1", "[[deployments]]", *lines])
    (home / "studiolo.toml").write_text(text)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_whoever_is_cut_is_told_so(
    tmp_path: Path, smollm2_path: Path, engine: str, dialect: Dialect
) -> None:
    slow = {**SLOW, "tokens_per_s": 3, "parallel": 2}
    deployment = slow if engine == "double" else small(smollm2_path, parallel=2, context=8192)
    write_settings(tmp_path, deployment)
    with server_process(tmp_path) as running:
        server = Server(running, tmp_path)
        question = Question(dialect, streamed=True, max_tokens=6000)
        streams = [await server.begun(question) for _ in range(2)]
        for pid in children(server.pid):
            os.kill(pid, signal.SIGSTOP)  # so that nothing more is written
        write_settings(tmp_path, {**deployment, "parallel": 1})
        server.process.send_signal(signal.SIGHUP)
        for heard, task in streams:
            await task
            assert heard.error == UNAVAILABLE[dialect]
            assert not heard.complete
        rows = await rows_in(tmp_path, 2)
    assert [(row["status"], row["error"]) for row in rows] == [("abandoned", None)] * 2
    assert all(row["output"] > 0 for row in rows)
