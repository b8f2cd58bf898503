"""The journal: notes of requests, appended to segments that go once their rows are in SQL.

Law: `append` returns when the operating system has the note, so a killed process loses nothing;
the disk has it after the next `sync`, so a power failure loses at most the time between two.
No answer begins before there is a place on the disk, the reserve, for the note of its end.
"""

import os
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import assert_never

from studiolo.core.errors import LedgerFull
from studiolo.core.ledger import Note, Opened, Progress, Settled
from studiolo.storage.frames import frame
from studiolo.storage.segments import SUFFIX, Segment
from studiolo.storage.turn import turn

SEGMENT_BYTES = 4 * 2**20
# Saved rows make room segment by segment: several must fit under the bound.
SEGMENTS_UNDER_THE_BOUND = 4
# The reserve grows in such steps; one is enough for a thousand answers.
RESERVE_BYTES = 2**20
# The note of an end repeats the one of the beginning, and adds at most so much.
SETTLING_BYTES = 512


class Journal:
    """One process's journal. `cap_bytes` bounds what may wait for SQL."""

    def __init__(
        self, folder: Path, node: str, *, cap_bytes: int, segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        self._folder = folder
        self._node = node
        self._cap_bytes = cap_bytes
        self._segment_bytes = min(segment_bytes, cap_bytes // SEGMENTS_UNDER_THE_BOUND)
        self._count = 0
        self._size = 0
        self._segments: list[Segment] = []
        self._opened_in: dict[str, Segment] = {}
        self._noted_in: dict[str, Segment] = {}
        self._settled_in: dict[str, Segment] = {}
        # What the ends of running answers may take of the reserve, and all of it together.
        self._promised: dict[str, int] = {}
        self._promised_bytes = 0
        self._reserve: Segment | None = None
        # `sync` runs in a thread: files are closed, and said to need it, one at a time.
        self._files = threading.Lock()
        self._unsynced: list[Segment] = []
        self._current = self._begin_segment()
        self._closed = False

    @property
    def size_bytes(self) -> int:
        """Of all notes that are still there; what of the reserve is not used does not count."""
        return self._size

    @property
    def unsaved(self) -> int:
        """Settled requests whose rows SQL does not have yet."""
        return len(self._settled_in)

    def has_row(self, request_id: str) -> bool:
        """Whether the note of its end is in a file that the next start reads."""
        segment = self._settled_in.get(request_id)
        return segment is not None and not segment.gone

    def check_room(self) -> None:
        """Raises LedgerFull when too much waits for SQL already."""
        if self._size >= self._cap_bytes:
            raise LedgerFull(self._size)

    def append(self, note: Note) -> None:
        """Raises OSError when the disk does not take it; nothing half-written counts then.

        An `Opened` is not taken without a place for its end; a `Settled` may use that place.
        """
        if self._closed:
            raise OSError("the journal is closed")
        data = frame(note)
        match note:
            case Opened(asked=asked):
                self._hold(self._opened_in, asked.request_id, self._begin(asked.request_id, data))
            case Progress(request_id=request_id):
                self._hold(self._noted_in, request_id, self._write(data))
            case Settled(row=row):
                request_id = row.asked.request_id
                segment = self._write_whatever_happens(request_id, data)
                self._hold(self._settled_in, request_id, segment)
                self._release(self._noted_in, request_id)
                self._release_promise(request_id)
            case _:
                assert_never(note)

    def saved(self, request_id: str) -> None:
        """SQL has the row: its segments may go when nobody else needs them."""
        for holder in (self._opened_in, self._noted_in, self._settled_in):
            self._release(holder, request_id)
        self._release_promise(request_id)

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
                segment.give_back()
                os.fsync(segment.file)
        with self._files:
            self._closed = True
            for segment in self._segments:
                segment.close()
        self._segments.clear()

    def _write(self, data: bytes) -> Segment:
        segment = self._room_for(len(data))
        segment.write(data)
        self._size += len(data)
        return segment

    def _begin(self, request_id: str, data: bytes) -> Segment:
        """What does not begin is promised nothing."""
        self._promise(request_id, len(data) + SETTLING_BYTES)
        try:
            return self._write(data)
        except OSError:
            self._release_promise(request_id)
            raise

    def _write_whatever_happens(self, request_id: str, data: bytes) -> Segment:
        """To the reserve when the disk takes no more; what others were promised stays there."""
        try:
            return self._write(data)
        except OSError:
            others = self._promised_bytes - self._promised.get(request_id, 0)
            reserve = self._reserve
            if reserve is None or reserve.room - len(data) < others:
                raise
        reserve.write(data)
        self._size += len(data)
        self._must_sync(reserve)
        return reserve

    def _promise(self, request_id: str, size: int) -> None:
        """See that the reserve has room for one more. Raises OSError when the disk has none."""
        wanted = self._promised_bytes + size
        reserve = self._reserve
        if reserve is None or reserve.size or reserve.room < wanted or reserve.gone:
            self._renew_reserve(-(-wanted // RESERVE_BYTES) * RESERVE_BYTES)
        self._promised[request_id] = size
        self._promised_bytes = wanted

    def _release_promise(self, request_id: str) -> None:
        self._promised_bytes -= self._promised.pop(request_id, 0)

    def _renew_reserve(self, size: int) -> None:
        """The one before is given up only when there is another."""
        fresh, before = self._begin_segment(), self._reserve
        try:
            fresh.allocate(size)
        except OSError:
            self._remove(fresh)
            raise
        self._reserve = fresh
        if before is None:
            return
        if before.needed == 0:
            self._remove(before)
        else:
            before.give_back()

    def _room_for(self, size: int) -> Segment:
        """The segment to write to; one that is full, or that somebody removed, makes way."""
        before = self._current
        if (before.size and before.size + size > self._segment_bytes) or before.gone:
            self._current = self._begin_segment()
            self._must_sync(before)
            if before.needed == 0:
                self._remove(before)
        return self._current

    def _must_sync(self, segment: Segment) -> None:
        with self._files:
            if segment not in self._unsynced:
                self._unsynced.append(segment)

    def _hold(self, holder: dict[str, Segment], request_id: str, segment: Segment) -> None:
        """The note of this kind that counts for this request is in this segment."""
        if holder.get(request_id) is not segment:
            self._release(holder, request_id)
            holder[request_id] = segment
            segment.needed += 1

    def _release(self, holder: dict[str, Segment], request_id: str) -> None:
        segment = holder.pop(request_id, None)
        if segment is not None:
            segment.needed -= 1
            if segment.needed == 0 and segment not in (self._current, self._reserve):
                self._remove(segment)

    def _begin_segment(self) -> Segment:
        """In a folder that is made again when somebody removed it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._count += 1
        with turn(self._folder):
            segment = Segment(self._folder / f"{self._node}-{self._count:06d}{SUFFIX}")
        self._segments.append(segment)
        return segment

    def _remove(self, segment: Segment) -> None:
        segment.path.unlink(missing_ok=True)
        with self._files:
            segment.close()
            if segment in self._unsynced:
                self._unsynced.remove(segment)
        self._segments.remove(segment)
        self._size -= segment.size
