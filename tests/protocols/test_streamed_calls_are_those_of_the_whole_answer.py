"""Wherever a call is cut: the official clients put the stream together to the whole answer."""

import json
from itertools import pairwise
from typing import Any

from dashscope.api_entities.dashscope_response import DashScopeAPIResponse, GenerationResponse
from dashscope.utils.message_utils import merge_single_response
from hypothesis import given
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk
from tests.protocols.frames import TEXTS, native_frames, openai_frames, stream
from tests.protocols.scenarios import Ask, dashscope, dashscope_incremental, dashscope_whole, openai

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
from studiolo.core.fold import fold
from studiolo.core.usage import Usage

ASK = Ask(tools=True, thinks=True, include_usage=True)
ARGUMENTS = st.dictionaries(TEXTS, TEXTS | st.none() | st.booleans() | st.integers(), max_size=3)


@st.composite
def pieces(draw: st.DrawFn, text: str) -> list[str]:
    """The text in pieces, some of them empty, and perhaps without its end."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    ends = [0, *cuts, *([len(text)] if draw(st.booleans()) else [])]
    return [text[start:end] for start, end in pairwise(ends)]


@st.composite
def calls(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = []
    for index in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(["get_weather", "f", "a-b_C9"]))
        events.append(ToolCallStart(index, f"call_{index:024x}", name, draw(st.integers(0, 9))))
        arguments = json.dumps(draw(ARGUMENTS), ensure_ascii=draw(st.booleans()))
        events += [ToolCallDelta(index, piece, 1) for piece in draw(pieces(arguments))]
    return events


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    deltas: list[Event] = [
        *(ReasoningDelta(text, 1) for text in draw(st.lists(TEXTS, max_size=2))),
        *(TextDelta(text, 1) for text in draw(st.lists(TEXTS, max_size=2))),
        *draw(calls()),
    ]
    output = sum(getattr(event, "tokens", 0) for event in deltas) + 2
    reason = draw(st.sampled_from(["tool_calls", "length"]))
    return [Started(7), *deltas, ChoiceFinished(reason, 2), Finished(Usage(7, output=output))]


@given(answers())
def test_as_the_openai_client_accumulates(events: list[Event]) -> None:
    reply = openai(ASK)
    whole = json.loads(reply.whole(fold(events)))["choices"][0]
    state: ChatCompletionStreamState[None] = ChatCompletionStreamState()
    for frame in openai_frames(stream(reply, events)):
        list(state.handle_chunk(ChatCompletionChunk.model_validate(frame)))
    choice = state.current_completion_snapshot.choices[0]
    message = choice.message.model_dump(exclude_unset=True, mode="json")
    assert choice.finish_reason == whole["finish_reason"]
    assert (message["content"] or "") == whole["message"]["content"]
    assert _bare(message["tool_calls"]) == whole["message"]["tool_calls"]


@given(answers())
def test_as_the_dashscope_client_merges(events: list[Event]) -> None:
    whole = json.loads(dashscope_whole(ASK).whole(fold(events)))["output"]["choices"][0]
    merged: dict[Any, Any] = {}
    message: dict[str, Any] = {}
    for frame in native_frames(stream(dashscope_incremental(ASK), events)):
        response = GenerationResponse.from_api_response(
            DashScopeAPIResponse(status_code=200, output=frame["output"], usage=frame["usage"])
        )
        assert merge_single_response(response, merged)
        message = response.output.choices[0].message
    assert message["content"] == whole["message"]["content"]
    assert message["tool_calls"] == whole["message"]["tool_calls"]


@given(answers())
def test_every_cumulative_frame_begins_the_whole_calls(events: list[Event]) -> None:
    whole = json.loads(dashscope_whole(ASK).whole(fold(events)))["output"]["choices"][0]
    calls = whole["message"]["tool_calls"]
    frames = native_frames(stream(dashscope(ASK), events))
    choices = [frame["output"]["choices"][0] for frame in frames]
    for choice in choices:
        for shown, call in zip(choice["message"].get("tool_calls", ()), calls, strict=False):
            assert call["function"]["arguments"].startswith(shown["function"]["arguments"])
            assert {**shown, "function": None} == {**call, "function": None}
            assert shown["function"]["name"] == call["function"]["name"]
    assert choices[-1]["message"]["tool_calls"] == calls
    assert choices[-1]["finish_reason"] == whole["finish_reason"]
    assert {choice["index"] for choice in choices} == {0}


@given(answers())
def test_the_first_fragment_says_which_call_it_is(events: list[Event]) -> None:
    reply = openai(ASK)
    seen: set[int] = set()
    for frame in openai_frames(stream(reply, events))[:-1]:
        for call in frame["choices"][0]["delta"].get("tool_calls", ()):
            first = call["index"] not in seen
            seen.add(call["index"])
            assert call["type"] == "function"
            assert call["id"] == (f"call_{call['index']:024x}" if first else "")
            assert ("name" in call["function"]) is first
            assert (call["function"]["arguments"] == "") is first
    assert seen == set(range(len(seen)))


def _bare(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what the client adds for itself: the arguments it parsed."""
    fields = ("name", "arguments")
    return [
        {**call, "function": {field: call["function"][field] for field in fields}} for call in calls
    ]
