"""How models look at pictures and videos, and how many tokens stand for what they see."""

import msgspec


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
