"""The same request in the pieces and with the manners of other HTTP clients."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from tests.documents.asking import Asker
from tests.documents.heard import received
from tests.documents.inventory import samples
from tests.documents.sockets import exchange

REPLAYED = {name: sample for name, sample in samples().items() if sample.writer}
ONE = next(name for name, sample in REPLAYED.items() if sample.writer == "PHP")
END = b"\r\n\r\n"


@pytest.fixture
def sent(double: Asker) -> bytes:
    sample = REPLAYED[ONE]
    assert sample.body
    return double.bytes_of(sample, sample.body)


def answered(status: int, body: str) -> bool:
    return bool(received(status, body, native=REPLAYED[ONE].dialect == "DashScope").answers)


def in_chunks(sent: bytes) -> Iterator[bytes]:
    """As .NET and Go send a body whose length they do not know."""
    head, _, body = sent.partition(END)
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    yield b"\r\n".join([*lines, b"Transfer-Encoding: chunked"]) + END
    for at in range(0, len(body), 50):
        piece = body[at : at + 50]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def byte_by_byte(sent: bytes) -> Iterator[bytes]:
    """Characters of several bytes are cut as well."""
    for at in range(len(sent)):
        yield sent[at : at + 1]


def head_then_body(sent: bytes) -> Iterator[bytes]:
    """As most clients send it."""
    head, _, body = sent.partition(END)
    yield head + END
    yield body


def in_other_letters(sent: bytes) -> Iterator[bytes]:
    """Names of headers are the same in any letters, and the scheme is one, too."""
    head, _, body = sent.partition(END)
    first, *lines = head.split(b"\r\n")
    named = [line.partition(b":") for line in lines]
    lower = [name.lower() + b":" + value.replace(b"Bearer", b"bearer") for name, _, value in named]
    yield b"\r\n".join([first, *lower]) + END + body


WAYS = [in_chunks, byte_by_byte, head_then_body, in_other_letters]


@pytest.mark.parametrize("way", WAYS)
def test_pieces_do_not_matter(double: Asker, sent: bytes, way) -> None:
    assert answered(*exchange(double.url, way(sent)))


def test_whoever_waits_for_leave_to_send_the_body_is_given_it(double: Asker, sent: bytes) -> None:
    """curl waits with bodies beyond a limit, and so does PHP, which uses it."""
    head, _, body = sent.partition(END)
    parts = urlsplit(double.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(head + b"\r\nExpect: 100-continue" + END)
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue" + END
        connection.sendall(body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK")


def test_a_connection_serves_one_request_after_the_other(double: Asker, sent: bytes) -> None:
    """The packages for Java and Go keep their connections."""
    parts = urlsplit(double.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        for _ in range(3):
            connection.sendall(sent)
            with connection.makefile("rb") as lines:
                assert lines.readline() == b"HTTP/1.1 200 OK\r\n"
                headers = dict(_header(line) for line in iter(lines.readline, b"\r\n"))
                assert json.loads(lines.read(int(headers["content-length"])))


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode().partition(":")
    return name.lower(), value.strip()


def test_every_language_of_the_documents_is_replayed() -> None:
    assert {sample.language for sample in REPLAYED.values()} == {"PHP", "Java", "C#", "Go"}
