"""A folder whose files stand for URLs: `https://host/a/b.png` is `host/a/b.png` in it."""

import os
import stat
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from yarl import URL

from studiolo.core.media.errors import MediaDownloadFailed, MediaTooLarge
from studiolo.media.sources.addresses import plain_name

# What would lead elsewhere, or nowhere.
_STEPS: Final = frozenset(("", ".", ".."))
_ODD: Final = frozenset("/\\\0")


class Folder:
    """Reads files below one folder, and none outside of it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, url: URL, *, limit_bytes: int) -> bytes | None:
        """The file that stands for this URL, None if there is none; it blocks.

        Raises MediaTooLarge, or MediaDownloadFailed for a file that cannot be read.
        """
        path = self._path(url)
        if path is None:
            return None
        try:
            # What is no plain file, such as a pipe, is not waited for.
            opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(opened, "rb") as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode):
                    return None
                if found.st_size > limit_bytes:
                    raise MediaTooLarge(limit_bytes)
                return file.read(limit_bytes)
        except OSError as error:
            raise MediaDownloadFailed("The file in media.folder cannot be read.") from error

    def _path(self, url: URL) -> Path | None:
        """Where it is, after all links; None for what is not there, or not below the root."""
        try:
            steps = [unquote(step, errors="strict") for step in url.raw_path.split("/")[1:]]
            steps = [plain_name(url.raw_host or ""), *steps]
            if any(step in _STEPS or _ODD & set(step) for step in steps):
                return None
            root = self._root.resolve(strict=True)
            path = root.joinpath(*steps).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return None
        return path if path.is_relative_to(root) and path.is_file() else None
