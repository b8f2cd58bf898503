"""Sockets, hosts and URLs: where a request goes, and what it says."""

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.engines.llamacpp.asking import GREEDY

from studiolo.core.errors import EngineFailed, InputTooLong, ModelUnavailable
from studiolo.core.generation import Generation
from studiolo.core.prompt import Prompt
from studiolo.engines.http.address import Address
from studiolo.engines.llamacpp.server import LlamaServer
from studiolo.engines.llamacpp.wire import AnswerReader

pytestmark = pytest.mark.anyio

# URL, key; host, port and TLS; lines of the request
URLS: tuple[tuple[str, str | None, tuple[str, int, bool], tuple[str, ...]], ...] = (
    ("http://10.0.0.1", None, ("10.0.0.1", 80, False), ("GET /props HTTP/1.1", "Host: 10.0.0.1")),
    ("http://gpu:8080/", "k", ("gpu", 8080, False), ("Host: gpu:8080", "Authorization: Bearer k")),
    ("https://GPU.example/llm", None, ("gpu.example", 443, True), ("GET /llm/props HTTP/1.1",)),
    ("http://[::1]:81", None, ("::1", 81, False), ("Host: [::1]:81",)),
    ("http://u:p%40@h", None, ("h", 80, False), ("Host: h", "Authorization: Basic dTpwQA==")),
    ("http://u@h", "k", ("h", 80, False), ("Authorization: Bearer k",)),
    ("http://bücher.example", None, ("xn--bcher-kva.example", 80, False), ()),
    ("http://h/a b", None, ("h", 80, False), ("GET /a%20b/props HTTP/1.1",)),
)

NO_URLS = ("", "gpu:8080", "ftp://gpu", "http://", "http://gpu:99999", "http://[::1", "unix:/x")


@pytest.mark.parametrize(("url", "key", "place", "lines"), URLS, ids=[case[0] for case in URLS])
def test_a_url_says_where_to_go(
    url: str, key: str | None, place: tuple[str, int, bool], lines: tuple[str, ...]
) -> None:
    address = Address.of_url(url, api_key=key)
    assert (address.host, address.port, address.tls is not None) == place
    request = address.request("GET", "/props", None).decode()
    assert request.endswith("\r\nConnection: close\r\n\r\n")
    assert set(lines) <= set(request.split("\r\n"))


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ModelUnavailable, match="is no URL of a server"):
        LlamaServer.at_url(url)


def test_a_body_is_sent_with_its_length() -> None:
    request = Address.of_socket(Path("/x")).request("POST", "/tokenize", b"{}")
    assert request.startswith(b"POST /tokenize HTTP/1.1\r\nHost: engine\r\n")
    assert request.endswith(b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")


class Theirs:
    """A server that answers every request with the same bytes and hangs up."""

    def __init__(self, response: bytes) -> None:
        self._response = response
        self.heard: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self._response)
        await writer.drain()
        writer.close()


def response(body: bytes, status: int = 200) -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


async def chunks_of(server: LlamaServer) -> None:
    async for _ in server.answer(b"{}", AnswerReader(Generation(Prompt((), ()), GREEDY, 8))):
        pass


# title, response, error, what it says
FAULTS = (
    ("broken off", b"HTTP/1.1 200 OK\r\n\r\ndata: {}\n\n", EngineFailed, "broke off its answer"),
    ("refused", response(b'{"error":{"message":"full"}}', 503), EngineFailed, "503: full"),
    (
        "too long",
        response(
            b'{"error":{"type":"exceed_context_size_error","n_prompt_tokens":9,"n_ctx":5}}', 400
        ),
        InputTooLong,
        "9",
    ),
    ("elsewhere", response(b"", 301), EngineFailed, "301"),
    ("silent", b"", EngineFailed, "it hung up"),
)


@pytest.mark.parametrize(("told", "error", "said"), [case[1:] for case in FAULTS],
                         ids=[case[0] for case in FAULTS])  # fmt: skip
async def test_every_broken_answer_is_an_error_of_ours(
    told: bytes, error: type[Exception], said: str, tmp_path: Path
) -> None:
    socket = tmp_path / "s"
    async with await asyncio.start_unix_server(Theirs(told), socket):
        server = LlamaServer.on_socket(socket)
        with pytest.raises(error, match=said):
            await chunks_of(server)
        await server.close()


async def test_an_answer_that_is_no_json_is_an_error_of_ours(tmp_path: Path) -> None:
    socket = tmp_path / "s"
    async with await asyncio.start_unix_server(Theirs(response(b"{")), socket):
        server = LlamaServer.on_socket(socket)
        with pytest.raises(EngineFailed, match="nonsense to /props"):
            await server.props()


async def test_closing_the_client_ends_its_answers(tmp_path: Path) -> None:
    socket = tmp_path / "s"
    asked, over = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        asked.set()
        await reader.read()
        writer.close()
        over.set()

    async with await asyncio.start_unix_server(silent, socket):
        server = LlamaServer.on_socket(socket)
        answer = asyncio.create_task(chunks_of(server))
        await asked.wait()
        await server.close()
        with pytest.raises(EngineFailed, match="broke off its answer"):
            await answer
        await over.wait()
        with pytest.raises(ModelUnavailable, match="it was closed"):
            await server.busy()


async def test_tls_is_spoken_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    theirs = Theirs(response(b'{"content":"hi"}'))
    async with await asyncio.start_server(theirs, "127.0.0.1", 0, ssl=context) as listening:
        url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}/llm"
        with pytest.raises(ModelUnavailable, match=r"cannot be reached.*CERTIFICATE_VERIFY"):
            await LlamaServer.at_url(url).detokenize([1])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert await LlamaServer.at_url(url).detokenize([1]) == "hi"
    assert theirs.heard[-1].startswith(b"POST /llm/detokenize HTTP/1.1\r\n")


def self_signed(folder: Path) -> Path:
    """A certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path
