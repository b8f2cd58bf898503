"""The engine that plays a script in this process, with places, pace and counters of a real one."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final, Literal, assert_never

import msgspec

from studiolo.core.errors import EngineFailed, InputTooLong, ModelUnavailable
from studiolo.core.generation import Chunk, Generation, Meter, PromptRead
from studiolo.core.prompt import Prompt, Run, Special, Text
from studiolo.engines.base import EngineInfo
from studiolo.engines.scripted.clock import Clock, LoopClock
from studiolo.engines.scripted.memory import PromptMemory, told_apart
from studiolo.engines.scripted.steps import Fault, Pause, Say, Script, Sign, Step, Tell
from studiolo.engines.scripted.vocabulary import CONTROL_TOKENS, Vocabulary, vocabulary
from studiolo.engines.scripted.writer import Writer

FAULTS: dict[str, type[EngineFailed | ModelUnavailable]] = {
    "crash": EngineFailed,
    "unavailable": ModelUnavailable,
}
# Longer texts, in characters, are tokenized beside the loop.
IN_A_THREAD = 16_384
# So many tokens are written at a stretch, or pieces of many, before others may run.
STRETCH = 32
_OPEN: Final = "<think>"
# Which of them came last says whether a thought is open; a turn begins without one.
_ENDS_OF_THOUGHTS: Final = frozenset([_OPEN, "</think>", "<|im_start|>"])


class Manner(msgspec.Struct, frozen=True):
    """How the engine behaves beside what it says.

    `tokens_per_s` None is as fast as it goes; `remembered_prompts` 0 finds nothing cached. If it
    `joins`, words of a whole answer come many at a time, else all come token by token.
    """

    first_token_s: float = 0.0
    tokens_per_s: float | None = None
    remembered_prompts: int = 64
    joins: bool = True


class ScriptedEngine:
    """Everything an Engine promises, at no cost and the same every time."""

    def __init__(
        self,
        script: Script,
        *,
        name: str,
        context: int,
        parallel: int,
        manner: Manner | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._script = script
        self._info = EngineInfo(
            engine="scripted",
            weights=name,
            context=context,
            parallel=parallel,
            architecture="qwen3",
            special_tokens=frozenset(CONTROL_TOKENS),
            sees=True,
            longest_token=vocabulary().longest,
        )
        self._manner = manner or Manner()
        self._clock = clock or LoopClock()
        self._life: _Life | None = None
        self._memory = PromptMemory(self._manner.remembered_prompts)

    @property
    def info(self) -> EngineInfo:
        """What it is; the weights are the name it was given."""
        return self._info

    @property
    def serving(self) -> bool:
        """From `start` to `close`."""
        return self._life is not None

    @property
    def restarts(self) -> int:
        """Never."""
        return 0

    async def start(self) -> None:
        """Read the vocabulary."""
        self._life = _Life(vocabulary(), self._info.parallel)

    async def close(self) -> None:
        """Whoever is still being answered gets EngineFailed, whoever waits ModelUnavailable."""
        self.kill()

    def kill(self) -> None:
        """The same: nothing here takes time to end."""
        if self._life is not None:
            self._life.end()
            self._life = None
            self._clock.wake()

    async def tokenize(self, runs: Sequence[Run]) -> Prompt:
        """The ids of the runs."""
        words = self._alive().words
        if sum(len(run.text) for run in runs if isinstance(run, Text)) > IN_A_THREAD:
            return await asyncio.to_thread(words.prompt, runs)
        return words.prompt(runs)

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes of the ids."""
        return self._alive().words.decode(ids)

    async def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """Play the script for this generation."""
        life = self._alive()
        room = self._info.context - generation.prompt.tokens
        if room <= 0:
            raise InputTooLong(generation.prompt.tokens, self._info.context - 1)
        async with life.places:
            if not generation.resumes:
                await self._pause(self._manner.first_token_s, life)
            cached = self._cached(generation.prompt, life)
            yield PromptRead(generation.prompt.tokens, cached)
            tokens_per_s = self._tokens_per_s(generation)
            joins = self._joins(generation) if tokens_per_s is None else None
            writer = Writer(generation, life.words, room=room, joins=joins)
            meter = generation.meter or Meter()
            pace = _Pace(tokens_per_s, start=self._clock.now())
            for step in self._script(generation):
                if writer.reason is not None:
                    break
                part = step.part if isinstance(step, Tell) else None
                said = step.text if isinstance(step, Say | Tell) else ""
                written = await self._play(step, life)
                for tokens in writer.pieces(written, part):
                    if pace.due(self._clock):
                        await self._clock.sleep_until(pace.moment())
                        life.check()
                    text = said if len(tokens) == len(written) else ""
                    deltas = writer.feed_piece(tokens, part, text=text)
                    meter.written = writer.count
                    for delta in deltas:
                        yield delta
            deltas = writer.flush()
            meter.written = writer.count
            for delta in deltas:
                yield delta
            yield writer.ended(prompt_tokens=generation.prompt.tokens, cached_tokens=cached)

    async def busy(self) -> int:
        """How many answers are being written."""
        return 0 if self._life is None else self._life.places.taken

    async def embed(self, prompts: Sequence[Prompt]) -> list[list[float]]:
        """Not here."""
        raise ModelUnavailable(f"{self._info.weights!r} plays a script; it does not embed")

    async def rerank(self, query: Prompt, documents: Sequence[Prompt]) -> list[float]:
        """Not here."""
        raise ModelUnavailable(f"{self._info.weights!r} plays a script; it does not rerank")

    def _tokens_per_s(self, generation: Generation) -> float | None:
        """How fast this one is written."""
        del generation
        return self._manner.tokens_per_s

    def _joins(self, generation: Generation) -> Literal["answer", "reasoning"] | None:
        """Of what words may come many at a time, where it has no pace: nobody sees when they do."""
        origin = generation.origin
        if origin is None or origin.streamed or not self._manner.joins:
            return None
        if not _in_thought(generation.prompt.runs):
            return "answer"
        # Calls are looked for in thoughts too.
        return None if origin.tools else "reasoning"

    def _cached(self, prompt: Prompt, life: "_Life") -> int:
        """How much of the prompt was read before."""
        if not self._manner.remembered_prompts:
            return 0
        return self._memory.read(told_apart(prompt, life.words.pads))

    async def _play(self, step: Step, life: "_Life") -> Sequence[int]:
        """The tokens of a step."""
        match step:
            case Say() | Tell():
                return life.words.encode(step.text)
            case Sign():
                return (life.words.control_id(step.name),)
            case Pause():
                await self._pause(step.seconds, life)
                return ()
            case Fault():
                raise FAULTS[step.kind](step.reason)
            case _:
                assert_never(step)

    async def _pause(self, seconds: float, life: "_Life") -> None:
        if seconds > 0:
            await self._clock.sleep_until(self._clock.now() + seconds)
            life.check()

    def _alive(self) -> "_Life":
        if self._life is None:
            raise ModelUnavailable(f"the scripted engine {self._info.weights!r} is not running")
        return self._life


def _in_thought(runs: Sequence[Run]) -> bool:
    """Whether the last tag of a thought is the one that opens it."""
    tags = (run.name for run in reversed(runs) if isinstance(run, Special))
    return next((tag == _OPEN for tag in tags if tag in _ENDS_OF_THOUGHTS), False)


class _Life:
    """From one start to the next close."""

    def __init__(self, words: Vocabulary, parallel: int) -> None:
        self.words = words
        self.places = _Places(parallel)

    def check(self) -> None:
        """Raises EngineFailed when the engine was closed."""
        if self.places.closed:
            raise EngineFailed("the engine was closed while it wrote this answer")

    def end(self) -> None:
        """Nobody waits from here on."""
        self.places.close()


class _Places:
    """The parallel places; `async with` waits for one."""

    def __init__(self, parallel: int) -> None:
        self._free = asyncio.Semaphore(parallel)
        self._waiting = 0
        self.closed = False
        self.taken = 0

    async def __aenter__(self) -> None:
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        if self.closed:
            self._free.release()
            raise ModelUnavailable("the engine was closed before this request had its turn")
        self.taken += 1

    async def __aexit__(self, *exception: object) -> None:
        self.taken -= 1
        self._free.release()

    def close(self) -> None:
        """Whoever waits goes away."""
        self.closed = True
        for _ in range(self._waiting):
            self._free.release()


class _Pace:
    """When the next token may come, and when others must have their turn.

    Tokens that are overdue come in one stretch, as they do from an engine that went on while its
    reader was busy.
    """

    def __init__(self, tokens_per_s: float | None, *, start: float) -> None:
        self._gap_s = 1 / tokens_per_s if tokens_per_s else None
        self._start = start
        self._tokens = 0
        self._stretch = 0

    def due(self, clock: Clock) -> bool:
        """Whether to take a turn before the next token."""
        self._tokens += 1
        self._stretch += 1
        early = self._gap_s is not None and self.moment() > clock.now()
        if not early and self._stretch < STRETCH:
            return False
        self._stretch = 0
        return True

    def moment(self) -> float:
        """When the tokens before this one have taken their time."""
        return self._start + (self._gap_s or 0.0) * (self._tokens - 1)
