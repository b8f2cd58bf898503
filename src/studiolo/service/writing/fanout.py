"""Several choices of one question, generated side by side and told as one row of events."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from studiolo.core.events import Event, Finished, Started
from studiolo.core.usage import Usage

# Events a choice may be ahead of a slow reader.
AHEAD = 64


async def side_by_side(
    choices: Sequence[AsyncGenerator[Event]], *, at_once: int
) -> AsyncGenerator[Event]:
    """One Started, the deltas of all choices as they come, one Finished.

    The prompt counts once, the output of every choice counts (reference/09 section 3). At most
    `at_once` choices run at the same time. The first failure ends all.
    """
    queue: asyncio.Queue[Event | BaseException | None] = asyncio.Queue(AHEAD)
    turns = asyncio.Semaphore(at_once)
    tasks = [asyncio.create_task(_pump(choice, queue, turns)) for choice in choices]
    try:
        async for event in _merged(queue, len(tasks)):
            yield event
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(
    choice: AsyncGenerator[Event],
    queue: asyncio.Queue[Event | BaseException | None],
    turns: asyncio.Semaphore,
) -> None:
    """Carry one choice into the queue; its failure travels there too."""
    try:
        async with turns, aclosing(choice) as events:
            async for event in events:
                await queue.put(event)
        await queue.put(None)
    except Exception as error:  # noqa: BLE001 - raised again by the reader of the queue
        await queue.put(error)


async def _merged(
    queue: asyncio.Queue[Event | BaseException | None], running: int
) -> AsyncGenerator[Event]:
    usage: Usage | None = None
    started = False
    while running:
        event = await queue.get()
        if isinstance(event, BaseException):
            raise event
        if event is None:
            running -= 1
        elif isinstance(event, Finished):
            usage = _added(usage, event.usage)
        elif not isinstance(event, Started):
            yield event
        elif not started:
            started = True
            yield event
    if usage is not None:
        yield Finished(usage)


def _added(usage: Usage | None, more: Usage) -> Usage:
    """Input as the first choice had it, output of both."""
    if usage is None:
        return more
    return Usage(
        input=usage.input,
        cached=usage.cached,
        cache_created=usage.cache_created,
        output=usage.output + more.output,
        reasoning=usage.reasoning + more.reasoning,
        image=usage.image,
        video=usage.video,
        audio=usage.audio,
        injected=usage.injected + more.injected,
    )
