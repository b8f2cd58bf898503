"""What a picture or a video turned out to be."""

import msgspec

from studiolo.core.messages import MediaKind


class Seen(msgspec.Struct, frozen=True):
    """What a picture or a video truly is, by its decoder.

    Width and height are in pixels, of a row of frames those of the first; `colour` is the mean of
    all pixels of all frames in sRGB, each part 0 to 255. A picture has one frame and takes no time.
    """

    kind: MediaKind
    width: int
    height: int
    colour: tuple[int, int, int]
    frames: int = 1
    seconds: float = 0.0
