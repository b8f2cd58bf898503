"""What goes wrong with weights; every text says what to do."""

from pathlib import Path

from studiolo.core.errors import StudioloError


class ReferenceInvalid(StudioloError):
    """This names no weights."""

    def __init__(self, reference: str, remedy: str) -> None:
        super().__init__(f"{reference!r} names no weights; {remedy}")
        self.reference = reference


class WeightsMissing(StudioloError):
    """The weights are not on this disk."""

    def __init__(self, reference: str, reason: str, remedy: str) -> None:
        super().__init__(f"weights {reference!r} {reason}; {remedy}")
        self.reference = reference


class PullFailed(StudioloError):
    """The weights could not be fetched; what had come is kept where it is of use."""

    def __init__(self, reference: str, reason: str) -> None:
        super().__init__(f"could not pull {reference}: {reason}")
        self.reference = reference


class ChecksumWrong(StudioloError):
    """What came is not what was promised; it was deleted."""

    def __init__(self, reference: str, *, expected: str, found: str) -> None:
        super().__init__(
            f"{reference} has checksum {found}, expected {expected}; the file was deleted: "
            "pull again, and if it happens again do not trust the source"
        )
        self.reference = reference
        self.expected = expected
        self.found = found


class DiskTooSmall(StudioloError):
    """There is no room for the file."""

    def __init__(self, folder: Path, *, needed_bytes: int, free_bytes: int) -> None:
        super().__init__(
            f"{needed_bytes / 1e6:,.0f} MB are needed in {folder}, {free_bytes / 1e6:,.0f} MB are "
            "free; make room, or set STUDIOLO_HOME to a larger disk"
        )
        self.needed_bytes = needed_bytes
        self.free_bytes = free_bytes
