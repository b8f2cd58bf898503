"""Videos that are sent as a row of pictures."""

import re
from typing import Final

from studiolo.core.messages import MediaPart

# Frames behind one head, with commas between them (reference/06 section 2).
_ROW: Final = re.compile(r"data:(?:video/jpe?g|image/[\w.+-]+);base64,", re.IGNORECASE)


def frame_urls(part: MediaPart) -> tuple[str, ...] | None:
    """The URL of each frame; None of what is no row."""
    if part.listed:
        return part.urls
    if part.kind != "video" or len(part.urls) != 1:
        return None
    head = _ROW.match(part.urls[0])
    if head is None:
        return None
    return tuple(f"data:;base64,{frame}" for frame in part.urls[0][head.end() :].split(","))
