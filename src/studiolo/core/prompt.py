"""What an engine reads: runs of text and true control tokens, and the ids they come to.

Law: caller text only ever stands in a `Text` run, and a `Text` run never yields a control token.
"""

import msgspec

from studiolo.core.media.seen import Seen
from studiolo.core.messages import MediaPart


class Special(msgspec.Struct, frozen=True, tag="special"):
    """A control token by its name in the vocabulary, such as `<|im_start|>`."""

    name: str


class Text(msgspec.Struct, frozen=True, tag="text"):
    """Plain text; control tokens written in it are plain text too."""

    text: str


class Media(msgspec.Struct, frozen=True, tag="media"):
    """The place of an image, a video or a sound between the texts.

    What was seen of it, and how many tokens stand for it, is known once it was looked at.
    """

    part: MediaPart
    seen: Seen | None = None
    tokens: int = 0


Run = Special | Text | Media


class Prompt(msgspec.Struct, frozen=True):
    """The runs as rendered, and their token ids in one row (media are engine business)."""

    runs: tuple[Run, ...]
    ids: tuple[int, ...]
    media: tuple[MediaPart, ...] = ()

    @property
    def tokens(self) -> int:
        """Length in tokens."""
        return len(self.ids)
