"""Which hosts are asked for a file: no address within a network, however it is written."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from tests.media.conftest import MakeViewer
from tests.media.drawing import RED, picture

from studiolo.core.media.errors import (
    MediaDownloadFailed,
    MediaHostForbidden,
    MediaUrlInvalid,
)
from studiolo.core.messages import MediaPart
from studiolo.media.sources.addresses import PrivateHosts, is_public
from studiolo.media.sources.door import Door
from studiolo.media.sources.names import Resolve
from studiolo.media.viewer import Viewer

pytestmark = pytest.mark.anyio

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "223.5.5.5",
    "2606:4700:4700::1111",
    "2400:3200::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001:db8::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:0:808:808:0:0:80ff:fffe",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2001:4860:4860:0:0:5efe:a00:1",
    "2001:4860:4860:0:200:5efe:7f00:1",
    "3fff::1",
    "192.0.0.8",
    "192.0.0.192",
    "168.63.129.16",
    "::ffff:192.0.0.192",
    "64:ff9b::c000:c0",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_told(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_all_others_are_told(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


class Names:
    """Knows the addresses of names, in place of the system; and whom it was asked for."""

    def __init__(self, *addresses: Sequence[str]) -> None:
        self._addresses = list(addresses)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._addresses[min(len(self.asked), len(self._addresses)) - 1]


@asynccontextmanager
async def listening(body: bytes = b"") -> AsyncIterator[tuple[int, list[bytes]]]:
    """The port of a server that answers with a file, and the heads of what it was asked."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], heard


def shown(url: str) -> MediaPart:
    return MediaPart("image", (url,))


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_with_one_private_address_is_not_asked(
    make_viewer: MakeViewer, address: str
) -> None:
    for found in ([address], ["8.8.8.8", address]):
        viewer = make_viewer(resolve=Names(found))
        with pytest.raises(MediaHostForbidden) as refused:
            await viewer.look(shown("http://pictures.example/a.png"))
        assert refused.value.host == "pictures.example"


LITERALS = [
    "127.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "169.254.169.254",
    "0.0.0.0",
    "[::]",
    "１２７.0.0.1",  # noqa: RUF001 - digits that some readers take for ours
    "127。0。0。1",
]


@pytest.mark.parametrize("host", LITERALS)
async def test_private_addresses_are_not_asked(viewer: Viewer, host: str) -> None:
    async with listening(picture()) as (port, heard):
        with pytest.raises(MediaHostForbidden):
            await viewer.look(shown(f"http://{host}:{port}/a.png"))
    assert heard == []


ODD = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.1",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "0",
    "1.2.3.4.5",
    "256.256.256.256",
    "[fe80::1%25lo]",
    "[::1",
    "[::1]x",
    "%31%32%37.0.0.1",
    "a%00b",
    "a..b",
    "-a.example",
    "a b",
    "",
]


@pytest.mark.parametrize("host", ODD)
async def test_odd_spellings_are_refused_and_never_looked_up(
    make_viewer: MakeViewer, host: str
) -> None:
    names = Names(["8.8.8.8"])
    viewer = make_viewer(resolve=names)
    with pytest.raises(MediaUrlInvalid):
        await viewer.look(shown(f"http://{host}/a.png"))
    assert names.asked == []


NO_URLS = [
    "",
    "a.png",
    "/etc/passwd",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "oss://bucket/a.png",
    "ftp://pictures.example/a.png",
    "gopher://pictures.example/",
    "javascript:alert(1)",
    "blob:https://pictures.example/1",
    "//pictures.example/a.png",
    "http:/pictures.example/a.png",
    "http:pictures.example/a.png",
    "http://",
    "http:///a.png",
    "http://pictures.example:0/a.png",
    "http://pictures.example:65536/a.png",
    "http://pictures.example:a/a.png",
    "http://user@pictures.example/a.png",
    "http://user:password@pictures.example/a.png",
    "http://:password@pictures.example/a.png",
    "http://@pictures.example/a.png",
    "http://pictures.example\\@127.0.0.1/a.png",
    "http://pictures.example/a.png\r\nHost: 127.0.0.1",
    "http://pictures.example/a\tb.png",
    " http://pictures.example/a.png",
    "http://pictures.example/" + "a" * 8192,
]


@pytest.mark.parametrize("url", NO_URLS)
async def test_what_is_no_address_of_the_web_is_refused(make_viewer: MakeViewer, url: str) -> None:
    names = Names(["8.8.8.8"])
    with pytest.raises(MediaUrlInvalid):
        await make_viewer(resolve=names).look(shown(url))
    assert names.asked == []


async def test_a_name_is_looked_up_once_and_its_address_is_kept(make_viewer: MakeViewer) -> None:
    """A name that leads elsewhere a moment later leads nowhere else."""
    names = Names(["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"])
    viewer = make_viewer(resolve=names, private_hosts=("127.0.0.0/8",))
    async with listening(picture()) as (port, heard):
        seen = await viewer.look(shown(f"http://pictures.example:{port}/a.png?b=c%2Fd#e"))
    assert seen.colour == RED
    assert names.asked == ["pictures.example"]
    assert heard[0].startswith(b"GET /a.png?b=c%2Fd HTTP/1.1\r\n")
    assert f"Host: pictures.example:{port}\r\n".encode() in heard[0]


ALLOWED: list[tuple[tuple[str, ...], str, Sequence[str]]] = [
    (("127.0.0.1",), "127.0.0.1", []),
    (("127.0.0.0/8",), "127.0.0.1", []),
    (("127.0.0.1/8",), "pictures.example", ["127.0.0.1"]),
    (("127.0.0.1",), "[::ffff:127.0.0.1]", []),
    (("pictures.example",), "pictures.example", ["127.0.0.1"]),
    (("Pictures.Example.",), "PICTURES.example", ["127.0.0.1"]),
    (("10.0.0.0/8", "pictures_1"), "pictures_1", ["127.0.0.1"]),
    (("bücher.example".encode("idna").decode(),), "bücher.example", ["127.0.0.1"]),
]


@pytest.mark.parametrize(("private_hosts", "host", "addresses"), ALLOWED)
async def test_the_settings_allow_private_hosts(
    make_viewer: MakeViewer, private_hosts: tuple[str, ...], host: str, addresses: Sequence[str]
) -> None:
    viewer = make_viewer(resolve=Names(addresses), private_hosts=private_hosts)
    async with listening(picture()) as (port, _):
        assert (await viewer.look(shown(f"http://{host}:{port}/a.png"))).colour == RED


@pytest.mark.parametrize(
    ("private_hosts", "addresses"),
    [
        (("other.example",), ["127.0.0.1"]),
        (("example",), ["127.0.0.1"]),
        (("10.0.0.0/8",), ["127.0.0.1"]),
        (("127.0.0.0/8",), ["127.0.0.1", "10.0.0.1"]),
    ],
)
async def test_they_allow_no_others(
    make_viewer: MakeViewer, private_hosts: tuple[str, ...], addresses: Sequence[str]
) -> None:
    viewer = make_viewer(resolve=Names(addresses), private_hosts=private_hosts)
    with pytest.raises(MediaHostForbidden):
        await viewer.look(shown("http://pictures.example/a.png"))


@pytest.mark.parametrize(
    "entry", ["", "10.0.0.0/33", "fd00::/129", "a b", "*", "2130706433", "http://a/", "a/b"]
)
def test_what_is_neither_a_host_nor_a_network_is_no_setting(entry: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several, from the library and from us
        PrivateHosts([entry])


async def unknown(host: str, port: int) -> Sequence[str]:
    raise OSError("no such name")


@pytest.mark.parametrize("resolve", [unknown, Names([]), Names(["no address"])])
async def test_a_name_that_nobody_knows_fails(make_viewer: MakeViewer, resolve: Resolve) -> None:
    with pytest.raises(MediaDownloadFailed) as refused:
        await make_viewer(resolve=resolve).look(shown("https://pictures.example/a.png"))
    assert refused.value.reason == "The host cannot be reached."


async def test_the_systems_names_are_known(make_viewer: MakeViewer) -> None:
    with pytest.raises(MediaHostForbidden):
        await make_viewer().look(shown("http://localhost/a.png"))


async def test_no_socket_is_made_for_another_address() -> None:
    """Whatever looks up names, and whoever hands on an address."""
    door = Door([ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address("2400:3200::1")])
    assert [each["host"] for each in await door.resolve("a")] == ["8.8.8.8", "2400:3200::1"]
    places = [("8.8.8.8", 80), ("2400:3200::1", 80, 0, 0), ("127.0.0.1", 80), ("::1", 80, 0, 0)]
    for place in (*places, ("8.8.4.4", 80), ("localhost", 80), ("2400:3200::1%lo", 80, 0, 1)):
        family = socket.AF_INET if len(place) == 2 else socket.AF_INET6
        found = (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place)
        if place in places[:2]:
            door.opened(found).close()
            continue
        with pytest.raises(OSError, match="not looked at"):
            door.opened(found)
