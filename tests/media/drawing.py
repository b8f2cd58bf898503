"""Pictures and videos of one colour, made as files for tests."""

import base64
import io
from collections.abc import Collection
from typing import Any

import av
import av.logging
from av.video.frame import PictureType, VideoFrame
from PIL import Image

RED = (200, 30, 40)


def picture(
    *,
    size: tuple[int, int] = (40, 30),
    mode: str = "RGB",
    colour: Any = RED,
    form: str = "PNG",
    **options: Any,
) -> bytes:
    """A picture file."""
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, form, **options)
    return file.getvalue()


def video(
    *,
    codec: str = "mpeg4",
    form: str = "mp4",
    frames: int = 48,
    size: tuple[int, int] = (64, 48),
    colours: tuple[tuple[int, int, int], ...] = (RED,),
    keys: Collection[int] = (),
) -> bytes:
    """A video file; its colours follow each other in parts of the same length.

    The frames at `keys` are key frames, and so are those that the codec takes.
    """
    av.logging.set_level(None)
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=24)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for place in range(frames):
            colour = colours[place * len(colours) // frames]
            frame = VideoFrame.from_image(Image.new("RGB", size, colour))
            frame.pict_type = PictureType.I if place in keys else PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def data_uri(file: bytes, kind: str = "image/png") -> str:
    """The file as it stands in a request."""
    return f"data:{kind};base64,{base64.b64encode(file).decode()}"


def close_to(colour: tuple[int, int, int], other: tuple[int, int, int], *, by: int = 4) -> bool:
    """Whether two colours look the same; lossy forms change them a little."""
    return all(abs(one - two) <= by for one, two in zip(colour, other, strict=True))
