"""What the embedded engine and a user's own llama-server have in common: everything but starting.

Stop ids: a sequence of plain-text tokens that is valid UTF-8 becomes a stop text, which the engine
matches however it comes about. Other sequences are matched on the ids that the engine streams; it
keeps back ids inside a multi-byte character, so a sequence through the middle of one never matches.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext, suppress
from typing import Final

import msgspec
from msgspec.structs import replace

from studiolo.core.errors import InputTooLong, MediaNotSupported, ModelUnavailable
from studiolo.core.generation import (
    Chunk,
    Delta,
    Ended,
    ForcedCalls,
    Generation,
    Grammar,
    JsonSchema,
    Sampling,
)
from studiolo.core.mode_errors import StructuredOutputNotSupported
from studiolo.core.prompt import Prompt, Run
from studiolo.engines.base import EngineInfo
from studiolo.engines.judge.judge import Judge
from studiolo.engines.llamacpp.constraint import as_grammar
from studiolo.engines.llamacpp.request import completion_request
from studiolo.engines.llamacpp.server import LlamaServer
from studiolo.engines.llamacpp.stops import IdStops
from studiolo.engines.llamacpp.turns import ReadingTurns, Turn
from studiolo.engines.llamacpp.wire import AnswerReader, NotUnderstood
from studiolo.engines.tokenizer import PromptTokenizer
from studiolo.engines.vocabulary import Pieces

_GREEDY: Final = Sampling(0.0, 1.0, 0, 0.0, 0.0, 1.0, 0)
_PROBE_WORD: Final = "qz"
_PROBE: Final = f'%llguidance {{}}\nstart: "{_PROBE_WORD}"'


class Served(msgspec.Struct, frozen=True):
    """What there is once requests are served.

    `pieces` only where the vocabulary is known, `turns` only where the size of a batch is.
    """

    info: EngineInfo
    server: LlamaServer
    tokenizer: PromptTokenizer
    pieces: Pieces | None
    turns: ReadingTurns | None = None

    def turn(self, generation: Generation) -> AbstractAsyncContextManager[Turn]:
        """When this prompt may be read."""
        if self.turns is None or generation.resumes:
            return nullcontext(Turn())
        return self.turns.turn(generation.prompt.tokens)


class ServedEngine:
    """The working half of an engine; `start` of the other half calls `_serve`."""

    def __init__(self) -> None:
        self._served: Served | None = None
        self._schemas_hold: bool | None = None
        # Whoever has a judge of his own may put it here.
        self.judge = self._own_judge = Judge()

    @property
    def info(self) -> EngineInfo:
        """Only after `start`."""
        return self._running().info

    @property
    def serving(self) -> bool:
        """Whether requests are served, as far as it is known."""
        return self._served is not None

    @property
    def restarts(self) -> int:
        """None that we know of."""
        return 0

    @property
    def server(self) -> LlamaServer:
        """The engine's own protocol, for what is asked beside answers."""
        return self._running().server

    async def tokenize(self, runs: Sequence[Run]) -> Prompt:
        """The ids of the runs; text never becomes a control token."""
        return await self._running().tokenizer.tokenize(runs)

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes these ids stand for; control tokens stand for none."""
        return await self._running().tokenizer.detokenize(ids)

    async def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """One PromptRead, any Deltas, one Ended. Closing the iterator cancels.

        Raises EngineFailed, ModelUnavailable, InputTooLong, or StructuredOutputNotSupported for a
        constraint that cannot be enforced. The same seed gives the same text as long as the engine
        computes alike: other requests in the same batch may change a last digit.
        """
        served = self._running()
        self._require_up()
        self._check(served.info, generation)
        if isinstance(generation.constraint, JsonSchema | ForcedCalls):
            await self._require_schemas(served, generation.prompt)
        texts, sequences = _stops(generation, served.pieces)
        reader = AnswerReader(generation, stops=IdStops(sequences) if sequences else None)
        grammar = await as_grammar(generation.constraint, self.judge)
        request = completion_request(replace(generation, constraint=grammar), texts)
        async with (
            served.turn(generation) as turn,
            aclosing(served.server.answer(request, reader)) as chunks,
        ):
            async for chunk in chunks:
                turn.over()
                if isinstance(chunk, Ended) and (held := await _held(reader, served.tokenizer)):
                    yield held
                yield chunk

    async def embed(self, prompts: Sequence[Prompt]) -> list[list[float]]:
        """One vector for each prompt, as the model gives it: not brought to length one.

        Raises InputTooLong, or ModelUnavailable if this engine does not embed.
        """
        served = self._running()
        self._require_up()
        if not served.info.embeds:
            raise ModelUnavailable("this engine does not embed: it was started to write text")
        for prompt in prompts:
            if prompt.tokens > served.info.context:
                raise InputTooLong(prompt.tokens, served.info.context)
        return await served.server.embed(prompts) if prompts else []

    async def rerank(self, query: Prompt, documents: Sequence[Prompt]) -> list[float]:
        """Raises ModelUnavailable: llama.cpp's reranking takes text, not tokens."""
        raise ModelUnavailable("this engine does not rerank")

    def kill(self) -> None:
        """Hang up; open answers end with EngineFailed."""
        if self._served is not None:
            self._served.server.hang_up()

    async def busy(self) -> int:
        """How many answers the engine is writing."""
        return await self._running().server.busy()

    async def _close_judge(self) -> None:
        """The one that was made here; one that was put here is closed by its owner."""
        await self._own_judge.close()

    def _running(self) -> Served:
        if self._served is None:
            raise ModelUnavailable("the engine is not started")
        return self._served

    def _require_up(self) -> None:
        """Raise ModelUnavailable when it is known that nobody answers."""

    def _check(self, info: EngineInfo, generation: Generation) -> None:
        prompt = generation.prompt
        if info.embeds:
            raise ModelUnavailable("this engine writes no text: it was started to embed")
        if prompt.media:
            raise MediaNotSupported
        if prompt.tokens >= info.context:
            raise InputTooLong(prompt.tokens, info.context - 1)

    async def _require_schemas(self, served: Served, prompt: Prompt) -> None:
        """Engines built without llguidance let every text through: ask for a word, once."""
        if self._schemas_hold is None:
            probe = Generation(
                Prompt((), prompt.ids[:1]), _GREEDY, max_tokens=4, constraint=Grammar(_PROBE)
            )
            # An engine that breaks over it has failed, and is asked anew by the next request.
            with suppress(NotUnderstood):
                async with aclosing(self.generate(probe)) as chunks:
                    said = [chunk.text async for chunk in chunks if isinstance(chunk, Delta)]
                self._schemas_hold = "".join(said) == _PROBE_WORD
        if not self._schemas_hold:
            raise StructuredOutputNotSupported(
                f"{served.info.weights}: this llama-server was built without llguidance"
            )


def _stops(
    generation: Generation, pieces: Pieces | None
) -> tuple[tuple[str, ...], list[tuple[int, ...]]]:
    """Stop texts, and the sequences that are no text."""
    texts = [text for text in generation.stop if text]
    sequences: list[tuple[int, ...]] = []
    for ids in generation.stop_ids:
        text = _text_of(ids, pieces)
        if text:
            texts.append(text)
        else:
            sequences.append(ids)
    return tuple(texts), sequences


def _text_of(ids: Sequence[int], pieces: Pieces | None) -> str:
    if pieces is None or not all(map(pieces.is_text, ids)):
        return ""
    try:
        return pieces.bytes_of(ids).decode()
    except UnicodeDecodeError:
        return ""


async def _held(reader: AnswerReader, tokenizer: PromptTokenizer) -> Delta | None:
    """What the engine kept back and will not send any more."""
    held = reader.last_words()
    if held is None:
        return None
    text = await tokenizer.detokenize(held.ids)
    if not text:
        return None
    return Delta(text.decode("utf-8", "replace"), held.tokens, held.ids, held.logprobs)
