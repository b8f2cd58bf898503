"""What the process that decodes is asked, and what it says."""

from typing import Final, Literal

import msgspec

from studiolo.core.media.seen import Seen

Fault = Literal["", "unreadable", "costly", "pixels", "length"]


class Question(msgspec.Struct, frozen=True):
    """What are the data behind this? They are a file, or its base64 as it stood in the request."""

    kind: Literal["image", "video"]
    size_bytes: int
    encoded: bool
    pixels: int
    length_s: tuple[float, float]
    limit_s: float


class Answer(msgspec.Struct, frozen=True):
    """What was seen, with a fault as far as it came."""

    seen: Seen | None = None
    fault: Fault = ""


questions: Final = msgspec.msgpack.Decoder(Question)
answers: Final = msgspec.msgpack.Decoder(Answer)
