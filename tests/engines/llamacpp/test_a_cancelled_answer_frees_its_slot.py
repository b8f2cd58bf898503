"""Cancelling at every stage of an answer."""

import asyncio
from contextlib import aclosing

import pytest
from tests.engines.llamacpp.asking import GREEDY, asked, told
from tests.engines.llamacpp.processes import until

from studiolo.core.generation import Delta, Generation, PromptRead
from studiolo.core.prompt import Text
from studiolo.engines.llamacpp.engine import LlamaCppEngine


@pytest.fixture
async def engine(smollm2_engine: LlamaCppEngine) -> LlamaCppEngine:
    await until_idle(smollm2_engine)
    return smollm2_engine


async def until_idle(engine: LlamaCppEngine) -> None:
    async def idle() -> bool:
        return await engine.busy() == 0

    await until(idle, "an idle engine")


async def until_busy(engine: LlamaCppEngine, places: int) -> None:
    async def busy() -> bool:
        return await engine.busy() == places

    await until(busy, f"work in {places} places")


async def cancel(task: asyncio.Task[object]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("wanted", [PromptRead, Delta])
async def test_closing_frees_the_slot(
    engine: LlamaCppEngine, wanted: type[PromptRead | Delta]
) -> None:
    generation = await asked(engine, max_tokens=400)
    async with aclosing(engine.generate(generation)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, wanted):
                break
    await until_idle(engine)


async def test_a_long_prompt_is_not_read_to_its_end(engine: LlamaCppEngine) -> None:
    words = " ".join(f"word{number}" for number in range(150))
    prompt = await engine.tokenize((Text(words),))
    assert prompt.tokens > 400
    task = asyncio.create_task(told(engine, Generation(prompt, GREEDY, 50)))
    await until_busy(engine, 1)
    await cancel(task)
    await until_idle(engine)
    again = await told(engine, Generation(prompt, GREEDY, 1))
    assert isinstance(again[0], PromptRead)
    assert again[0].cached_tokens < prompt.tokens - 1


async def test_an_answer_in_the_queue_never_begins(engine: LlamaCppEngine) -> None:
    places = engine.info.parallel
    long = await asked(engine, max_tokens=400)
    working = [asyncio.create_task(told(engine, long)) for _ in range(places)]
    await until_busy(engine, places)
    waiting = asyncio.create_task(told(engine, await asked(engine, "Never mind.")))
    await asyncio.wait([waiting], timeout=0.05)
    await cancel(waiting)
    for task in working:
        await cancel(task)
    await until_idle(engine)


async def test_others_are_not_disturbed(engine: LlamaCppEngine) -> None:
    generation = await asked(engine, max_tokens=40)
    alone = await told(engine, generation)
    staying = asyncio.create_task(told(engine, generation))
    async with aclosing(engine.generate(await asked(engine, max_tokens=400))) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Delta):
                break
    together = await staying
    assert [type(chunk) for chunk in together] == [type(chunk) for chunk in alone]
    assert together[-1].completion_tokens == alone[-1].completion_tokens
