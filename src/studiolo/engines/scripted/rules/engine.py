"""A scripted engine under rules: it refuses, stalls, breaks and counts as they say."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal, assert_never

from msgspec.structs import replace

from studiolo.core.errors import ConnectionCut, EngineFailed, PlayedError, StudioloError
from studiolo.core.generation import Chunk, Delta, Ended, Generation, PromptRead
from studiolo.engines.scripted.clock import Clock, LoopClock
from studiolo.engines.scripted.double.reading import CLOSE, OPEN
from studiolo.engines.scripted.engine import Manner, ScriptedEngine
from studiolo.engines.scripted.rules.book import Decision
from studiolo.engines.scripted.rules.rule import Played, PlayedUsage
from studiolo.engines.scripted.rules.script import RuledScript


class RuledEngine(ScriptedEngine):
    """What the book of its script decides of a request holds for all runs of that request."""

    def __init__(
        self,
        script: RuledScript,
        *,
        name: str,
        context: int,
        parallel: int,
        manner: Manner | None = None,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or LoopClock()
        super().__init__(
            script, name=name, context=context, parallel=parallel, manner=manner, clock=clock
        )
        self._book = script.book

    def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """As the engine does, or as the rule wants it.

        Raises PlayedError, and EngineFailed or ConnectionCut in between.
        """
        decision = self._book.decide(generation)
        if decision is None:
            return super().generate(generation)
        return self._ruled(generation, decision)

    async def _ruled(self, generation: Generation, decision: Decision) -> AsyncGenerator[Chunk]:
        try:
            await self._begin(decision)
            fate = _Fate(decision, generation)
            # A rule that breaks off has written what it told: the chunk it stopped at is not.
            unmetered = replace(generation, meter=None)
            async with aclosing(super().generate(unmetered)) as chunks:
                async for chunk in chunks:
                    fate.meet(chunk)
                    chunk = _recounted(chunk, decision.played.usage)
                    yield _cut(chunk) if decision.played.is_cut else chunk
        finally:
            self._book.remember(generation, decision)

    def _tokens_per_s(self, generation: Generation) -> float | None:
        """The pace of the rule, or that of the deployment."""
        decision = self._book.decide(generation)
        pace = None if decision is None else decision.played.tokens_per_s
        return super()._tokens_per_s(generation) if pace is None else pace

    def _joins(self, generation: Generation) -> Literal["answer", "reasoning"] | None:
        """Rules count chunks, so they get all of them."""
        return super()._joins(generation) if self._book.decide(generation) is None else None

    async def _begin(self, decision: Decision) -> None:
        """The wait for the first token, which is over for all choices at the same moment."""
        played, now = decision.played, self._clock.now()
        if decision.ready_at is None:
            decision.ready_at = now + played.first_token_s
        if decision.ready_at > now:
            await self._clock.sleep_until(decision.ready_at)
        if played.error is not None and played.break_after_chunks is None:
            raise _error(decision)


class _Fate:
    """Where the rule ends one run: after so many chunks with text, of all choices together."""

    def __init__(self, decision: Decision, generation: Generation) -> None:
        played = decision.played
        self._decision = decision
        self._ends = (played.break_after_chunks, played.cut_after_chunks) != (None, None)
        self._choice = generation.sampling.seed
        self._place = generation.prompt.tokens
        decision.heard.begin(self._choice, self._place)

    def meet(self, chunk: Chunk) -> None:
        """One more chunk. Raises what the rule ends the answer with.

        At the limit of a run it is not known whether its last chunk will be told; the next run
        finds out.
        """
        over = isinstance(chunk, Ended) and chunk.reason == "length"
        if not self._ends or over or isinstance(chunk, PromptRead):
            return
        _break_off(self._decision)
        if isinstance(chunk, Delta):
            if _is_heard(chunk, self._decision.played):
                self._decision.heard.add(self._choice, self._place)
            self._place += chunk.tokens


def _recounted(chunk: Chunk, usage: PlayedUsage) -> Chunk:
    """What is only counted gives way where it contradicts what the rule says."""
    match chunk:
        case Delta():
            return chunk
        case PromptRead() | Ended():
            given = chunk.prompt_tokens if usage.input is None else usage.input
            cached = chunk.cached_tokens if usage.cached is None else usage.cached
            if usage.input is None:
                given = max(given, usage.cached or 0)
            chunk = replace(chunk, prompt_tokens=given, cached_tokens=min(cached, given))
            if isinstance(chunk, PromptRead):
                return replace(chunk, claims_output=usage.output)
            return chunk
        case _:
            assert_never(chunk)


def _cut(chunk: Chunk) -> Chunk:
    """An end that the words came to by themselves is one at the limit."""
    if isinstance(chunk, Ended) and chunk.reason == "stop" and chunk.matched_stop is None:
        return replace(chunk, reason="length")
    return chunk


def _is_heard(delta: Delta, played: Played) -> bool:
    """Whether a caller hears of it: tags and what stands around them are the parser's."""
    if played.words is not None:
        return delta.part is not None and bool(delta.text)
    return bool(delta.text.strip()) and delta.text not in (OPEN, CLOSE)


def _break_off(decision: Decision) -> None:
    played, heard = decision.played, decision.heard.count
    if played.break_after_chunks is not None and heard >= played.break_after_chunks:
        raise _error(decision)
    if played.cut_after_chunks is not None and heard >= played.cut_after_chunks:
        raise ConnectionCut(f"rule {decision.rule!r} cuts the connection here")


def _error(decision: Decision) -> StudioloError:
    played = decision.played
    if played.error is None:
        return EngineFailed(f"rule {decision.rule!r} breaks the answer here")
    return PlayedError(played.error, played.message, played.retry_after_s)
