"""Whatever is said and however it is cut: the events of a response add up to the whole one."""

import json
from itertools import pairwise
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from openai import omit
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel
from tests.protocols.frames import TEXTS, responses_frames, stream
from tests.protocols.scenarios import Ask, responses

from studiolo.core.errors import EngineFailed
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

# The client's types of events by their names; a union of them all is slow.
EVENTS: dict[str, type[BaseModel]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind
    for kind in get_args(get_args(ResponseStreamEvent)[0])
}
REPLY = responses(Ask())
END = Finished(Usage(7, output=9))
# Where the text of each kind of item stands, what adds to it, and what says it at once.
TEXT_OF = {
    "reasoning": ("response.reasoning_summary_text.", "text"),
    "message": ("response.output_text.", "text"),
    "function_call": ("response.function_call_arguments.", "arguments"),
}

Stretch = tuple[str, str]


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    """What is thought, said and called, in any order."""
    kinds = draw(st.lists(st.sampled_from(["thought", "words", "call"]), max_size=5))
    return [(kind, draw(TEXTS)) for kind in kinds]


@st.composite
def cut(draw: st.DrawFn, said: list[Stretch]) -> list[Event]:
    """The same with each stretch in pieces of its own, some of them empty."""
    events: list[Event] = [Started(7)]
    calls = 0
    for kind, text in said:
        places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
        pieces = [text[a:b] for a, b in pairwise([0, *places, len(text)])]
        if kind == "call":
            events.append(ToolCallStart(calls, f"call_{calls:024x}", "look"))
            events += [ToolCallDelta(calls, piece, 1) for piece in pieces]
            calls += 1
        else:
            delta = ReasoningDelta if kind == "thought" else TextDelta
            events += [delta(piece, 1) for piece in pieces]
    return events


@st.composite
def answers(draw: st.DrawFn) -> tuple[list[Event], list[Event]]:
    """One answer, cut in two ways."""
    said = draw(stretches())
    reasons = ["stop", "length"] + ["tool_calls"] * any(kind == "call" for kind, _ in said)
    end = ChoiceFinished(draw(st.sampled_from(reasons)), 1)
    return [*draw(cut(said)), end, END], [*draw(cut(said)), end, END]


def whole(events: list[Event]) -> dict[str, Any]:
    return json.loads(REPLY.whole(fold(events)))


def added_up(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The output that the events between the first two and the last tell of, and nothing else."""
    output: list[dict[str, Any]] = []
    text = ""
    for event in events:
        kind = event["type"]
        if kind == "response.output_item.added":
            assert event["output_index"] == len(output)
            output.append(event["item"])
            text = ""
            continue
        item = output[-1]
        assert event["output_index"] == len(output) - 1
        if kind == "response.output_item.done":
            assert {**event["item"], **_beginning(event["item"])} == item
            output[-1] = event["item"]
            continue
        assert event["item_id"] == item["id"]
        prefix, name = TEXT_OF[item["type"]]
        if kind == f"{prefix}delta":
            text += event["delta"]
        elif kind == f"{prefix}done":
            assert event[name] == text
        else:
            assert event["part"]["text"] == (text if kind.endswith("part.done") else "")
    return output


def _beginning(item: dict[str, Any]) -> dict[str, Any]:
    """What an item of this kind has when it is added."""
    begins: dict[str, dict[str, Any]] = {
        "reasoning": {"summary": []},
        "message": {"content": [], "status": "in_progress"},
        "function_call": {"arguments": "", "status": "in_progress"},
    }
    return begins[item["type"]]


@given(answers())
def test_the_events_add_up_to_the_whole_response(cuts: tuple[list[Event], list[Event]]) -> None:
    one, other = cuts
    response = whole(one)
    assert response == whole(other)
    for events in cuts:
        created, began, *told, last = responses_frames(stream(REPLY, events))
        assert created["type"] == "response.created"
        assert began["type"] == "response.in_progress"
        assert last["type"] == f"response.{response['status']}"
        assert last["response"] == response
        assert added_up(told) == response["output"]


@given(answers())
def test_what_was_said_is_in_its_items(cuts: tuple[list[Event], list[Event]]) -> None:
    answer = fold(cuts[0]).choices[0]
    output = whole(cuts[0])["output"]
    words = [item["content"][0]["text"] for item in output if item["type"] == "message"]
    thoughts = [item["summary"][0]["text"] for item in output if item["type"] == "reasoning"]
    calls = [item["arguments"] for item in output if item["type"] == "function_call"]
    assert "".join(words) == answer.text
    assert "".join(thoughts) == answer.reasoning
    assert calls == [call.arguments for call in answer.calls]
    assert len({item["id"] for item in output}) == len(output)
    assert all(item["id"].startswith("msg_") for item in output)


def typed(frame: dict[str, Any]) -> Any:
    return EVENTS[frame["type"]].model_validate(frame)


@given(answers())
def test_as_the_official_client_accumulates(cuts: tuple[list[Event], list[Event]]) -> None:
    """Its types want every field that they declare, and its state every event in its order."""
    response = whole(cuts[0])
    assert Response.model_validate(response).to_dict() == response
    state: ResponseStreamState[None] = ResponseStreamState(input_tools=omit, text_format=omit)
    for frame in responses_frames(stream(REPLY, cuts[0])):
        state.handle_event(typed(frame))
    if response["status"] == "completed":
        assert state._completed_response is not None
        assert state._completed_response.output_text == fold(cuts[0]).choices[0].text


@given(answers(), st.data())
def test_a_stream_that_breaks_tells_what_came(
    cuts: tuple[list[Event], list[Event]], data: st.DataObject
) -> None:
    events = cuts[0][: data.draw(st.integers(0, len(cuts[0]) - 2))]
    encoder = REPLY.stream()
    before = b"".join(encoder.feed(event) for event in events)
    raw = before + encoder.fail(EngineFailed("broke"))
    assert raw.count(b":HTTP_STATUS/500\n") == 2
    frames = responses_frames(raw.replace(b":HTTP_STATUS/500\n", b":HTTP_STATUS/200\n"))
    *_, error, failed = frames
    assert (error["type"], error["code"], error["param"]) == ("error", "internal_error", None)
    assert failed["type"] == "response.failed"
    assert failed["response"]["status"] == "failed"
    assert failed["response"]["error"] == {"code": "server_error", "message": error["message"]}
    assert "error" not in error
    told = fold(events).choices
    assert len(failed["response"]["output"]) == (len(told[0].said) if told else 0)
    state: ResponseStreamState[None] = ResponseStreamState(input_tools=omit, text_format=omit)
    for frame in frames:
        state.handle_event(typed(frame))
