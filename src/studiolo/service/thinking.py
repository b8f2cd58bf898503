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

from studiolo.core.events import Event, ReasoningDelta, TextDelta
from studiolo.core.generation import Generation
from studiolo.core.prompt import Special, Text
from studiolo.families.base import CLOSE, CLOSING, OPEN, Family
from studiolo.service.author import Author
from studiolo.service.calls import Calling, resume_after, write_until_called

# Of the room that is left in the context, this part is kept for the answer.
ANSWER_SHARE = 4
# A model that opens its thought again and again ends after so many.
MOST_THOUGHTS = 4
# The newline after the opening tag is no part of the thought.
MARKERS = 1
# Tokens that the words may take which close a thought.
CLOSING_ROOM = 8


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
        self._limit = allowance.thought
        self._answered = 0
        self._cut = False
        # The model has just written the tag that opens a thought; it has done so again.
        self._after_tag = not family.opens_thought
        self._opened_anew = False

    async def events(self) -> AsyncGenerator[Event]:
        """From Started to Finished."""
        async with aclosing(self._rounds()) as events:
            async for event in events:
                for told in self._within(event):
                    yield told
        for event in self._author.finish():
            for told in self._within(event):
                yield told

    async def _rounds(self) -> AsyncGenerator[Event]:
        """A thought and what follows it, again if that is another thought."""
        thinks = await self._opens()
        for event in await self._begin(thinks=thinks):
            yield event
        for _ in range(MOST_THOUGHTS):
            if thinks:
                async with aclosing(self._thought()) as events:
                    async for event in events:
                        yield event
                if self._called() or not self._closed():
                    return
                for event in await self._close():
                    yield event
            async with aclosing(self._answer()) as events:
                async for event in events:
                    yield event
            thinks = self._opened_anew
            if not thinks:
                return

    async def _opens(self) -> bool:
        """Whether there is a thought: the prompt opened it, or the model is about to."""
        if self._family.opens_thought:
            return True
        first = await self._author.peek(self._free)
        return first.lstrip().startswith(OPEN)

    async def _begin(self, *, thinks: bool) -> list[Event]:
        """What was looked at stands, unless the caller's stops or constraint may concern it."""
        author = self._author
        if self._family.opens_thought:
            return []
        if not thinks and not self._stands():
            return list(author.decline())
        if not thinks:
            self._answered = author.output
        events = list(author.accept())
        await author.keep()
        return events

    def _stands(self) -> bool:
        """Whether an answer that begins like this goes on in the next run as it would in one."""
        wanted, text = self._generation, self._author.last_text
        return (
            self._author.ended.reason == "length"
            and self._author.said_all
            and not wanted.stop_ids
            and wanted.constraint is None
            and not any(_may_begin(stop, text) for stop in wanted.stop)
        )

    async def _thought(self) -> AsyncGenerator[Event]:
        """The reasoning, up to the closing tag or to the last token of the budget."""
        author = self._author
        room = author.reasoning + self._room_for_thought()
        self._limit = limit = min(self._allowance.thought, room)
        markers = MARKERS if self._after_tag else 0
        most = limit - author.reasoning + markers if limit > author.reasoning else 0
        while True:
            if min(most, self._left()) <= 0:
                self._cut = True
                return
            async with aclosing(self._reason(limit, most=most)) as events:
                async for event in events:
                    yield event
            resumed = await self._resumed(limit)
            if resumed is None:
                return
            for event in resumed:
                yield event
            if self._called():
                return
            most = self._left() if author.in_call else limit - author.reasoning - author.pending

    async def _reason(self, limit: int, *, most: int) -> AsyncGenerator[Event]:
        """One run of the thought; a run that goes on with a call is not bound by the budget."""
        author, beyond = self._author, 0
        stops = (CLOSE,) if self._calling is None else (CLOSE, self._calling.style.end)
        run = replace(self._free, max_tokens=min(most, self._left()), stop=stops, logprobs=None)
        async with aclosing(author.write(run)) as events:
            async for event in events:
                beyond += max(0, author.reasoning - limit)
                yield event
                if beyond > MARKERS:
                    author.stop_here()  # what began like a call was none
        self._cut = author.ended.reason == "length"

    def _within(self, event: Event) -> list[Event]:
        """A thought says no more than its budget; what is beyond it is output all the same."""
        first, *rest = self._counted(event)
        silent = isinstance(first, ReasoningDelta) and not first.tokens
        return rest if rest and silent else [first, *rest]

    def _counted(self, event: Event) -> list[Event]:
        """The event with no more tokens than the budget has left; the others stand for no text."""
        if not isinstance(event, ReasoningDelta) or self._author.reasoning <= self._limit:
            return [event]
        beyond = min(self._author.reasoning - self._limit, event.tokens)
        self._author.reasoning -= beyond
        inside = replace(event, tokens=event.tokens - beyond)
        return [inside, TextDelta("", beyond, event.choice)]

    async def _resumed(self, limit: int) -> list[Event] | None:
        """What the thought goes on with, or None if it is over.

        It goes on after a call, and where more newlines than one stood before it.
        """
        author, stop = self._author, self._author.ended.matched_stop
        if stop is not None and (stop != CLOSE or author.in_call):
            return await resume_after(author, stop)
        thinks = author.in_call or author.reasoning + author.pending < limit
        if self._cut and thinks and self._left() > 0:
            await author.keep()
            return []
        return None

    def _called(self) -> bool:
        """Whether the one call that ends the answer is complete."""
        return self._calling is not None and self._calling.once and self._author.called

    def _closed(self) -> bool:
        """Whether an answer is to follow: not if the model or the caller's limit ended it all."""
        if self._cut:
            return self._left() > 0 and self._room() > CLOSING_ROOM
        return self._author.ended.matched_stop == CLOSE

    async def _close(self) -> list[Event]:
        """The end of the thought: written by the model, or by us if its budget was used up."""
        author = self._author
        at_the_end = self._cut and author.last_text.endswith("\n")
        await author.keep()
        if not self._cut:
            closing = await author.restore((Special(CLOSE),))
        elif at_the_end and await self._closes_itself():
            closing = list(author.accept())
            await author.keep()
        else:
            events = [self._reasoned(event) for event in await author.put(CLOSING)]
            return [*events, *author.decline()]
        # Its tag is no word of the thought, though half a tag may have waited for it.
        events = [told for event in closing for told in self._counted(event)]
        return [*events, *await author.put((Text("\n\n"),))]

    def _reasoned(self, event: Event) -> Event:
        """Newlines that were held back are the last tokens of a thought that was cut."""
        if not isinstance(event, TextDelta):
            return event
        self._author.reasoning += event.tokens
        return ReasoningDelta("", event.tokens, event.choice)

    async def _closes_itself(self) -> bool:
        """A thought that ends with its budget is no thought that was cut: look one token ahead."""
        return self._left() > 0 and (await self._author.peek(self._free)).startswith(CLOSE)

    async def _answer(self) -> AsyncGenerator[Event]:
        """The answer; it is broken off if it turns out to be another thought."""
        author, begun = self._author, False
        self._opened_anew = False
        most = min(self._allowance.answer - self._answered, self._left())
        if most <= 0:
            author.run_out()
            return
        run = replace(self._generation, max_tokens=most)
        tag = None if self._calling is None else self._calling.last_tag
        async with aclosing(write_until_called(author, run, last_tag=tag)) as events:
            async for event in events:
                yield event
                if not begun and _opens_anew(author.last_text):
                    self._opened_anew = True
                    author.stop_here()
                begun = begun or not isinstance(event, TextDelta) or bool(event.text)
        if self._opened_anew:
            await author.keep()
            self._after_tag = True

    def _left(self) -> int:
        """Tokens that may still be written, by the caller's limit and by the context."""
        written = self._author.output - self._author.wasted
        return min(self._allowance.both - written, self._room())

    def _room(self) -> int:
        return self._allowance.context - self._author.standing

    def _room_for_thought(self) -> int:
        room = self._room() - CLOSING_ROOM
        return max(1, room - min(self._allowance.answer, max(1, room // ANSWER_SHARE)))


def _may_begin(stop: str, text: str) -> bool:
    """Whether the text has this stop in it, or the start of it at its end."""
    return stop in text or any(text.endswith(stop[:size]) for size in range(1, len(stop)))


def _opens_anew(text: str) -> bool:
    """Whether what ought to be an answer begins with a thought that is not over."""
    return text.lstrip().startswith(OPEN) and CLOSE not in text
