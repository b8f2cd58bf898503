"""Whether schemas can be kept: asked of a process that is killed when it takes too much.

Law: no text of a caller is logged.
"""

import asyncio
from collections import OrderedDict
from typing import Final

import msgspec
import structlog

from studiolo.core.errors import ModelUnavailable, Overloaded
from studiolo.core.generation import ForcedCalls
from studiolo.core.schemas.checks import Fault
from studiolo.engines.forced_calls import open_calls
from studiolo.engines.judge.questions import (
    CallsQuestion,
    KeepingQuestion,
    Question,
    Verdict,
    verdicts,
)
from studiolo.sandbox.child import Child

# The process ends by its own processor time; this is for a machine on which it gets none.
_PATIENCE_S: Final = 20.0
_RETRY_S: Final = 5
_REMEMBERED: Final = 256
_LARGEST_REMEMBERED: Final = 1 << 24
_TOO_COSTLY: Final = "it costs too much to be kept"

_log = structlog.stdlib.get_logger()


class Judge:
    """One process, started when it is first needed; questions wait for each other.

    What was found out is remembered. Make it in any loop, and `close` it in the one it was used in.
    """

    def __init__(self) -> None:
        self._child = Child(
            "studiolo.engines.judge.worker",
            answers=verdicts,
            is_final=lambda verdict: verdict.final,
            died=_told,
        )
        self._turn = asyncio.Lock()
        self._known = _Known()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._child.pid

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
        await self._child.close()

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
        try:
            return await self._child.ask(question)
        except OSError as error:
            raise ModelUnavailable(f"schemas cannot be checked: {error}") from error


def _told(question: msgspec.Struct, status: int) -> None:
    _log.warning("judge.died", question=type(question).__name__, status=status)


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
