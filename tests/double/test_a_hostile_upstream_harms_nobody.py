"""Whatever upstream sends, its caller hears in his dialect which host failed, and at what.

Nothing of it gets into the cassette."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.double.hostile import JSON, Answer, Asked, forever, hostile, whole
from tests.double.hostile_answers import (
    BROKEN,
    FRAME,
    ODD,
    REFUSED,
)
from tests.doubles import Running, native_question, question
from tests.recordings import SSE, recording_of
from tests.servers import KEY
from tests.studios import COMPATIBLE, NATIVE

from studiolo.core.errors import UpstreamFailed
from studiolo.service.double.upstream import Bounds, open_upstream


class Here(msgspec.Struct, frozen=True, eq=False):
    """A double that records a hostile server."""

    server: Running
    host: str
    asked: Asked
    cassette: Path

    async def ask(self, path: str, body: Any, **headers: str) -> tuple[int, bytes]:
        async with self.server.client.post(path, json=body, headers=headers) as response:
            return response.status, await response.read()


@pytest.fixture(scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Here]:
    folder = tmp_path_factory.mktemp("hostile")
    answers = {name: answer for name, (answer, _) in {**REFUSED, **BROKEN, **ODD}.items()}
    async with hostile(answers) as (url, asked), recording_of(folder, url) as server:
        yield Here(server, url.removeprefix("http://"), asked, folder / "c.jsonl")


@pytest.mark.parametrize("name", REFUSED)
async def test_the_caller_hears_in_his_dialect_which_host_failed(here: Here, name: str) -> None:
    before = here.cassette.read_bytes()
    told = f"upstream {here.host} {REFUSED[name][1]}"
    number, body = await here.ask(COMPATIBLE, question(name))
    error = json.loads(body)["error"]
    assert (number, error["code"]) == (503, "internal_error")
    assert error["message"].startswith(told)
    number, body = await here.ask(NATIVE, native_question(name))
    error = json.loads(body)
    assert (number, error["code"]) == (503, "ModelUnavailable")
    assert error["message"].startswith(told)
    assert KEY not in body.decode()
    assert here.cassette.read_bytes() == before


@pytest.mark.parametrize("name", BROKEN)
async def test_a_stream_that_breaks_ends_with_the_dialects_error(here: Here, name: str) -> None:
    before = here.cassette.read_bytes()
    told = f"upstream {here.host} {BROKEN[name][1]}"
    number, body = await here.ask(COMPATIBLE, question(name, stream=True))
    first, *_, last = (frame for frame in body.split(b"\n\n") if frame)
    assert (number, first + b"\n\n") == (200, FRAME)
    assert json.loads(last.removeprefix(b"data: "))["error"]["message"] == told
    number, body = await here.ask(NATIVE, native_question(name), **SSE)
    last = body.strip().rpartition(b"\n\n")[2]
    event, data = last.split(b"\n")[1], last.rpartition(b"\ndata:")[2]
    assert (number, event) == (200, b"event:error")
    assert json.loads(data)["message"] == told
    assert here.cassette.read_bytes() == before


@pytest.mark.parametrize("name", ODD)
async def test_what_is_only_odd_is_passed_on_and_kept(here: Here, name: str) -> None:
    before = len(here.cassette.read_bytes().splitlines())
    _, body = await here.ask(COMPATIBLE, question(name))
    assert body == ODD[name][1]
    assert len(here.cassette.read_bytes().splitlines()) == before + 1


async def test_each_connection_is_used_once(here: Here) -> None:
    before = len(here.asked.heads)
    for _ in range(2):
        await here.ask(COMPATIBLE, question("more responses than one"))
    heads = here.asked.heads[before:]
    assert len(heads) == 2
    assert all(b"\r\naccept-encoding: identity\r\n" in head.lower() for head in heads)


async def _failure(url: str, bounds: Bounds | None = None, *, text: str = "x") -> str:
    """What is said where this upstream is asked for a whole answer."""
    body = json.dumps(question(text)).encode()
    with pytest.raises(UpstreamFailed) as caught:
        async with (
            asyncio.timeout(30),
            open_upstream(url, key=KEY, bounds=bounds) as upstream,
            upstream.ask("POST", COMPATIBLE, headers={}, body=body) as answer,
        ):
            [piece async for piece in answer.pieces]
    return str(caught.value)


SLOW: list[tuple[str, Answer, Bounds, str]] = [
    ("a head that drips", lambda: forever(JSON, b"x: ", b"y"), Bounds(silent_s=0.02), "is silent"),
    (
        "interim responses without end",
        lambda: forever(b"HTTP/1.1 100 Continue\r\n\r\n"),
        Bounds(silent_s=0.2),
        "is silent",
    ),
    (
        "a body that drips",
        lambda: forever(JSON, b"\r\n", b" "),
        Bounds(whole_s=0.2),
        "broke off its answer: it took longer than 0.2 s",
    ),
]


@pytest.mark.parametrize(("name", "answer", "bounds", "told"), SLOW, ids=[row[0] for row in SLOW])
async def test_nobody_waits_for_what_drips(
    name: str, answer: Answer, bounds: Bounds, told: str
) -> None:
    def dripping():
        for piece in answer():
            yield from (piece[n : n + 1] for n in range(len(piece)))

    async with hostile({name: dripping}) as (url, _):
        said = await _failure(url, bounds, text=name)
    assert said == f"upstream {url.removeprefix('http://')} {told}"


async def test_all_answers_together_have_a_bound() -> None:
    half = JSON + b"content-length: 99\r\n\r\n" + b" " * 60
    async with (
        hostile({"half": lambda: [half], "x": lambda: [whole(b" " * 60)]}) as (url, _),
        open_upstream(url, key=KEY, bounds=Bounds(all_bytes=100)) as upstream,
    ):
        body = {name: json.dumps(question(name)).encode() for name in ("half", "x")}

        async def ask(name: str) -> int:
            async with upstream.ask("POST", COMPATIBLE, headers={}, body=body[name]) as answer:
                return len([piece async for piece in answer.pieces])

        async with upstream.ask("POST", COMPATIBLE, headers={}, body=body["half"]) as first:
            await anext(first.pieces)
            with pytest.raises(UpstreamFailed, match="more than 100 bytes to all who ask"):
                await ask("x")
        assert await ask("x") == 1


async def test_a_host_that_is_not_there_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        said = await _failure(f"http://{host}")
    assert said == f"upstream {host} cannot be reached: Connection refused"


async def test_a_host_without_an_address_is_named() -> None:
    said = await _failure("https://upstream.invalid/compatible-mode/v1")
    assert said == "upstream upstream.invalid is not known by that name"


async def test_a_host_that_does_not_speak_tls_is_named() -> None:
    async with listening(None) as host:
        assert await _failure(f"https://{host}") == f"upstream {host} does not speak TLS with us"


async def test_a_host_whose_certificate_nobody_knows_is_named(tmp_path: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(_own_certificate(tmp_path / "own.pem"))
    async with listening(context) as host:
        said = await _failure(f"https://{host}")
    assert said == f"upstream {host} has a certificate that is not trusted"


@asynccontextmanager
async def listening(context: ssl.SSLContext | None) -> AsyncGenerator[str]:
    """A server that says a word, with TLS or without, and hangs up."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _own_certificate(path: Path) -> Path:
    """A key and a certificate that it signed itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    signed = x509.CertificateBuilder(
        name, name, key.public_key(), 1, begin, begin + timedelta(days=36500)
    ).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path
