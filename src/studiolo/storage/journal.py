"""The journal: notes of requests, appended to segments that go once their rows are in SQL.

Law: `append` returns when the operating system has the note, so a killed process loses nothing;
the disk has it after the next `sync`, so a power failure loses at most the time between two.
"""

import fcntl
import os
from pathlib import Path

import msgspec

from studiolo.core.errors import LedgerFull
from studiolo.core.ledger import Note, Opened, Settled
from studiolo.storage.frames import frame, notes

SUFFIX = ".journal"
SEGMENT_BYTES = 4 * 2**20


class _Segment:
    """One file, and how many requests still need it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.needed = 0
        self.file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Journal:
    """One process's journal. `cap_bytes` bounds what may wait for SQL."""

    def __init__(
        self, folder: Path, node: str, *, cap_bytes: int, segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._node = node
        self._cap_bytes = cap_bytes
        self._segment_bytes = segment_bytes
        self._count = 0
        self._size = 0
        self._segments: list[_Segment] = []
        self._opened_in: dict[str, _Segment] = {}
        self._settled_in: dict[str, _Segment] = {}
        self._current = self._begin_segment()
        self._closed = False

    @property
    def size_bytes(self) -> int:
        """Of all segments that are still there."""
        return self._size

    @property
    def unsaved(self) -> int:
        """Settled requests whose rows SQL does not have yet."""
        return len(self._settled_in)

    def check_room(self) -> None:
        """Raises LedgerFull when too much waits for SQL already."""
        if self._size >= self._cap_bytes:
            raise LedgerFull(self._size)

    def append(self, note: Note) -> None:
        """Raises OSError when the disk does not take it; nothing half-written counts then."""
        if self._closed:
            raise OSError("the journal is closed")
        data = frame(note)
        if self._current.size + len(data) > self._segment_bytes and self._current.size:
            self._current = self._begin_segment()
        segment = self._current
        self._write(segment, data)
        if isinstance(note, Opened):
            self._opened_in[note.asked.request_id] = segment
            segment.needed += 1
        elif isinstance(note, Settled):
            self._settled_in[note.row.asked.request_id] = segment
            segment.needed += 1

    def saved(self, request_id: str) -> None:
        """SQL has the row: its segments may go when nobody else needs them."""
        for holder in (self._opened_in, self._settled_in):
            segment = holder.pop(request_id, None)
            if segment is not None:
                segment.needed -= 1
                if segment.needed == 0 and segment is not self._current:
                    self._remove(segment)

    def sync(self) -> None:
        """Everything appended so far reaches the disk. Blocks: call it from a thread."""
        if not self._closed:
            os.fsync(self._current.file)

    def close(self) -> None:
        """Segments with unsaved rows stay for the next start; the others go."""
        self._closed = True
        for segment in list(self._segments):
            if segment.needed == 0:
                self._remove(segment)
            else:
                os.fsync(segment.file)
                os.close(segment.file)
        self._segments.clear()

    def _write(self, segment: _Segment, data: bytes) -> None:
        written = os.write(segment.file, data)
        if written < len(data):
            os.ftruncate(segment.file, segment.size)
            raise OSError("the disk is full: the journal took only a part of a note")
        segment.size += written
        self._size += written

    def _begin_segment(self) -> _Segment:
        self._count += 1
        segment = _Segment(self._folder / f"{self._node}-{self._count:06d}{SUFFIX}")
        self._segments.append(segment)
        return segment

    def _remove(self, segment: _Segment) -> None:
        segment.path.unlink(missing_ok=True)
        os.close(segment.file)
        self._segments.remove(segment)
        self._size -= segment.size


class Orphan(msgspec.Struct, frozen=True):
    """What a process left that is gone: its segments, and all notes in them in order."""

    paths: tuple[Path, ...]
    notes: tuple[Note, ...]

    def remove(self) -> None:
        """Its rows are in SQL."""
        for path in self.paths:
            path.unlink(missing_ok=True)


def orphans(folder: Path) -> list[Orphan]:
    """The journals of processes that are gone. Blocks: call it before anything is served.

    Segments of a living process are locked by it and left alone. Two that read the same orphan
    do no harm, for a row is written once by its id.
    """
    by_node: dict[str, list[Path]] = {}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if _is_free(path):
            by_node.setdefault(path.stem.rpartition("-")[0], []).append(path)
    return [
        Orphan(tuple(paths), tuple(note for path in paths for note in notes(path.read_bytes())))
        for paths in by_node.values()
    ]


def _is_free(path: Path) -> bool:
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True
