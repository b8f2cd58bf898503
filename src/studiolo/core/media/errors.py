"""Failures of what a request shows: where it is, whether it came, and what it turned out to be.

Law: as in `core.errors`, every class has its row in the table of every dialect (reference/08).
No URL is in them: it may carry a key.
"""

from studiolo.core.errors import LONGEST_NAME, StudioloError
from studiolo.core.messages import MediaKind


class MediaInvalid(StudioloError):
    """The root of all that can be wrong with a picture or a video."""


# -- where it is, and whether it came


class MediaUrlInvalid(MediaInvalid):
    """The address is none, is not written as one should be, or leads to what is not fetched."""


class MediaHostForbidden(MediaInvalid):
    """The host is not a public one, and the settings do not allow it."""

    def __init__(self, host: str) -> None:
        shown = host[:LONGEST_NAME]
        super().__init__(f"host {shown!r} is not public; `media.private_hosts` can allow it")
        self.host = shown


class MediaDownloadFailed(MediaInvalid):
    """It could not be fetched; `reason` is a sentence about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"download failed: {reason}")
        self.reason = reason


class MediaDownloadTimeout(MediaInvalid):
    """It did not come whole within the time it has."""


class MediaItemTooLarge(MediaInvalid):
    """A data URI has more bytes than one may have."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"a data URI is larger than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class MediaTooLarge(MediaInvalid):
    """A file has more bytes than is fetched."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"a file is larger than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class TooManyMedia(MediaInvalid):
    """More pictures, frames and videos than a request may have."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"{count} pictures and videos, at most {limit} are looked at")
        self.count = count
        self.limit = limit


# -- what it turned out to be


class MediaUnreadable(MediaInvalid):
    """No decoder makes a picture or a video of it."""

    def __init__(self, kind: MediaKind) -> None:
        super().__init__(f"this is no {kind} that can be decoded")
        self.kind = kind


class MediaTooCostly(MediaInvalid):
    """Its decoding takes too much time or memory."""

    def __init__(self, kind: MediaKind) -> None:
        super().__init__(f"the {kind} takes too much time or memory to be decoded")
        self.kind = kind


class TooManyPixels(MediaInvalid):
    """A picture or a frame has more pixels than is decoded."""

    def __init__(self, width: int, height: int, *, limit: int) -> None:
        super().__init__(f"{width} x {height} pixels, at most {limit} are decoded")
        self.width = width
        self.height = height
        self.limit = limit


class SidesTooShort(MediaInvalid):
    """A side has fewer pixels than models see (reference/06 section 2)."""

    def __init__(self, width: int, height: int, *, bound: int) -> None:
        super().__init__(f"{width} x {height} pixels, both sides must be longer than {bound}")
        self.width = width
        self.height = height
        self.bound = bound


class SidesTooUnlike(MediaInvalid):
    """One side is too many times as long as the other (reference/06 section 2)."""

    def __init__(self, width: int, height: int, *, bound: int) -> None:
        super().__init__(f"{width} x {height} pixels, the ratio must be at most {bound}:1")
        self.width = width
        self.height = height
        self.bound = bound


class VideoLengthInvalid(MediaInvalid):
    """A video is shorter or longer than is looked at."""

    def __init__(self, seconds: float, *, least_s: float, most_s: float) -> None:
        super().__init__(f"a video of {seconds:.1f} s, must be of {least_s:g} to {most_s:g} s")
        self.seconds = seconds
        self.least_s = least_s
        self.most_s = most_s


class FrameCountInvalid(MediaInvalid):
    """A row of frames has too few or too many (reference/06 section 2)."""

    def __init__(self, count: int, *, least: int, most: int) -> None:
        super().__init__(f"a row of {count} frames, must be of {least} to {most}")
        self.count = count
        self.least = least
        self.most = most


class LookingInvalid(MediaInvalid):
    """How closely to look is beyond what the model can."""

    def __init__(self, field: str, value: float, *, least: float, most: float) -> None:
        super().__init__(f"{field!r} is {value}, must be of {least:.10g} to {most:.10g}")
        self.field = field
        self.value = value
        self.least = least
        self.most = most
