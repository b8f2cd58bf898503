"""The rows of questions that upstream or a recording answers, as those of all others.

Questions about models leave no row, whoever answers them: in their place stands None.
"""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from studiolo.core.errors import ModelUnavailable, PlayedError, StudioloError
from studiolo.core.events import Finished, TextDelta
from studiolo.core.ledger import Asked
from studiolo.core.usage import Usage
from studiolo.service.ledger import Entry, Ledger

_REFUSED, _FAILED, _UNAVAILABLE = 400, 500, 503


class Account:
    """One answer that is passed on, on its way to its row, if it has one."""

    def __init__(self, entry: Entry | None) -> None:
        self._entry = entry
        self._began = False

    def begin(self) -> None:
        """More of it is there."""
        if self._entry is not None and not self._began:
            self._began = True
            self._entry.see(TextDelta(""))

    def end(self, status: int, usage: Usage) -> None:
        """It is whole, with this status, and this is what it used. The row is settled."""
        if self._entry is None:
            return
        if status < _REFUSED:
            self._entry.see(Finished(usage))
            return
        refused = status < _FAILED or status == _UNAVAILABLE
        self._entry.settle("refused" if refused else "failed", PlayedError(str(status)))

    def abandon(self) -> None:
        """Nobody reads it. The row is settled."""
        if self._entry is not None:
            self._entry.settle("abandoned")

    def fail(self, error: StudioloError) -> None:
        """It broke. The row is settled."""
        if self._entry is not None:
            unwilling = isinstance(error, ModelUnavailable) and not self._began
            self._entry.settle("refused" if unwilling else "failed", error)


class Rows:
    """Opens accounts in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def refusing(self, asked: Asked | None) -> AbstractContextManager[None]:
        """What ends in this block leaves its row. Raises LedgerFull where none could be left."""
        return nullcontext() if asked is None else self._ledger.refusing(asked)

    @contextmanager
    def account(self, asked: Asked | None) -> Generator[Account]:
        """One answer; whichever way this block is left, its row is settled."""
        if asked is None:
            yield Account(None)
            return
        with self._ledger.entry(asked) as entry:
            account = Account(entry)
            try:
                yield account
            except StudioloError as error:
                account.fail(error)
                raise

    @contextmanager
    def waiting(self, asked: Asked | None) -> Generator[Account]:
        """An account of an answer that takes its time: should we die meanwhile, a row is left.

        Raises LedgerFull.
        """
        with self.account(asked) as account:
            if asked is not None:
                self._ledger.open(asked)
            yield account
