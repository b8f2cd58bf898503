"""How models look at pictures and videos, and how many tokens stand for what they see."""

from math import ceil, floor, isqrt
from typing import Final

import msgspec

from studiolo.core.media.errors import FrameCountInvalid, LookingInvalid
from studiolo.core.media.rows import frame_count
from studiolo.core.media.seen import Seen
from studiolo.core.messages import Looking, MediaPart

# Frames looked at for each second of a video, where the caller does not say.
DEFAULT_FPS: Final = 2.0
_FPS: Final = (0.1, 10.0)
# So many frames of a video are looked at however short it is, if it has them.
_LEAST_FRAMES: Final = 4
# Neighbours that are seen as one.
_MERGED: Final = 2
# Frames of a very long video keep a little more than the least pixels.
_LEAST_ROOM: Final = 1.05
# The tokens before and behind what is seen.
_AROUND: Final = 2


class Sight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a model looks (reference/06 sections 2 and 3).

    A token stands for `patch` times `patch` pixels. Pictures and frames are scaled until their
    pixels are between the least and the most; `*_bound` is the most a caller may ask for.
    `total_pixels` is for all frames that are looked at; `frame_lists` says how many frames a video
    that is sent as a row of pictures may have.
    """

    patch: int = 32
    min_pixels: int = 65_536
    max_pixels: int = 2_621_440
    pixels_bound: int = 16_777_216
    frame_min_pixels: int = 65_536
    frame_max_pixels: int = 655_360
    frame_pixels_bound: int = 2_048_000
    total_pixels: int = 134_217_728
    max_frames: int = 2_000
    frame_lists: tuple[int, int] = (4, 512)


def check_looking(part: MediaPart, *, sight: Sight) -> None:
    """Whether this model can look so closely. Raises LookingInvalid or FrameCountInvalid.

    What says nothing about a part of this kind, such as `fps` of a picture, is not looked at.
    """
    count = frame_count(part)
    least, most = sight.frame_lists
    if count is not None and not least <= count <= most:
        raise FrameCountInvalid(count, least=least, most=most)
    for field, (low, high) in _bounds(part, sight).items():
        value = getattr(part.looking, field)
        if value is not None and not low <= value <= high:
            raise LookingInvalid(field, value, least=low, most=high)


def tokens_of(seen: Seen, *, sight: Sight, looking: Looking, high_resolution: bool = False) -> int:
    """How many tokens stand for what was seen, with those before and behind it.

    In high resolution a picture has as many pixels as the model can see, whatever the caller's
    `max_pixels` says.
    """
    height, width = scaled_size(seen, sight=sight, looking=looking, high_resolution=high_resolution)
    patches = height * width // sight.patch**2
    return ceil(frames_seen(seen, sight=sight, looking=looking) / _MERGED) * patches + _AROUND


def frames_seen(seen: Seen, *, sight: Sight, looking: Looking) -> int:
    """How many frames are looked at: of a video so many a second, of a row all."""
    if not seen.seconds:
        return seen.frames
    most = min(seen.frames, looking.max_frames or sight.max_frames)
    wanted = floor(seen.seconds * (looking.fps or DEFAULT_FPS))
    return max(1, min(max(wanted, _LEAST_FRAMES), most))


def scaled_size(
    seen: Seen, *, sight: Sight, looking: Looking, high_resolution: bool = False
) -> tuple[int, int]:
    """Height and width that the model sees it with: whole patches."""
    if seen.kind == "video":
        least, most = _frame_pixels(frames_seen(seen, sight=sight, looking=looking), sight, looking)
    else:
        least, most = _between(looking, least=sight.min_pixels, most=sight.max_pixels)
        most = sight.pixels_bound if high_resolution else most
    return _scaled(seen, sight.patch, least=least, most=most)


def _bounds(part: MediaPart, sight: Sight) -> dict[str, tuple[float, float]]:
    """What a caller may ask for, by the fields of `Looking`."""
    looking = part.looking
    if part.kind != "video":
        bound = sight.pixels_bound
        return {
            "max_pixels": (1, bound),
            "min_pixels": (1, min(bound, looking.max_pixels or bound)),
        }
    bound = sight.frame_pixels_bound
    return {
        "max_pixels": (1, bound),
        "min_pixels": (1, min(bound, looking.max_pixels or bound)),
        "total_pixels": (1, sight.total_pixels),
        "fps": _FPS,
        "max_frames": (1, sight.max_frames),
    }


def _between(looking: Looking, *, least: int, most: int) -> tuple[int, int]:
    """The least and the most; where only one was asked for, the other gives way."""
    asked_least, asked_most = looking.min_pixels, looking.max_pixels
    if asked_most is None:
        most = max(most, asked_least or 0)
    if asked_least is None:
        least = min(least, asked_most or least)
    return asked_least or least, asked_most or most


def _frame_pixels(frames: int, sight: Sight, looking: Looking) -> tuple[int, int]:
    least, most = _between(looking, least=sight.frame_min_pixels, most=sight.frame_max_pixels)
    share = (looking.total_pixels or sight.total_pixels) * _MERGED // frames
    return least, min(most, max(share, int(least * _LEAST_ROOM)))


def _scaled(seen: Seen, patch: int, *, least: int, most: int) -> tuple[int, int]:
    """The nearest whole patches, with fewer or more pixels only if there must be.

    Reckoned in whole numbers: a rounding error would cost a row of patches.
    """
    sides, pixels = (seen.height, seen.width), seen.height * seen.width * patch**2
    height, width = (max(1, round(side / patch)) for side in sides)
    if height * width * patch**2 > most:
        height, width = (max(1, isqrt(side**2 * most // pixels)) for side in sides)
    elif height * width * patch**2 < least:
        height, width = (isqrt((side**2 * least - 1) // pixels) + 1 for side in sides)
    return height * patch, width * patch
