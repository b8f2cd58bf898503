"""What pictures must be like, and what a row of them is as a video."""

from collections.abc import Sequence
from typing import Final

from studiolo.core.media.errors import SidesTooShort, SidesTooUnlike
from studiolo.core.media.seen import Seen

# reference/06 section 2
SIDE: Final = 10
RATIO: Final = 200


def check_shape(seen: Seen) -> None:
    """Whether models see something of these sides. Raises SidesTooShort or SidesTooUnlike."""
    short, long = sorted((seen.width, seen.height))
    if short <= SIDE:
        raise SidesTooShort(seen.width, seen.height, bound=SIDE)
    if long > RATIO * short:
        raise SidesTooUnlike(seen.width, seen.height, bound=RATIO)


def in_a_row(frames: Sequence[Seen]) -> Seen:
    """The video of these frames, at least one: it has no time of its own.

    It is as large as the first; a larger frame has more part in the colour.
    """
    sizes = [frame.width * frame.height for frame in frames]
    weighed = list(zip(sizes, (frame.colour for frame in frames), strict=True))
    red, green, blue = (
        round(sum(size * colour[part] for size, colour in weighed) / sum(sizes))
        for part in range(3)
    )
    first = frames[0]
    return Seen("video", first.width, first.height, (red, green, blue), frames=len(frames))
