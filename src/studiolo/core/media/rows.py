"""Videos that are sent as a row of pictures."""

import re
from typing import Final

from studiolo.core.messages import MediaPart

# Frames behind one head, with commas between them (reference/06 section 2).
_ROW: Final = re.compile(r"data:(?:video/jpe?g|image/[\w.+-]+);base64,", re.IGNORECASE)


def frame_count(part: MediaPart) -> int | None:
    """How many frames a row has; None of what is no row.

    A request can bring millions: count them before they are taken apart.
    """
    if part.listed:
        return len(part.urls)
    return None if _head(part) is None else part.urls[0].count(",")


def frame_urls(part: MediaPart) -> tuple[str, ...]:
    """The URL of each frame of a row; of what is no row, its URLs."""
    head = None if part.listed else _head(part)
    if head is None:
        return part.urls
    return tuple(f"data:;base64,{frame}" for frame in part.urls[0][head.end() :].split(","))


def _head(part: MediaPart) -> re.Match[str] | None:
    if part.kind != "video" or len(part.urls) != 1:
        return None
    return _ROW.match(part.urls[0])
