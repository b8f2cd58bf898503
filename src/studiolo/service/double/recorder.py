"""Writes what was recorded to a cassette, a line at a time and nothing by halves.

Law: an answer never waits for a disk in vain. What cannot be written is told in the log and at
the end, and never to whoever asked.
"""

import fcntl
import os
import stat
import threading
from collections.abc import Sequence
from pathlib import Path

import structlog

from studiolo.core.errors import StudioloError
from studiolo.service.double.cassette import CassetteInvalid, read_cassette
from studiolo.service.double.exchange import Said, line_of
from studiolo.service.double.question import Question
from studiolo.service.double.secrets import Mask

log = structlog.get_logger()


class RecordingsLost(StudioloError):
    """Answers that were passed on and are not in the cassette."""

    def __init__(self, path: Path, count: int, reason: str) -> None:
        answers = "1 answer is" if count == 1 else f"{count} answers are"
        super().__init__(f"{answers} not in cassette {path}: {reason}")
        self.count = count


class Recorder:
    """Appends to a cassette that nobody else writes to; `secrets` never get there.

    Raises CassetteInvalid when it is made, if nothing can be appended.
    """

    def __init__(self, path: Path, *, secrets: Sequence[str] = ()) -> None:
        self._path = path
        self._secrets = tuple(secrets)
        self._lock = threading.Lock()
        self._lost = 0
        self._reason = ""
        self._file = _open(path)
        try:
            read_cassette(path)
        except CassetteInvalid:
            os.close(self._file)
            raise

    def keep(self, question: Question, said: Said, *, secrets: Sequence[str] = ()) -> None:
        """One more line; `secrets` are further ones."""
        line = line_of(question, said, Mask((*self._secrets, *secrets)))
        with self._lock:
            if line is None:
                self._lose("it spells a key in a way that cannot be taken out")
                return
            try:
                self._append(line)
            except OSError as error:
                self._lose(f"it cannot be written: {error.strerror}")
            except CassetteInvalid as error:
                self._lose(str(error))

    def close(self) -> None:
        """Let others write. Raises RecordingsLost when lines are missing."""
        with self._lock:
            os.close(self._file)
            self._file = -1
        if self._lost:
            raise RecordingsLost(self._path, self._lost, self._reason)

    def _append(self, line: bytes) -> None:
        """All of it or nothing, on a line of its own wherever the file was left."""
        self._follow()
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            line = b"\n" + line
        try:
            while line:
                line = line[os.write(self._file, line) :]
        except OSError:
            os.ftruncate(self._file, size)
            raise

    def _follow(self) -> None:
        """The file of this name may be another one by now: editors put one in its place."""
        try:
            there, ours = self._path.stat(), os.fstat(self._file)
            if (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino):
                return
        except FileNotFoundError:
            pass
        file = _open(self._path)
        os.close(self._file)
        self._file = file

    def _lose(self, reason: str) -> None:
        self._lost += 1
        self._reason = reason
        log.error("cassette.unwritten", cassette=str(self._path), reason=reason)


def _open(path: Path) -> int:
    """A file to append to, which is ours alone. Raises CassetteInvalid."""
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            raise _unwritable(path, "it is no file")
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise _unwritable(path, error.strerror) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        is_held = isinstance(error, BlockingIOError)
        reason = "somebody else records to it" if is_held else error.strerror
        raise _unwritable(path, reason) from error
    return file


def _unwritable(path: Path, reason: str | None) -> CassetteInvalid:
    return CassetteInvalid(f"cassette {path} cannot be written: {reason}")
