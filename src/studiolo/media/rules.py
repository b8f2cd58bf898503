"""What may be looked at: where it may come from, and how large it may be."""

from pathlib import Path

import msgspec


class MediaRules(msgspec.Struct, frozen=True):
    """The settings of `[media]`, and how long a caller waits for his turn."""

    fetch: bool = True
    folder: Path | None = None
    private_hosts: tuple[str, ...] = ()
    per_request: int = 1024
    picture_bytes: int = 20 * 2**20
    video_bytes: int = 100 * 2**20
    pixels: int = 64 * 2**20
    video_s: float = 1200
    download_s: float = 30
    downloads: int = 8
    picture_decoding_s: float = 5
    decoding_s: float = 20
    remembered: int = 256
    wait_s: float = 60
