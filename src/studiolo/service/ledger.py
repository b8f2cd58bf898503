"""The ledger: every request with a valid key leaves one row, whatever becomes of it.

Law: a row is settled in the journal before the caller sees the end of his answer, and once.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import assert_never

import msgspec
import structlog

from studiolo.core.errors import (
    AnswerCut,
    ClientGone,
    LedgerFull,
    ModelUnavailable,
    PlayedError,
    StudioloError,
)
from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.core.generation import PromptRead
from studiolo.core.ledger import Asked, Note, Opened, Progress, Row, Settled, Status
from studiolo.core.usage import Usage
from studiolo.service.pace import Pace
from studiolo.service.tally import Tally
from studiolo.storage.journal import Journal

log = structlog.get_logger()

# The longest that a token of a running answer is not noted; a killed process may lose these.
PROGRESS_S = 0.25


class Clock(msgspec.Struct, frozen=True):
    """What time it is, and a steady count for how long things take: nobody can set that one."""

    time_ns: Callable[[], int] = time.time_ns
    steady_ns: Callable[[], int] = time.monotonic_ns


class Ledger:
    """Opens entries. `keep` carries each row to SQL; those in `tell` only hear of it."""

    def __init__(
        self,
        journal: Journal,
        keep: Callable[[Row], None],
        tell: Sequence[Callable[[Row], None]] = (),
        *,
        node: str = "",
        clock: Clock = Clock(),  # noqa: B008 - a frozen value
    ) -> None:
        self._journal = journal
        self._keep = keep
        self._tell = tell
        self._node = node
        self._clock = clock
        self._broken = False

    def entry(self, asked: Asked) -> "Entry":
        """One request; whichever way its block is left, its row is settled."""
        return Entry(msgspec.structs.replace(asked, node=self._node), self, self._clock)

    def refusing(self, asked: Asked) -> "Refusing":
        """What comes before an answer: a request that ends in this block leaves its row.

        Raises LedgerFull at once where no row could be left.
        """
        return Refusing(asked, self)

    def check_room(self) -> None:
        """Raises LedgerFull when the journal takes no more."""
        self._journal.check_room()

    def open(self, asked: Asked) -> None:
        """An answer begins. Raises LedgerFull when the journal takes no more."""
        self._journal.check_room()
        if not self._append(Opened(asked)):
            raise LedgerFull(self._journal.size_bytes)

    def progress(self, note: Progress) -> None:
        """How far an answer is; a disk that refuses it costs no answer that already runs."""
        self._append(note)

    def settle(self, row: Row) -> None:
        """The final note, and the row on its way to SQL; it goes there even if the disk is full.

        Requests that are refused because the ledger is full leave no row: each would fill it more.
        """
        if row.error != LedgerFull.__name__:
            if not self._append(Settled(row)):
                log.error("ledger.unwritten", **told_of(row))
            self._keep(row)
        for tell in self._tell:
            tell(row)

    def _append(self, note: Note) -> bool:
        """Whether the journal has it; a disk that takes nothing is logged once, not every time.

        The end of an answer says nothing about the disk: its place was kept for it.
        """
        try:
            self._journal.append(note)
        except OSError as error:
            if not self._broken:
                log.warning("journal.broken", reason=str(error))
            self._broken = True
            return False
        if self._broken and not isinstance(note, Settled):
            log.info("journal.mended")
            self._broken = False
        return True


def told_of(row: Row) -> dict[str, str | int]:
    """What a log line says of a row that is in danger: enough to write it down by hand."""
    return {
        "request_id": row.asked.request_id,
        "key_id": row.asked.key_id,
        "model": row.asked.model,
        "status": row.status,
        "input": row.usage.input,
        "output": row.usage.output,
    }


class Refusing:
    """A request before its answer: only one that ends here gets its row here."""

    def __init__(self, asked: Asked, ledger: Ledger) -> None:
        self._asked = asked
        self._ledger = ledger

    def __enter__(self) -> None:
        try:
            self._ledger.check_room()
        except LedgerFull as error:
            self._leave("refused", error)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        match error:
            case None:
                pass
            case StudioloError():
                self._leave("refused", error)
            case Exception() if not isinstance(error, ClientGone):
                self._leave("failed", error)
            case _:
                self._leave("abandoned")

    def _leave(self, status: Status, error: Exception | None = None) -> None:
        self._ledger.entry(self._asked).settle(status, error)


class Entry:
    """One request on its way to its row; a context manager that settles it, come what may."""

    def __init__(self, asked: Asked, ledger: Ledger, clock: Clock) -> None:
        self._asked = asked
        self._ledger = ledger
        self._tally = Tally()
        self._pace = Pace()
        self._reasoning = 0
        self._noted = Usage()
        self._first_token_us: int | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._settled = False
        self._opened = False
        self._steady_ns = clock.steady_ns
        # What went before is told by the clock on the wall, which may have been set back.
        before_ns = max(0, clock.time_ns() - asked.started_us * 1000)
        self._started_ns = clock.steady_ns() - before_ns

    def __enter__(self) -> "Entry":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        match error:
            case None:
                self.settle("failed")
            case Exception() if not isinstance(error, AnswerCut):
                self.settle("refused" if self.refuses(error) else "failed", error)
            case _:
                self.settle("abandoned")

    @property
    def used(self) -> Usage:
        """What engines have written so far, told or not; reasoning is what was told as such."""
        read = self._tally.read or PromptRead(0, 0)
        return Usage(
            input=read.prompt_tokens,
            cached=read.cached_tokens,
            image=read.image_tokens,
            video=read.video_tokens,
            output=self._tally.claimed,
            reasoning=self._reasoning,
            injected=self._tally.injected,
        )

    def open(self, tally: Tally) -> None:
        """The answer begins, and is counted there. Raises LedgerFull."""
        self._ledger.open(self._asked)
        self._opened = True
        self._tally = tally
        self._alarm = asyncio.get_running_loop().call_later(PROGRESS_S, self._note_progress)

    def refuses(self, error: Exception) -> bool:
        """Whether no answer was begun: never opened, or by an engine that would not begin."""
        unwilling = isinstance(error, ModelUnavailable | PlayedError)
        return not self._opened or (unwilling and self._tally.read is None)

    def see(self, event: Event) -> None:
        """One event goes out. The row is settled when this returns from a Finished."""
        match event:
            case TextDelta() | ReasoningDelta() | ToolCallStart() | ToolCallDelta():
                if event.choice not in self._pace.began_us:
                    self._begin(event.choice)
                if isinstance(event, ReasoningDelta):
                    self._reasoning += event.tokens
            case Finished():
                self._settle("completed", event.usage, None)
            case ChoiceFinished():
                self._pace.end(event.choice, self._elapsed_us())
            case Started():
                pass
            case _:
                assert_never(event)

    def _begin(self, choice: int) -> None:
        now_us = self._elapsed_us()
        self._pace.begin(choice, now_us)
        if self._first_token_us is None:
            self._first_token_us = now_us

    def settle(self, status: Status, error: Exception | None = None) -> None:
        """End it with what was used so far; nothing happens if it is settled already."""
        self._settle(status, self.used, error)

    def _settle(self, status: Status, usage: Usage, error: Exception | None) -> None:
        if self._settled:
            return
        self._settled = True
        if self._alarm is not None:
            self._alarm.cancel()
        now_us = self._elapsed_us()
        cut_us = None if status == "completed" else now_us
        self._ledger.settle(
            Row(
                asked=self._asked,
                status=status,
                usage=usage,
                ended_us=self._asked.started_us + now_us,
                error=type(error).__name__ if error else None,
                first_token_us=self._first_token_us,
                token_us=self._pace.token_us(usage.output, cut_us=cut_us),
            )
        )

    def _note_progress(self) -> None:
        """Again and again until the end, if there is something that was not noted yet."""
        if (used := self.used) != self._noted:
            self._noted = used
            self._ledger.progress(Progress(self._asked.request_id, used, self._first_token_us))
        self._alarm = asyncio.get_running_loop().call_later(PROGRESS_S, self._note_progress)

    def _elapsed_us(self) -> int:
        return (self._steady_ns() - self._started_ns) // 1000
