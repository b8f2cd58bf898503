"""The journal: notes of requests, appended to segments that go once their rows are in SQL.

Law: `append` returns when the operating system has the note, so a killed process loses nothing;
the disk has it after the next `sync`, so a power failure loses at most the time between two.
"""

import fcntl
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import assert_never

import msgspec

from studiolo.core.errors import LedgerFull
from studiolo.core.ledger import Note, Opened, Progress, Settled
from studiolo.storage.frames import frame, read
from studiolo.storage.turn import turn

SUFFIX = ".journal"
# Files with this ending are kept for a person, and never read again.
DAMAGED = ".damaged"
SEGMENT_BYTES = 4 * 2**20
# Saved rows make room segment by segment: several must fit under the bound.
SEGMENTS_UNDER_THE_BOUND = 4


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
        self._segment_bytes = min(segment_bytes, cap_bytes // SEGMENTS_UNDER_THE_BOUND)
        self._count = 0
        self._size = 0
        self._segments: list[_Segment] = []
        self._opened_in: dict[str, _Segment] = {}
        self._noted_in: dict[str, _Segment] = {}
        self._settled_in: dict[str, _Segment] = {}
        # `sync` runs in a thread: files are closed, and said to need it, one at a time.
        self._files = threading.Lock()
        self._unsynced: list[_Segment] = []
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
        segment = self._room_for(len(data))
        self._write(segment, data)
        match note:
            case Opened(asked=asked):
                self._hold(self._opened_in, asked.request_id, segment)
            case Progress(request_id=request_id):
                self._hold(self._noted_in, request_id, segment)
            case Settled(row=row):
                self._hold(self._settled_in, row.asked.request_id, segment)
                self._release(self._noted_in, row.asked.request_id)
            case _:
                assert_never(note)

    def saved(self, request_id: str) -> None:
        """SQL has the row: its segments may go when nobody else needs them."""
        for holder in (self._opened_in, self._noted_in, self._settled_in):
            self._release(holder, request_id)

    def sync(self) -> None:
        """Everything appended so far reaches the disk. Blocks: call it from a thread."""
        with ExitStack() as closing:
            with self._files:
                if self._closed:
                    return
                files = [os.dup(each.file) for each in (*self._unsynced, self._current)]
                self._unsynced.clear()
            for file in files:
                closing.callback(os.close, file)
            for file in files:
                os.fsync(file)

    def close(self) -> None:
        """Segments with unsaved rows stay for the next start; the others go."""
        for segment in list(self._segments):
            if segment.needed == 0:
                self._remove(segment)
            else:
                os.fsync(segment.file)
        with self._files:
            self._closed = True
            for segment in self._segments:
                os.close(segment.file)
        self._segments.clear()

    def _room_for(self, size: int) -> _Segment:
        """The segment to write to; a full one makes way for the next."""
        full = self._current
        if full.size and full.size + size > self._segment_bytes:
            self._current = self._begin_segment()
            with self._files:
                self._unsynced.append(full)
            if full.needed == 0:
                self._remove(full)
        return self._current

    def _hold(self, holder: dict[str, _Segment], request_id: str, segment: _Segment) -> None:
        """The note of this kind that counts for this request is in this segment."""
        if holder.get(request_id) is not segment:
            self._release(holder, request_id)
            holder[request_id] = segment
            segment.needed += 1

    def _release(self, holder: dict[str, _Segment], request_id: str) -> None:
        segment = holder.pop(request_id, None)
        if segment is not None:
            segment.needed -= 1
            if segment.needed == 0 and segment is not self._current:
                self._remove(segment)

    def _write(self, segment: _Segment, data: bytes) -> None:
        written = os.write(segment.file, data)
        if written < len(data):
            os.ftruncate(segment.file, segment.size)
            raise OSError("the disk is full: the journal took only a part of a note")
        segment.size += written
        self._size += written

    def _begin_segment(self) -> _Segment:
        self._count += 1
        with turn(self._folder):
            segment = _Segment(self._folder / f"{self._node}-{self._count:06d}{SUFFIX}")
        self._segments.append(segment)
        return segment

    def _remove(self, segment: _Segment) -> None:
        segment.path.unlink(missing_ok=True)
        with self._files:
            os.close(segment.file)
            if segment in self._unsynced:
                self._unsynced.remove(segment)
        self._segments.remove(segment)
        self._size -= segment.size


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
    if not folder.exists():
        return []
    by_node: dict[str, list[Path]] = {}
    with turn(folder):
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            if _is_free(path):
                by_node.setdefault(path.stem.rpartition("-")[0], []).append(path)
    return [_orphan(paths) for paths in by_node.values()]


def _orphan(paths: Sequence[Path]) -> Orphan:
    readings = {path: read(path.read_bytes()) for path in paths}
    return Orphan(
        tuple(paths),
        tuple(note for reading in readings.values() for note in reading.notes),
        {path: each.damaged_bytes for path, each in readings.items() if each.damaged_bytes},
    )


def _is_free(path: Path) -> bool:
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True
