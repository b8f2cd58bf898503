"""From a download to a file that can be used.

Law: under its final name a file is whole and verified; its manifest is there before it is.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from studiolo.weights.errors import ChecksumWrong, DiskTooSmall, PullFailed

Progress = Callable[[int, int | None], None]

_MAGIC = b"GGUF"
_MARGIN_BYTES = 64 * 2**20
_PIECE_BYTES = 2**20


class Manifest(msgspec.Struct, frozen=True):
    """What is known of a file that lies here; kept beside it."""

    reference: str
    sha256: str
    size_bytes: int
    licence: str
    pulled: datetime


class Room(msgspec.Struct, frozen=True):
    """How much may be written: a bound of ours, and what the disk has free."""

    limit_bytes: int = 2**40
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free

    def check(self, reference: str, folder: Path, size_bytes: int) -> None:
        """Raises PullFailed, DiskTooSmall."""
        if size_bytes > self.limit_bytes:
            raise PullFailed(
                reference, f"{size_bytes} bytes are more than the limit of {self.limit_bytes}"
            )
        free_bytes = self.free_bytes(folder)
        if size_bytes + _MARGIN_BYTES > free_bytes:
            raise DiskTooSmall(
                folder, needed_bytes=size_bytes + _MARGIN_BYTES, free_bytes=free_bytes
            )


def manifest_path(path: Path) -> Path:
    """The manifest of a weight file."""
    return path.with_name(path.name + ".json")


def read_manifest(path: Path) -> Manifest | None:
    """What was noted of this file; None if it was not pulled by us."""
    try:
        return msgspec.json.decode(manifest_path(path).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None


@contextmanager
def part_of(path: Path, reference: str) -> Generator[Path]:
    """The file to download into, locked against other processes. Raises PullFailed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("ab") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PullFailed(reference, "another process is pulling it; wait for it") from error
        try:
            yield part
        finally:
            if part.exists() and part.stat().st_size == 0:
                part.unlink()


def land(part: Path, path: Path, manifest: Manifest, *, expected: str | None) -> Manifest:
    """Verifies the download and gives it its name. Raises PullFailed, ChecksumWrong.

    `manifest` comes with what is known before; checksum and size are filled in here.
    """
    with part.open("rb") as file:
        magic = file.read(len(_MAGIC))
    if magic != _MAGIC:
        part.unlink()
        raise PullFailed(manifest.reference, "what came is not a GGUF file; check the address")
    found = sha256_of(part)
    if expected is not None and found != expected:
        part.unlink()
        raise ChecksumWrong(manifest.reference, expected=expected, found=found)
    manifest = msgspec.structs.replace(manifest, sha256=found, size_bytes=part.stat().st_size)
    manifest_path(path).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    os.replace(part, path)
    return manifest


def sha256_of(path: Path) -> str:
    """The checksum of a file as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()
