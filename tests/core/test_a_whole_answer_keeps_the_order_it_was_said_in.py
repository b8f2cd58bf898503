"""Folded events: thoughts, words and calls stand in their order, and each kind is joined too."""

import pytest

from studiolo.core.events import (
    ChoiceFinished,
    Event,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.core.fold import Said, Thought, Words, fold
from studiolo.core.messages import Call

ROME, OSLO = Call("call_0", "look", "{}"), Call("call_1", "look", '{"a":1}')


def called(index: int, call: Call) -> list[Event]:
    pieces = [ToolCallDelta(index, piece) for piece in call.arguments]
    return [ToolCallStart(index, call.id, call.name), *pieces]


def words(*pieces: str) -> list[Event]:
    return [TextDelta(piece, 1) for piece in pieces]


def thoughts(*pieces: str) -> list[Event]:
    return [ReasoningDelta(piece, 1) for piece in pieces]


CASES: dict[str, tuple[list[Event], tuple[Said, ...]]] = {
    "nothing": ([], ()),
    "empty pieces": ([*thoughts(""), *words("", "")], ()),
    "words": (words("a", "", "b"), (Words("ab"),)),
    "a thought before words": ([*thoughts("a", "b"), *words("c")], (Thought("ab"), Words("c"))),
    "words behind a call": (
        [*words("a"), *called(0, ROME), *words("b", "c")],
        (Words("a"), ROME, Words("bc")),
    ),
    "words between calls": (
        [*called(0, ROME), *words("a"), *called(1, OSLO)],
        (ROME, Words("a"), OSLO),
    ),
    "calls side by side": ([*called(0, ROME), *called(1, OSLO)], (ROME, OSLO)),
    "a thought that goes on behind a call": (
        [*thoughts("a"), *called(0, ROME), *thoughts("b"), *words("c")],
        (Thought("a"), ROME, Thought("b"), Words("c")),
    ),
    "empty pieces between": ([*words("a"), *thoughts(""), *words("b")], (Words("ab"),)),
}


@pytest.mark.parametrize(("events", "said"), CASES.values(), ids=CASES)
def test_the_order_is_kept(events: list[Event], said: tuple[Said, ...]) -> None:
    (choice,) = fold([Started(1), *events, ChoiceFinished("stop")]).choices
    assert choice.said == said
    assert choice.text == "".join(each.text for each in said if isinstance(each, Words))
    assert choice.reasoning == "".join(each.text for each in said if isinstance(each, Thought))
    assert choice.calls == tuple(each for each in said if isinstance(each, Call))
