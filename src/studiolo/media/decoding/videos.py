"""Videos, decoded with FFmpeg's libraries from memory.

Law: nothing but the file itself is read. Playlists and lists of files are no format of ours, what a
file refers to is not opened, and the process could not open it.
"""

import importlib
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from math import isqrt
from operator import mul
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
from studiolo.media.decoding.colours import sums_of
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
# Frames of more pixels are made smaller before they are measured, which costs less and leaves
# their mean as it is.
_MEASURED: Final = 1 << 14
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


class _Census(msgspec.Struct, frozen=True):
    """What the packets of a video say."""

    width: int
    height: int
    frames: int
    seconds: float
    ends_at: int


class _Shade(msgspec.Struct, frozen=True):
    """What one frame has to do with the colour of all."""

    at: int | None
    pixels: int
    colour: tuple[float, float, float]


def prepare() -> None:
    """Have ready whatever a video may need: nothing can be loaded once the process is shut."""
    for name in _LATE:
        importlib.import_module(name)
    av.logging.set_level(None)
    _shade(VideoFrame(16, 16, "yuv420p"))


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
            )
            for packet in container.demux(stream)
            if packet.size and not packet.is_discard
        ]
        starts_at, ends_at = _span(packets)
        lasts = (ends_at - starts_at) * (stream.time_base or 0)
        return _Census(
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            frames=len(packets),
            seconds=round(float(lasts or len(packets) / (stream.average_rate or 1)), 2),
            ends_at=ends_at,
        )


def _span(packets: Sequence[_Packet]) -> tuple[int, int]:
    """From the first frame to the end of the last, by the times that packets carry."""
    known = sorted((each.at, each.duration) for each in packets if each.at is not None)
    if len(known) < _TWO:
        return 0, 0
    (first, _), (last, duration) = known[0], known[-1]
    return first, last + (duration or (last - first) // (len(known) - 1))


def _decoded(data: bytes, census: _Census, *, whole: bool) -> Seen:
    """The frames that are decoded say how large they are and of which colour."""
    size: tuple[int, int] | None = None
    shades: list[_Shade] = []
    for frame in _frames(data, whole=whole):
        size = size or (frame.width, frame.height)
        shades.append(_shade(frame))
    if size is None:
        raise Refused("unreadable")
    counts = [1] * len(shades) if whole else _standing(shades, ends_at=census.ends_at)
    return Seen(
        *("video", *size, _mean(shades, counts)),
        frames=len(shades) if whole else census.frames,
        seconds=census.seconds,
    )


def _standing(shades: Sequence[_Shade], *, ends_at: int) -> list[int]:
    """How long each frame stands for those behind it, all alike where their times do not tell."""
    times = [*(shade.at for shade in shades), ends_at]
    known = [at for at in times if at is not None]
    spans = [later - at for at, later in pairwise(known)]
    return spans if len(known) == len(times) and min(spans) > 0 else [1] * len(shades)


def _mean(shades: Sequence[_Shade], counts: Sequence[int]) -> tuple[int, int, int]:
    weights = [shade.pixels * count for shade, count in zip(shades, counts, strict=True)]
    red, green, blue = (
        round(sum(map(mul, weights, levels)) / sum(weights))
        for levels in zip(*(shade.colour for shade in shades), strict=True)
    )
    return red, green, blue


def _shade(frame: VideoFrame) -> _Shade:
    smaller = max(1, isqrt(frame.width * frame.height // _MEASURED))
    small = frame.reformat(
        width=max(1, frame.width // smaller),
        height=max(1, frame.height // smaller),
        format="rgb24",
        interpolation="AREA",
        threads=1,
    )
    plane, size = small.planes[0], (small.width, small.height)
    image = Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size)
    red, green, blue = (part / (small.width * small.height) for part in sums_of(image))
    at = frame.dts if frame.pts is None else frame.pts
    return _Shade(at, frame.width * frame.height, (red, green, blue))


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
