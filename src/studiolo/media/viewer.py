"""Looks at what a request shows: fetches it, has it decoded, and says what it is."""

from collections.abc import Sequence
from typing import Final, Literal

from studiolo.core.errors import MediaNotSupported
from studiolo.core.media.errors import (
    MediaUrlInvalid,
    SidesTooShort,
    SidesTooUnlike,
    TooManyMedia,
)
from studiolo.core.media.rows import frame_urls
from studiolo.core.media.seen import Seen
from studiolo.core.messages import MediaPart
from studiolo.media.decoding.decoder import Decoder
from studiolo.media.rules import MediaRules
from studiolo.media.sources import inline

# What models see (reference/06 section 2).
_SIDE: Final = 10
_RATIO: Final = 200


class Viewer:
    """Make it in any loop, and `close` it in the one it was used in."""

    def __init__(self, rules: MediaRules) -> None:
        self._rules = rules
        self._decoder = Decoder(rules)

    def check(self, parts: Sequence[MediaPart]) -> None:
        """Whether a request may have so many. Raises TooManyMedia."""
        count = sum(len(frame_urls(part) or part.urls) for part in parts)
        if count > self._rules.per_request:
            raise TooManyMedia(count, self._rules.per_request)

    async def look(self, part: MediaPart) -> Seen:
        """What it is. Raises one of the classes of `core.media.errors`, MediaNotSupported for what
        is to be heard, Overloaded if nobody gets to it, ModelUnavailable if nothing can be decoded.
        """
        if part.kind == "audio":
            raise MediaNotSupported
        frames = frame_urls(part)
        if frames is not None:
            return _row([await self._seen(url, "image") for url in frames])
        if len(part.urls) != 1:
            raise MediaUrlInvalid
        return await self._seen(part.urls[0], part.kind)

    async def close(self) -> None:
        """End what decodes, twice is fine."""
        await self._decoder.close()

    async def _seen(self, url: str, kind: Literal["image", "video"]) -> Seen:
        data = inline.encoded_file(url)
        seen = await self._decoder.decode(data, kind=kind, encoded=True)
        _check_shape(seen)
        return seen


def _check_shape(seen: Seen) -> None:
    short, long = sorted((seen.width, seen.height))
    if short <= _SIDE:
        raise SidesTooShort(seen.width, seen.height, bound=_SIDE)
    if long > _RATIO * short:
        raise SidesTooUnlike(seen.width, seen.height, bound=_RATIO)


def _row(frames: Sequence[Seen]) -> Seen:
    """A video of these frames, which has no time of its own; large frames have more colour."""
    if not frames:
        raise MediaUrlInvalid
    sizes = [frame.width * frame.height for frame in frames]
    red, green, blue = (
        round(
            sum(frame.colour[part] * size for frame, size in zip(frames, sizes, strict=True))
            / sum(sizes)
        )
        for part in range(3)
    )
    first = frames[0]
    return Seen("video", first.width, first.height, (red, green, blue), frames=len(frames))
