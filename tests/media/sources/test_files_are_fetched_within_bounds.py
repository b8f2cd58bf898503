"""Files come from the web whole, within their size and their time, and by no detour."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest
from tests.media.conftest import MakeViewer
from tests.media.drawing import RED, picture, video

from studiolo.core.errors import Overloaded
from studiolo.core.media.errors import (
    MediaDownloadFailed,
    MediaDownloadTimeout,
    MediaHostForbidden,
    MediaItemTooLarge,
    MediaTooLarge,
    MediaUnreadable,
    MediaUrlInvalid,
    TooManyMedia,
)
from studiolo.core.messages import MediaPart
from studiolo.media.viewer import Viewer

pytestmark = pytest.mark.anyio

LOCAL = ("127.0.0.1",)


class Answer(msgspec.Struct, frozen=True):
    """What a server says; with no end it says no more, and stays."""

    status: int = 200
    headers: dict[str, str] = {}
    body: bytes = b""
    ends: bool = True


class Host:
    """Answers by path, and remembers what it was asked."""

    def __init__(self, server: asyncio.Server) -> None:
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.answers: dict[str, Answer] = {}
        self.heard: list[str] = []
        self.most = self.open = 0
        self.arrived = asyncio.Event()
        self.go_on = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heard.append(head)
        answer = self.answers[head.split(" ")[1]]
        self.open += 1
        self.most = max(self.most, self.open)
        self.arrived.set()
        if not answer.ends:
            await self.go_on.wait()
        lines = [f"HTTP/1.1 {answer.status} Said", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
        self.open -= 1
        writer.close()


@pytest.fixture
async def host(anyio_backend: str) -> AsyncIterator[Host]:
    served: list[Host] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await served[0].serve(reader, writer)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        served.append(Host(server))
        yield served[0]
        served[0].go_on.set()


@pytest.fixture
def local(make_viewer: MakeViewer) -> Viewer:
    """A viewer that may ask this machine."""
    return make_viewer(private_hosts=LOCAL)


Look = Callable[[str], Awaitable[object]]


def shown(url: str) -> MediaPart:
    return MediaPart("image", (url,))


def length(body: bytes) -> dict[str, str]:
    return {"Content-Length": str(len(body))}


async def test_pictures_and_videos_are_fetched(local: Viewer, host: Host) -> None:
    host.answers = {"/a.png": Answer(body=picture()), "/b.mp4": Answer(body=video())}
    assert (await local.look(shown(f"{host.url}/a.png"))).colour == RED
    assert (await local.look(MediaPart("video", (f"{host.url}/b.mp4",)))).frames == 48


async def test_nothing_but_the_file_is_asked_for(
    local: Viewer, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    host.answers["/a.png"] = Answer(headers={"Set-Cookie": "a=b"}, body=picture())
    for _ in range(2):
        await local.look(shown(f"{host.url}/a.png"))
    assert len(host.heard) == 2
    for head in host.heard:
        fields = {line.partition(":")[0] for line in head.split("\r\n")[1:] if line}
        assert fields == {"Host", "Accept", "Accept-Encoding", "User-Agent", "Connection"}
        assert "Accept-Encoding: identity\r\n" in head


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(local: Viewer, host: Host, status: int) -> None:
    host.answers = {
        "/a/b?c": Answer(status, {"Location": "../d.png?e=%2F"}),
        "/d.png?e=%2F": Answer(status, {"Location": f"{host.url}/f.png"}),
        "/f.png": Answer(body=picture()),
    }
    assert (await local.look(shown(f"{host.url}/a/b?c"))).colour == RED


async def test_five_redirects_are_enough(local: Viewer, host: Host) -> None:
    for place in range(9):
        host.answers[f"/{place}"] = Answer(302, {"Location": f"/{place + 1}"})
    host.answers["/9"] = Answer(body=picture())
    assert (await local.look(shown(f"{host.url}/4"))).colour == RED
    with pytest.raises(MediaDownloadFailed) as refused:
        await local.look(shown(f"{host.url}/3"))
    assert refused.value.reason == "There are more than 5 redirects."


LEADS: list[tuple[str, type[Exception]]] = [
    ("http://10.0.0.1/a.png", MediaHostForbidden),
    ("http://169.254.169.254/latest/meta-data/", MediaHostForbidden),
    ("//[::1]/a.png", MediaHostForbidden),
    ("file:///etc/passwd", MediaUrlInvalid),
    ("data:image/png;base64,AAAA", MediaUrlInvalid),
    ("http://user:password@127.0.0.1/a.png", MediaUrlInvalid),
    ("http://2130706433/a.png", MediaUrlInvalid),
    ("http://[::1", MediaUrlInvalid),
    ("/a b.png", MediaUrlInvalid),
]


@pytest.mark.parametrize(("location", "refusal"), LEADS)
async def test_redirects_are_looked_at_like_addresses_of_callers(
    local: Viewer, host: Host, *, location: str, refusal: type[Exception]
) -> None:
    host.answers["/a.png"] = Answer(302, {"Location": location})
    with pytest.raises(refusal):
        await local.look(shown(f"{host.url}/a.png"))


@pytest.mark.parametrize("status", [201, 204, 206, 304, 400, 401, 403, 404, 500, 503])
async def test_the_status_is_told_and_nothing_of_the_body(
    local: Viewer, host: Host, status: int
) -> None:
    host.answers["/a.png"] = Answer(
        status, {"X-Secret": "a secret"}, b"" if status in (204, 304) else b"a secret"
    )
    with pytest.raises(MediaDownloadFailed) as refused:
        await local.look(shown(f"{host.url}/a.png"))
    assert refused.value.reason == f"The host answered with status {status}."


async def test_a_redirect_to_nowhere_is_a_status(local: Viewer, host: Host) -> None:
    host.answers["/a.png"] = Answer(302)
    with pytest.raises(MediaDownloadFailed) as refused:
        await local.look(shown(f"{host.url}/a.png"))
    assert refused.value.reason == "The host answered with status 302."


@pytest.mark.parametrize("told", [True, False])
async def test_files_have_a_size(make_viewer: MakeViewer, host: Host, told: bool) -> None:
    file = picture()
    viewer = make_viewer(private_hosts=LOCAL, picture_bytes=len(file))
    larger = file + b"x"
    host.answers = {
        "/a.png": Answer(headers=length(file) if told else {}, body=file),
        "/b.png": Answer(headers=length(larger) if told else {}, body=larger),
    }
    assert (await viewer.look(shown(f"{host.url}/a.png"))).colour == RED
    with pytest.raises(MediaTooLarge) as refused:
        await viewer.look(shown(f"{host.url}/b.png"))
    assert refused.value.limit_bytes == len(file)


async def test_pictures_and_videos_have_sizes_of_their_own(
    make_viewer: MakeViewer, host: Host
) -> None:
    file = video()
    viewer = make_viewer(private_hosts=LOCAL, picture_bytes=len(file) - 1, video_bytes=len(file))
    host.answers["/a.mp4"] = Answer(body=file)
    assert (await viewer.look(MediaPart("video", (f"{host.url}/a.mp4",)))).frames == 48
    with pytest.raises(MediaTooLarge):
        await viewer.look(shown(f"{host.url}/a.mp4"))


async def test_an_endless_file_is_left(make_viewer: MakeViewer) -> None:
    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(bytes(1 << 16))
                await writer.drain()
        except ConnectionError:
            left.set()
        writer.close()

    left = asyncio.Event()
    viewer = make_viewer(private_hosts=LOCAL, picture_bytes=1 << 20)
    async with await asyncio.start_server(pour, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(MediaTooLarge):
            await viewer.look(shown(f"http://127.0.0.1:{port}/a.png"))
        await left.wait()


async def test_a_download_has_its_time(make_viewer: MakeViewer, host: Host) -> None:
    viewer = make_viewer(private_hosts=LOCAL, download_s=0.05)
    host.answers["/a.png"] = Answer(body=picture(), ends=False)
    with pytest.raises(MediaDownloadTimeout):
        await viewer.look(shown(f"{host.url}/a.png"))


async def test_looking_up_a_name_counts_as_well(make_viewer: MakeViewer) -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    viewer = make_viewer(resolve=never, download_s=0.05)
    with pytest.raises(MediaDownloadTimeout):
        await viewer.look(shown("http://pictures.example/a.png"))


async def test_a_file_that_ends_too_early_is_refused(local: Viewer, host: Host) -> None:
    file = picture()
    host.answers["/a.png"] = Answer(headers={"Content-Length": str(len(file) + 1)}, body=file)
    with pytest.raises(MediaDownloadFailed) as refused:
        await local.look(shown(f"{host.url}/a.png"))
    assert refused.value.reason == "The connection ended before the file did."


async def test_what_is_packed_is_not_unpacked(local: Viewer, host: Host) -> None:
    host.answers["/a.png"] = Answer(headers={"Content-Encoding": "gzip"}, body=picture())
    assert (await local.look(shown(f"{host.url}/a.png"))).colour == RED


async def test_a_host_that_is_not_there_fails(local: Viewer) -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
    with pytest.raises(MediaDownloadFailed) as refused:
        await local.look(shown(f"http://127.0.0.1:{port}/a.png"))
    assert refused.value.reason == "The host cannot be reached."


async def test_a_host_that_speaks_something_else_fails(make_viewer: MakeViewer) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    viewer = make_viewer(private_hosts=LOCAL)
    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        for scheme in ("http", "https"):
            with pytest.raises(MediaDownloadFailed):
                await viewer.look(shown(f"{scheme}://127.0.0.1:{port}/a.png"))


def rows(host: Host, *, count: int, frames: int) -> list[MediaPart]:
    """Rows whose frames come when the host goes on."""
    paths = [[f"/{row}/{place}" for place in range(frames)] for row in range(count)]
    host.answers = {path: Answer(body=picture(), ends=False) for row in paths for path in row}
    return [
        MediaPart("video", tuple(host.url + path for path in row), listed=True) for row in paths
    ]


async def until_open(host: Host, count: int) -> None:
    while host.open < count:
        await host.arrived.wait()
        host.arrived.clear()


async def test_so_many_are_fetched_at_once(make_viewer: MakeViewer, host: Host) -> None:
    viewer = make_viewer(private_hosts=LOCAL, downloads=4)
    looking = asyncio.gather(*map(viewer.look, rows(host, count=3, frames=6)))
    await until_open(host, 4)
    host.go_on.set()
    assert [seen.frames for seen in await looking] == [6, 6, 6]
    assert host.most == 4


@pytest.mark.parametrize(("downloads", "most"), [(1, 1), (2, 1), (5, 2), (6, 3)])
async def test_one_request_leaves_half_of_the_places_to_others(
    make_viewer: MakeViewer, host: Host, *, downloads: int, most: int
) -> None:
    viewer = make_viewer(private_hosts=LOCAL, downloads=downloads, wait_s=5)
    turns = viewer.turns()
    parts = rows(host, count=2, frames=6)
    looking = asyncio.gather(*(viewer.look(part, turns) for part in parts))
    await until_open(host, most)
    host.answers["/a.png"] = Answer(body=picture())
    if downloads > most:
        assert (await viewer.look(shown(f"{host.url}/a.png"))).colour == RED
    host.go_on.set()
    assert [seen.frames for seen in await looking] == [6, 6]
    assert host.most <= most + (downloads > most)


async def test_who_waits_too_long_to_be_fetched_comes_again(
    make_viewer: MakeViewer, host: Host
) -> None:
    viewer = make_viewer(private_hosts=LOCAL, downloads=1, wait_s=0.02)
    host.answers["/a.png"] = Answer(body=picture(), ends=False)
    looking = asyncio.create_task(viewer.look(shown(f"{host.url}/a.png")))
    await host.arrived.wait()
    with pytest.raises(Overloaded):
        await viewer.look(shown(f"{host.url}/b.png"))
    host.go_on.set()
    assert (await looking).colour == RED


async def test_whoever_goes_away_leaves_his_place(make_viewer: MakeViewer, host: Host) -> None:
    viewer = make_viewer(private_hosts=LOCAL, downloads=1)
    host.answers = {"/a.png": Answer(ends=False), "/b.png": Answer(body=picture())}
    looking = asyncio.create_task(viewer.look(shown(f"{host.url}/a.png")))
    await host.arrived.wait()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert (await viewer.look(shown(f"{host.url}/b.png"))).colour == RED


async def test_one_frame_that_is_missing_ends_the_others(local: Viewer, host: Host) -> None:
    host.answers = {"/0": Answer(404), "/1": Answer(ends=False), "/2": Answer(ends=False)}
    urls = tuple(f"{host.url}/{place}" for place in range(3))
    with pytest.raises(MediaDownloadFailed) as refused:
        await local.look(MediaPart("video", urls, listed=True))
    assert refused.value.reason == "The host answered with status 404."


async def test_a_page_is_no_picture(local: Viewer, host: Host) -> None:
    host.answers["/a.png"] = Answer(body=b"<html>Please log in</html>")
    with pytest.raises(MediaUnreadable):
        await local.look(shown(f"{host.url}/a.png"))


SIZE = 10_485_760


def test_a_request_shows_so_many_things(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(per_request=4)
    row = MediaPart("video", ("u",) * 3, listed=True)
    joined = MediaPart("video", ("data:video/jpeg;base64,AAAA,AAAA",))
    viewer.check([shown("u"), row])
    viewer.check([shown("u"), shown("u"), joined])
    with pytest.raises(TooManyMedia) as refused:
        viewer.check([shown("u"), shown("u"), row])
    assert (refused.value.count, refused.value.limit) == (5, 4)
    with pytest.raises(TooManyMedia):
        viewer.check([row, joined])


async def test_a_data_uri_has_its_size(viewer: Viewer) -> None:
    head = "data:image/png;base64,"
    with pytest.raises(MediaUnreadable):
        await viewer.look(shown(head + "A" * (SIZE - len(head))))
    pid = viewer.pid("image")
    with pytest.raises(MediaItemTooLarge) as refused:
        await viewer.look(shown(head + "A" * (SIZE - len(head) + 1)))
    assert refused.value.limit_bytes == SIZE
    assert viewer.pid("image") == pid


async def test_a_row_behind_one_head_has_the_size_of_one(viewer: Viewer) -> None:
    frame = "A" * 6_000_000
    with pytest.raises(MediaItemTooLarge):
        await viewer.look(MediaPart("video", (f"data:video/jpeg;base64,{frame},{frame}",)))
    assert viewer.pid("image") is None


async def test_a_row_of_too_many_is_not_taken_apart(make_viewer: MakeViewer) -> None:
    part = MediaPart("video", ("data:video/jpeg;base64," + "," * 10_000_000,))
    for viewer in (make_viewer(), make_viewer(per_request=4)):
        with pytest.raises(TooManyMedia) as refused:
            await viewer.look(part)
        assert refused.value.count == 10_000_001


async def test_a_long_row_does_not_wait_for_itself(make_viewer: MakeViewer, host: Host) -> None:
    viewer = make_viewer(private_hosts=LOCAL, downloads=1, wait_s=0.2)
    host.answers = {f"/{place}": Answer(body=picture()) for place in range(200)}
    urls = tuple(f"{host.url}/{place}" for place in range(200))
    assert (await viewer.look(MediaPart("video", urls, listed=True))).frames == 200
