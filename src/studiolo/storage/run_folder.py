"""A folder for one process's sockets, gone with the process; what killed ones left is swept.

A link in such a folder leads to a folder lent elsewhere, which goes with it.
"""

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from studiolo.storage.turn import turn

LOCK = "lock"


@contextmanager
def run_folder(parent: Path, name: str) -> Generator[Path]:
    """`parent/name`, for the owner alone, locked as long as this process lives in it."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = parent / name
    with turn(parent):
        sweep(parent)
        folder.mkdir(mode=0o700)
        lock = os.open(folder / LOCK, os.O_CREAT | os.O_WRONLY, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield folder
    finally:
        # In our turn, so that nobody sweeps a folder that is half gone; unless all of it is.
        with suppress(FileNotFoundError), turn(parent):
            _remove(folder)
        os.close(lock)


def sweep(parent: Path) -> None:
    """Remove the folders of processes that are gone; only in one's turn."""
    for folder in parent.iterdir():
        lock = os.open(folder / LOCK, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)
        except BlockingIOError:
            continue
        finally:
            os.close(lock)


def _remove(folder: Path) -> None:
    for link in folder.rglob("*"):
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
