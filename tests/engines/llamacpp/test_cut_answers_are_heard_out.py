"""However an answer is cut, every token that the engine wrote is told of, by the engine's count."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from msgspec.structs import replace
from tests.engines.llamacpp.asking import GREEDY, asked, said, told
from tests.engines.llamacpp.processes import until

from studiolo.core.generation import Delta, Ended, Generation, Grammar, Meter
from studiolo.core.prompt import Prompt, Text
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.engines.llamacpp.wire import AnswerReader
from studiolo.engines.llamacpp.wire import Slot as EngineSlot

AHEAD: Final = 24
FAR: Final = 1200


@pytest.fixture
def meter() -> Meter:
    """Where the engine counts."""
    return Meter()


class Slot:
    """What the engine says of the one slot that is at work, and later of the same one."""

    def __init__(self, engine: LlamaCppEngine, generation: Generation) -> None:
        self._server = engine.server
        self._prompt_tokens = generation.prompt.tokens
        self._id = -1

    async def has_written(self, tokens: int) -> None:
        """Wait until it has."""

        async def there() -> bool:
            return await self._is_beyond(tokens)

        await until(there, f"{tokens} tokens")

    async def written(self) -> tuple[int, int]:
        """Tokens it has kept behind the prompt; the last one may not have been kept yet."""
        slots = await self._slots()
        kept = int(slots[self._id]["n_prompt_tokens"]) - self._prompt_tokens
        return kept, kept + 1

    async def _is_beyond(self, tokens: int) -> bool:
        for slot in await self._slots():
            if slot["is_processing"] and slot["next_token"][0]["n_decoded"] >= tokens:
                self._id = slot["id"]
                return True
        return False

    async def _slots(self) -> list[dict[str, Any]]:
        server: Any = self._server
        slots: list[dict[str, Any]] = await server._ask("GET", "/slots", None, list[dict[str, Any]])
        return slots


@pytest.fixture
async def engine(smollm2_engine: LlamaCppEngine) -> LlamaCppEngine:
    async def idle() -> bool:
        return await smollm2_engine.busy() == 0

    await until(idle, "an idle engine")
    return smollm2_engine


async def test_a_reader_who_comes_no_more(engine: LlamaCppEngine, meter: Meter) -> None:
    generation = replace(await asked(engine, max_tokens=400), meter=meter)
    slot, streamed = Slot(engine, generation), 0
    async with aclosing(engine.generate(generation)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Delta):
                streamed += chunk.tokens
                break
        await slot.has_written(streamed + AHEAD)
    assert meter.written >= streamed + AHEAD
    assert meter.written in await slot.written()


async def test_text_that_may_become_a_stop(engine: LlamaCppEngine, meter: Meter) -> None:
    generation = await asked(engine, max_tokens=400)
    whole = await said(engine, replace(generation, max_tokens=3 * AHEAD))
    generation = replace(generation, stop=(f"{whole}, never",), meter=meter)
    slot, streamed = Slot(engine, generation), list[int]()

    async def read() -> None:
        async with aclosing(engine.generate(generation)) as chunks:
            async for chunk in chunks:
                streamed.append(chunk.tokens if isinstance(chunk, Delta) else 0)

    reading = asyncio.create_task(read())
    await slot.has_written(AHEAD)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert sum(streamed) == 0
    assert meter.written >= AHEAD
    assert meter.written in await slot.written()


async def test_a_prompt_that_is_still_read(engine: LlamaCppEngine, meter: Meter) -> None:
    words = " ".join(f"word{number}" for number in range(150))
    generation = replace(await asked(engine, words), meter=meter)
    slot = Slot(engine, generation)
    reading = asyncio.create_task(anext(engine.generate(generation)))
    await slot.has_written(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert meter.written == 0


async def test_an_answer_that_ends(engine: LlamaCppEngine, meter: Meter) -> None:
    *_, ended = await told(engine, replace(await asked(engine), meter=meter))
    assert isinstance(ended, Ended)
    assert meter.written == ended.completion_tokens


@pytest.fixture
async def fast(qwen_path: Path, tmp_path: Path) -> AsyncGenerator[LlamaCppEngine]:
    """One that soon writes more than a pipe takes."""
    found = LlamaCppEngine(qwen_path, name="fast", context=2048, parallel=1, run_dir=tmp_path)
    await found.start()
    yield found
    await found.close()


async def test_a_reader_who_is_far_behind(fast: LlamaCppEngine, meter: Meter) -> None:
    """The engine itself keeps what its pipe does not take, and throws it away at a cut."""
    prompt = await fast.tokenize((Text("Once"),))
    endless = Grammar("%llguidance {}\nstart: /[a-z ]{20000,20001}/")
    generation = Generation(prompt, GREEDY, FAR + 400, logprobs=5, constraint=endless, meter=meter)
    slot = Slot(fast, generation)
    async with aclosing(fast.generate(generation)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Delta):
                break
        assert meter.written < FAR
        await slot.has_written(FAR)
    assert meter.written >= FAR
    assert meter.written <= max(await slot.written())


def slot(seed: int, limit: int, *, written: int, works: bool = True) -> dict[str, Any]:
    params = {"seed": seed, "n_predict": limit}
    return {"is_processing": works, "params": params, "next_token": [{"n_decoded": written}]}


MINE: Final = slot(1, 8, written=7)
# title, what the server says of its slots, what is counted of it
LOOKS: tuple[tuple[str, list[dict[str, Any]], int], ...] = (
    ("it is at work", [MINE, slot(2, 8, written=8)], 7),
    ("without a list", [{**MINE, "next_token": {"n_decoded": 7}}], 7),
    ("nobody has its seed", [slot(2, 8, written=7)], 0),
    ("nobody has its limit", [slot(1, 9, written=7)], 0),
    ("two may be it", [MINE, slot(1, 8, written=5)], 5),
    ("it is over", [slot(1, 8, written=7, works=False)], 0),
    ("nothing is said", [{"id": 1}], 0),
)


@pytest.mark.parametrize(("said", "counted"), [each[1:] for each in LOOKS],
                         ids=[each[0] for each in LOOKS])  # fmt: skip
def test_the_slot_is_known_by_what_it_was_asked(
    meter: Meter, said: list[dict[str, Any]], counted: int
) -> None:
    reader = AnswerReader(Generation(Prompt((), ()), GREEDY, 8, meter=meter))
    reader.look(msgspec.convert(said, list[EngineSlot]))
    assert meter.written == counted
    reader.feed(b'data: {"content": "a", "tokens": [1], "tokens_predicted": 3}\n\n')
    assert meter.written == max(counted, 3)
    reader.look(msgspec.convert([slot(1, 8, written=2)], list[EngineSlot]))
    assert meter.written == max(counted, 3)
