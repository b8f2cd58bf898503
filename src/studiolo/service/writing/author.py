"""Writes one choice: runs the engine, once or several times, and reads it all with one parser."""

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from typing import assert_never

import msgspec

from studiolo.core.errors import EngineFailed
from studiolo.core.events import (
    Event,
    Finished,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.core.generation import Delta, Ended, Generation, PromptRead
from studiolo.core.prompt import Prompt, Run, Special, Text
from studiolo.core.usage import Usage
from studiolo.engines.base import Engine
from studiolo.families.base import Parser
from studiolo.families.runs import written_for
from studiolo.service.tally import RunMeter, Tally
from studiolo.service.writing.pieces import apart
from studiolo.service.writing.run import EngineRun


class Author:
    """What the engine wrote so far for this choice, and what that used.

    Input is what the first run read; output is what the engine counted over all runs; what was
    put into the text by us is counted apart.
    """

    def __init__(
        self,
        engine: Engine,
        parser: Parser,
        prompt: Prompt,
        *,
        choice: int = 0,
        tally: Tally | None = None,
    ) -> None:
        self._engine = engine
        self._choice = choice
        self._parser = parser
        self._prompt = prompt
        # What all choices use; this one's part of it stands beside it.
        self._tally = tally or Tally()
        self._meter = RunMeter()
        self._output = 0
        self._injected = 0
        self._read: PromptRead | None = None
        self._told_start = False
        self._ended: Ended | None = None
        self._run = EngineRun()
        self._stopping = False
        # Looked at, and not shown to the parser yet.
        self._seen: list[Delta] = []
        # Tokens the parser was shown, those its events stood for, and those looked at so far.
        self._shown = 0
        self._told_tokens = 0
        self._unparsed = 0
        self._peeked = 0
        self._answers = False
        self.reasoning = 0
        self.calls = 0

    @property
    def in_call(self) -> bool:
        """Whether what was written last is part of a call that is not over."""
        return self._parser.in_call

    @property
    def called(self) -> bool:
        """Whether a call is complete, and nothing of another one was written."""
        return self.calls > 0 and not self._parser.in_call

    @property
    def prompt(self) -> Prompt:
        """Everything that stands so far: the question, and all that was written since."""
        return self._prompt

    @property
    def standing(self) -> int:
        """Tokens of the question and of all that was written since, the last run's too."""
        return self._prompt.tokens + self._run.tokens

    @property
    def output(self) -> int:
        """Tokens the engine has written in all runs that came to their end."""
        return self._output

    @property
    def pending(self) -> int:
        """Tokens of runs that came to their end which no event has stood for yet."""
        return self._output - self._told_tokens - self._peeked

    @property
    def unread(self) -> int:
        """Those of them that the parser was not even shown, for their text is not known."""
        return self._output - self._shown - self._peeked

    @property
    def last_text(self) -> str:
        """What the last run wrote, as long as it does not stand."""
        return self._run.text

    @property
    def begins_known(self) -> bool:
        """Whether the engine said what the last run begins with: then it begins with no tag."""
        return self._run.begins_known

    @property
    def ended(self) -> Ended:
        """How the last run ended. Raises EngineFailed if it never did."""
        if self._ended is None:
            raise EngineFailed("the engine stopped without an end")
        return self._ended

    @property
    def said_all(self) -> bool:
        """Whether the text of the last run is whole: nothing was kept back, no character cut."""
        written = self._peeked or self.ended.completion_tokens
        return self._run.tokens == written and "\ufffd" not in self.last_text

    @property
    def looked_at(self) -> int:
        """Tokens that were peeked at, and neither accepted nor declined."""
        return self._peeked

    async def write(self, generation: Generation) -> AsyncGenerator[Event]:
        """One run over what stands so far; its text stands from then on."""
        self._ended, self._run, self._seen = None, EngineRun(), []
        generation = self._next(generation, self._prompt)
        async with aclosing(self._engine.generate(generation)) as chunks:
            async for chunk in chunks:
                match chunk:
                    case Delta():
                        self._meter.streamed += chunk.tokens
                        for piece in await self._pieces(chunk) if chunk.tokens > 1 else (chunk,):
                            self._run.add(piece)
                            for event in self._shows(piece):
                                yield event
                    case PromptRead():
                        for event in self._start(chunk):
                            yield event
                    case Ended():
                        self._end(chunk)
                    case _:
                        assert_never(chunk)
                if self._stopping:
                    for event in self._break_off():
                        yield event
                    return

    async def peek(self, generation: Generation) -> str:
        """What the engine would write first; it stands only after `accept` and `keep`.

        Asked again before that, it looks one token further.
        """
        if not self._peeked:
            self._run, self._seen = EngineRun(), []
        self._ended = None
        prompt = self._with(Prompt(self._run.runs, tuple(self._run.ids)))
        generation = msgspec.structs.replace(self._next(generation, prompt), max_tokens=1)
        async with aclosing(self._engine.generate(generation)) as chunks:
            async for chunk in chunks:
                match chunk:
                    case Delta():
                        self._meter.streamed += chunk.tokens
                        self._run.add(chunk)
                        self._seen.append(chunk)
                    case PromptRead():
                        self._note(chunk)
                    case Ended():
                        self._end(chunk)
                        self._peeked += chunk.completion_tokens
                    case _:
                        assert_never(chunk)
        return self.last_text

    def accept(self) -> Iterator[Event]:
        """What was peeked at is written."""
        self._peeked = 0
        yield from self._begun()
        for delta in self._seen:
            yield from self._shows(delta)

    def decline(self) -> Iterator[Event]:
        """What was peeked at is not written; the engine has counted it all the same."""
        peeked, self._peeked, self._run = self._peeked, 0, EngineRun()
        if peeked:
            yield from self._begun()
            yield from self._not_used(peeked)

    async def keep(self) -> None:
        """The text of the last run becomes part of the prompt of the next one."""
        ids = tuple(self._run.ids)
        runs = self._run.runs
        if len(ids) != self._run.tokens:
            # Ids inside a character of many bytes were kept back: read the text again.
            ids = (await self._engine.tokenize(self._written(runs))).ids
        self._stand(Prompt(runs, ids))
        self._run = EngineRun()

    async def look_again(self, generation: Generation) -> tuple[str, list[Event]]:
        """What may be a tag at the start of the last run, where a stop has cut it; it stands."""
        run, ended = self._run, self._ended
        text = "" if (seen := await self.peek(generation)) and self.begins_known else seen
        events = list(self.decline())
        self._run, self._ended = run, ended
        return text, events

    async def wrote(self, tag: str) -> bool | None:
        """Whether the last run is the token of this tag; None if its ids are not told."""
        written = tuple(self._run.ids)
        if not written:
            return None
        return written == (await self._engine.tokenize((Special(tag),))).ids

    def spells(self, tag: str) -> bool:
        """Whether these weights write the tag as ordinary text, and not as one token."""
        return tag not in self._engine.info.special_tokens

    async def length(self, runs: Sequence[Run]) -> int:
        """Tokens that these words would take."""
        return (await self._engine.tokenize(self._written(runs))).tokens

    async def put(self, runs: Sequence[Run]) -> list[Event]:
        """Words of ours after what stands so far; they are injected, not written."""
        before = self._prompt.tokens
        events = await self.restore(runs)
        injected = self._prompt.tokens - before
        self._injected += injected
        self._tally.injected += injected
        return [*events, TextDelta("", 0, self._choice, injected=injected)]

    async def restore(self, runs: Sequence[Run]) -> list[Event]:
        """Words the engine wrote and left out of its text, such as a stop."""
        self._stand(await self._engine.tokenize(self._written(runs)))
        text = "".join(run.name if isinstance(run, Special) else _text(run) for run in runs)
        return self.tell(text)

    async def complete(self, tag: str) -> list[Event]:
        """A tag that the last run was stopped in: all of it is written, however little was told."""
        told, self._run = self.last_text, EngineRun()
        self._stand(await self._engine.tokenize((Special(tag),)))
        self.run_out()
        return self.tell(tag[len(told) :])

    def tell(self, text: str) -> list[Event]:
        """Show the parser what the engine left out at the end of its last run."""
        return list(self._shows(Delta(text, self.unread)))

    def stop_here(self) -> None:
        """Break the run off, once its last piece is told: no event of it may be lost."""
        self._stopping = True

    def _break_off(self) -> Iterator[Event]:
        """What was told until then is what it wrote; the rest of its last chunk is not used."""
        read, streamed = self._read or PromptRead(0, 0), self._meter.streamed
        self._end(Ended("length", read.prompt_tokens, read.cached_tokens, streamed))
        if unused := streamed - self._run.tokens:
            yield from self._not_used(unused)

    def run_out(self) -> None:
        """What was written used up the limit, whatever the last run stopped at."""
        self._ended = msgspec.structs.replace(self.ended, reason="length", matched_stop=None)

    def finish(self) -> Iterator[Event]:
        """What the parser held back, the end of the choice and what all of it used."""
        parsed = self._output - self._unparsed
        whole = msgspec.structs.replace(self.ended, completion_tokens=parsed)
        yield from self._told(self._parser.flush(whole))
        yield Finished(self._usage())

    def _next(self, generation: Generation, prompt: Prompt) -> Generation:
        self._stopping = False
        self._meter = self._tally.run()
        return msgspec.structs.replace(
            generation, prompt=prompt, resumes=self._read is not None, meter=self._meter
        )

    def _begun(self) -> Iterator[Event]:
        if self._read is not None:
            yield from self._start(self._read)

    def _shows(self, delta: Delta) -> Sequence[Event]:
        self._shown += delta.tokens
        if delta.part is None:
            return self._told(self._parser.feed(delta))
        self._unparsed += delta.tokens
        return self._told((self._as_it_is(delta),))

    def _as_it_is(self, delta: Delta) -> Event:
        """What the engine says it is; arguments of a call that is not told are not told either."""
        if delta.part == "reasoning":
            return ReasoningDelta(delta.text, delta.tokens, self._choice)
        if delta.part == "answer":
            return TextDelta(delta.text, delta.tokens, self._choice, delta.logprobs)
        if not self._parser.in_call:
            return TextDelta("", delta.tokens, self._choice)
        return ToolCallDelta(self.calls - 1, delta.text, delta.tokens, self._choice)

    def _start(self, read: PromptRead) -> Iterator[Event]:
        """Once, with what the first run read."""
        first = self._note(read)
        if not self._told_start:
            self._told_start = True
            yield Started(
                first.prompt_tokens, first.cached_tokens, first.image_tokens, first.video_tokens
            )

    def _note(self, read: PromptRead) -> PromptRead:
        if self._read is None:
            self._read = self._tally.begin(_with_media(read, self._prompt))
        return self._read

    def _told(self, events: Iterable[Event]) -> Sequence[Event]:
        told = tuple(events)
        for event in told:
            match event:
                case TextDelta():
                    if event.text:
                        self._answers = True
                case ReasoningDelta():
                    self.reasoning += event.tokens
                case ToolCallStart():
                    self.calls += 1
                case Started() | Finished():
                    continue
                case _:
                    pass
            self._told_tokens += event.tokens
        return told

    async def _pieces(self, delta: Delta) -> Iterator[Delta]:
        """What is written before the answer is told token by token: some of it may be thought."""
        known = self._answers or delta.part is not None
        return self._until_stopped([delta] if known else await apart(delta, self._engine))

    def _until_stopped(self, pieces: list[Delta]) -> Iterator[Delta]:
        for piece in pieces:
            if self._stopping:
                return
            yield piece

    def _not_used(self, tokens: int) -> Sequence[Event]:
        """Tokens that stand for no text: they are no parser's to lay to a text."""
        return self._shows(Delta("", tokens, part="answer"))

    def _end(self, ended: Ended) -> None:
        """What the engine has counted stands, with the tokens that never came as text."""
        self._ended = ended
        self._output += ended.completion_tokens
        self._tally.end(self._meter, ended.completion_tokens)

    def _usage(self) -> Usage:
        read = self._read or PromptRead(0, 0)
        return Usage(
            input=read.prompt_tokens,
            cached=read.cached_tokens,
            image=read.image_tokens,
            video=read.video_tokens,
            output=self._output,
            reasoning=self.reasoning,
            injected=self._injected,
        )

    def _written(self, runs: Sequence[Run]) -> tuple[Run, ...]:
        return written_for(tuple(runs), self._engine.info.special_tokens)

    def _stand(self, more: Prompt) -> None:
        self._prompt = self._with(more)

    def _with(self, more: Prompt) -> Prompt:
        prompt = self._prompt
        return msgspec.structs.replace(
            prompt, runs=(*prompt.runs, *more.runs), ids=(*prompt.ids, *more.ids)
        )


def _with_media(read: PromptRead, prompt: Prompt) -> PromptRead:
    """With what of it is pictures and videos: no more than was read, whoever counted that."""
    image = min(prompt.tokens_of("image"), read.prompt_tokens)
    video = min(prompt.tokens_of("video"), read.prompt_tokens - image)
    return msgspec.structs.replace(read, image_tokens=image, video_tokens=video)


def _text(run: Run) -> str:
    return run.text if isinstance(run, Text) else ""
