"""Clients such as Java's ask for HTTP/2 with their first request: it is answered as it stands."""

import asyncio
import json

import aiohttp
import pytest
from tests.servers import KEY
from tests.studios import COMPATIBLE

pytestmark = pytest.mark.anyio

QUESTION = json.dumps(
    {"model": "qwen-plus", "messages": [{"role": "user", "content": "Tell me of boats"}]}
).encode()
H2C = (
    b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\n"
    b"http2-settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\n"
)
WEBSOCKET = b"connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
HEAD = f"POST {COMPATIBLE} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n".encode()
LENGTH = b"content-length: %d\r\n\r\n" % len(QUESTION)
CHUNKED = b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(QUESTION), QUESTION)


async def said(client: aiohttp.ClientSession, *pieces: bytes) -> bytes:
    """All that is answered to these, each of which comes for itself."""
    url = client._base_url
    assert url is not None
    reader, writer = await asyncio.open_connection(url.host, url.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        # Our own loop reads it in one of these turns, so that it comes for itself.
        for _ in range(5):
            await asyncio.sleep(0)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


ANSWERED = [
    (HEAD + H2C + LENGTH + QUESTION,),
    (HEAD + H2C + LENGTH, QUESTION),
    (HEAD + H2C[:30], H2C[30:] + LENGTH[:-1], LENGTH[-1:] + QUESTION[:9], QUESTION[9:]),
    (HEAD + H2C + CHUNKED,),
    (HEAD + H2C + CHUNKED[:40], CHUNKED[40:]),
    (HEAD + WEBSOCKET + LENGTH + QUESTION,),
    (HEAD + H2C + LENGTH + QUESTION + HEAD + LENGTH + QUESTION,),
    (HEAD + H2C + LENGTH + QUESTION, b"\x00\xff no HTTP"),
]


@pytest.mark.parametrize("pieces", ANSWERED)
async def test_the_request_is_answered_and_is_the_last(
    client: aiohttp.ClientSession, pieces: tuple[bytes, ...]
) -> None:
    answer = await said(client, *pieces)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nconnection: close" in head
    assert answer.count(b"HTTP/1.1") == 1
    assert "boats" in json.loads(body)["choices"][0]["message"]["content"]


REFUSED = [
    (b"CONNECT a:80 HTTP/1.1\r\nhost: x\r\n\r\n", b"HTTP/1.1 400 "),
    (b"GET /health/live HTTP/1.1\r\nhost: x\r\n" + H2C + b"\r\n", b"HTTP/1.1 200 "),
    (HEAD + H2C + b"\r\n", b"HTTP/1.1 400 "),
    (HEAD + H2C + b"content-length: 300000\r\n\r\n", b"HTTP/1.1 400 "),
    (HEAD + H2C + b"transfer-encoding: chunked\r\n\r\nno size\r\n", b"HTTP/1.1 400 "),
    (b"no HTTP\r\n\r\n", b"HTTP/1.1 400 "),
]


@pytest.mark.parametrize(("request_", "status"), REFUSED)
async def test_what_is_wrong_with_it_is_told_as_always(
    client: aiohttp.ClientSession, request_: bytes, status: bytes
) -> None:
    assert (await said(client, request_)).startswith(status)
