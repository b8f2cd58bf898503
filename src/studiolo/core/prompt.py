"""What an engine reads: runs of text and true control tokens, and the ids they come to.

Law: caller text only ever stands in a `Text` run, and a `Text` run never yields a control token.
"""

from typing import Final

import msgspec

from studiolo.core.media.seen import Seen
from studiolo.core.messages import MediaKind, MediaPart


class Special(msgspec.Struct, frozen=True, tag="special"):
    """A control token by its name in the vocabulary, such as `<|im_start|>`."""

    name: str


class Text(msgspec.Struct, frozen=True, tag="text"):
    """Plain text; control tokens written in it are plain text too."""

    text: str


class Media(msgspec.Struct, frozen=True, tag="media"):
    """The place of an image, a video or a sound between the texts.

    What was seen of it, and how many tokens stand for it, is known once it was looked at; the
    marks around it are none of them.
    """

    part: MediaPart
    seen: Seen | None = None
    tokens: int = 0


Run = Special | Text | Media

# What stands before and behind a picture or a video, and what stands for a piece of it.
VISION: Final = Special("<|vision_start|>")
VISION_END: Final = Special("<|vision_end|>")
PADS: Final[dict[MediaKind, Special]] = {
    "image": Special("<|image_pad|>"),
    "video": Special("<|video_pad|>"),
}
# A picture or a video is charged for with both.
MARKS: Final = 2


class Prompt(msgspec.Struct, frozen=True):
    """The runs as rendered, and their token ids in one row, with as many as stand for media."""

    runs: tuple[Run, ...]
    ids: tuple[int, ...]
    media: tuple[MediaPart, ...] = ()

    def tokens_of(self, kind: MediaKind) -> int:
        """Those of them that pictures or videos take, with the marks around each."""
        if not self.media:
            return 0
        found = [run for run in self.runs if isinstance(run, Media) and run.part.kind == kind]
        return sum(run.tokens + MARKS for run in found)

    @property
    def tokens(self) -> int:
        """Length in tokens."""
        return len(self.ids)
