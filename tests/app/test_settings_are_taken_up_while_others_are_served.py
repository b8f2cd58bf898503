"""SIGHUP and what it does: engines come, go and are swapped, and nobody who is served notices."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.engines.tiny import cut_vocabulary, tiny_model
from tests.servers import KEY, server_process
from tests.studios import MESSAGES

from studiolo.engines.gguf import read_header

pytestmark = pytest.mark.anyio

ONE = """
[[deployments]]
name = "one"
engine = "double"
serves = ["qwen-plus"]
"""
TWO = """
[[deployments]]
name = "two"
engine = "double"
parallel = {parallel}
serves = ["qwen-max"]
"""


async def ask(client: aiohttp.ClientSession, model: str) -> int:
    body = {"model": model, "messages": MESSAGES}
    async with client.post("/v1/chat/completions", json=body) as response:
        await response.read()
        return response.status


async def figures(client: aiohttp.ClientSession) -> str:
    async with client.get("/metrics") as response:
        return await response.text()


async def until_answered(client: aiohttp.ClientSession, model: str, status: int) -> None:
    async with asyncio.timeout(10):
        while await ask(client, model) != status:
            await asyncio.sleep(0.01)


async def test_deployments_come_change_and_go(tmp_path: Path) -> None:
    file = tmp_path / "studiolo.toml"
    file.write_text(ONE)
    with server_process(tmp_path) as running:
        headers = {"authorization": f"Bearer {KEY}"}
        async with aiohttp.ClientSession(running.url, headers=headers) as client:
            assert await ask(client, "qwen-plus") == 200
            assert await ask(client, "qwen-max") == 404
            file.write_text(ONE + TWO.format(parallel=3))
            running.process.send_signal(signal.SIGHUP)
            await until_answered(client, "qwen-max", 200)
            assert await ask(client, "qwen-plus") == 200
            assert 'studiolo_places{deployment="two"} 3.0' in await figures(client)
            file.write_text("this is no TOML")
            running.process.send_signal(signal.SIGHUP)
            assert await ask(client, "qwen-max") == 200
            file.write_text(TWO.format(parallel=5))
            running.process.send_signal(signal.SIGHUP)
            await until_answered(client, "qwen-plus", 404)
            assert await ask(client, "qwen-max") == 200
            assert 'studiolo_places{deployment="two"} 5.0' in await figures(client)
    assert running.process.returncode == 0


# title, what is added to the file, what the log says was made anew, what it says is waiting
CHANGED: list[tuple[str, str, list[str], list[str]]] = [
    ("bounds of the queue", "[limits]\nqueue = 5\nwait_s = 3", [], []),
    (
        "bounds of connections",
        "[limits]\nkeep_alive_s = 3\nclient_s = 4\n[server]\ndrain_s = 7",
        [],
        ["server.drain_s", "limits.client_s", "limits.keep_alive_s"],
    ),
    ("a deployment", TWO.format(parallel=3), ["two"], []),
    ("the log", '[log]\nlevel = "warning"\n' + TWO.format(parallel=3), ["two"], ["log.level"]),
]


@pytest.mark.parametrize(
    ("added", "made_anew", "waiting"),
    [case[1:] for case in CHANGED],
    ids=[case[0] for case in CHANGED],
)
async def test_the_log_tells_what_is_taken_up_and_what_waits(
    tmp_path: Path, added: str, made_anew: list[str], waiting: list[str]
) -> None:
    file, printed = tmp_path / "studiolo.toml", tmp_path / "log"
    file.write_text(ONE)
    json_lines = {"STUDIOLO_LOG__FORMAT": "json"}
    with (
        printed.open("w") as log,
        server_process(tmp_path, environment=json_lines, stderr=log) as running,
    ):
        file.write_text(ONE + added)
        running.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(10):
            while not (told := events(printed, "settings.taken_up")):
                await asyncio.sleep(0.01)
    assert [(each["made_anew"], each["waiting"]) for each in told] == [(made_anew, waiting)]


async def test_weights_that_were_replaced_are_loaded(tmp_path: Path, smollm2_path: Path) -> None:
    vocabulary = read_header(smollm2_path).vocabulary
    weights = tiny_model(tmp_path / "w.gguf", cut_vocabulary(vocabulary, 600, pre="smollm"))
    file, printed = tmp_path / "studiolo.toml", tmp_path / "log"
    file.write_text(
        f'[[deployments]]\nname = "one"\nweights = "{weights}"\nfamily = "smollm2"\n'
        'context = 256\nserves = ["qwen-plus"]\n'
    )
    json_lines = {"STUDIOLO_LOG__FORMAT": "json"}
    with (
        printed.open("w") as log,
        server_process(tmp_path, environment=json_lines, stderr=log) as running,
    ):
        running.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(30):
            while not events(printed, "settings.taken_up"):
                await asyncio.sleep(0.01)
        other = tiny_model(tmp_path / "other", cut_vocabulary(vocabulary, 700, pre="smollm"))
        other.replace(weights)
        running.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(30):
            while len(told := events(printed, "settings.taken_up")) < 2:
                await asyncio.sleep(0.01)
    assert [each["made_anew"] for each in told] == [[], ["one"]]


def events(printed: Path, name: str) -> list[dict[str, Any]]:
    """What the log says of one event, as far as whole lines are there."""
    whole, _, _ = printed.read_text().rpartition("\n")
    lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]
