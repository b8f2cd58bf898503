"""Whatever is told of a call in XML before its end is the beginning of what all of it comes to."""

import json
import re
from collections.abc import Iterable
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.families.calls import coder_cases, slip_cases, value_cases
from tests.families.calls.cases import EVERYTHING, Case, parser_of

from studiolo.core.events import Event, Finished, ToolCallDelta
from studiolo.core.fold import fold
from studiolo.core.generation import Delta, Ended
from studiolo.core.schemas.prefixes import progress
from studiolo.core.usage import Usage

CASES = [case for case in (*coder_cases.CASES, *slip_cases.CASES, *value_cases.CASES) if case.calls]
SHORT = [case for case in CASES if len(case.text) <= 400]
KEYS = tuple(json.loads(EVERYTHING.parameters)["properties"])


def calls(case: Case, pieces: Iterable[str], *, cut: bool) -> list[str]:
    """The arguments of the calls in this text."""
    parser = parser_of(case.family, opened=case.opened)
    events: list[Event] = [event for piece in pieces for event in parser.feed(Delta(piece, 1))]
    events += parser.flush(Ended("length" if cut else "stop", 9, 0, 1))
    (choice,) = fold([*events, Finished(Usage())]).choices
    return [call.arguments for call in choice.calls]


def check_cuts(case: Case) -> None:
    whole = calls(case, [case.text], cut=False)
    for end in range(len(case.text)):
        begun = calls(case, [case.text[:end]], cut=True)
        assert len(begun) <= len(whole)
        for arguments, those in zip(begun, whole, strict=False):
            assert those.startswith(arguments)
            assert progress(arguments) != "none" or progress(those) == "none"


@pytest.mark.parametrize("case", SHORT, ids=[case.title for case in SHORT])
def test_every_case_cut_anywhere_is_told_as_its_beginning(case: Case) -> None:
    check_cuts(case)


SIGNS = st.sampled_from(
    (
        *(
            "null",
            "nul",
            "None",
            "true",
            "12",
            "-",
            ".5",
            "e3",
            '"',
            "\\",
            "\\u00e9",
            "a",
            "é",
            ":",
        ),
        *("[", "]", "{", "}", ", ", ": ", '{"a": ', '["', "\n", " ", "<", "</", "\u3000", "\x01"),
        *("</parameter>", "</function>", "</tool_call>", "<tool_call>", "<function=now>"),
        *(
            "<parameter=",
            "\n<parameter=whole\n",
            '<parameter="text">',
            "\n<parameter=whole>\n",
            "\n</parameter>\n",
            "</par",
        ),
    )
)
VALUES = st.lists(SIGNS, max_size=10).map("".join)


@given(st.sampled_from(KEYS), VALUES)
def test_any_value_cut_anywhere_is_told_as_its_beginning(key: str, value: str) -> None:
    check_cuts(Case("any", coder_cases.call("everything", (key, value)), family="qwen3-coder"))


@given(st.sampled_from(KEYS), VALUES, st.lists(st.integers(1, 9), max_size=30))
def test_any_value_is_told_alike_however_it_is_cut(key: str, value: str, sizes: list[int]) -> None:
    text = coder_cases.call("everything", (key, value))
    case = Case("any", text, family="qwen3-coder")
    edges = [0, *accumulate(sizes), len(text)]
    pieces = [text[a:b] for a, b in zip(edges, [*edges[1:-1], len(text)], strict=False)]
    for cut in (False, True):
        whole = calls(case, [text], cut=cut)
        assert calls(case, list(text), cut=cut) == whole
        assert calls(case, pieces, cut=cut) == whole


# What a text holds that nobody can tell from the end of it.
AN_END = re.compile(
    r"</parameter>\s*<(?:parameter=|/?function|/?tool_call>)|\n<parameter=|</function>\s*</tool_call>"
    r"|</tool_call>\s*<tool_call>|<tool_call>\s*<function="
)


@given(st.sampled_from(("text", "anything")), VALUES)
def test_a_text_without_an_end_is_read_as_it_is(key: str, value: str) -> None:
    case = Case("any", coder_cases.call("everything", (key, value)), family="qwen3-coder")
    if not AN_END.search(f"\n{value}\n"):
        assert [json.loads(each) for each in calls(case, case.text, cut=False)] == [{key: value}]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(VALUES, inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(JSON, max_size=3), st.booleans())
def test_json_is_told_as_it_is_written_whatever_it_holds(value: object, ascii_only: bool) -> None:
    for key in ("list", "either"):
        written = json.dumps(value, ensure_ascii=ascii_only).replace("Infinity", "1e999")
        case = Case("any", coder_cases.call("everything", (key, written)), family="qwen3-coder")
        assert calls(case, case.text, cut=False) == [f'{{"{key}": {written}}}']


LONG = "abcdefghi " * 20


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("maybe", LONG),
        ("some", LONG),
        ("count", f"7 {LONG}"),
        ("thing", LONG),
        ("either", f"[see]({LONG})"),
        ("whole", LONG),
        ("list", json.dumps([LONG])),
        ("object", json.dumps({"a": [1, LONG]})),
        ("python", json.dumps({"a": LONG})),
        ("shaped", json.dumps({"a": LONG})),
    ],
)
def test_a_long_value_of_any_kind_comes_in_pieces(key: str, value: str) -> None:
    text = coder_cases.call("everything", (key, value))
    pieces = [text[at : at + 4] for at in range(0, len(text), 4)]
    parser = parser_of("qwen3-coder")
    rows = [list(parser.feed(Delta(piece, 1))) for piece in pieces]
    told = [
        place
        for place, row in enumerate(rows)
        if any(isinstance(event, ToolCallDelta) and "abc" in event.arguments for event in row)
    ]
    assert told
    assert text[: 4 * (told[0] + 1)].count("abcdefghi ") <= 1


@pytest.mark.parametrize("written", ['{"a": 1}', "[1]"])
def test_what_may_be_a_text_or_json_is_told_at_its_end(written: str) -> None:
    text = coder_cases.call("everything", ("thing" if written[0] == "{" else "either", written))
    parser = parser_of("qwen3-coder")
    before, _, behind = text.partition("</parameter>\n</")
    told = [event for event in parser.feed(Delta(before, 1)) if isinstance(event, ToolCallDelta)]
    assert "".join(event.arguments for event in told).endswith('": ')
    (event,) = parser.feed(Delta(f"</parameter>\n</{behind}", 1))
    assert isinstance(event, ToolCallDelta)
    assert event.arguments == f"{written}}}"
