"""The mean colour of a picture."""

from collections.abc import Iterator
from typing import Final

from PIL import Image
from PIL.Image import ImagePointTransform

# So many pixels are converted at once: a picture is not held twice.
_STRIP: Final = 1 << 20
_BANDS: Final = 3
_LEVELS: Final = 256
# Grey of 16 bits to grey of 8.
_DEEP: Final = frozenset(("I", "I;16", "I;16B", "I;16L", "I;16N"))
_FINER: Final = 257

Sums = tuple[int, int, int]


def sums_of(image: Image.Image) -> Sums:
    """Red, green and blue of all pixels added up, in sRGB; what shows through is white.

    Profiles of colours are not looked at.
    """
    red = green = blue = 0
    for strip in _strips(image):
        counts = _plain(strip).histogram()
        parts = [counts[band * _LEVELS : (band + 1) * _LEVELS] for band in range(_BANDS)]
        added = [sum(level * count for level, count in enumerate(part)) for part in parts]
        red, green, blue = red + added[0], green + added[1], blue + added[2]
    return red, green, blue


def mean_of(sums: Sums, pixels: int) -> tuple[int, int, int]:
    """The mean, in whole numbers."""
    return (
        round(sums[0] / pixels),
        round(sums[1] / pixels),
        round(sums[2] / pixels),
    )


def _strips(image: Image.Image) -> Iterator[Image.Image]:
    width, height = image.size
    rows = max(1, _STRIP // width)
    for top in range(0, height, rows):
        yield image.crop((0, top, width, min(height, top + rows)))


def _plain(strip: Image.Image) -> Image.Image:
    if strip.mode in _DEEP:
        return _shallow(strip).convert("RGB")
    if not strip.has_transparency_data:
        return strip.convert("RGB")
    over = Image.new("RGBA", strip.size, "white")
    over.alpha_composite(strip.convert("RGBA"))
    return over.convert("RGB")


def _shallow(strip: Image.Image) -> Image.Image:
    deep = strip.convert("I")
    # The stubs of `point` speak of numpy's types, which are not here.
    eight = deep.point(_eight)  # pyright: ignore[reportUnknownMemberType]
    return eight.convert("L")


def _eight(level: ImagePointTransform) -> ImagePointTransform:
    return level * (1 / _FINER) + 0.5
