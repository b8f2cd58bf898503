"""Tokens, limits, ends and faults of the scripted engine."""

from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.scripted.playing import (
    GREEDY,
    PROMPT,
    ended,
    engine,
    generation,
    play,
    said,
    tokens_of,
)

from studiolo.core.errors import EngineFailed, InputTooLong, ModelUnavailable
from studiolo.core.generation import Chunk, Delta, PromptRead
from studiolo.core.prompt import Prompt
from studiolo.engines.scripted.engine import Manner
from studiolo.engines.scripted.steps import Fault, Say, Sign
from studiolo.engines.scripted.vocabulary import vocabulary
from studiolo.engines.scripted.writer import Writer

SENTENCE = "Paris, 巴黎, Париж and 🦊🦊 are five words."


async def test_one_prompt_read_then_deltas_then_one_end() -> None:
    chunks = await play(engine(Say("Hello, world.")))
    assert chunks[0] == PromptRead(prompt_tokens=3, cached_tokens=0)
    assert all(isinstance(chunk, Delta) for chunk in chunks[1:-1])
    assert (ended(chunks).prompt_tokens, ended(chunks).cached_tokens) == (3, 0)


async def test_a_natural_end_counts_the_end_token() -> None:
    chunks = await play(engine(Say("Hello, "), Say("world.")))
    assert said(chunks) == "Hello, world."
    assert ended(chunks).reason == "stop"
    assert ended(chunks).completion_tokens == tokens_of(chunks) + 1


async def test_every_delta_is_one_token_unless_a_character_needs_more() -> None:
    chunks = await play(engine(Say(SENTENCE)))
    deltas = [chunk for chunk in chunks if isinstance(chunk, Delta)]
    assert said(chunks) == SENTENCE
    assert all(len(delta.ids) == delta.tokens >= 1 and delta.text for delta in deltas)
    assert {delta.tokens for delta in deltas} > {1}
    assert tokens_of(chunks) == len(vocabulary().encode(SENTENCE))


@pytest.mark.parametrize("limit", range(1, len(vocabulary().encode(SENTENCE)) + 1))
async def test_max_tokens_ends_after_exactly_so_many(limit: int) -> None:
    chunks = await play(engine(Say(SENTENCE)), generation(max_tokens=limit))
    assert ended(chunks).reason == "length"
    assert ended(chunks).completion_tokens == limit
    assert SENTENCE.startswith(said(chunks))
    assert "\ufffd" not in said(chunks)


async def test_room_for_the_end_token_makes_the_end_natural() -> None:
    limit = len(vocabulary().encode(SENTENCE)) + 1
    chunks = await play(engine(Say(SENTENCE)), generation(max_tokens=limit))
    assert (ended(chunks).reason, ended(chunks).completion_tokens) == ("stop", limit)


async def test_no_tokens_allowed_is_an_empty_answer() -> None:
    chunks = await play(engine(Say("Hello")), generation(max_tokens=0))
    assert said(chunks) == ""
    assert (ended(chunks).reason, ended(chunks).completion_tokens) == ("length", 0)


async def test_the_context_ends_the_answer_too() -> None:
    chunks = await play(engine(Say("one two three four five"), context=5))
    assert (ended(chunks).reason, ended(chunks).completion_tokens) == ("length", 2)


async def test_a_prompt_that_fills_the_context_is_refused() -> None:
    with pytest.raises(InputTooLong) as caught:
        await play(engine(Say("Hello"), context=3))
    assert (caught.value.tokens, caught.value.limit) == (3, 2)


async def test_a_script_without_words_ends_at_once() -> None:
    chunks = await play(engine())
    assert (said(chunks), ended(chunks).completion_tokens) == ("", 1)


async def test_control_tokens_can_be_written_on_purpose() -> None:
    chunks = await play(engine(Sign("<think>"), Say("Hm."), Sign("</think>")))
    first = chunks[1]
    assert isinstance(first, Delta)
    assert (first.text, first.ids) == ("<think>", (vocabulary().control_id("<think>"),))
    assert said(chunks) == "<think>Hm.</think>"


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault("crash", "boom"), EngineFailed), (Fault("unavailable", "gone"), ModelUnavailable)],
)
async def test_a_fault_breaks_the_stream_where_it_stands(
    fault: Fault, error: type[Exception]
) -> None:
    player = engine(Say("Hello"), fault, Say("never"))
    await player.start()
    seen: list[Chunk] = []

    async def listen() -> None:
        async with aclosing(player.generate(generation())) as chunks:
            async for chunk in chunks:
                seen.append(chunk)

    with pytest.raises(error, match=fault.reason):
        await listen()
    assert said(seen) == "Hello"


async def test_a_fault_behind_the_limit_is_never_reached() -> None:
    chunks = await play(engine(Say("Hello"), Fault("crash")), generation(max_tokens=1))
    assert ended(chunks).reason == "length"


async def test_a_prompt_seen_before_is_cached_but_for_its_last_token() -> None:
    player = engine(Say("Hello"))
    assert (await play(player))[0] == PromptRead(3, 0)
    assert (await play(player))[0] == PromptRead(3, 2)
    longer = generation(Prompt(runs=(), ids=(11, 12, 13, 14, 15)))
    assert (await play(player, longer))[0] == PromptRead(5, 3)


async def test_an_engine_that_remembers_nothing_is_the_same_every_time() -> None:
    player = engine(Say("Hello"), manner=Manner(remembered_prompts=0))
    assert await play(player) == await play(player)


async def test_it_neither_embeds_nor_reranks() -> None:
    player = engine()
    await player.start()
    with pytest.raises(ModelUnavailable, match="does not embed"):
        await player.embed([PROMPT])
    with pytest.raises(ModelUnavailable, match="does not rerank"):
        await player.rerank(PROMPT, [PROMPT])


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_any_text_comes_out_whole_and_counted(text: str, limit: int) -> None:
    words = vocabulary()
    ids = words.encode(text)
    writer = Writer(generation(sampling=GREEDY, max_tokens=limit), words, room=1000)
    deltas = []
    for token in ids[:limit]:
        deltas += writer.feed(token)
    deltas += writer.flush()
    assert text.startswith("".join(delta.text for delta in deltas))
    assert writer.count == min(limit, len(ids) + 1)
    if len(ids) < limit:
        assert "".join(delta.text for delta in deltas) == text
        assert sum(delta.tokens for delta in deltas) == len(ids)
