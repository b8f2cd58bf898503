"""The ledger: every request with a valid key leaves one row, whatever becomes of it.

Law: a row is settled in the journal before the caller sees the end of his answer, and once.
"""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

import msgspec
import structlog

from studiolo.core.errors import LedgerFull, StudioloError
from studiolo.core.events import ChoiceFinished, Event, Finished, ReasoningDelta, Started
from studiolo.core.ledger import Asked, Opened, Progress, Row, Settled, Status
from studiolo.core.usage import Usage
from studiolo.storage.journal import Journal

log = structlog.get_logger()

# The most often that a running answer notes how far it is.
PROGRESS_S = 0.25


class Ledger:
    """Opens entries; those in `settled` are told of each row, the first carries it to SQL."""

    def __init__(
        self, journal: Journal, settled: Sequence[Callable[[Row], None]], *, node: str = ""
    ) -> None:
        self._journal = journal
        self._settled = settled
        self._node = node

    @contextmanager
    def entry(self, asked: Asked) -> Generator["Entry"]:
        """One request; whichever way this block is left, its row is settled."""
        entry = self._entry(asked)
        try:
            yield entry
            entry.settle("failed")
        except Exception as error:
            entry.settle("failed" if entry.opened else "refused", error)
            raise
        except BaseException:
            entry.settle("abandoned")
            raise

    def refuse(self, asked: Asked, error: StudioloError) -> None:
        """A request that never came so far as to be an entry."""
        self._entry(asked).settle("refused", error)

    def open(self, asked: Asked) -> None:
        """An answer begins. Raises LedgerFull when the journal takes no more."""
        self._journal.check_room()
        try:
            self._journal.append(Opened(asked))
        except OSError as error:
            log.exception("journal.broken", reason=str(error))
            raise LedgerFull(self._journal.size_bytes) from error

    def progress(self, note: Progress) -> None:
        """How far an answer is; a disk that refuses it costs no answer that already runs."""
        try:
            self._journal.append(note)
        except OSError as error:
            log.exception("journal.broken", reason=str(error))

    def settle(self, row: Row) -> None:
        """The final note, and the row on its way to SQL; it goes there even if the disk is full."""
        try:
            self._journal.append(Settled(row))
        except OSError as error:
            log.exception("journal.broken", reason=str(error))
        for tell in self._settled:
            tell(row)

    def _entry(self, asked: Asked) -> "Entry":
        return Entry(msgspec.structs.replace(asked, node=self._node), self)


class Entry:
    """One request on its way to its row."""

    def __init__(self, asked: Asked, ledger: Ledger) -> None:
        self._asked = asked
        self._ledger = ledger
        self._usage = Usage()
        self._output = 0
        self._reasoning = 0
        self._first_token_us: int | None = None
        self._noted_s = 0.0
        self._settled = False
        self.opened = False

    def open(self) -> None:
        """The answer begins. Raises LedgerFull."""
        self._ledger.open(self._asked)
        self._noted_s = time.monotonic()
        self.opened = True

    def see(self, event: Event) -> None:
        """Count one event. The row is settled when this returns from a Finished."""
        match event:
            case Started():
                self._usage = Usage(input=event.prompt_tokens, cached=event.cached_tokens)
            case Finished():
                self._usage = event.usage
                self._settle("completed", event.usage, None)
            case _:
                self._output += event.tokens
                if isinstance(event, ReasoningDelta):
                    self._reasoning += event.tokens
                if self._first_token_us is None and not isinstance(event, ChoiceFinished):
                    self._first_token_us = _now_us() - self._asked.started_us
                self._note_progress()

    def settle(self, status: Status, error: Exception | None = None) -> None:
        """End it with what was used so far; nothing happens if it is settled already."""
        self._settle(status, self._so_far(), error)

    def _settle(self, status: Status, usage: Usage, error: Exception | None) -> None:
        if self._settled:
            return
        self._settled = True
        self._ledger.settle(
            Row(
                asked=self._asked,
                status=status,
                usage=usage,
                ended_us=_now_us(),
                error=type(error).__name__ if error else None,
                first_token_us=self._first_token_us,
            )
        )

    def _note_progress(self) -> None:
        moment_s = time.monotonic()
        if moment_s - self._noted_s >= PROGRESS_S:
            self._noted_s = moment_s
            self._ledger.progress(
                Progress(self._asked.request_id, self._so_far(), self._first_token_us)
            )

    def _so_far(self) -> Usage:
        return msgspec.structs.replace(self._usage, output=self._output, reasoning=self._reasoning)


def _now_us() -> int:
    return time.time_ns() // 1000
