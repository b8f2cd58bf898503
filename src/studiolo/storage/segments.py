"""A segment: one file of notes, locked by the process that writes it."""

import fcntl
import os
from pathlib import Path

SUFFIX = ".journal"


class Segment:
    """How much is in it, how much more has its place on the disk, and who still needs it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.needed = 0
        self._allocated = 0
        self.file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    @property
    def room(self) -> int:
        """Bytes that can be written even to a full disk."""
        return self._allocated - self.size

    @property
    def gone(self) -> bool:
        """Whether somebody removed the file: what is written to it then, nobody ever reads."""
        return os.fstat(self.file).st_nlink == 0

    def allocate(self, size: int) -> None:
        """Give it a place on the disk for so many bytes. Raises OSError when there is none."""
        os.posix_fallocate(self.file, 0, size)
        self._allocated = size

    def write(self, data: bytes) -> None:
        """All of it behind what is there, or nothing. Raises OSError."""
        written = os.pwrite(self.file, data, self.size)
        if written < len(data):
            if not self._allocated:
                os.ftruncate(self.file, self.size)
            raise OSError("the disk is full: the journal took only a part of a note")
        self.size += written

    def give_back(self) -> None:
        """The file ends where its notes end."""
        os.ftruncate(self.file, self.size)
        self._allocated = self.size

    def close(self) -> None:
        """Lets go of the file and of its lock."""
        os.close(self.file)
