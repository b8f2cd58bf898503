"""Prompts and generations for the real small model."""

from contextlib import aclosing

from tests.sampling import GREEDY

from studiolo.core.generation import Chunk, Constraint, Delta, Generation
from studiolo.core.prompt import Prompt, Special, Text
from studiolo.engines.llamacpp.served import ServedEngine


async def question(engine: ServedEngine, text: str) -> Prompt:
    """One user's turn and the beginning of the answer."""
    return await engine.tokenize(
        (
            Special("<|im_start|>"),
            Text(f"user\n{text}"),
            Special("<|im_end|>"),
            Text("\n"),
            Special("<|im_start|>"),
            Text("assistant\n"),
        )
    )


async def asked(
    engine: ServedEngine,
    text: str = "Tell me a long story about a fox who learns to read.",
    *,
    max_tokens: int = 8,
    constraint: Constraint | None = None,
) -> Generation:
    """A greedy generation."""
    prompt = await question(engine, text)
    return Generation(prompt, GREEDY, max_tokens, constraint=constraint)


async def said(engine: ServedEngine, generation: Generation) -> str:
    """The whole text of the answer."""
    chunks = await told(engine, generation)
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Delta))


async def told(engine: ServedEngine, generation: Generation) -> list[Chunk]:
    """All chunks of the answer."""
    async with aclosing(engine.generate(generation)) as chunks:
        return [chunk async for chunk in chunks]
