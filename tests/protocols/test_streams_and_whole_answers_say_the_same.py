"""Whatever the events: the frames of a stream add up to the whole answer, in every dialect."""

import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.frames import TEXTS, native_frames, openai_frames, stream
from tests.protocols.scenarios import Ask, dashscope, dashscope_incremental, openai

from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    ReasoningDelta,
    Started,
    TextDelta,
)
from studiolo.core.fold import fold
from studiolo.core.usage import Usage
from studiolo.protocols.codec import Reply


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    thoughts = [ReasoningDelta(text, 1) for text in draw(st.lists(TEXTS, max_size=3))]
    words = [TextDelta(text, draw(st.integers(0, 3))) for text in draw(st.lists(TEXTS, max_size=6))]
    deltas: list[Event] = [*thoughts, *words]
    output = sum(each.tokens for each in (*thoughts, *words)) + 1
    reason = draw(st.sampled_from(["stop", "length"]))
    usage = Usage(input=7, cached=3, output=output, reasoning=len(thoughts))
    return [Started(7, 3), *deltas, ChoiceFinished(reason, 1), Finished(usage)]


@given(answers())
def test_the_compatible_dialect_adds_up(events: list[Event]) -> None:
    reply = openai(Ask(include_usage=True, thinks=True))
    whole = json.loads(reply.whole(fold(events)))
    frames = openai_frames(stream(reply, events))
    deltas = [frame["choices"][0]["delta"] for frame in frames[:-1]]
    message = whole["choices"][0]["message"]
    assert "".join(delta["content"] or "" for delta in deltas) == message["content"]
    reasoning = "".join(delta.get("reasoning_content") or "" for delta in deltas)
    assert reasoning == message.get("reasoning_content", "")
    assert frames[-1]["usage"] == whole["usage"]
    assert frames[-2]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"]
    assert all(frame["choices"][0]["finish_reason"] is None for frame in frames[:-2])
    assert all(frame["usage"] is None for frame in frames[:-1])


@given(answers())
def test_native_increments_add_up(events: list[Event]) -> None:
    reply = dashscope_incremental(Ask())
    whole = json.loads(reply.whole(fold(events)))
    frames = native_frames(stream(reply, events))
    messages = [frame["output"]["choices"][0]["message"] for frame in frames]
    message = whole["output"]["choices"][0]["message"]
    assert "".join(each["content"] for each in messages) == message["content"]
    reasoning = "".join(each["reasoning_content"] for each in messages)
    assert reasoning == message.get("reasoning_content", "")
    assert frames[-1]["usage"] == whole["usage"]


@given(answers())
def test_the_last_cumulative_frame_is_the_whole_answer(events: list[Event]) -> None:
    reply = dashscope(Ask())
    whole = json.loads(reply.whole(fold(events)))
    frames = native_frames(stream(reply, events))
    choice = frames[-1]["output"]["choices"][0]
    message = whole["output"]["choices"][0]["message"]
    assert choice["message"]["content"] == message["content"]
    assert choice["finish_reason"] == whole["output"]["choices"][0]["finish_reason"]
    assert frames[-1]["usage"] == whole["usage"]
    reasons = [frame["output"]["choices"][0]["finish_reason"] for frame in frames[:-1]]
    assert set(reasons) <= {"null"}
    totals = [frame["usage"]["output_tokens"] for frame in frames]
    assert totals == sorted(totals)


@given(answers(), st.sampled_from([openai, dashscope, dashscope_incremental]))
def test_a_frame_is_one_line_for_every_reader_of_lines(
    events: list[Event], dialect: Callable[[Ask], Reply]
) -> None:
    raw = stream(dialect(Ask()), events)
    assert raw.decode().splitlines() == [*raw.decode().rstrip("\n").split("\n"), ""]
