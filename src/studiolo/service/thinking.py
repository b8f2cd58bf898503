"""A thought of at most so many tokens, and then the answer: several runs of the engine, one choice.

The thought runs first and stops at nothing but its closing tag; the caller's stops and
`max_tokens` are for the answer (architecture: budget). A thought that has used up its budget is
closed by us, and the answer follows from there.
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


async def write_answer(author: Author, generation: Generation) -> AsyncGenerator[Event]:
    """An answer without a thought before it."""
    async with aclosing(author.write(generation)) as events:
        async for event in events:
            yield event
    for event in author.finish():
        yield event


class Thinker:
    """Writes one choice that is thought about first."""

    def __init__(
        self, author: Author, generation: Generation, *, family: Family, allowance: Allowance
    ) -> None:
        self._author = author
        self._generation = generation
        self._family = family
        self._allowance = allowance
        self._cut = False

    async def events(self) -> AsyncGenerator[Event]:
        """From Started to Finished."""
        if await self._opens():
            for event in await self._begin():
                yield event
            async with aclosing(self._thought()) as events:
                async for event in events:
                    yield event
            if not self._closed():
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
        first = await self._author.peek(replace(self._generation, stop=(), stop_ids=()))
        return first.lstrip().startswith(OPEN)

    async def _thought(self) -> AsyncGenerator[Event]:
        """The reasoning, up to the closing tag or to the last token of the budget."""
        if self._left() <= 0:
            self._cut = True
            return
        limit = min(self._allowance.thought, self._room_for_thought())
        markers = 0 if self._family.opens_thought else MARKERS
        most = min(limit + markers, self._left())
        run = replace(
            self._generation, max_tokens=max(1, most), stop=(CLOSE,), stop_ids=(), logprobs=None
        )
        async with aclosing(self._author.write(run)) as events:
            async for event in events:
                if isinstance(event, ReasoningDelta) and self._author.reasoning > limit:
                    continue  # one more than the budget, where no newline stood before the thought
                yield event
        self._cut = self._author.ended.reason == "length"
        if self._cut and self._author.reasoning >= limit:
            self._author.reasoning = limit

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
        ahead = replace(self._generation, stop=(), stop_ids=())
        return self._left() > 0 and (await self._author.peek(ahead)).startswith(CLOSE)

    async def _answer(self) -> AsyncGenerator[Event]:
        """The answer; a thought opened anew before it may only use what is left of the budget."""
        for _ in range(MOST_CLOSINGS):
            most = min(self._allowance.answer, self._left())
            run = replace(self._generation, max_tokens=max(1, most))
            over = False
            async with aclosing(self._author.write(run)) as events:
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
