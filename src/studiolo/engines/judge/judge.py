"""Whether schemas can be kept: asked of a process that is killed when it takes too much.

Law: no text of a caller is logged.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import structlog

from studiolo.core.errors import ModelUnavailable, Overloaded
from studiolo.core.generation import ForcedCalls
from studiolo.core.schemas.checks import Fault
from studiolo.engines.forced_calls import open_calls
from studiolo.engines.judge.questions import (
    LENGTH,
    CallsQuestion,
    KeepingQuestion,
    Question,
    Verdict,
    framed,
    verdicts,
)

# The process ends by its own processor time; this is for a machine on which it gets none.
_PATIENCE_S: Final = 20.0
_RETRY_S: Final = 5
_REMEMBERED: Final = 256
_LARGEST_REMEMBERED: Final = 1 << 24
# Somebody, or the kernel in want of memory; of these the question may be innocent.
_BY_OTHERS: Final = frozenset((signal.SIGKILL, signal.SIGTERM))
_TOO_COSTLY: Final = "it costs too much to be kept"

_log = structlog.stdlib.get_logger()


class Judge:
    """One process, started when it is first needed; questions wait for each other.

    What was found out is remembered. Make it in any loop, and `close` it in the one it was used in.
    """

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._known = _Known()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    async def fault_in(self, schema: str) -> Fault | None:
        """Why no model can be held to this schema, which was checked; None if one can.

        Raises Overloaded if nobody gets to it, ModelUnavailable if there can be no process.
        """
        verdict = await self._verdict(KeepingQuestion(schema))
        if verdict is None:
            return Fault((), _TOO_COSTLY)
        return Fault(verdict.keys, verdict.reason) if verdict.reason else None

    async def schema_grammar(self, schema: str) -> Verdict:
        """The grammar of texts that are just this JSON. Raises as `fault_in` does."""
        return await self._verdict(KeepingQuestion(schema)) or Verdict(reason=_TOO_COSTLY)

    async def calls_grammar(self, calls: ForcedCalls) -> Verdict:
        """The grammar of these calls; what would cost too much is left to the model.

        Raises as `fault_in` does.
        """
        verdict = await self._verdict(CallsQuestion(calls))
        if verdict is not None:
            return verdict
        held = open_calls(calls)
        return Verdict(held.grammar, kept=held.kept)

    async def close(self) -> None:
        """End the process, twice is fine; it comes back with the next question."""
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    async def _verdict(self, question: Question) -> Verdict | None:
        """None for what takes too much."""
        if question in self._known:
            return self._known.get(question)
        try:
            async with asyncio.timeout(_PATIENCE_S), self._turn:
                if question not in self._known:
                    self._known.put(question, await self._ask(question))
        except TimeoutError as error:
            raise Overloaded(_RETRY_S) from error
        return self._known.get(question)

    async def _ask(self, question: Question) -> Verdict | None:
        """Asked once more where somebody else ended the process."""
        verdict, ended_by = await self._ask_once(question)
        if ended_by in _BY_OTHERS:
            verdict, _ = await self._ask_once(question)
        return verdict

    async def _ask_once(self, question: Question) -> tuple[Verdict | None, int]:
        """The last verdict, and the signal that ended the process, or 0 for none.

        Whoever goes away in between leaves no half of an answer behind.
        """
        process = self._process = self._process or await _start()
        verdict: Verdict | None = None
        try:
            async with aclosing(_said(process, question)) as said:
                async for verdict in said:
                    if verdict.final:
                        return verdict, 0
            self._process = None
            status = await process.wait()
            await _end(process)
        except BaseException:
            await self.close()
            raise
        _log.warning("judge.died", question=type(question).__name__, status=status)
        return verdict, max(0, -status)


class _Known:
    """Verdicts by question: so many, and so large, the oldest ones leave first."""

    def __init__(self) -> None:
        self._verdicts: OrderedDict[Question, Verdict | None] = OrderedDict()
        self._size = 0

    def __contains__(self, question: Question) -> bool:
        return question in self._verdicts

    def get(self, question: Question) -> Verdict | None:
        self._verdicts.move_to_end(question)
        return self._verdicts[question]

    def put(self, question: Question, verdict: Verdict | None) -> None:
        self._verdicts[question] = verdict
        self._size += _size(question, verdict)
        while len(self._verdicts) > 1 and (
            len(self._verdicts) > _REMEMBERED or self._size > _LARGEST_REMEMBERED
        ):
            self._size -= _size(*self._verdicts.popitem(last=False))


def _size(question: Question, verdict: Verdict | None) -> int:
    asked = (
        [question.schema]
        if isinstance(question, KeepingQuestion)
        else [form.parameters for form in question.calls.forms]
    )
    found = [verdict.grammar, *verdict.kept] if verdict else []
    return sum(map(len, (*asked, *found)))


async def _start() -> Process:
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "studiolo.engines.judge.worker"),
            stdin=PIPE,
            stdout=PIPE,
            # What llguidance says when it breaks quotes the schema.
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(os.environ),
            # Ctrl-C in a terminal is for the server.
            start_new_session=True,
        )
    except OSError as error:
        raise ModelUnavailable(f"schemas cannot be checked: {error}") from error


async def _said(process: Process, question: Question) -> AsyncGenerator[Verdict]:
    """Its verdicts on this question, up to the final one or to its end."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        process.stdin.write(framed(question))
        await process.stdin.drain()
        while True:
            (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            yield verdicts.decode(await process.stdout.readexactly(size))


async def _end(process: Process) -> None:
    """Nothing of it is left."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    process.stdin.close()
    await process.stdout.read()
