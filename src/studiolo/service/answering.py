"""The way of every answer, whatever was asked: its row, its deployment, a place, its events."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager, aclosing

import msgspec

from studiolo.core.events import Event
from studiolo.core.ledger import Asked
from studiolo.service.deployments import Deployment, Deployments
from studiolo.service.ledger import Ledger
from studiolo.service.tally import Tally
from studiolo.service.writing.claims import Claim


class Work(msgspec.Struct, frozen=True):
    """What is to be written: `n` choices.

    `begin` is told how many places there are for them, and where to count what they use.
    """

    n: int
    begin: Callable[[int, Tally], AsyncGenerator[Event]]


class Answering:
    """What the use cases that write answers have in common."""

    def __init__(self, deployments: Deployments, ledger: Ledger) -> None:
        self.deployments = deployments
        self.ledger = ledger

    def refusing(self, asked: Asked) -> AbstractContextManager[None]:
        """A request that ends in this block leaves its row; the rest is for the answer to settle.

        Raises LedgerFull at once where no row could be left.
        """
        return self.ledger.refusing(asked)

    async def write(
        self, asked: Asked, prepare: Callable[[Deployment], Awaitable[Work]]
    ) -> AsyncGenerator[Event]:
        """The events; closing the generator frees the engine and settles the row.

        Raises what `prepare` raises, Overloaded, LedgerFull, ModelUnavailable or EngineFailed.
        """
        with self.ledger.entry(asked) as entry, self.deployments.visit(asked.deployment) as running:
            work = await prepare(running)
            async with running.places.take(asked.key_id, work.n) as places:
                tally = Tally()
                claim = Claim(tally)
                entry.open(tally)
                async with aclosing(work.begin(places, tally)) as events:
                    async for event in events:
                        told = claim.over(event)
                        entry.see(told)
                        yield told
