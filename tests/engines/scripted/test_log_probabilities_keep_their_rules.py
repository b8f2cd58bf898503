"""Log-probabilities of the scripted engine."""

import math

import msgspec
import pytest
from tests.engines.scripted.playing import GREEDY, engine, generation, play

from studiolo.core.generation import Delta, TokenLogprob
from studiolo.engines.scripted.steps import Say

TEXT = "A few words, 几个字 and 🦊 to have something to choose from. " * 4


async def entries(count: int | None, temperature: float = 0.0) -> list[TokenLogprob]:
    sampling = msgspec.structs.replace(GREEDY, temperature=temperature)
    chunks = await play(engine(Say(TEXT)), generation(logprobs=count, sampling=sampling))
    deltas = [chunk for chunk in chunks if isinstance(chunk, Delta)]
    assert all(len(delta.logprobs) == (count is not None) for delta in deltas)
    return [entry for delta in deltas for entry in delta.logprobs]


async def test_none_are_given_unless_asked_for() -> None:
    assert await entries(None) == []


async def test_the_entries_spell_the_text() -> None:
    found = await entries(0)
    assert b"".join(bytes(entry.bytes) for entry in found).decode() == TEXT
    assert "".join(entry.token for entry in found) == TEXT
    assert all(entry.top == () for entry in found)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("count", [1, 5, 20])
async def test_alternatives_are_sorted_distinct_and_no_more_than_certain(
    count: int, temperature: float
) -> None:
    for entry in await entries(count, temperature):
        likely = [one.logprob for one in entry.top]
        assert len(likely) == count
        assert likely == sorted(likely, reverse=True)
        assert all(value <= 0 for value in [*likely, entry.logprob])
        assert len({one.token for one in entry.top}) == count
        total = {one.token: math.exp(one.logprob) for one in entry.top}
        total[entry.token] = math.exp(entry.logprob)
        assert sum(total.values()) <= 1


async def test_greedy_always_takes_the_likeliest() -> None:
    assert all(entry.top[0].token == entry.token for entry in await entries(5))


async def test_chance_sometimes_takes_the_second() -> None:
    found = await entries(5, temperature=1.0)
    taken = [entry.top[0].token == entry.token for entry in found]
    assert any(taken)
    assert not all(taken)


async def test_they_are_the_same_every_time() -> None:
    assert await entries(3) == await entries(3)
