"""One HTTP response, cut anywhere, ended in every way; no network."""

import asyncio

import pytest

from studiolo.core.errors import EngineFailed
from studiolo.engines.http.connection import AHEAD_BYTES, HEAD_BYTES, Connection

pytestmark = pytest.mark.anyio

FINE = b"HTTP/1.1 200 OK\r\n"
CHUNKED = FINE + b"Transfer-Encoding: chunked\r\n\r\n"
LIMIT = 1000

# title, bytes, status, body
WHOLE: tuple[tuple[str, bytes, int, bytes], ...] = (
    ("with a length", FINE + b"Content-Length: 5\r\n\r\nhello", 200, b"hello"),
    ("in chunks", CHUNKED + b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 200, b"hello"),
    ("empty", FINE + b"Content-Length: 0\r\n\r\n", 200, b""),
    ("a refusal", b"HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\nno", 400, b"no"),
    (
        "after an interim response",
        b"HTTP/1.1 100 Continue\r\n\r\n" + FINE + b"Content-Length: 2\r\n\r\nhi",
        200,
        b"hi",
    ),
)

# title, bytes before the connection ends, what is said of it
BROKEN = (
    ("nothing came", b"", "it hung up"),
    ("half a head", FINE, "it hung up"),
    ("no HTTP", b"SSH-2.0-OpenSSH\r\n", "is no HTTP"),
    ("a chunk without a size", CHUNKED + b"zz\r\n", "is no HTTP"),
    (
        "another protocol",
        b"HTTP/1.1 101 Up\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "broke off",
    ),
    ("a head without end", FINE + b"X: " + b"x" * HEAD_BYTES, "head of its response"),
)


class Wire(asyncio.Transport):
    """Notes what the connection does with it."""

    def __init__(self, *, halves: bool = True) -> None:
        super().__init__()
        self.reading = True
        self.closed = False
        self.written = b""
        self.halves = halves
        self.ended = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def can_write_eof(self) -> bool:
        return self.halves

    def write_eof(self) -> None:
        self.ended += 1

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True


def connected(*, silence_s: float = 10) -> tuple[Connection, Wire]:
    connection, wire = Connection(silence_s=silence_s), Wire()
    connection.connection_made(wire)
    return connection, wire


@pytest.mark.parametrize(("response", "status", "body"), [case[1:] for case in WHOLE],
                         ids=[case[0] for case in WHOLE])  # fmt: skip
async def test_a_response_cut_anywhere_is_the_same(
    response: bytes, status: int, body: bytes
) -> None:
    for cut in range(1, len(response)):
        connection, _ = connected()
        connection.data_received(response[:cut])
        connection.data_received(response[cut:])
        connection.connection_lost(None)
        assert await connection.status() == status
        assert await connection.rest(limit_bytes=LIMIT) == body
        assert await connection.read() == b""


async def test_a_body_without_a_length_ends_with_the_connection() -> None:
    connection, _ = connected()
    connection.data_received(FINE + b"\r\nhel")
    assert await connection.read() == b"hel"
    connection.data_received(b"lo")
    connection.connection_lost(None)
    assert await connection.rest(limit_bytes=LIMIT) == b"lo"


@pytest.mark.parametrize(("response", "said"), [case[1:] for case in BROKEN],
                         ids=[case[0] for case in BROKEN])  # fmt: skip
async def test_what_is_no_response_is_said_so(response: bytes, said: str) -> None:
    connection, _ = connected()
    for at in range(0, len(response), 1024):
        connection.data_received(response[at : at + 1024])
    connection.connection_lost(None)
    with pytest.raises(EngineFailed, match=said):
        await connection.rest(limit_bytes=LIMIT)


async def test_nonsense_is_hung_up_on() -> None:
    connection, wire = connected()
    connection.data_received(b"nonsense\r\n\r\n")
    assert wire.closed


async def test_a_connection_that_breaks_gives_what_came_and_then_the_reason() -> None:
    connection, _ = connected()
    connection.data_received(CHUNKED + b"2\r\nhi\r\n")
    connection.connection_lost(ConnectionResetError())
    assert await connection.read() == b"hi"
    with pytest.raises(EngineFailed, match=r"broke off its answer \(ConnectionResetError\)"):
        await connection.read()


async def test_whoever_waits_is_woken() -> None:
    connection, _ = connected()
    waiting = asyncio.create_task(connection.status())
    await asyncio.sleep(0)
    connection.data_received(CHUNKED)
    assert await waiting == 200
    reading = asyncio.create_task(connection.read())
    await asyncio.sleep(0)
    connection.data_received(b"2\r\nhi\r\n")
    assert await reading == b"hi"


async def test_silence_has_its_limit() -> None:
    connection, _ = connected(silence_s=0)
    with pytest.raises(EngineFailed, match="silent for 0 s"):
        await connection.status()


async def test_a_body_has_its_limit() -> None:
    connection, _ = connected()
    connection.data_received(FINE + b"Content-Length: 6\r\n\r\nhello!")
    with pytest.raises(EngineFailed, match="more than 5 bytes"):
        await connection.rest(limit_bytes=5)


async def test_a_reader_who_does_not_come_stops_the_writer() -> None:
    connection, wire = connected()
    connection.data_received(FINE + b"\r\n" + b"x" * AHEAD_BYTES)
    assert not wire.reading
    await connection.read()
    assert wire.reading
    connection.data_received(b"x" * (AHEAD_BYTES + 1))
    assert not wire.reading
    connection.close()
    assert len(await connection.read()) == AHEAD_BYTES + 1
    assert not wire.reading


def test_nothing_is_sent_before_the_connection_stands() -> None:
    connection = Connection(silence_s=1)
    connection.close()
    with pytest.raises(EngineFailed, match="not connected"):
        connection.send(b"GET")


async def test_after_hanging_up_the_rest_can_be_read() -> None:
    connection, wire = connected()
    connection.data_received(CHUNKED + b"2\r\nhi\r\n")
    connection.hang_up()
    connection.data_received(b"3\r\n, x\r\n0\r\n\r\n")
    assert wire.ended == 1
    assert await connection.rest(limit_bytes=LIMIT) == b"hi, x"


async def test_hanging_up_closes_what_has_no_halves() -> None:
    connection, wire = Connection(silence_s=10), Wire(halves=False)
    connection.connection_made(wire)
    connection.hang_up()
    assert wire.closed
    assert not wire.ended


async def test_what_is_closed_is_hung_up_already() -> None:
    connection, wire = connected()
    connection.close()
    connection.hang_up()
    assert not wire.ended
