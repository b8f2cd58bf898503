"""The outside of the process: started when it is first needed, killed when it takes too much.

Law: nothing of a question is logged, and the process is told no secret.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final, Generic, TypeVar

import msgspec

from studiolo.sandbox.framing import LENGTH, framed

# Somebody, or the kernel in want of memory; of these the question may be innocent.
_BY_OTHERS: Final = frozenset((signal.SIGKILL, signal.SIGTERM))
# What the interpreter and its libraries are found by. Settings, and keys among them, are not.
_TOLD: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
_PIECE: Final = 1 << 16

_A = TypeVar("_A", bound=msgspec.Struct)


class Child(Generic[_A]):
    """One process that is asked one question at a time; who asks keeps the others waiting.

    `died` is told which question it ended over, and with which status.
    Make it in any loop, and `close` it in the one it was used in.
    """

    def __init__(
        self,
        *command: str,
        answers: msgspec.msgpack.Decoder[_A],
        is_final: Callable[[_A], bool],
        died: Callable[[msgspec.Struct, int], None],
    ) -> None:
        self._command = command
        self._answers = answers
        self._is_final = is_final
        self._died = died
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    async def ask(self, question: msgspec.Struct, data: bytes = b"") -> _A | None:
        """The last it said on this and the data, None if it died without a word.

        Asked once more where somebody else ended the process. Raises OSError if there can be none,
        be it that somebody ends them all.
        """
        answer, ended_by = await self._ask_once(question, data)
        if ended_by in _BY_OTHERS:
            answer, ended_by = await self._ask_once(question, data)
        if answer is None and ended_by in _BY_OTHERS:
            raise ChildProcessError(f"{self._command[0]} was killed twice by somebody else")
        return answer

    async def close(self) -> None:
        """End the process, twice is fine; it comes back with the next question."""
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    async def _ask_once(self, question: msgspec.Struct, data: bytes) -> tuple[_A | None, int]:
        """The last answer, and the signal that ended the process, or 0 for none.

        Whoever goes away in between leaves no half of an answer behind.
        """
        process = self._process = self._process or await _start(self._command)
        answer: _A | None = None
        try:
            async with aclosing(self._said(process, question, data)) as said:
                async for answer in said:
                    if self._is_final(answer):
                        return answer, 0
            self._process = None
            status = await process.wait()
            await _end(process)
        except BaseException:
            await self.close()
            raise
        self._died(question, status)
        return answer, max(0, -status)

    async def _said(
        self, process: Process, question: msgspec.Struct, data: bytes
    ) -> AsyncGenerator[_A]:
        """Its answers to this question, up to the final one or to its end."""
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            process.stdin.write(framed(question))
            # In pieces: a large file copied at once would stall everybody.
            whole = memoryview(data)
            for place in range(0, len(whole), _PIECE):
                process.stdin.write(whole[place : place + _PIECE])
                await process.stdin.drain()
            await process.stdin.drain()
            while True:
                (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
                yield self._answers.decode(await process.stdout.readexactly(size))


async def _start(command: tuple[str, ...]) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", *command),
        stdin=PIPE,
        stdout=PIPE,
        # What a library says when it breaks quotes what it read.
        stderr=DEVNULL,
        env={name: value for name in _TOLD if (value := os.environ.get(name)) is not None},
        # Ctrl-C in a terminal is for the server.
        start_new_session=True,
    )


async def _end(process: Process) -> None:
    """Nothing of it is left."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    process.stdin.close()
    await process.stdout.read()
