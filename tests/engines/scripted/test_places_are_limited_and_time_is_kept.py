"""Parallel places, pace, and what closing does to whoever is there."""

import asyncio

import pytest
from tests.engines.scripted.playing import ManualClock, ended, engine, generation, play, said

from studiolo.core.errors import EngineFailed, ModelUnavailable
from studiolo.core.generation import Chunk, Delta, Generation, PromptRead
from studiolo.engines.scripted.clock import LoopClock, tick_of
from studiolo.engines.scripted.engine import Manner, ScriptedEngine
from studiolo.engines.scripted.steps import Pause, Recital, Say
from studiolo.engines.scripted.vocabulary import vocabulary


async def test_first_token_and_pace_take_the_time_asked_for() -> None:
    clock = ManualClock()
    manner = Manner(first_token_s=0.5, tokens_per_s=10)
    tokens = vocabulary().encode("one two three")
    await play(engine(Say("one two three"), manner=manner, clock=clock))
    assert clock.slept == [0.5, *[0.1] * (len(tokens) - 1)]
    assert clock.time == pytest.approx(100.5 + 0.1 * (len(tokens) - 1))


class Overslept(ManualClock):
    """A clock whose first sleep lasts a second longer, as on a machine that was busy."""

    async def sleep_until(self, moment: float) -> None:
        late_s = 0.0 if self.slept else 1.0
        await super().sleep_until(moment)
        self.time += late_s


async def test_tokens_that_are_overdue_come_in_one_stretch() -> None:
    clock = Overslept()
    await play(engine(Say("word " * 15), manner=Manner(tokens_per_s=10), clock=clock))
    assert clock.slept[0] == pytest.approx(0.1)
    assert len(clock.slept) < 10
    assert clock.slept[1:] == pytest.approx([0.1] * (len(clock.slept) - 1))


async def test_a_pause_takes_its_time() -> None:
    clock = ManualClock()
    await play(engine(Say("Hello"), Pause(2.5), Say("world"), clock=clock))
    assert clock.slept == [2.5]


async def test_a_long_answer_lets_others_run() -> None:
    clock = ManualClock()
    await play(engine(Say("word " * 100), clock=clock))
    assert len(clock.slept) >= 3


async def test_no_more_at_a_time_than_there_are_places() -> None:
    player = engine(Say("Hello"), parallel=2)
    await player.start()
    streams = [player.generate(generation()) for _ in range(3)]
    for stream in streams[:2]:
        assert isinstance(await anext(stream), PromptRead)
    third = asyncio.ensure_future(anext(streams[2]))
    await asyncio.sleep(0)
    assert not third.done()
    assert await player.busy() == 2
    await streams[0].aclose()
    assert isinstance(await third, PromptRead)
    for stream in streams:
        await stream.aclose()
    assert await player.busy() == 0


async def test_who_gives_up_waiting_leaves_the_queue() -> None:
    player = engine(Say("Hello"), parallel=1)
    await player.start()
    first, second, third = (player.generate(generation()) for _ in range(3))
    await anext(first)
    waiting = asyncio.ensure_future(anext(second))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await first.aclose()
    assert isinstance(await anext(third), PromptRead)
    await third.aclose()


async def collect(player: ScriptedEngine, wanted: Generation) -> list[Chunk]:
    return [chunk async for chunk in player.generate(wanted)]


async def test_closing_wakes_who_sleeps_and_who_waits() -> None:
    player = ScriptedEngine(
        Recital(Say("Hello"), Pause(3600)), name="s", context=100, parallel=1, clock=LoopClock()
    )
    await player.start()
    writing, waiting = (asyncio.ensure_future(collect(player, generation())) for _ in range(2))
    for _ in range(5):
        await asyncio.sleep(0)
    await player.close()
    results = await asyncio.gather(writing, waiting, return_exceptions=True)
    assert [type(result) for result in results] == [EngineFailed, ModelUnavailable]


async def test_closing_twice_is_fine_and_starting_again_too() -> None:
    player = engine(Say("Hello"))
    await player.start()
    await player.close()
    await player.close()
    assert said(await play(player)) == "Hello"


async def test_an_engine_that_was_not_started_answers_nothing() -> None:
    player = engine(Say("Hello"))
    with pytest.raises(ModelUnavailable, match="not running"):
        await anext(player.generate(generation()))
    with pytest.raises(ModelUnavailable):
        await player.tokenize(())


async def test_what_it_is_stands_in_its_info() -> None:
    info = engine(parallel=3, context=77).info
    assert (info.engine, info.weights, info.context, info.parallel) == (
        "scripted", "a script", 77, 3,
    )  # fmt: skip
    assert "<|im_end|>" in info.special_tokens


async def test_the_loops_clock_comes_back_when_it_is_time() -> None:
    clock = LoopClock()
    before = clock.now()
    await clock.sleep_until(before - 1)
    await clock.sleep_until(before + 0.001)
    assert clock.now() >= before + 0.001


def test_no_moment_waits_for_a_millisecond_that_only_rounding_asks_for() -> None:
    moments = range(44_000_000, 44_001_000)
    assert [tick_of(each / 1000 + 0.05) - each for each in moments] == [50] * len(moments)
    assert tick_of(44_000.0001) == 44_000_001


async def test_a_stream_can_be_left_in_the_middle() -> None:
    player = engine(Say("one two three"), parallel=1)
    await player.start()
    stream = player.generate(generation())
    async for chunk in stream:
        if isinstance(chunk, Delta):
            break
    await stream.aclose()
    assert ended(await collect(player, generation())).reason == "stop"
