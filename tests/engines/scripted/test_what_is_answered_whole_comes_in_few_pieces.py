"""Where nobody sees an answer grow, its words come many at a time; all else stays the same."""

from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.scripted.playing import ended, engine, generation, play, said, tokens_of

from studiolo.core.generation import Chunk, Delta, Generation, Meter, Origin
from studiolo.core.prompt import Prompt, Special, Text
from studiolo.engines.scripted.engine import Manner
from studiolo.engines.scripted.rules.book import RuleBook, Rules
from studiolo.engines.scripted.rules.engine import RuledEngine
from studiolo.engines.scripted.rules.rule import Condition, Played, Rule
from studiolo.engines.scripted.rules.script import RuledScript
from studiolo.engines.scripted.steps import Recital, Say, Sign, Step, Tell
from studiolo.engines.scripted.vocabulary import vocabulary
from studiolo.engines.scripted.writer import Writer

SENTENCE = "Paris, 巴黎, Париж and 🦊🦊 are five words."
LENGTH = len(vocabulary().encode(SENTENCE))
WHOLE = Origin("request-1", "a model", False, {})
STREAMED = Origin("request-1", "a model", True, {})
LONG = "word " * 1_000
WORDS = "one two three four"
COUNT = len(vocabulary().encode(WORDS))


def whole(**changes: Any) -> Generation:
    return generation(origin=WHOLE, **changes)


def deltas(chunks: list[Chunk]) -> list[Delta]:
    return [chunk for chunk in chunks if isinstance(chunk, Delta)]


def ids_of(chunks: list[Chunk]) -> list[int]:
    return [token for delta in deltas(chunks) for token in delta.ids]


async def test_words_come_behind_the_first_in_one_piece() -> None:
    chunks = await play(engine(Say(SENTENCE)), whole())
    assert [delta.tokens for delta in deltas(chunks)] == [1, LENGTH - 1]
    assert (said(chunks), ended(chunks).completion_tokens) == (SENTENCE, LENGTH + 1)


async def test_long_texts_come_in_pieces_that_are_bounded() -> None:
    chunks = await play(engine(Say(LONG)), whole(max_tokens=2_000))
    assert said(chunks) == LONG
    assert 1 < len(deltas(chunks)) < 20


STEPS: dict[str, tuple[Step, ...]] = {
    "one text": (Say(SENTENCE),),
    "several texts": (Say(SENTENCE), Say("\n\n"), Say(SENTENCE)),
    "a text that is told": (Say("\n"), Tell(SENTENCE, "answer"), Say("\n"), Say(SENTENCE)),
    "a call": (Say("So: "), Sign("<tool_call>"), Say('\n{"name": "f"}\n'), Sign("</tool_call>")),
    "a thought": (Sign("<think>"), Say(SENTENCE), Sign("</think>"), Say(SENTENCE)),
    "a tag in letters": (Say("<think>" + SENTENCE),),
    "blanks": (Say("  \n "), Say(SENTENCE)),
    "half a character": (Say("🦊"), Sign("</think>"), Say("🦊🦊🦊")),
}
LOOKS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a stop": {"stop": ("are",)},
    "ids that stop": {"stop_ids": (vocabulary().encode(" five"),)},
    "log-probabilities": {"logprobs": 2},
}


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("looks", LOOKS)
@pytest.mark.parametrize("limit", [*range(1, 2 * LENGTH, 5), 1_000])
async def test_nothing_else_is_different(steps: str, looks: str, limit: int) -> None:
    wanted: dict[str, Any] = {"max_tokens": limit, **LOOKS[looks]}
    one = await play(engine(*STEPS[steps]), whole(**wanted))
    other = await play(engine(*STEPS[steps]), generation(origin=STREAMED, **wanted))
    assert (said(one), tokens_of(one), ids_of(one)) == (
        said(other),
        tokens_of(other),
        ids_of(other),
    )
    assert ended(one) == ended(other)


@given(st.text(), st.text(), st.integers(min_value=1, max_value=40))
def test_any_text_comes_out_whole_and_counted(first: str, second: str, limit: int) -> None:
    words = vocabulary()
    writers = [
        Writer(generation(max_tokens=limit), words, room=1000, joins=joins)
        for joins in (False, True)
    ]
    written = [
        [
            delta
            for text in (first, second)
            for piece in writer.pieces(words.encode(text))
            for delta in writer.feed_piece(piece)
        ]
        for writer in writers
    ]
    one, other = ("".join(delta.text for delta in each) for each in written)
    assert one == other
    assert writers[0].count == writers[1].count
    assert writers[0].reason == writers[1].reason


SEEN = {
    "a stream": generation(origin=STREAMED),
    "nobody's": generation(),
    "log-probabilities": whole(logprobs=0),
    "a stop": whole(stop=("never",)),
    "a thought that is open": whole(
        prompt=Prompt((Text("\n"), Special("<think>"), Text("\nSo")), (11, 12, 13))
    ),
}


@pytest.mark.parametrize("case", SEEN)
async def test_what_is_looked_at_comes_token_by_token(case: str) -> None:
    chunks = await play(engine(Say(WORDS)), SEEN[case])
    assert [delta.tokens for delta in deltas(chunks)] == [1] * COUNT


@pytest.mark.parametrize("tag", ["<think>", "</think>", "<|im_start|>"])
async def test_a_thought_that_is_over_is_none(tag: str) -> None:
    runs = (Special("<think>"), Special(tag)) if tag != "<think>" else (Special(tag), Text("x"))
    prompt = Prompt(runs, (11, 12, 13))
    chunks = await play(engine(Say(WORDS)), whole(prompt=prompt))
    assert (len(deltas(chunks)) == 2) is (tag != "<think>")


async def test_a_pace_is_kept_token_by_token() -> None:
    player = engine(Say(WORDS), manner=Manner(tokens_per_s=50))
    assert len(deltas(await play(player, whole()))) == COUNT


async def test_an_engine_that_does_not_join_tells_every_token() -> None:
    player = engine(Say(WORDS), manner=Manner(joins=False))
    assert len(deltas(await play(player, whole()))) == COUNT


@pytest.mark.parametrize("name", ["a model", "another"])
async def test_rules_see_every_token(name: str) -> None:
    rule = Rule("r", Condition(model=name), (Played(),))
    script = RuledScript(Recital(Say(WORDS)), RuleBook(Rules((rule,))))
    player = RuledEngine(script, name="ruled", context=100, parallel=1)
    assert len(deltas(await play(player, whole()))) == (COUNT if name == "a model" else 2)


@pytest.mark.parametrize("heard", [1, 2])
async def test_the_meter_counts_what_is_written_as_it_comes(heard: int) -> None:
    meter = Meter()
    player = engine(Say("one two three 🦊"))
    await player.start()
    got: list[Delta] = []
    async with aclosing(player.generate(whole(meter=meter))) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Delta):
                got.append(chunk)
            if len(got) == heard:
                break
    assert meter.written == sum(delta.tokens for delta in got)
    assert meter.written == (1 if heard == 1 else len(vocabulary().encode("one two three 🦊")))
