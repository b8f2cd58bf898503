"""Engines that keep what they are asked: one that plays a script, and one of real weights."""

from collections.abc import AsyncGenerator, Sequence

from msgspec.structs import replace
from tests.studios import Borrowed

from studiolo.core.generation import Chunk, Generation, Grammar
from studiolo.engines.base import Engine
from studiolo.engines.scripted.steps import Step


class Listening:
    """Says the same thing every time and keeps what it was asked."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps
        self.heard: list[Generation] = []

    def __call__(self, generation: Generation) -> Sequence[Step]:
        self.heard.append(generation)
        return self._steps


class Overheard(Borrowed):
    """Keeps what the engine is asked; `grammar` makes it write what it would not."""

    def __init__(self, engine: Engine, grammar: str = "") -> None:
        super().__init__(engine)
        self._grammar = Grammar(grammar) if grammar else None
        self.heard: list[Generation] = []

    def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        self.heard.append(generation)
        if self._grammar is not None:
            generation = replace(generation, constraint=self._grammar)
        return self._engine.generate(generation)
