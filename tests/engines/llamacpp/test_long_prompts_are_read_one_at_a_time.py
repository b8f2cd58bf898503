"""Who waits for whom before the engine reads a prompt."""

import asyncio
from contextlib import aclosing

import pytest
from tests.engines.llamacpp.asking import GREEDY, asked, told
from tests.engines.llamacpp.processes import until

from studiolo.core.generation import Generation, PromptRead
from studiolo.core.prompt import Prompt, Text
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.engines.llamacpp.turns import ReadingTurns

pytestmark = pytest.mark.anyio

BATCH = 8
LONG = 4 * BATCH


async def test_a_second_long_prompt_waits_for_the_first() -> None:
    turns = ReadingTurns(batch=BATCH)
    async with turns.turn(LONG) as first:
        second = asyncio.create_task(_hold(turns, LONG))
        await asyncio.sleep(0)
        assert not second.done()
        first.over()
        first.over()
        await second


async def test_short_prompts_wait_for_nobody() -> None:
    turns = ReadingTurns(batch=BATCH)
    async with turns.turn(LONG), turns.turn(LONG - 1), turns.turn(1):
        pass


async def test_who_gives_up_waiting_holds_up_nobody() -> None:
    turns = ReadingTurns(batch=BATCH)
    async with turns.turn(LONG):
        second, third = (asyncio.create_task(_hold(turns, LONG)) for _ in range(2))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([second])
        assert second.cancelled()
        assert not third.done()
    await third


async def test_a_turn_that_fails_is_passed_on() -> None:
    turns = ReadingTurns(batch=BATCH)
    with pytest.raises(ValueError, match="broken"):
        async with turns.turn(LONG):
            raise ValueError("broken")
    await _hold(turns, LONG)


async def test_of_many_long_prompts_one_is_in_the_engine(smollm2_engine: LlamaCppEngine) -> None:
    engine = smollm2_engine
    generation = Generation(await long_prompt(engine, "apple"), GREEDY, 50)
    tasks = [asyncio.create_task(told(engine, generation)) for _ in range(engine.info.parallel)]
    await until_busy(engine, 1)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)
    await until_busy(engine, 0)


async def test_what_goes_on_waits_for_no_prompt(smollm2_engine: LlamaCppEngine) -> None:
    engine = smollm2_engine
    prompt = await long_prompt(engine, "river")
    reading = asyncio.create_task(told(engine, Generation(prompt, GREEDY, 50)))
    await until_busy(engine, 1)
    async with aclosing(engine.generate(Generation(prompt, GREEDY, 50, resumes=True))) as chunks:
        going_on = asyncio.create_task(anext(chunks))
        await until_busy(engine, 2)
        reading.cancel()
        await asyncio.wait([reading])
        assert isinstance(await going_on, PromptRead)
    assert await told(engine, await asked(engine))


async def long_prompt(engine: LlamaCppEngine, word: str) -> Prompt:
    """A word of its own for each test: the engine remembers what it has read."""
    words = " ".join(f"{word}{number}" for number in range(150))
    return await engine.tokenize((Text(words),))


async def until_busy(engine: LlamaCppEngine, places: int) -> None:
    async def busy() -> bool:
        return await engine.busy() == places

    await until(busy, f"work in {places} places")


async def _hold(turns: ReadingTurns, tokens: int) -> None:
    async with turns.turn(tokens):
        pass
