"""Thinking against a slow and simple model of it: any thought, budget, limit and chunking."""

from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.foretold import PLENTY, Limits, foretold, is_thought_of
from tests.plays import EMPTY_LINE, LINE, Chunking, Play, Watched
from tests.sampling import GREEDY
from tests.studios import scripted
from tests.thinkers import HYBRID, OPENED

from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    ReasoningDelta,
    Started,
    TextDelta,
)
from studiolo.core.fold import fold
from studiolo.core.generation import Generation
from studiolo.core.messages import Message, TextPart
from studiolo.core.requests import Conversation
from studiolo.service.writing.author import Author
from studiolo.service.writing.thinking import Allowance, Thinker

pytestmark = pytest.mark.anyio

QUESTION: Final = Conversation((Message("user", (TextPart("Why?"),)),), thinks=True)


def read(play: Play, *, opened: bool) -> Play:
    """A prompt that opens the thought has the first newline in it."""
    before = (LINE, *play.before[1:]) if opened else play.before
    return msgspec.structs.replace(play, before=before, opened=opened)


async def told(
    play: Play, limits: Limits, *, opened: bool, chunking: Chunking, context: int = 4096
) -> tuple[list[Event], Watched]:
    engine = scripted(read(play, opened=opened))
    await engine.start()
    watched = Watched(engine, chunking)
    family = OPENED if opened else HYBRID
    prompt = await engine.tokenize(family.render(QUESTION))
    generation = Generation(prompt, GREEDY, limits.answer)
    author = Author(watched, family.parser_after(prompt.runs, 0), prompt)
    allowance = Allowance(limits.thought, limits.answer, limits.both, context)
    thinker = Thinker(author, generation, family=family, allowance=allowance)
    return [event async for event in thinker.events()], watched


def check(events: list[Event], watched: Watched) -> None:
    """What holds whatever is written."""
    assert isinstance(events[0], Started)
    assert isinstance(events[-2], ChoiceFinished)
    assert isinstance(events[-1], Finished)
    texts = [type(each) for each in events if getattr(each, "text", "")]
    assert texts == sorted(texts, key=[ReasoningDelta, TextDelta].index)
    usage = events[-1].usage
    assert usage.output == sum(watched.counted)
    assert usage.output == sum(getattr(event, "tokens", 0) for event in events)
    thought = sum(each.tokens for each in events if isinstance(each, ReasoningDelta))
    assert usage.reasoning == thought
    assert usage.input == watched.read[0].prompt_tokens


WORDS = st.sampled_from([" the", " we", " at", ".", ".\n", " and", ",", " it", EMPTY_LINE, " <"])
SOLID = st.sampled_from([" the", " we", ".", " it"])
thoughts = st.tuples(SOLID, st.lists(WORDS, max_size=6), SOLID).map(
    lambda parts: (parts[0], *parts[1], parts[2])
)
plays = st.builds(
    Play,
    thoughts.map(lambda thought: (thought,)),
    st.lists(SOLID, min_size=1, max_size=4).map(tuple),
    before=st.lists(st.just(LINE), max_size=2).map(tuple),
    behind=st.lists(st.just(LINE), max_size=2).map(tuple),
)
limits = st.builds(
    Limits,
    thought=st.integers(1, 12) | st.just(PLENTY),
    answer=st.integers(1, 6) | st.just(PLENTY),
    both=st.integers(1, 24) | st.just(PLENTY),
)


@settings(deadline=None, max_examples=300)
@given(plays, limits, st.booleans(), st.sampled_from(["as it comes", "letters"]))
async def test_what_comes_out_is_what_was_foretold(
    play: Play, limits: Limits, opened: bool, chunking: Chunking
) -> None:
    events, watched = await told(play, limits, opened=opened, chunking=chunking)
    check(events, watched)
    answer = fold(events)
    (choice,) = answer.choices
    play = read(play, opened=opened)
    wanted = foretold(play, limits)
    assert is_thought_of(choice, wanted, play)
    assert (choice.text, choice.reason) == (wanted.answer, wanted.reason)
    assert (answer.usage.reasoning, answer.usage.output) == (wanted.reasoning, wanted.output)


@settings(deadline=None, max_examples=80)
@given(plays, limits, st.booleans(), st.sampled_from(["pairs", "runs"]))
async def test_pieces_of_many_tokens_change_no_text_of_the_answer(
    play: Play, limits: Limits, opened: bool, chunking: Chunking
) -> None:
    limits = msgspec.structs.replace(limits, both=PLENTY)
    single, _ = await told(play, limits, opened=opened, chunking="as it comes")
    events, watched = await told(play, limits, opened=opened, chunking=chunking)
    check(events, watched)
    answer, wanted = fold(events), fold(single)
    assert answer.choices[0].text == wanted.choices[0].text
    assert answer.choices[0].reason == wanted.choices[0].reason
    assert answer.choices[0].reasoning == wanted.choices[0].reasoning
    assert answer.usage == wanted.usage


@settings(deadline=None, max_examples=80)
@given(plays, limits, st.booleans(), st.integers(1, 60))
async def test_a_small_context_is_never_left(
    play: Play, limits: Limits, opened: bool, room: int
) -> None:
    prompt = 16 if opened else 14
    events, watched = await told(
        play, limits, opened=opened, chunking="as it comes", context=prompt + room
    )
    check(events, watched)
    assert fold(events).usage.input == prompt
    read = [each.prompt_tokens for each in watched.read]
    stood = [sum(each) for each in zip(read, watched.counted, strict=True)]
    assert max(stood) <= prompt + room


@settings(deadline=None, max_examples=80)
@given(
    st.lists(thoughts, min_size=2, max_size=6).map(tuple),
    limits,
    st.booleans(),
    st.sampled_from(["as it comes", "letters", "pairs", "runs"]),
)
async def test_thoughts_that_open_again_share_one_budget(
    several: tuple[tuple[str, ...], ...], limits: Limits, opened: bool, chunking: Chunking
) -> None:
    play = Play(several, (" the", " oven"))
    events, watched = await told(play, limits, opened=opened, chunking=chunking)
    check(events, watched)
    answer = fold(events)
    assert answer.usage.reasoning <= limits.thought
    assert "think>" not in answer.choices[0].reasoning + answer.choices[0].text
    if limits == Limits() and len(several) < 4:
        assert answer.choices[0].reasoning == "".join("".join(each) for each in several)
        assert answer.choices[0].text == " the oven"


@settings(deadline=None, max_examples=80)
@given(thoughts, limits, st.booleans(), st.booleans())
async def test_a_thought_that_never_closes_is_closed_or_ends(
    thought: tuple[str, ...], limits: Limits, opened: bool, stops_short: bool
) -> None:
    play = Play((thought,), (" the",), endlessly=not stops_short, stops_short=stops_short)
    events, watched = await told(play, limits, opened=opened, chunking="as it comes", context=400)
    check(events, watched)
    (choice,) = fold(events).choices
    usage = fold(events).usage
    if usage.reasoning == limits.thought and limits.both == PLENTY:
        assert choice.text == " the"[: 4 * limits.answer]
    if stops_short and usage.reasoning < limits.thought and usage.output < limits.both:
        assert (choice.text, choice.reason) == ("", "stop")
