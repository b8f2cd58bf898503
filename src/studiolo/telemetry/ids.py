"""Request ids: UUIDs of version 7, so that rows in order of id are rows in order of time."""

import os
import time
from uuid import UUID


def new_request_id() -> str:
    """A lower-case UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random bits."""
    moment = time.time_ns() // 1_000_000
    rest = int.from_bytes(os.urandom(10), "big")
    value = (moment & (2**48 - 1)) << 80 | 7 << 76 | (rest >> 68) << 64 | 2 << 62
    text = f"{value | rest & (2**62 - 1):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def moment_us(request_id: str) -> int | None:
    """When the id was made, in microseconds of Unix time; None if it is none of ours."""
    try:
        value = UUID(request_id)
    except ValueError:
        return None
    return (value.int >> 80) * 1000 if value.version == 7 else None
