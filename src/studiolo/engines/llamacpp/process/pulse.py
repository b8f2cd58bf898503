"""Whether the engine's process still answers: one that runs and is silent serves nobody."""

import asyncio
from pathlib import Path
from typing import Final

import msgspec

_QUESTION: Final = b"GET /health HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n"


class Pulse(msgspec.Struct, frozen=True):
    """How often it is asked, and how long it may be silent, in seconds."""

    every_s: float = 2.0
    patience_s: float = 30.0

    async def stops(self, socket: Path) -> str:
        """Comes back when nobody answers at the socket any more; says so in one line."""
        while True:
            await asyncio.sleep(self.every_s)
            if not _is_there(socket):
                return f"its socket {socket} is gone"
            try:
                async with asyncio.timeout(self.patience_s):
                    await _asked(socket)
            except TimeoutError:
                return f"silent for {self.patience_s:g} s"


def _is_there(socket: Path) -> bool:
    return socket.exists()


async def _asked(socket: Path) -> None:
    """Whatever it says is an answer; one that refuses a connection is about to end."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(socket))
    except OSError:
        return
    try:
        writer.write(_QUESTION)
        await reader.read(1)
    except OSError:
        return
    finally:
        writer.close()
