"""Pictures and videos that tests make themselves, and a viewer that knows them by their URLs."""

import asyncio
import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import av
from PIL import Image

from studiolo.core.errors import StudioloError
from studiolo.core.media.seen import Seen
from studiolo.core.messages import MediaPart

Colour = tuple[int, int, int]
RED, BLUE, GREY = (200, 30, 30), (20, 40, 160), (120, 120, 120)


def picture(width: int, height: int, colour: Colour = RED, *, form: str = "PNG") -> str:
    """A data URL of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, form)
    return f"data:image/{form.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def video(width: int, height: int, *, frames: int, fps: int = 8) -> str:
    """A data URL of grey frames."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        frame = av.VideoFrame.from_image(Image.new("RGB", (width, height), GREY))
        for packet in (packet for _ in range(frames) for packet in stream.encode(frame)):
            container.mux(packet)
        container.mux(stream.encode())
    return f"data:video/mp4;base64,{base64.b64encode(file.getvalue()).decode()}"


class Gallery:
    """A viewer that fetches nothing; behind a gate everybody waits until it is opened.

    For what it does not know everybody waits forever.
    """

    def __init__(
        self,
        shown: Mapping[str, Seen | StudioloError],
        *,
        gated: bool = False,
        refuses: StudioloError | None = None,
    ) -> None:
        self._shown = shown
        self._refuses = refuses
        self.gate = asyncio.Event()
        if not gated:
            self.gate.set()
        self.begun: list[str] = []
        self.left: list[str] = []

    def check(self, parts: Sequence[MediaPart]) -> None:
        """Whether so many may be shown."""
        del parts
        if self._refuses is not None:
            raise self._refuses

    def turns(self) -> asyncio.Semaphore:
        """All at once."""
        return asyncio.Semaphore(1024)

    async def look(self, part: MediaPart, turns: asyncio.Semaphore) -> Seen:
        """What stands under its first URL."""
        del turns
        url = part.urls[0]
        self.begun.append(url)
        try:
            await (self.gate if url in self._shown else asyncio.Event()).wait()
            found = self._shown[url]
            if isinstance(found, StudioloError):
                raise found
            await asyncio.sleep(0)
            return found
        except asyncio.CancelledError:
            self.left.append(url)
            raise


def shows(*urls: str, text: str = "What is it?") -> list[dict[str, Any]]:
    """A question about these pictures, in the compatible dialect."""
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return [{"role": "user", "content": [*parts, {"type": "text", "text": text}]}]
