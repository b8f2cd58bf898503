"""Where nobody sees an answer grow, its words come many at a time; all else stays the same."""

from contextlib import aclosing
from typing import Any, Literal

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


@given(
    st.text(),
    st.text(),
    st.integers(min_value=1, max_value=40),
    st.sampled_from(["answer", "reasoning"]),
    st.sampled_from([(), ("a",), ("\n\n",), ("</think>",)]),
)
def test_any_text_comes_out_whole_and_counted(
    first: str,
    second: str,
    limit: int,
    joins: Literal["answer", "reasoning"],
    stop: tuple[str, ...],
) -> None:
    words = vocabulary()
    writers = [
        Writer(generation(max_tokens=limit, stop=stop), words, room=1000, joins=way)
        for way in (None, joins)
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


TOLD: list[tuple[str, tuple[Step, ...], list[int]]] = [
    ("from the first", (Tell(WORDS, "answer"),), [COUNT]),
    ("behind a newline", (Say("\n\n"), Tell(WORDS, "answer")), [1, COUNT]),
    ("behind a tag", (Sign("<think>"), Tell(WORDS, "answer")), [1] * (COUNT + 1)),
]


@pytest.mark.parametrize(("title", "steps", "tokens"), TOLD, ids=[row[0] for row in TOLD])
async def test_what_is_told_as_an_answer_comes_whole(
    title: str, steps: tuple[Step, ...], tokens: list[int]
) -> None:
    chunks = await play(engine(*steps), whole())
    assert [delta.tokens for delta in deltas(chunks)] == tokens


WRITTEN: list[tuple[str, dict[str, Any], list[int]]] = [
    ("a stop that is not in it", {"stop": ("zebra",)}, [1, COUNT - 1]),
    ("a stop that may begin in it", {"stop": ("uz",)}, [1] * (COUNT - 1)),
]


@pytest.mark.parametrize(("title", "wanted", "tokens"), WRITTEN, ids=[row[0] for row in WRITTEN])
async def test_a_stop_is_looked_for_where_it_may_be(
    title: str, wanted: dict[str, Any], tokens: list[int]
) -> None:
    chunks = await play(engine(Say(WORDS)), whole(**wanted))
    assert [delta.tokens for delta in deltas(chunks)][: len(tokens)] == tokens
    assert said(chunks) == WORDS


THOUGHT = Prompt((Special("<think>"), Text("\n")), (11, 12))
LINES = "\none two three four.\n\nFive six seven.\n"
PIECES: list[tuple[str, tuple[Step, ...], list[str]]] = [
    (
        "all but its first word and its end",
        (Say(LINES), Sign("</think>"), Say("So many words of an answer.")),
        [" two three four.\n\nFive six seven"],
    ),
    (
        "not behind blanks, which may belong to a tag",
        (Say("one "), Say("and the other of them")),
        [" the other of"],
    ),
    ("not where it ends with blanks", (Say("one and the \n"),), []),
    ("not behind a bracket", (Say("one < two three"), Say("and the other of them")), []),
]


@pytest.mark.parametrize(("title", "steps", "pieces"), PIECES, ids=[row[0] for row in PIECES])
async def test_a_thought_comes_in_few_pieces(
    title: str, steps: tuple[Step, ...], pieces: list[str]
) -> None:
    chunks = await play(engine(*steps), whole(prompt=THOUGHT))
    told = [delta for delta in deltas(chunks) if delta.part or delta.tokens > 1]
    assert [(delta.text, delta.part) for delta in told] == [(each, "reasoning") for each in pieces]


async def test_a_thought_that_comes_to_its_limit_is_told_token_by_token() -> None:
    for limit in (COUNT - 1, COUNT):
        chunks = await play(engine(Say(WORDS)), whole(prompt=THOUGHT, max_tokens=limit))
        assert [delta.tokens for delta in deltas(chunks)] == [1] * limit


SEEN = {
    "a stream": generation(origin=STREAMED),
    "nobody's": generation(),
    "log-probabilities": whole(logprobs=0),
    "a stop": whole(stop=("never",)),
    "ids that stop": whole(stop_ids=((1, 2),)),
    "a thought that may call": generation(
        origin=Origin("request-1", "a model", False, {}, ("f",)),
        prompt=Prompt((Text("\n"), Special("<think>"), Text("\nSo")), (11, 12, 13)),
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
    part = "reasoning" if tag == "<think>" else None
    assert [delta.part for delta in deltas(chunks) if delta.tokens > 1] == [part]


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
