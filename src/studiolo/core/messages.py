"""What was said before: messages, the parts they are made of, and the calls in them."""

from typing import Literal

import msgspec

Role = Literal["system", "user", "assistant", "tool"]
MediaKind = Literal["image", "video", "audio"]


class TextPart(msgspec.Struct, frozen=True):
    """A piece of text; `cache_breakpoint` marks the end of a block the caller wants cached."""

    text: str
    cache_breakpoint: bool = False


class Looking(msgspec.Struct, frozen=True):
    """How closely to look (reference/06 sections 1 and 3); None is as the model does by default.

    `fps` is how many frames are looked at for each second of a video; of a row of frames, how many
    of them a second had.
    """

    min_pixels: int | None = None
    max_pixels: int | None = None
    total_pixels: int | None = None
    fps: float | None = None
    max_frames: int | None = None


class MediaPart(msgspec.Struct, frozen=True):
    """Something to look at or listen to, not fetched yet: one URL, or one per video frame.

    With `listed` the URLs are frames, be it only one.
    """

    kind: MediaKind
    urls: tuple[str, ...]
    listed: bool = False
    looking: Looking = Looking()


Part = TextPart | MediaPart


class Call(msgspec.Struct, frozen=True):
    """A tool call the model made; `arguments` is JSON text exactly as the model wrote it."""

    id: str
    name: str
    arguments: str


class Message(msgspec.Struct, frozen=True):
    """One message; `partial` on the last one asks for the continuation of its text."""

    role: Role
    parts: tuple[Part, ...] = ()
    calls: tuple[Call, ...] = ()
    answers_call: str | None = None
    reasoning: str = ""
    partial: bool = False

    @property
    def text(self) -> str:
        """All text parts joined; media parts have no text."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))
