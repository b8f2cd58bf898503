"""Any thought, budget, limit, stop, number of choices and chunking, against counting on fingers."""

import tempfile
from pathlib import Path
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.players import CARD, THINKING_FAMILIES, TOOL, Player, desk
from tests.conformance.told import check_events, told
from tests.foretold import PLENTY, Limits, foretold, is_thought_of
from tests.plays import EMPTY_LINE, LINE, Chunking, Play
from tests.studios import scripted

from studiolo.core.fold import Answer, fold
from studiolo.core.messages import Message, TextPart
from studiolo.core.requests import ChatRequest, Stop, Thinking, Wishes
from studiolo.families.base import CLOSE
from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

ASKS: Final = (Message("user", (TextPart("Why?"),)),)


class Asked(msgspec.Struct, frozen=True):
    """What the caller allows, and how the engine tells it; a limit of None is none."""

    budget: int | None
    answer: int | None = None
    both: int | None = None
    stop: tuple[str, ...] = ()
    n: int = 1
    tools: bool = False
    chunking: Chunking = "as it comes"

    @property
    def request(self) -> ChatRequest:
        """As a dialect would ask."""
        return ChatRequest(
            CARD.name,
            ASKS,
            tools=(TOOL,) if self.tools else (),
            wishes=Wishes(temperature=0.0, repetition_penalty=1.0, presence_penalty=0.0),
            stop=Stop(self.stop),
            thinking=Thinking(True, self.budget),
            max_answer_tokens=self.answer,
            max_total_tokens=self.both,
            n=self.n,
        )

    @property
    def limits(self) -> Limits:
        """The same, for whoever foretells what comes of it."""
        limits = (each or PLENTY for each in (self.budget, self.answer, self.both))
        return Limits(*limits, self.stop)


async def answer_to(play: Play, family: str, asked: Asked) -> Answer:
    player = Player(scripted(play), FAMILIES[family], (), (), 0, 0)
    with tempfile.TemporaryDirectory() as home:
        async with desk(player, Path(home), asked.chunking) as here:
            events = await told(here, asked.request)
            check_events(events, here, n=asked.n)
    answer = fold(events)
    for choice in answer.choices:
        assert "think>" not in choice.reasoning + choice.text
    return answer


SOLID = st.sampled_from([" the", " we", ".", " it"])
WORDS = SOLID | st.sampled_from([".\n", ",", EMPTY_LINE, LINE, " <", " at"])
lines = st.lists(st.just(LINE), max_size=2).map(tuple)
thoughts = st.tuples(SOLID, st.lists(WORDS, max_size=36), SOLID).map(
    lambda parts: (parts[0], *parts[1], parts[2])
)
stops = st.lists(st.sampled_from([" we", "e ", ".", "\n", " it", "t", CLOSE]), max_size=2)
asked = st.builds(
    Asked,
    budget=st.integers(1, 40) | st.none(),
    answer=st.integers(1, 6) | st.none(),
    both=st.integers(1, 60) | st.none(),
    stop=stops.map(tuple),
    n=st.integers(1, 3),
    tools=st.booleans(),
    chunking=st.sampled_from(["as it comes", "letters", "pairs", "runs"]),
)


@st.composite
def plays(draw: st.DrawFn) -> tuple[str, Play]:
    """A family, and what its model writes."""
    family = draw(st.sampled_from(THINKING_FAMILIES))
    opened = FAMILIES[family].opens_thought
    before = (LINE, *draw(lines)[:1]) if opened else draw(lines)
    answer = draw(st.lists(SOLID, min_size=1, max_size=5).map(tuple))
    play = Play((draw(thoughts),), answer, before=before, behind=draw(lines), opened=opened)
    return family, play


@settings(deadline=None, max_examples=100)
@given(plays(), asked)
async def test_the_answer_is_as_foretold_in_every_choice(
    written: tuple[str, Play], asked: Asked
) -> None:
    family, play = written
    answer = await answer_to(play, family, asked)
    wanted = foretold(play, asked.limits)
    assert len(answer.choices) == asked.n
    assert answer.usage.output == asked.n * wanted.output
    assert answer.usage.reasoning == asked.n * wanted.reasoning
    for choice in answer.choices:
        assert (choice.text, choice.reason) == (wanted.answer, wanted.reason)
        assert is_thought_of(choice, wanted, play)


several = st.lists(thoughts, min_size=2, max_size=3).map(tuple)


@settings(deadline=None, max_examples=60)
@given(several, plays(), asked)
async def test_thoughts_that_open_again_keep_to_one_budget_in_every_choice(
    several: tuple[tuple[str, ...], ...], written: tuple[str, Play], asked: Asked
) -> None:
    family, play = written
    play = msgspec.structs.replace(play, thoughts=several)
    answer = await answer_to(play, family, asked)
    need = sum(map(len, several))
    # Where a limit cuts among the last newlines of a thought, they are a part of it.
    most = need + len(several) * len(play.behind)
    assert answer.usage.reasoning <= asked.n * min(asked.budget or PLENTY, most)
    assert answer.usage.output <= asked.n * (asked.both or PLENTY)
    for choice in answer.choices:
        assert "".join(play.answer).startswith(choice.text)
        if asked.both is None and not asked.stop:
            assert choice.text == "".join(play.answer[: asked.answer])
            assert choice.reasoning
    if asked.both is None and play.before:
        assert answer.usage.reasoning == asked.n * min(asked.budget or PLENTY, need)
