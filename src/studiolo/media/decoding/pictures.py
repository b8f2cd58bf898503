"""Pictures, decoded with pillow."""

import importlib
import io
import warnings
from typing import Final

from PIL import AvifImagePlugin, Image

from studiolo.core.media.seen import Seen
from studiolo.media.decoding.colours import mean_of, sums_of
from studiolo.media.decoding.faults import BROKEN, Refused
from studiolo.media.decoding.questions import Question

# By their names in pillow; none of these runs a program.
FORMATS: Final = (
    *("JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB"),
    *("TIFF", "AVIF", "JPEG2000", "ICO", "PPM"),
)

# What pillow imports only when it meets a picture that needs it.
_LATE: Final = ("copy", "PIL.ImageCms", "PIL.ImageColor", "PIL.ImageFilter")


def prepare() -> None:
    """Have ready whatever a picture may need: nothing can be loaded once the process is shut."""
    Image.init()
    for name in _LATE:
        importlib.import_module(name)
    warnings.simplefilter("ignore")
    # The bound is ours, and asked before anything is decoded.
    Image.MAX_IMAGE_PIXELS = None
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def picture(data: bytes, question: Question) -> Seen:
    """What it shows, of an animation the first frame, decoded whole. Raises Refused."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(image, question)
            image.load()
            # What an icon says of itself may differ from the picture in it.
            _check_size(image, question)
            width, height = image.size
            colour = mean_of(sums_of(image), width * height)
    except BROKEN as error:
        raise Refused("unreadable") from error
    return Seen("image", width, height, colour)


def _check_size(image: Image.Image, question: Question) -> None:
    width, height = image.size
    if width * height > question.pixels:
        raise Refused("pixels", Seen("image", width, height, (0, 0, 0)))
