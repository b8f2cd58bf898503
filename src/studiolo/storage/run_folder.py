"""A folder for one process's sockets, gone with the process; what killed ones left is swept."""

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

LOCK = "lock"


@contextmanager
def run_folder(parent: Path, name: str) -> Generator[Path]:
    """`parent/name`, for the owner alone, locked as long as this process lives in it."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(parent)
    folder = parent / name
    folder.mkdir(mode=0o700)
    lock = os.open(folder / LOCK, os.O_CREAT | os.O_WRONLY, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(parent: Path) -> None:
    """Remove the folders of processes that are gone."""
    for lock_path in parent.glob(f"*/{LOCK}"):
        lock = os.open(lock_path, os.O_WRONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock_path.parent, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(lock)
