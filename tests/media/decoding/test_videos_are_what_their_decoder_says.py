"""Videos are decoded and measured, and nothing but the file itself is read."""

import io
import re
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PIL import Image
from tests.media.conftest import MakeViewer
from tests.media.drawing import RED, close_to, data_uri, picture, video

from studiolo.core.media.errors import (
    MediaInvalid,
    MediaUnreadable,
    MediaUrlInvalid,
    SidesTooUnlike,
    TooManyPixels,
    VideoLengthInvalid,
)
from studiolo.core.media.seen import Seen
from studiolo.core.messages import Looking, MediaPart
from studiolo.media.viewer import Viewer

pytestmark = pytest.mark.anyio

GREEN, BLUE = (20, 180, 60), (10, 20, 200)
FORMS = [
    ("mpeg4", "mp4"),
    ("libx264", "mp4"),
    ("hevc", "mp4"),
    ("libsvtav1", "mp4"),
    ("libx264", "mov"),
    ("mjpeg", "mov"),
    ("libx264", "matroska"),
    ("libvpx", "webm"),
    ("libvpx-vp9", "webm"),
    ("mpeg4", "avi"),
    ("mjpeg", "avi"),
    ("flv", "flv"),
    ("libx264", "flv"),
    ("wmv2", "asf"),
    ("mpeg2video", "mpeg"),
    ("mpeg2video", "mpegts"),
    ("libx264", "mpegts"),
]


def shown(file: bytes) -> MediaPart:
    return MediaPart("video", (data_uri(file, "video/mp4"),))


@pytest.mark.parametrize(("codec", "form"), FORMS)
async def test_forms_people_use_are_decoded(viewer: Viewer, codec: str, form: str) -> None:
    seen = await viewer.look(shown(video(codec=codec, form=form, frames=60)))
    assert close_to(seen.colour, RED, by=6)
    assert seen == Seen("video", 64, 48, seen.colour, frames=60, seconds=2.5)


async def test_the_colour_is_the_mean_of_all_frames(viewer: Viewer) -> None:
    seen = await viewer.look(shown(video(frames=96, colours=(RED, GREEN, BLUE))))
    mean = tuple(round(sum(parts) / 3) for parts in zip(RED, GREEN, BLUE, strict=True))
    assert close_to(seen.colour, (mean[0], mean[1], mean[2]), by=6)
    assert (seen.frames, seen.seconds) == (96, 4.0)


@pytest.mark.parametrize("frames", [63, 64, 95, 128, 200])
@pytest.mark.parametrize("size", [(64, 48), (640, 360), (666, 334)])
async def test_frames_that_take_turns_all_count(
    viewer: Viewer, frames: int, size: tuple[int, int]
) -> None:
    colours = tuple((RED, BLUE)[place % 2] for place in range(frames))
    file = video(codec="mjpeg", form="avi", frames=frames, size=size, colours=colours)
    seen = await viewer.look(shown(file))
    assert close_to(seen.colour, (105, 25, 120))


async def test_of_a_large_frame_every_part_counts(viewer: Viewer) -> None:
    """A third is white, in lines of one pixel."""
    lines = Image.new("RGB", (900, 600))
    for left in range(0, 900, 3):
        lines.paste((255, 255, 255), (left, 0, left + 1, 600))
    file = io.BytesIO()
    with av.open(file, "w", format="avi") as container:
        stream = container.add_stream("mjpeg", rate=24)
        stream.width, stream.height, stream.pix_fmt = 900, 600, "yuvj444p"
        for _ in range(48):
            container.mux(stream.encode(av.VideoFrame.from_image(lines)))
        container.mux(stream.encode())
    seen = await viewer.look(shown(file.getvalue()))
    assert close_to(seen.colour, (85, 85, 85), by=6)


@pytest.mark.parametrize("form", ["mp4", "matroska", "mpegts"])
async def test_key_frames_count_by_the_time_they_stand(make_viewer: MakeViewer, form: str) -> None:
    """Red is a tenth of the time, and a third of the key frames."""
    colours = (RED, *(GREEN,) * 9)
    size = (128, 128)
    file = video(
        codec="libx264", form=form, frames=500, size=size, colours=colours, keys=(0, 50, 300)
    )
    seen = await make_viewer(pixels=128 * 128).look(shown(file))
    assert close_to(seen.colour, (38, 165, 58), by=6)


async def test_of_a_long_video_key_frames_are_decoded_and_all_are_counted(
    make_viewer: MakeViewer,
) -> None:
    # A fifth is red, and one of the two key frames.
    colours = (RED, GREEN, GREEN, GREEN, GREEN)
    file = video(codec="libx264", frames=500, size=(128, 128), colours=colours)
    part = shown(file)
    whole = await make_viewer(pixels=1 << 20).look(part)
    keys = await make_viewer(pixels=128 * 128).look(part)
    assert (whole.frames, whole.seconds) == (keys.frames, keys.seconds) == (500, 20.83)
    assert close_to(whole.colour, (56, 150, 56), by=6)
    assert close_to(keys.colour, (110, 105, 50), by=6)


def _starts(file: bytes) -> list[int]:
    return [found.start() for found in re.finditer(b"\xff\xd8\xff", file)]


async def test_frames_that_are_damaged_are_left_out(viewer: Viewer) -> None:
    whole = video(codec="mjpeg", form="avi", frames=60)
    second, third = _starts(whole)[1:3]
    damaged = whole[:second] + bytes(third - second - 16) + whole[third - 16 :]
    seen = await viewer.look(shown(damaged))
    assert seen.frames == 59
    assert close_to(seen.colour, RED, by=6)


LENGTHS: list[tuple[int, float | None]] = [(24, 1.0), (47, 1.96), (48, None), (240, None)]


@pytest.mark.parametrize(("frames", "refused_s"), LENGTHS)
async def test_a_video_has_at_least_two_seconds(
    viewer: Viewer, frames: int, refused_s: float | None
) -> None:
    part = shown(video(frames=frames))
    if refused_s is None:
        assert (await viewer.look(part)).frames == frames
        return
    with pytest.raises(VideoLengthInvalid) as refused:
        await viewer.look(part)
    assert (refused.value.seconds, refused.value.least_s) == (refused_s, 2)


async def test_a_video_that_is_too_long_is_refused(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(video_s=5)
    assert (await viewer.look(shown(video(frames=120)))).seconds == 5
    with pytest.raises(VideoLengthInvalid) as refused:
        await viewer.look(shown(video(frames=121)))
    assert (refused.value.seconds, refused.value.most_s) == (5.04, 5)


async def test_frames_have_bounds(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(pixels=64 * 64)
    assert (await viewer.look(shown(video(size=(64, 64))))).height == 64
    with pytest.raises(TooManyPixels) as refused:
        await viewer.look(shown(video(size=(64, 66))))
    assert (refused.value.width, refused.value.height) == (64, 66)
    with pytest.raises(SidesTooUnlike):
        await make_viewer().look(shown(video(size=(3240, 16))))


def tagged(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def grown(file: bytes, path: list[bytes], body: bytes) -> bytes:
    """An MP4 file with another body of the box that lies there."""
    at = 0
    while at < len(file):
        (size,) = struct.unpack_from(">I", file, at)
        name = file[at + 4 : at + 8]
        if name == path[0]:
            inside = file[at + 8 : at + size]
            changed = body if len(path) == 1 else grown(inside, path[1:], body)
            return file[:at] + tagged(name, changed) + file[at + size :]
        at += size
    raise AssertionError(path)


def referring(file: bytes, to: Path) -> bytes:
    """The video as a file whose pictures lie in another file."""
    path = str(to).encode()
    alias = bytes(10) + bytes(28) + bytes(12) + bytes(64) + bytes(16)
    alias += struct.pack(">HH", 0, 1) + bytes(16)
    alias += struct.pack(">HH", 2, len(path)) + path + bytes(len(path) % 2)
    alias += struct.pack(">HH", 0xFFFF, 0)
    entry = tagged(b"alis", bytes(4) + alias)
    places = [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"]
    return grown(file, places, struct.pack(">II", 0, 1) + entry)


async def test_pictures_that_lie_in_another_file_are_not_read(
    viewer: Viewer, tmp_path: Path
) -> None:
    whole = video(codec="mjpeg", form="mov")
    other = tmp_path / "other.mov"
    other.write_bytes(whole)
    crafted = referring(whole, other)
    assert (await viewer.look(shown(whole))).frames == 48
    # Whoever follows such references, does read it.
    following = {"enable_drefs": "1", "use_absolute_path": "1"}
    with av.open(io.BytesIO(crafted), "r", container_options=following) as container:
        assert next(container.decode(video=0)).width == 64
    with pytest.raises(MediaUnreadable):
        await viewer.look(shown(crafted))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Hears whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


PLAYLISTS: dict[str, str] = {
    "a list of files": "ffconcat version 1.0\nfile '{place}'\n",
    "a list of addresses": "ffconcat version 1.0\nfile '{url}'\n",
    "HLS": "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n",
    "HLS of a file": "#EXTM3U\n#EXTINF:10,\nfile://{place}\n#EXT-X-ENDLIST\n",
    "HLS of a part of a file": (
        "#EXTM3U\n#EXTINF:1,\nconcat:subfile,,start,0,end,9,,:{place}|{url}\n#EXT-X-ENDLIST\n"
    ),
    "DASH": (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
        '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
        "<BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ),
    "SDP": (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
    ),
    "numbered pictures": "{place}%03d.png",
}


@pytest.mark.parametrize("title", PLAYLISTS)
async def test_playlists_lead_nowhere(
    viewer: Viewer, listener: socket.socket, tmp_path: Path, title: str
) -> None:
    place = tmp_path / "a.mp4"
    place.write_bytes(video())
    port = listener.getsockname()[1]
    text = PLAYLISTS[title].format(place=place, url=f"http://127.0.0.1:{port}/a.mp4", port=port)
    with pytest.raises(MediaUnreadable):
        await viewer.look(shown(text.encode()))
    with pytest.raises(BlockingIOError):
        listener.accept()


def sounding() -> bytes:
    """A file with a sound and no picture."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.sample_rate = 8000
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


WHOLE = video()
NONE: dict[str, bytes] = {
    "nothing": b"",
    "a text": b"This is no video.",
    "a picture": picture(),
    "an animation": picture(form="GIF"),
    "a head alone": WHOLE[:40],
    "all but its end": WHOLE[:-600],
    "a sound": sounding(),
    "a codec of nobody": video(codec="libx264").replace(b"avc1", b"xxxx"),
}


@pytest.mark.parametrize("title", NONE)
async def test_what_is_no_video_is_refused(viewer: Viewer, title: str) -> None:
    with pytest.raises(MediaUnreadable) as refused:
        await viewer.look(shown(NONE[title]))
    assert refused.value.kind == "video"


async def test_a_video_that_is_damaged_anywhere_harms_nobody(viewer: Viewer) -> None:
    for codec, form in (("libx264", "mp4"), ("libvpx", "webm"), ("mpeg2video", "mpegts")):
        whole = video(codec=codec, form=form)
        for place in range(0, len(whole), max(1, len(whole) // 20)):
            damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            try:
                seen = await viewer.look(shown(damaged))
            except MediaInvalid:
                continue
            assert seen.kind == "video"


ROW = (RED, GREEN, BLUE, (0, 0, 0))
MEAN = (58, 58, 75)


@pytest.mark.parametrize("looking", [Looking(), Looking(fps=0.5)])
async def test_a_row_of_pictures_is_a_video_without_time(viewer: Viewer, looking: Looking) -> None:
    urls = tuple(data_uri(picture(colour=colour)) for colour in ROW)
    seen = await viewer.look(MediaPart("video", urls, listed=True, looking=looking))
    assert seen == Seen("video", 40, 30, MEAN, frames=4)


async def test_frames_behind_one_head_are_a_row(viewer: Viewer) -> None:
    frames = [data_uri(picture(colour=colour)).partition(",")[2] for colour in ROW]
    for head in ("data:video/jpeg;base64,", "data:image/png;base64,", "DATA:VIDEO/JPG;base64,"):
        seen = await viewer.look(MediaPart("video", (head + ",".join(frames),)))
        assert seen == Seen("video", 40, 30, MEAN, frames=4)


async def test_larger_frames_weigh_more_and_the_first_says_the_size(viewer: Viewer) -> None:
    sizes = (((20, 20), (0, 0, 0)), ((40, 60), (70, 140, 210)))
    urls = tuple(data_uri(picture(size=size, colour=colour)) for size, colour in sizes)
    seen = await viewer.look(MediaPart("video", urls, listed=True))
    assert seen == Seen("video", 20, 20, (60, 120, 180), frames=2)


async def test_one_bad_frame_refuses_the_row(viewer: Viewer) -> None:
    urls = (data_uri(picture()), data_uri(b"none"), data_uri(picture()))
    with pytest.raises(MediaUnreadable) as refused:
        await viewer.look(MediaPart("video", urls, listed=True))
    assert refused.value.kind == "image"


@pytest.mark.parametrize(
    "part",
    [
        MediaPart("video", (), listed=True),
        MediaPart("video", ()),
        MediaPart("image", ()),
        MediaPart("image", ("data:;base64,AAAA",) * 2),
    ],
)
async def test_a_part_without_a_place_is_refused(viewer: Viewer, part: MediaPart) -> None:
    with pytest.raises(MediaUrlInvalid):
        await viewer.look(part)
