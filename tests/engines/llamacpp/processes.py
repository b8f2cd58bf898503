"""Looking at processes from outside, and waiting for conditions with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

_DEADLINE_S = 30.0
_PAUSE_S = 0.01


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait for the condition; an AssertionError names what did not come."""
    for _ in range(int(_DEADLINE_S / _PAUSE_S)):
        if await condition():
            return
        await asyncio.sleep(_PAUSE_S)
    raise AssertionError(f"{what} did not come within {_DEADLINE_S} s")


async def until_gone(pid: int) -> None:
    """Wait for the end of a process."""

    async def gone() -> bool:
        return not alive(pid)

    await until(gone, f"the end of process {pid}")
