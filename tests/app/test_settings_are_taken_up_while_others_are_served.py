"""SIGHUP and what it does: engines come, go and are swapped, and nobody who is served notices."""

import asyncio
import signal
from pathlib import Path

import aiohttp
import pytest
from tests.servers import KEY, server_process
from tests.studios import MESSAGES

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
