"""One process at a time in a folder, for what takes several steps there."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(folder: Path) -> Generator[None]:
    """Wait for our turn in this folder; it is over with the block, or with the process."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
