"""Videos, decoded with FFmpeg's libraries from memory.

Law: nothing but the file itself is read. Playlists and lists of files are no format of ours, what a
file refers to is not opened, and the process could not open it.
"""

import importlib
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, NoReturn

import av
import av.logging
import msgspec
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from studiolo.core.media.seen import Seen
from studiolo.media.decoding.colours import mean_of, sums_of
from studiolo.media.decoding.faults import BROKEN, Refused
from studiolo.media.decoding.questions import Question

_FORMATS: Final = "mov,mp4,matroska,webm,avi,flv,asf,mpeg,mpegts,ogg"
_CODECS: Final = (
    "h264,hevc,av1,libdav1d,vp8,vp9,libvpx,libvpx-vp9,mpeg1video,mpeg2video,mpeg4,h263,flv,"
    "msmpeg4,msmpeg4v1,msmpeg4v2,wmv1,wmv2,wmv3,vc1,mjpeg,prores,theora"
)
_OPTIONS: Final = {
    "format_whitelist": _FORMATS,
    "codec_whitelist": _CODECS,
    "protocol_whitelist": "none",
}
# A video of more pixels than so many of the largest pictures is decoded from its key frames, and
# the others are counted: in the time it takes to decode all frames of half an hour, a hundred
# others could have been looked at.
_PICTURES: Final = 64
# So many frames are measured for the colour, evenly spaced: measuring costs more than decoding.
_MEASURED: Final = 32
_TWO: Final = 2

# What PyAV imports only when it meets a file that needs it.
_LATE: Final = (
    *("av.audio.codeccontext", "av.audio.stream", "av.subtitles.codeccontext"),
    *("av.subtitles.stream", "av.video.codeccontext", "av.video.stream"),
)


class _Packet(msgspec.Struct, frozen=True):
    """One frame as it lies in the file, in units of its stream."""

    at: int | None
    duration: int
    is_key: bool


class _Census(msgspec.Struct, frozen=True):
    """What the packets of a video say."""

    width: int
    height: int
    frames: int
    keys: int
    seconds: float


def prepare() -> None:
    """Have ready whatever a video may need: nothing can be loaded once the process is shut."""
    for name in _LATE:
        importlib.import_module(name)
    av.logging.set_level(None)
    _picture(VideoFrame(16, 16, "yuv420p"))


def video(data: bytes, question: Question) -> Seen:
    """What it shows. Raises Refused."""
    try:
        census = _counted(data)
        _check(_foretold(census), question)
        pixels = census.frames * census.width * census.height
        seen = _decoded(data, census, whole=pixels <= _PICTURES * question.pixels)
        # The head may have said something else.
        _check(seen, question)
        return seen
    except (*BROKEN, FFmpegError) as error:
        raise Refused("unreadable") from error


def _check(seen: Seen, question: Question) -> None:
    if not seen.frames:
        raise Refused("unreadable")
    if seen.width * seen.height > question.pixels:
        raise Refused("pixels", seen)
    least_s, most_s = question.length_s
    if not least_s <= seen.seconds <= most_s:
        raise Refused("length", seen)


def _foretold(census: _Census) -> Seen:
    """What it will be, by its packets: nothing is decoded for what is beyond a bound."""
    return Seen(
        *("video", census.width, census.height, (0, 0, 0)),
        frames=census.frames,
        seconds=census.seconds,
    )


def _counted(data: bytes) -> _Census:
    """All packets are read, and none is decoded."""
    with _opened(data) as container:
        stream = _pictures(container)
        packets = [
            _Packet(
                at=packet.dts if packet.pts is None else packet.pts,
                duration=packet.duration or 0,
                is_key=packet.is_keyframe,
            )
            for packet in container.demux(stream)
            if packet.size and not packet.is_discard
        ]
        return _Census(
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            frames=len(packets),
            keys=sum(packet.is_key for packet in packets),
            seconds=round(_seconds(packets, stream), 2),
        )


def _seconds(packets: Sequence[_Packet], stream: VideoStream) -> float:
    """From the first frame to the end of the last, by the times that packets carry."""
    known = sorted((each.at, each.duration) for each in packets if each.at is not None)
    if len(known) < _TWO or not stream.time_base:
        return len(packets) / float(stream.average_rate or 1)
    (first, _), (last, duration) = known[0], known[-1]
    span = last - first
    return float((span + (duration or span / (len(known) - 1))) * stream.time_base)


def _decoded(data: bytes, census: _Census, *, whole: bool) -> Seen:
    """The frames that are decoded say how large they are and of which colour."""
    expected = census.frames if whole else census.keys
    each = max(1, expected // _MEASURED)
    size: tuple[int, int] | None = None
    count = pixels = 0
    sums = (0, 0, 0)
    for frame in _frames(data, whole=whole):
        size = size or (frame.width, frame.height)
        if count % each == 0:
            image = _picture(frame)
            pixels += image.width * image.height
            red, green, blue = sums_of(image)
            sums = (sums[0] + red, sums[1] + green, sums[2] + blue)
        count += 1
    if size is None:
        raise Refused("unreadable")
    return Seen(
        *("video", *size, mean_of(sums, pixels)),
        frames=count if whole else census.frames,
        seconds=census.seconds,
    )


def _frames(data: bytes, *, whole: bool) -> Iterator[VideoFrame]:
    """All frames or the key frames; damaged ones are left out, as players do."""
    with _opened(data) as container:
        stream = _pictures(container)
        stream.codec_context.thread_count = 1
        stream.codec_context.skip_frame = "DEFAULT" if whole else "NONKEY"
        for packet in container.demux(stream):
            with suppress(InvalidDataError):
                yield from packet.decode()


def _opened(data: bytes) -> InputContainer:
    return av.open(io.BytesIO(data), "r", container_options=_OPTIONS, io_open=_nothing)


def _nothing(url: str, flags: int, options: object) -> NoReturn:
    """What a file refers to is not read."""
    raise PermissionError


def _pictures(container: InputContainer) -> VideoStream:
    """The video in the file; a picture on its cover is none."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    raise Refused("unreadable")


def _picture(frame: VideoFrame) -> Image.Image:
    plane = frame.reformat(format="rgb24", threads=1).planes[0]
    size = (frame.width, frame.height)
    return Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size)
