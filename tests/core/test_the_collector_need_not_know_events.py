"""Thousands of events and chunks are under way at once; none of them is garbage to be found."""

import gc

import pytest

from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.core.generation import Chunk, Delta, Ended, PromptRead
from studiolo.core.usage import Usage

UNDER_WAY: tuple[Event | Chunk, ...] = (
    Started(1),
    ReasoningDelta("x"),
    TextDelta("x"),
    ToolCallStart(0, "x", "x"),
    ToolCallDelta(0, "x"),
    ChoiceFinished("stop"),
    Finished(Usage()),
    PromptRead(1, 1),
    Delta("x", 1, (1,)),
    Ended("stop", 1, 1, 1),
)


@pytest.mark.parametrize("each", UNDER_WAY, ids=[type(each).__name__ for each in UNDER_WAY])
def test_it_is_not_tracked(each: Event | Chunk) -> None:
    assert not gc.is_tracked(each)
