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
from tests.plays import EMPTY_LINE, LINE, Chunking, Play
from tests.studios import scripted

from studiolo.core.fold import Answer, fold
from studiolo.core.messages import Message, TextPart
from studiolo.core.requests import ChatRequest, Stop, Thinking, Wishes
from studiolo.families.base import CLOSE
from studiolo.families.table import FAMILIES
from studiolo.service.writing.foresight import MOST_LOOKED

pytestmark = pytest.mark.anyio

LONGEST: Final = len(" the")
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


class Outcome(msgspec.Struct, frozen=True):
    """What must come of one choice, in tokens and in text."""

    thought: str
    answer: str
    reason: str
    reasoning: int
    output: int


PLENTY: Final = 2_000


def foretold(play: Play, asked: Asked) -> Outcome:
    """One thought and its answer."""
    (thought,) = play.thoughts
    body = (*thought, *play.behind)
    heads = len(play.before) - 1 if play.opened else len(play.before) + 1
    budget, both = asked.budget or PLENTY, asked.both or PLENTY
    # Where no newline stands before the thought, one token more than the budget is written.
    most = budget + (not play.opened and not play.before)
    within = min(most, both - heads)
    if within <= len(body) and within == both - heads:
        said = body[: max(0, within)][:budget]
        return Outcome("".join(said), "", "length", len(said), both)
    text = "".join(thought[:budget]).rstrip(LINE)
    reasoning, spent, closes = len(thought), heads + len(body) + 1, True
    if most <= len(body):
        looked, closes = foreseen(body, most, both - heads - most)
        reasoning = len(thought) if closes else budget
        spent = heads + most + looked
    spent += closes and spent < both  # the empty line
    room = min(asked.answer or PLENTY, both - spent)
    if room <= 0:
        return Outcome(text, "", "length", reasoning, spent)
    said, reason, written = answered(play.answer, asked.stop, room)
    return Outcome(text, said, reason, reasoning, spent + written)


def foreseen(body: tuple[str, ...], most: int, left: int) -> tuple[int, bool]:
    """How many tokens are looked at behind so many, and whether the thought ends with them."""
    if not body[most - 1].endswith(LINE):
        return 0, False
    ahead = (*body[most:], CLOSE)[: max(0, min(left - 1, MOST_LOOKED))]
    for looked in range(1, len(ahead) + 1):
        text = "".join(ahead[:looked]).lstrip()
        if text == CLOSE or not CLOSE.startswith(text):
            return looked, text == CLOSE
    return len(ahead), False


def answered(row: tuple[str, ...], stops: tuple[str, ...], room: int) -> tuple[str, str, int]:
    """The text, why it ends, and its tokens: with what a stop took, and the end token."""
    for written in range(1, min(room, len(row)) + 1):
        text = "".join(row[:written])
        if any(stop in text for stop in stops):
            return text[: min(text.find(stop) for stop in stops if stop in text)], "stop", written
    text = "".join(row[:room])
    return (text, "stop", len(row) + 1) if room > len(row) else (text, "length", room)


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
    wanted = foretold(play, asked)
    assert len(answer.choices) == asked.n
    assert answer.usage.output == asked.n * wanted.output
    assert answer.usage.reasoning == asked.n * wanted.reasoning
    for choice in answer.choices:
        assert (choice.text, choice.reason) == (wanted.answer, wanted.reason)
        if play.before:
            assert choice.reasoning == wanted.thought
        else:  # the token beyond the budget goes, or comes, with what was held back before it
            letters = [len(each.replace(LINE, "")) for each in (choice.reasoning, wanted.thought)]
            assert abs(letters[0] - letters[1]) <= LONGEST


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
