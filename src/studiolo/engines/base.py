"""What every engine offers; `tests/conformance/test_engines.py` is its contract in full."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

import msgspec

from studiolo.core.generation import Chunk, Generation
from studiolo.core.prompt import Prompt, Run


class EngineInfo(msgspec.Struct, frozen=True):
    """What an engine is and can do once it runs. `context` is in tokens for one request.

    With `adds_bos` every text that no template wraps begins with the token `bos`.
    """

    engine: str
    weights: str
    context: int
    parallel: int
    architecture: str = ""
    chat_template: str = ""
    special_tokens: frozenset[str] = frozenset()
    bos: str = ""
    adds_bos: bool = False
    eos: str = ""
    embeds: bool = False
    reranks: bool = False
    sees: bool = False
    # No token of the vocabulary stands for more bytes than this.
    longest_token: int = 256


class Engine(Protocol):
    """One loaded model.

    `start` returns when requests are served; `close` frees everything, twice is fine.
    """

    @property
    def info(self) -> EngineInfo:
        """Only after `start`."""
        ...

    @property
    def serving(self) -> bool:
        """Whether requests are served at this moment."""
        ...

    @property
    def restarts(self) -> int:
        """How often it had to be started again; what was counted stays after `close`."""
        ...

    async def start(self) -> None:
        """Load the weights. Raises ModelUnavailable with one clear line when they do not load."""
        ...

    def kill(self) -> None:
        """End what runs, at once and without a word; `close` still has to follow."""
        ...

    async def close(self) -> None:
        """Stop at once and leave nothing behind."""
        ...

    async def tokenize(self, runs: Sequence[Run]) -> Prompt:
        """The ids of the runs; text never becomes a control token."""
        ...

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes these ids stand for; control tokens stand for none."""
        ...

    def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """One PromptRead, any Deltas, one Ended. Closing the generator cancels.

        Raises EngineFailed when the engine breaks, ModelUnavailable when it is not running.
        """
        ...

    async def embed(self, prompts: Sequence[Prompt]) -> list[list[float]]:
        """One vector for each prompt. Raises ModelUnavailable if this engine does not embed."""
        ...

    async def rerank(self, query: Prompt, documents: Sequence[Prompt]) -> list[float]:
        """One score for each document. Raises ModelUnavailable if this engine does not rerank."""
        ...
