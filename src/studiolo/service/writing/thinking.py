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

from studiolo.core.events import Event, ReasoningDelta, Started, TextDelta
from studiolo.core.generation import Generation
from studiolo.core.prompt import Special
from studiolo.families.base import CLOSE, CLOSING, OPEN, Family
from studiolo.service.writing.author import Author
from studiolo.service.writing.calls import Calling, resume_after, write_until_called
from studiolo.service.writing.foresight import (
    closes,
    may_begin,
    may_close,
    may_open,
    opens,
    opens_anew,
    stops_in_tag,
)

# Of the room that is left in the context, this part is kept for the answer.
ANSWER_SHARE = 4
# A model that opens its thought again and again ends after so many.
MOST_THOUGHTS = 4
# The newline after the opening tag is no part of the thought.
MARKERS = 1
# A thought ends in an empty line.
NEWLINES = 2


class Allowance(msgspec.Struct, frozen=True):
    """How much may be written, in tokens; `both` bounds thought and answer together.

    If the caller has `budgeted` the thought, the context takes of it only what it must.
    """

    thought: int
    answer: int
    both: int
    context: int
    budgeted: bool = False


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
        self._said = False
        self._closing = 0
        self._cut = False
        # Nothing but newlines came since the tag.
        self._silent = True
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
        self._closing = await self._author.length(CLOSING)
        thinks = await self._opens()
        for event in await self._take(answers=not thinks):
            yield event
        for _ in range(MOST_THOUGHTS):
            if thinks:
                async with aclosing(self._thought()) as events:
                    async for event in events:
                        yield event
                if self._called() or not self._closed():
                    return
                async with aclosing(self._close()) as events:
                    async for event in events:
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
        # The last token there may be is written as it comes.
        return await opens(self._author, self._free, most=self._left() - 1)

    async def _take(self, *, answers: bool) -> list[Event]:
        """What was looked at stands, unless the caller's stops or constraint may concern it."""
        author = self._author
        if not author.looked_at:
            return []
        if answers and not self._stands():
            return list(author.decline())
        if answers:
            self._answered += author.looked_at
            self._said = self._said or bool(author.last_text.strip())
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
            and self._author.looked_at <= self._allowance.answer
            and not any(may_begin(stop, text) for stop in wanted.stop)
        )

    async def _thought(self) -> AsyncGenerator[Event]:
        """The reasoning, up to the closing tag or to the last token of the budget."""
        author = self._author
        self._silent = True
        markers = MARKERS if self._after_tag else 0
        room = author.reasoning + self._room_for_thought() - markers
        self._limit = limit = min(self._allowance.thought, max(1, room))
        most = limit - author.reasoning + markers if limit > author.reasoning else 0
        while True:
            if min(most, self._left()) <= 0:
                self._cut = True
                return
            async with aclosing(self._reason(limit, most=most)) as events:
                async for event in events:
                    yield event
            self._silent = self._silent and not author.last_text.strip("\n")
            resumed = await self._resumed(limit)
            if resumed is None:
                return
            for event in resumed:
                yield event
            if self._called():
                return
            most = self._left() if author.in_call else limit - self._thought_so_far()

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
        self._said = self._said or (isinstance(event, TextDelta) and bool(event.text))
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
        thinks = author.in_call or self._thought_so_far() < limit
        if self._cut and thinks and self._left() > 0:
            await author.keep()
            return []
        return None

    def _thought_so_far(self) -> int:
        """Tokens of the thought, told or held back; newlines before it are none of it."""
        author = self._author
        return author.reasoning + (author.unread if self._silent else author.pending)

    def _called(self) -> bool:
        """Whether the one call that ends the answer is complete."""
        return self._calling is not None and self._calling.once and self._author.called

    def _closed(self) -> bool:
        """Whether an answer is to follow: not if the model or the caller's limit ended it all."""
        if self._cut:
            return self._left() > 0 and self._room() > self._closing
        return self._author.ended.matched_stop == CLOSE

    async def _close(self) -> AsyncGenerator[Event]:
        """The end of the thought: written by the model, or by us if its budget was used up."""
        author, end = self._author, self._author.last_text
        await author.keep()
        if not self._cut:
            closing = await author.restore((Special(CLOSE),))
        elif await self._closes_itself(end):
            closing = await self._take(answers=False)
        else:
            events = [self._reasoned(event) for event in await author.put(CLOSING)]
            for event in (*events, *author.decline()):
                yield event
            return
        # Its tag is no word of the thought, though half a tag may have waited for it.
        for event in closing:
            for told in self._counted(event):
                yield told
        async with aclosing(self._empty_line()) as events:
            async for event in events:
                yield event

    async def _empty_line(self) -> AsyncGenerator[Event]:
        """The newlines behind a thought that the model closed: its own, and none of its answer."""
        author, newlines = self._author, 0
        while newlines < NEWLINES and self._left() > 0:
            more = await author.peek(self._free)
            is_line = bool(more) and not more.strip("\n")
            declined = not is_line and may_open(more)
            for event in author.decline() if declined else await self._take(answers=not is_line):
                yield event
            if not is_line:
                return
            newlines += len(more)

    def _reasoned(self, event: Event) -> Event:
        """Newlines that were held back are the last tokens of a thought that was cut."""
        if not isinstance(event, TextDelta) or event.injected:
            return event
        self._author.reasoning += event.tokens
        return ReasoningDelta("", event.tokens, event.choice)

    async def _closes_itself(self, end: str) -> bool:
        """A thought that ends with its budget is no thought that was cut: look what is next."""
        if not may_close(end, spelled=self._author.spells(CLOSE)):
            return False
        return await closes(self._author, self._free, end=end, most=self._left() - 1)

    async def _answer(self) -> AsyncGenerator[Event]:
        """The answer; it is broken off if it turns out to be another thought."""
        author, begun = self._author, self._said
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
                if not (begun or author.begins_known) and opens_anew(author.last_text):
                    self._opened_anew = True
                    author.stop_here()
                begun = begun or _is_said(event)
        if self._opened_anew:
            await author.keep()
        elif not begun and self._may_be_stopped_in_tag():
            for event in await self._look_at_stopped():
                yield event
        self._after_tag = self._opened_anew

    def _may_be_stopped_in_tag(self) -> bool:
        """Whether a stop may have cut the tag of another thought, where stops have no business."""
        ended, text = self._author.ended, self._author.last_text
        if ended.completion_tokens != 1 or self._author.spells(OPEN):
            return False  # that tag is one token, and nothing stands before it
        return stops_in_tag(text, ended.matched_stop or "")

    async def _look_at_stopped(self) -> list[Event]:
        """What a stop has cut is another thought if its token is that tag, and no other's like it.

        A token whose id is not told is looked at once more.
        """
        author, events = self._author, list[Event]()
        is_tag = await author.wrote(OPEN)
        if is_tag is None and self._left() > 0:
            text, events = await author.look_again(self._free)
            is_tag = text.startswith(OPEN)
        if is_tag:
            events += await author.complete(OPEN)
            self._opened_anew = True
        return events

    def _left(self) -> int:
        """Tokens that may still be written, by the caller's limit and by the context."""
        return min(self._allowance.both - self._author.output, self._room())

    def _room(self) -> int:
        return self._allowance.context - self._author.standing

    def _room_for_thought(self) -> int:
        """What the context leaves to a thought, with its end and some of an answer behind it."""
        room = self._room() - self._closing
        kept = 1 if self._allowance.budgeted else max(1, room // ANSWER_SHARE)
        return room - min(self._allowance.answer, kept)


def _is_said(event: Event) -> bool:
    """Whether something of the answer is told."""
    match event:
        case TextDelta(text=text):
            return bool(text)
        case Started():
            return False
        case _:
            return True
