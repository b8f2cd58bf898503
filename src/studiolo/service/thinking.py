"""A thought of at most so many tokens, and then the answer: several runs of the engine, one choice.

The thought runs first and stops at nothing but its closing tag; the caller's stops and
`max_tokens` are for the answer (architecture: budget). A thought that has used up its budget is
closed by us, and the answer follows from there. A call inside the thought is no part of it: the
budget does not cut it, and it may end the answer.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import msgspec
from msgspec.structs import replace

from studiolo.core.events import Event, ReasoningDelta
from studiolo.core.generation import Generation
from studiolo.core.prompt import Special, Text
from studiolo.families.base import CLOSE, CLOSING, OPEN, Family
from studiolo.service.author import Author
from studiolo.service.calls import Calling, resume_after, write_until_called

# Of the room that is left in the context, this part is kept for the answer.
ANSWER_SHARE = 4
# A model that opens its thought again and again is closed this often, and then ends.
MOST_CLOSINGS = 3
# The newline after the opening tag is no part of the thought.
MARKERS = 1


class Allowance(msgspec.Struct, frozen=True):
    """How much may be written, in tokens; `both` bounds thought and answer together."""

    thought: int
    answer: int
    both: int
    context: int


async def write_answer(
    author: Author, generation: Generation, *, calling: Calling | None = None
) -> AsyncGenerator[Event]:
    """An answer without a thought before it."""
    tag = None if calling is None else calling.last_tag
    async with aclosing(write_until_called(author, generation, last_tag=tag)) as events:
        async for event in events:
            yield event
    for event in author.finish():
        yield event


class Thinker:
    """Writes one choice that is thought about first."""

    def __init__(
        self,
        author: Author,
        generation: Generation,
        *,
        family: Family,
        allowance: Allowance,
        calling: Calling | None = None,
    ) -> None:
        self._author = author
        self._generation = generation
        # The caller's stops and constraints bind the answer alone.
        self._free = replace(generation, stop=(), stop_ids=(), constraint=None)
        self._family = family
        self._allowance = allowance
        self._calling = calling
        self._cut = False

    async def events(self) -> AsyncGenerator[Event]:
        """From Started to Finished."""
        if await self._opens():
            for event in await self._begin():
                yield event
            async with aclosing(self._thought()) as events:
                async for event in events:
                    yield event
            if self._called() or not self._closed():
                for event in self._author.finish():
                    yield event
                return
            for event in await self._close():
                yield event
        async with aclosing(self._answer()) as events:
            async for event in events:
                yield event
        for event in self._author.finish():
            yield event

    async def _begin(self) -> list[Event]:
        """The opening tag, where the model writes it itself."""
        opening = list(self._author.accept())
        await self._author.keep()
        return opening

    async def _opens(self) -> bool:
        """Whether there is a thought: the prompt opened it, or the model is about to."""
        if self._family.opens_thought:
            return True
        first = await self._author.peek(self._free)
        return first.lstrip().startswith(OPEN)

    async def _thought(self) -> AsyncGenerator[Event]:
        """The reasoning, up to the closing tag or to the last token of the budget."""
        if self._left() <= 0:
            self._cut = True
            return
        limit = min(self._allowance.thought, self._room_for_thought())
        markers = 0 if self._family.opens_thought else MARKERS
        async with aclosing(self._reason(limit, most=max(1, limit + markers))) as events:
            async for event in events:
                yield event
        while (events := await self._resumed()) is not None:
            for event in events:
                yield event
            most = self._left() if self._author.in_call else limit - self._author.reasoning
            if self._called():
                return
            if min(most, self._left()) <= 0:
                self._cut = True
                return
            async with aclosing(self._reason(limit, most=most)) as more:
                async for event in more:
                    yield event

    async def _reason(self, limit: int, *, most: int) -> AsyncGenerator[Event]:
        """One run of the thought; a run that goes on with a call is not bound by the budget."""
        author = self._author
        stops = (CLOSE,) if self._calling is None else (CLOSE, self._calling.style.end)
        run = replace(self._free, max_tokens=min(most, self._left()), stop=stops, logprobs=None)
        async with aclosing(author.write(run)) as events:
            async for event in events:
                if not isinstance(event, ReasoningDelta) or author.reasoning <= limit:
                    yield event
                elif author.reasoning > limit + MARKERS:
                    break  # what began like a call was none
        if author.reasoning > limit + MARKERS:
            author.stop_here()
        self._cut = author.ended.reason == "length"
        if self._cut and author.reasoning >= limit:
            # One more than the budget, where no newline stood before the thought.
            author.reasoning = limit

    async def _resumed(self) -> list[Event] | None:
        """What the last run stopped at, if it stopped inside or behind a call; else None."""
        author, stop = self._author, self._author.ended.matched_stop
        if stop is not None and (stop != CLOSE or author.in_call):
            return await resume_after(author, stop)
        if self._cut and author.in_call and self._left() > 0:
            await author.keep()
            return []
        return None

    def _called(self) -> bool:
        """Whether the one call that ends the answer is complete."""
        return self._calling is not None and self._calling.once and self._author.called

    def _closed(self) -> bool:
        """Whether an answer is to follow: not if the model or the caller's limit ended it all."""
        if self._cut:
            return self._left() > 0
        return self._author.ended.matched_stop == CLOSE

    async def _close(self) -> list[Event]:
        """The end of the thought: written by the model, or by us if its budget was used up."""
        at_the_end = self._cut and self._author.last_text.endswith("\n")
        await self._author.keep()
        if at_the_end and await self._closes_itself():
            events = list(self._author.accept())
            await self._author.keep()
        elif self._cut:
            return await self._author.put(CLOSING)
        else:
            events = await self._author.restore((Special(CLOSE),))
        return [*events, *await self._author.put((Text("\n\n"),))]

    async def _closes_itself(self) -> bool:
        """A thought that ends with its budget is no thought that was cut: look one token ahead."""
        return self._left() > 0 and (await self._author.peek(self._free)).startswith(CLOSE)

    async def _answer(self) -> AsyncGenerator[Event]:
        """The answer; a thought opened anew before it may only use what is left of the budget."""
        for _ in range(MOST_CLOSINGS):
            most = min(self._allowance.answer, self._left())
            run = replace(self._generation, max_tokens=max(1, most))
            tag = None if self._calling is None else self._calling.last_tag
            over = False
            async with aclosing(write_until_called(self._author, run, last_tag=tag)) as events:
                async for event in events:
                    thinks = isinstance(event, ReasoningDelta)
                    over = thinks and self._author.reasoning > self._allowance.thought
                    if over:
                        break
                    yield event
            if not over:
                return
            self._author.stop_here()
            self._author.reasoning = self._allowance.thought
            self._cut = True
            for event in await self._close():
                yield event

    def _left(self) -> int:
        """Tokens that may still be written, by the caller's limit and by the context."""
        room = self._allowance.context - self._author.prompt.tokens
        return min(self._allowance.both - self._author.output, room)

    def _room_for_thought(self) -> int:
        room = self._allowance.context - self._author.prompt.tokens
        return max(1, room - min(self._allowance.answer, max(1, room // ANSWER_SHARE)))
