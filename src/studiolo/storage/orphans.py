"""Journals of processes that are gone: what they noted, and the end of their files.

Law: a file that vanishes meanwhile was settled by another process, for a file goes only after
its rows are in SQL.
"""

import fcntl
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from studiolo.core.ledger import Note
from studiolo.storage.frames import read
from studiolo.storage.segments import SUFFIX
from studiolo.storage.turn import turn

# Files with this ending are kept for a person, and never read again.
DAMAGED = ".damaged"


class Orphan(msgspec.Struct, frozen=True):
    """What a process left that is gone: its segments, and all notes in them in order.

    `damaged` has the segments with bytes that became no note, and how many those are.
    """

    paths: tuple[Path, ...]
    notes: tuple[Note, ...]
    damaged: Mapping[Path, int]

    def remove(self) -> None:
        """Its rows are in SQL; what could not be read is kept under another name."""
        for path in self.paths:
            if path not in self.damaged:
                path.unlink(missing_ok=True)
                continue
            # Another process that read the same orphan may have been here before.
            with suppress(FileNotFoundError):
                path.rename(kept_as(path))


def kept_as(path: Path) -> Path:
    """Where a damaged segment goes."""
    return path.with_name(path.name + DAMAGED)


def orphans(folder: Path) -> list[Orphan]:
    """The journals of processes that are gone. Blocks: call it before anything is served.

    Segments of a living process are locked by it and left alone. Two that read the same orphan
    do no harm, for a row is written once by its id.
    """
    by_node: dict[str, list[Path]] = {}
    with suppress(FileNotFoundError), turn(folder):
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            if _is_free(path):
                by_node.setdefault(path.stem.rpartition("-")[0], []).append(path)
    return [_orphan(paths) for paths in by_node.values()]


def _orphan(paths: Sequence[Path]) -> Orphan:
    data = {path: _bytes_of(path) for path in paths}
    readings = {path: read(each) for path, each in data.items() if each is not None}
    return Orphan(
        tuple(readings),
        tuple(note for reading in readings.values() for note in reading.notes),
        {path: each.damaged_bytes for path, each in readings.items() if each.damaged_bytes},
    )


def _bytes_of(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return None


def _is_free(path: Path) -> bool:
    """Whether nobody writes it any more; a file that is gone is nobody's business."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True
