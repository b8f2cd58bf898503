"""The parser of calls: what it tells, whatever the pieces."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.families.calls import (
    coder_cases,
    edge_cases,
    hermes_cases,
    json_slip_cases,
    slip_cases,
    thought_cases,
    value_cases,
)
from tests.families.calls.cases import Case, parser_of

from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.core.fold import fold
from studiolo.core.generation import Delta, Ended
from studiolo.core.messages import Call
from studiolo.core.prompt import Text
from studiolo.core.usage import Usage
from studiolo.families.table import FAMILIES

CASES = (
    *hermes_cases.CASES,
    *json_slip_cases.CASES,
    *coder_cases.CASES,
    *slip_cases.CASES,
    *edge_cases.CASES,
    *value_cases.CASES,
    *thought_cases.CASES,
)
SHORT = [case for case in CASES if len(case.text) <= 1000]
COUNTED = (ReasoningDelta, TextDelta, ToolCallStart, ToolCallDelta, ChoiceFinished)
END = Finished(Usage())


def told(case: Case, pieces: Iterable[str]) -> list[Event]:
    parser = parser_of(case.family, opened=case.opened)
    events = [event for piece in pieces for event in parser.feed(Delta(piece, len(piece)))]
    return [*events, *parser.flush(Ended(case.ended, 9, 0, len(case.text) + 1, case.stop))]


def check(case: Case, pieces: Sequence[str]) -> None:
    events = told(case, pieces)
    (choice,) = fold([*events, END]).choices
    calls = tuple(Call(f"call_{index}", *call) for index, call in enumerate(case.calls))
    assert (choice.text, choice.reasoning) == (case.content, case.reasoning)
    assert choice.calls == calls
    assert choice.reason == case.reason
    assert sum(event.tokens for event in events if isinstance(event, COUNTED)) == len(case.text) + 1
    assert {getattr(event, "choice", None) for event in events} == {2}
    of_calls = [event for event in events if isinstance(event, ToolCallStart | ToolCallDelta)]
    assert [event.index for event in of_calls] == sorted(event.index for event in of_calls)
    starts = [event.index for event in of_calls if isinstance(event, ToolCallStart)]
    assert starts == list(range(len(case.calls)))


def test_titles_are_names() -> None:
    titles = Counter(case.title for case in CASES)
    assert [title for title, count in titles.items() if count > 1] == []
    assert len(titles) >= 120


every_case = pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
every_short_case = pytest.mark.parametrize("case", SHORT, ids=[case.title for case in SHORT])


@every_case
def test_a_whole_text_is_taken_apart(case: Case) -> None:
    check(case, [case.text])


@every_short_case
def test_one_character_at_a_time_changes_nothing(case: Case) -> None:
    check(case, list(case.text))


@every_short_case
def test_two_pieces_cut_at_every_place_change_nothing(case: Case) -> None:
    for cut in range(len(case.text) + 1):
        check(case, [case.text[:cut], case.text[cut:]])


@given(st.sampled_from(CASES), st.data())
def test_cutting_the_stream_anywhere_changes_nothing(case: Case, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(case.text)), max_size=12).map(sorted))
    edges = [0, *cuts, len(case.text)]
    check(case, [case.text[a:b] for a, b in pairwise(edges)])


PIECES = st.sampled_from(
    [
        "<tool_call>",
        "</tool_call>",
        '{"name": "now"',
        "{'name': now",
        ', "city": ',
        '"function": ',
        ', "arguments": ',
        "{",
        "}",
        '"a": ',
        '"',
        "\\",
        "\\u00e9",
        "<function=now>",
        "<function=fly>",
        "<function='now'\n",
        "<parameter=days\n",
        "<parameter=city>",
        "<parameter=days>",
        "</parameter>",
        "</function>",
        "<think>",
        "</think>",
        "```",
        "\n",
        " ",
        "a",
        "<",
        "[",
        "想",
    ]
)


@given(
    st.lists(PIECES, max_size=14).map("".join),
    st.sampled_from(["qwen2.5", "qwen3", "qwen3-coder", "qwen3.5"]),
    st.sampled_from(["stop", "length"]),
)
def test_any_text_is_told_alike_however_it_is_cut(text: str, family: str, ended: str) -> None:
    case = Case("any", text, family=family, ended="stop" if ended == "stop" else "length")
    whole, single = told(case, [text]), told(case, list(text))
    assert fold([*single, END]) == fold([*whole, END])
    for events in (whole, single):
        counted = [event.tokens for event in events if isinstance(event, COUNTED)]
        assert sum(counted) == len(text) + 1


@given(
    st.lists(PIECES, max_size=14).map("".join),
    st.sampled_from(["qwen2.5", "qwen3", "qwen3-coder", "qwen3.5"]),
)
def test_a_text_without_calls_is_told_as_if_there_were_no_tools(text: str, family: str) -> None:
    (choice,) = fold([*told(Case("any", text, family=family), list(text)), END]).choices
    plain = FAMILIES[family].parser_after((Text("assistant\n"),), 2)
    events = [*plain.feed(Delta(text, 1)), *plain.flush(Ended("stop", 9, 0, 2)), END]
    assert choice.calls or choice == fold(events).choices[0]
