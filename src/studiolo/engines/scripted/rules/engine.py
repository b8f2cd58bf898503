"""A scripted engine under rules: it refuses, stalls, breaks and counts as they say."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import assert_never

from msgspec.structs import replace

from studiolo.core.errors import ConnectionCut, EngineFailed, PlayedError, StudioloError
from studiolo.core.generation import Chunk, Delta, Ended, Generation, PromptRead
from studiolo.engines.scripted.clock import Clock, LoopClock
from studiolo.engines.scripted.double.reading import CLOSE, OPEN
from studiolo.engines.scripted.engine import Manner, ScriptedEngine
from studiolo.engines.scripted.rules.book import Decision
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

    async def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """As the engine does, or as the rule wants it.

        Raises PlayedError, and EngineFailed or ConnectionCut in between.
        """
        decision = self._book.decide(generation)
        if decision is not None:
            await self._begin(decision)
        async with aclosing(super().generate(generation)) as chunks:
            async for chunk in chunks:
                if decision is not None:
                    await self._hold_up(chunk, decision)
                    chunk = _recounted(chunk, generation, decision)
                yield chunk

    async def _begin(self, decision: Decision) -> None:
        """Once for each request: the wait for its first token, and the error it gets at once."""
        played = decision.played
        if not decision.begun:
            decision.begun = True
            await self._wait(played.first_token_s)
        if played.error is not None and played.break_after_chunks is None:
            raise _error(decision)

    async def _hold_up(self, chunk: Chunk, decision: Decision) -> None:
        """What befalls it on its way. Raises what the rule ends the answer with."""
        played = decision.played
        if isinstance(chunk, PromptRead):
            return
        _break_off(decision)
        if isinstance(chunk, Delta):
            if decision.chunks and played.tokens_per_s is not None:
                await self._wait(chunk.tokens / played.tokens_per_s)
            decision.chunks += int(_is_word(chunk.text))

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            await self._clock.sleep_until(self._clock.now() + seconds)


def _recounted(chunk: Chunk, generation: Generation, decision: Decision) -> Chunk:
    usage = decision.played.usage
    match chunk:
        case Delta():
            return chunk
        case PromptRead():
            return replace(
                chunk,
                prompt_tokens=_first(usage.input, chunk.prompt_tokens),
                cached_tokens=_first(usage.cached, chunk.cached_tokens),
            )
        case Ended():
            return replace(
                chunk,
                prompt_tokens=_first(usage.input, chunk.prompt_tokens),
                cached_tokens=_first(usage.cached, chunk.cached_tokens),
                completion_tokens=_output(chunk, generation, decision),
            )
        case _:
            assert_never(chunk)


def _output(ended: Ended, generation: Generation, decision: Decision) -> int:
    """The answer makes up the sum; thoughts and looks ahead do not go beyond it."""
    wish, count = decision.played.usage.output, ended.completion_tokens
    if wish is not None:
        left = max(0, wish - decision.output)
        answers = CLOSE not in generation.stop and generation.max_tokens > 1
        count = left if answers else min(count, left)
    decision.output += count
    return count


def _is_word(text: str) -> bool:
    """Whether a caller hears of it: tags and the space around them are the parser's."""
    return bool(text.strip()) and text not in (OPEN, CLOSE)


def _break_off(decision: Decision) -> None:
    played = decision.played
    if played.break_after_chunks is not None and decision.chunks >= played.break_after_chunks:
        raise _error(decision)
    if played.cut_after_chunks is not None and decision.chunks >= played.cut_after_chunks:
        raise ConnectionCut(f"rule {decision.rule!r} cuts the connection here")


def _error(decision: Decision) -> StudioloError:
    played = decision.played
    if played.error is None:
        return EngineFailed(f"rule {decision.rule!r} breaks the answer here")
    return PlayedError(played.error, played.message, played.retry_after_s)


def _first(wish: int | None, own: int) -> int:
    return own if wish is None else wish
