"""Admission: so many at once, a bounded queue, callers in turns, nothing lost on the way out."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from studiolo.core.errors import Overloaded
from studiolo.service.admission import Places

pytestmark = pytest.mark.anyio


def places(capacity: int = 1, *, queue: int = 8, wait_s: float = 60) -> Places:
    return Places(capacity, queue=queue, wait_s=wait_s)


class Visit:
    """Takes places in a task of its own, and holds them until it is told to leave."""

    def __init__(self, line: Places, caller: str, wanted: int = 1) -> None:
        self.inside = asyncio.Event()
        self.leave = asyncio.Event()
        self.task = asyncio.create_task(self._stay(line, caller, wanted))

    async def _stay(self, line: Places, caller: str, wanted: int) -> None:
        async with line.take(caller, wanted):
            self.inside.set()
            await self.leave.wait()

    async def go(self) -> None:
        self.leave.set()
        await self.task


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_free_place_is_taken_at_once_and_given_back() -> None:
    line = places(2)
    async with line.take("a", 1) as held:
        assert (held, line.free) == (1, 1)
    assert line.free == 2


async def test_callers_take_turns_and_nobody_overtakes_himself() -> None:
    line = places()
    first = Visit(line, "a")
    await first.inside.wait()
    greedy = [Visit(line, "a") for _ in range(3)]
    await settle()
    modest = Visit(line, "b")
    await settle()
    order: list[str] = []
    waiting = {"a0": greedy[0], "a1": greedy[1], "a2": greedy[2], "b": modest}
    leaving = first
    while waiting:
        await leaving.go()
        await settle()
        name, leaving = next((n, v) for n, v in waiting.items() if v.inside.is_set())
        order.append(name)
        del waiting[name]
    await leaving.go()
    assert order == ["a0", "b", "a1", "a2"]
    assert (line.free, line.queued) == (1, 0)


async def test_several_places_wait_at_the_head_and_are_not_starved() -> None:
    line = places(2)
    one, two = Visit(line, "a"), Visit(line, "a")
    await settle()
    wide = Visit(line, "a", 2)
    late = Visit(line, "a")
    await settle()
    await one.go()
    await settle()
    assert not wide.inside.is_set()
    assert not late.inside.is_set()
    await two.go()
    await settle()
    assert wide.inside.is_set()
    assert not late.inside.is_set()
    await wide.go()
    await late.go()
    assert line.free == 2


async def test_more_than_there_are_is_as_many_as_there_are() -> None:
    async with places(2).take("a", 4) as held:
        assert held == 2


async def test_a_full_queue_refuses_and_says_when_to_come_again() -> None:
    line = places(queue=1)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(line.take("a", 1))
        waiting = Visit(line, "a")
        await settle()
        with pytest.raises(Overloaded) as refused:
            await stack.enter_async_context(line.take("b", 1))
        assert 1 <= refused.value.retry_after_s <= 60
        waiting.task.cancel()
        await asyncio.gather(waiting.task, return_exceptions=True)
    assert (line.free, line.queued) == (1, 0)


async def test_the_wait_has_an_end() -> None:
    line = places(wait_s=0.01)
    async with line.take("a", 1):
        with pytest.raises(Overloaded):
            async with line.take("b", 1):
                pytest.fail("there was no place")
    assert (line.free, line.queued) == (1, 0)


async def test_who_goes_away_as_a_place_comes_free_leaves_it_to_the_next() -> None:
    line = places()
    first = Visit(line, "a")
    await settle()
    gone, next_one = Visit(line, "a"), Visit(line, "a")
    await settle()
    gone.task.cancel()
    first.task.cancel()
    await asyncio.gather(first.task, gone.task, return_exceptions=True)
    await settle()
    assert next_one.inside.is_set()
    await next_one.go()
    assert (line.free, line.queued) == (1, 0)


async def test_who_goes_away_while_a_place_is_handed_over_leaves_it_to_the_next() -> None:
    line = places()
    first = Visit(line, "a")
    await settle()
    gone, next_one = Visit(line, "b"), Visit(line, "c")
    await settle()
    first.leave.set()
    await first.task
    gone.task.cancel()
    await asyncio.gather(gone.task, return_exceptions=True)
    await settle()
    assert next_one.inside.is_set()
    await next_one.go()
    assert (line.free, line.queued) == (1, 0)


async def test_whoever_fills_the_queue_makes_room_for_one_who_does_not() -> None:
    line = places(queue=3)
    first = Visit(line, "greedy")
    await first.inside.wait()
    greedy = [Visit(line, "greedy") for _ in range(3)]
    await settle()
    modest = Visit(line, "modest")
    await settle()
    with pytest.raises(Overloaded):
        await greedy[2].task
    assert line.queued == 3
    another = Visit(line, "modest")
    await settle()
    with pytest.raises(Overloaded):
        await another.task  # as many as the other has, so nobody makes room
    for each in (first, greedy[0], modest, greedy[1]):
        each.leave.set()
    await asyncio.gather(first.task, greedy[0].task, modest.task, greedy[1].task)
    assert (line.free, line.queued) == (1, 0)


async def test_the_bounds_of_the_queue_can_change_while_it_stands() -> None:
    line = places(queue=1)
    first = Visit(line, "a")
    await first.inside.wait()
    second = Visit(line, "a")
    await settle()
    line.bound_as(places(queue=2))
    third = Visit(line, "a")
    await settle()
    assert line.queued == 2
    for each in (first, second, third):
        await each.go()
    assert line.free == 1
