"""Models that write given tokens, one after the other, and engines that are watched at it."""

import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from typing import Any, Final, Literal, get_args

import msgspec

from studiolo.core.generation import Chunk, Delta, Ended, Generation, Meter, PromptRead
from studiolo.core.prompt import Run, Text
from studiolo.engines.base import Engine
from studiolo.engines.scripted.steps import Say, Sign, Step
from studiolo.engines.scripted.vocabulary import vocabulary
from studiolo.families.base import CLOSE, OPEN

TAGS: Final = (OPEN, CLOSE)
LINE, EMPTY_LINE = "\n", "\n\n"
_ASSISTANT: Final = "assistant\n"
_SWITCH: Final = re.compile(r"/(no_)?think\b")


class Play(msgspec.Struct, frozen=True):
    """What a model writes in its turn: thoughts, an answer, and the end token.

    Every text is one token. `before` stands between the opening tag and a thought, `behind`
    before the closing tag. A model that thinks `endlessly` repeats its thought and never closes
    it; one that `stops_short` ends its turn inside it. An `obedient` one thinks nothing if the
    latest switch among the messages says so. If `opened`, the tag and a newline are the prompt's.
    """

    thoughts: tuple[tuple[str, ...], ...]
    answer: tuple[str, ...]
    before: tuple[str, ...] = (LINE,)
    behind: tuple[str, ...] = (LINE,)
    lead: tuple[str, ...] = ()
    endlessly: bool = False
    stops_short: bool = False
    obedient: bool = False
    opened: bool = False

    def __call__(self, generation: Generation) -> Iterator[Step]:
        """What is left to write. As a model does, it reads how far it came."""
        written = _written(generation.prompt.ids)
        closings = written.count(CLOSE)
        if closings:
            written = _after_last(written, CLOSE)
            if written:
                assert written.pop(0) == EMPTY_LINE
            else:
                yield Say(EMPTY_LINE)
        obeys = self.obedient and _says_no(generation.prompt.runs)
        rest = self._rest(closings, thoughts=((),) if obeys else self.thoughts)
        for token in written:
            assert next(rest) == token, (written, self)
        for token in rest:
            yield Sign(token) if token in TAGS else Say(token)

    def _rest(self, closings: int, *, thoughts: tuple[tuple[str, ...], ...]) -> Iterator[str]:
        """All tokens from the last closing tag on."""
        yield from () if closings else self.lead
        for thought in thoughts[closings:]:
            yield OPEN
            if not thought:
                yield from (LINE, LINE) if self.opened else (EMPTY_LINE,)
                yield from (CLOSE, EMPTY_LINE)
                continue
            yield from self.before
            yield from thought
            while self.endlessly:
                yield from thought
            if self.stops_short:
                return
            yield from self.behind
            yield from (CLOSE, EMPTY_LINE)
        yield from self.answer


def _written(ids: Sequence[int]) -> list[str]:
    """The tokens of the assistant's turn so far."""
    words = vocabulary()
    role = words.encode(_ASSISTANT)
    start = max(n for n, each in enumerate(ids) if each == words.control_id("<|im_start|>")) + 1
    assert tuple(ids[start : start + len(role)]) == role
    turn = ids[start + len(role) :]
    return [words.control_text.get(token) or words.decode((token,)).decode() for token in turn]


def _after_last(row: list[str], token: str) -> list[str]:
    return row[len(row) - row[::-1].index(token) :]


def _says_no(runs: tuple[Run, ...]) -> bool:
    said = "".join(run.text for run in runs if isinstance(run, Text))
    switches = _SWITCH.findall(said)
    return bool(switches) and switches[-1] == "no_"


# -- how an engine's text comes in pieces

Chunking = Literal["as it comes", "letters", "pairs", "runs", "pairs without ids"]
CHUNKINGS: Final[tuple[Chunking, ...]] = get_args(Chunking)


def _letters(delta: Delta) -> Iterator[Delta]:
    """Its tokens come with the first letter."""
    yield msgspec.structs.replace(delta, text=delta.text[:1])
    yield from (Delta(letter, 0) for letter in delta.text[1:])


def _as_one(deltas: Sequence[Delta]) -> Delta:
    return Delta(
        "".join(delta.text for delta in deltas),
        sum(delta.tokens for delta in deltas),
        tuple(token for delta in deltas for token in delta.ids),
        tuple(entry for delta in deltas for entry in delta.logprobs),
    )


class Watched:
    """An engine that is borrowed: cuts what it writes another way, and notes what it counted."""

    def __init__(self, engine: Engine, chunking: Chunking = "as it comes") -> None:
        self._engine = engine
        many = {"pairs": 2, "pairs without ids": 2, "runs": 10**9}
        self._most = many.get(chunking, 1)
        self._letters = chunking == "letters"
        self._silent = chunking == "pairs without ids"
        self.read: list[PromptRead] = []
        self.counted: list[int] = []
        # What runs that were cut wrote and nobody was given.
        self.rest = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def start(self) -> None:
        """It may run already."""
        if not self._engine.serving:
            await self._engine.start()

    async def close(self) -> None:
        """Others use it after us."""

    async def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """One run; one that is broken off counts for what it gave."""
        run = len(self.counted)
        self.counted.append(0)
        written, meter = 0, generation.meter or Meter()
        held: list[Delta] = []
        try:
            async with aclosing(self._engine.generate(generation)) as chunks:
                async for chunk in chunks:
                    match chunk:
                        case Delta():
                            written += chunk.tokens
                            held.append(chunk)
                            if len(held) >= self._most:
                                for delta in self._released(held, run):
                                    yield delta
                        case PromptRead():
                            self.read.append(chunk)
                            yield chunk
                        case Ended():
                            for delta in self._released(held, run):
                                yield delta
                            self.counted[run] = written = chunk.completion_tokens
                            yield chunk
        finally:
            meter.written = max(meter.written, written)
            self.rest += meter.written - self.counted[run]

    def _released(self, held: list[Delta], run: int) -> Iterator[Delta]:
        deltas = [_as_one(held)] if held else []
        if self._silent:
            deltas = [msgspec.structs.replace(delta, ids=()) for delta in deltas]
        held.clear()
        for delta in deltas:
            for piece in _letters(delta) if self._letters else (delta,):
                self.counted[run] += piece.tokens
                yield piece
