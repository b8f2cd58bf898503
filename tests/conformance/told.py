"""The events of an answer, and what holds of them whatever is written."""

from collections.abc import Sequence
from contextlib import aclosing

from tests.conformance.players import ASKED, CARD, Desk

from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    ReasoningDelta,
    Started,
    TextDelta,
)
from studiolo.core.ledger import Row
from studiolo.core.requests import ChatRequest


async def told(here: Desk, request: ChatRequest) -> list[Event]:
    """All events of an answer."""
    return [event async for event in here.chat.answer(request, card=CARD, asked=ASKED)]


def check_events(events: Sequence[Event], here: Desk, *, n: int = 1) -> None:
    """The order, and that every token the engine counted is told once, and in the row."""
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert sum(isinstance(event, ChoiceFinished) for event in events) == n
    for choice in range(n):
        row = [each for each in events if getattr(each, "choice", None) == choice]
        assert isinstance(row[-1], ChoiceFinished)
        texts = [type(each) for each in row if getattr(each, "text", "")]
        assert texts == sorted(texts, key=[ReasoningDelta, TextDelta].index)
    usage = events[-1].usage
    assert usage.output == sum(here.watched.counted)
    assert usage.output == sum(getattr(event, "tokens", 0) for event in events)
    assert usage.reasoning == sum(e.tokens for e in events if isinstance(e, ReasoningDelta))
    assert usage.input == here.watched.read[0].prompt_tokens
    # Which of several choices is the first to read is up to the engine.
    assert usage.cached in {read.cached_tokens for read in here.watched.read[:n]}
    (row,) = here.rows
    assert (row.status, row.usage) == ("completed", usage)
    (entry,) = here.entries
    assert entry.used == usage


async def cut_short(here: Desk, request: ChatRequest, count: int) -> tuple[list[Event], Row]:
    """So many events, and the row that is left when their reader goes away, or all breaks."""
    seen: list[Event] = []
    async with aclosing(here.chat.answer(request, card=CARD, asked=ASKED)) as events:
        async for event in events:
            seen.append(event)
            if len(seen) == count:
                here.watched.rest = 0
                break
    (row,) = here.rows
    return seen, row


async def check_abandoned(here: Desk, request: ChatRequest, *, after: int) -> None:
    """Whoever goes away after so many events is billed for all that was written until then."""
    seen, row = await cut_short(here, request, after)
    assert row.status == "abandoned"
    assert row.usage.output == sum(here.watched.counted) + here.watched.rest
    assert row.usage.output >= sum(getattr(event, "tokens", 0) for event in seen)
