"""Slow heads, slow bodies and readers that do not read: each has its time, and no more."""

import asyncio
import json
import select
import socket
from pathlib import Path

import pytest
from tests.servers import KEY
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, scripted, studio, until

from studiolo.engines.scripted.steps import Pause, Recital, Say
from studiolo.http.connection import HEAD_BYTES

pytestmark = pytest.mark.anyio

HI = Recital(Say("hi"))


async def connected(base: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = base.removeprefix("http://").rstrip("/").rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def everything(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(10):
        return await reader.read()


async def test_a_head_that_never_ends_is_hung_up(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(HI), client_s=0.05) as here:
        for start in (b"", b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n"):
            reader, writer = await connected(str(here.client._base_url))
            writer.write(start)
            assert await everything(reader) == b""
            writer.close()


async def test_a_head_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(HI)) as here:
        reader, writer = await connected(str(here.client._base_url))
        writer.write(b"GET / HTTP/1.1\r\nx: " + b"x" * (HEAD_BYTES + 1))
        assert (await everything(reader)).startswith(b"HTTP/1.1 400 ")
        writer.close()


@pytest.mark.parametrize("path", [COMPATIBLE, "/api/v1/services/aigc/text-generation/generation"])
async def test_a_body_that_never_ends_is_refused(tmp_path: Path, path: str) -> None:
    async with studio(tmp_path, scripted(HI), client_s=0.2) as here:
        reader, writer = await connected(str(here.client._base_url))
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n"
        writer.write(head.encode() + b"content-length: 100\r\n\r\n{")
        async with asyncio.timeout(10):
            line = await reader.readline()
        assert line.startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_a_stranger_is_told_before_his_body_is_read(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(HI)) as here:
        reader, writer = await connected(str(here.client._base_url))
        writer.write(
            f"POST {COMPATIBLE} HTTP/1.1\r\nhost: x\r\ncontent-length: 9000\r\n\r\n".encode()
        )
        async with asyncio.timeout(10):
            line = await reader.readline()
        assert line.startswith(b"HTTP/1.1 401 ")
        writer.close()


async def test_a_reader_that_does_not_read_gives_its_place_back(tmp_path: Path) -> None:
    talks = Recital(*[Say("word " * 50)] * 70)
    async with studio(tmp_path, scripted(talks), client_s=0.3, keep_alive_s=0.1) as here:
        _, writer = await connected(str(here.client._base_url))
        whole = {"input": {"prompt": "hi"}, "parameters": {"incremental_output": False}}
        writer.write(asking(NATIVE, whole, streamed=True))
        (row,) = await here.rows(1)
        await here.idle()
        writer.close()
    assert row["status"] == "abandoned"


async def test_a_reader_that_does_not_read_is_hung_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And nothing of it sounds as if it were a fault of ours."""
    talks = Recital(*[Say("word " * 50)] * 70)
    async with studio(tmp_path, scripted(talks), client_s=0.3, keep_alive_s=0.1) as here:
        host, _, port = here.url.removeprefix("http://").rpartition(":")
        whole = {"input": {"prompt": "hi"}, "parameters": {"incremental_output": False}}
        with socket.create_connection((host, int(port))) as client:
            client.sendall(asking(NATIVE, whole, streamed=True))
            broken = select.poll()
            broken.register(client, 0)
            await until(lambda: bool(broken.poll(0)))
        (row,) = await here.rows(1)
    assert row["status"] == "abandoned"
    assert [line.getMessage() for line in caplog.records if line.levelname == "ERROR"] == []


# -- clients that ask before they were answered


def asking(path: str, question: dict[str, object], *, streamed: bool = False) -> bytes:
    """A request as it stands on the wire."""
    body = json.dumps({"model": "qwen-plus", **question}).encode()
    sse = "x-dashscope-sse: enable\r\n" if streamed else ""
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n{sse}"
    return head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize("streamed", [True, False])
async def test_one_who_asks_twice_and_goes_away_is_heard(tmp_path: Path, streamed: bool) -> None:
    waits = Recital(Say("word"), Pause(3600), Say("end"))
    async with studio(tmp_path, scripted(waits)) as here:
        reader, writer = await connected(str(here.client._base_url))
        question = {"messages": MESSAGES, "stream": streamed}
        writer.write(asking(COMPATIBLE, question) * 2)
        await until(lambda: here.places.free < here.places.capacity)
        if streamed:
            await reader.readline()
        writer.close()
        (row,) = await here.rows(1)
        await here.idle()
    assert row["status"] == "abandoned"


@pytest.mark.parametrize("streamed", [True, False])
async def test_one_who_asks_at_length_and_goes_away_is_heard(
    tmp_path: Path, streamed: bool
) -> None:
    """A long body stops the reading of its connection; whoever has taken it goes on reading."""
    waits = Recital(Pause(3600), Say("end"))
    async with studio(tmp_path, scripted(waits)) as here:
        _, writer = await connected(str(here.client._base_url))
        question = {"messages": MESSAGES, "stream": streamed, "user": "x" * 200_000}
        writer.write(asking(COMPATIBLE, question))
        await until(lambda: here.places.free < here.places.capacity)
        writer.close()
        (row,) = await here.rows(1)
        await here.idle()
    assert row["status"] == "abandoned"


async def test_one_who_asks_twice_is_answered_once_and_asks_again(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(HI)) as here:
        reader, writer = await connected(str(here.client._base_url))
        writer.write(asking(COMPATIBLE, {"messages": MESSAGES}) * 3)
        answer = await everything(reader)
        assert answer.count(b"HTTP/1.1 200 ") == answer.count(b'"content":"hi"') == 1
        writer.close()
        reader, writer = await connected(str(here.client._base_url))
        for _ in range(2):
            writer.write(asking(COMPATIBLE, {"messages": MESSAGES}))
            async with asyncio.timeout(10):
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                assert b'"content":"hi"' in await reader.readexactly(size)
        writer.close()
