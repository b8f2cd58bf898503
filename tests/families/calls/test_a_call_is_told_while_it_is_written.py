"""The parser of calls: when it tells what, and what it holds back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.families.calls import coder_cases, hermes_cases
from tests.families.calls.cases import TOOLS, parser_of

from studiolo.core.events import ChoiceFinished, Event, TextDelta, ToolCallDelta, ToolCallStart
from studiolo.core.generation import Delta, Ended, TokenLogprob
from studiolo.core.prompt import Text
from studiolo.families.base import Offer
from studiolo.families.plain import PlainParser
from studiolo.families.table import FAMILIES

LONG = "abcdefghi " * 20


def fed(family: str, *texts: str) -> list[list[Event]]:
    parser = parser_of(family)
    return [list(parser.feed(Delta(text, 1))) for text in texts]


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("qwen2.5", hermes_cases.rome(f'{{"city": "{LONG}"}}')),
        ("qwen2.5", hermes_cases.rome(f'"{{\\"city\\": \\"{LONG}\\"}}"')),
        ("qwen3-coder", coder_cases.call("get_weather", ("city", LONG))),
        ("qwen3-coder", coder_cases.call("fly", ("to", LONG))),
    ],
    ids=["JSON", "JSON in a string", "XML", "XML of an unknown function"],
)
def test_a_long_argument_comes_in_pieces(family: str, text: str) -> None:
    pieces = [text[at : at + 8] for at in range(0, len(text), 8)]
    rows = fed(family, *pieces)
    told = [
        number
        for number, row in enumerate(rows)
        for event in row
        if isinstance(event, ToolCallDelta) and event.arguments
    ]
    assert len(told) >= 20
    assert text[: 8 * (told[1] + 1)].count("abcdefghi ") <= 2


def test_json_is_told_as_it_comes() -> None:
    rows = fed(
        "qwen2.5", "So.", "\n", "<tool_call>", "\n", '{"name": "now', '", "arguments', '": {"a"',
        ': "b', '</', "tool_call>", '"}', "}\n", "</tool_call>", "\n", "x",
    )  # fmt: skip
    assert rows == [
        [TextDelta("So.", 1, 2)],
        [],
        [],
        [],
        [],
        [ToolCallStart(0, "call_0", "now", 5, 2)],
        [ToolCallDelta(0, '{"a"', 1, 2)],
        [ToolCallDelta(0, ': "b', 1, 2)],
        [ToolCallDelta(0, "</", 1, 2)],
        [ToolCallDelta(0, "tool_call>", 1, 2)],
        [ToolCallDelta(0, '"}', 1, 2)],
        [],
        [],
        [],
        [TextDelta("x", 4, 2)],
    ]


def test_xml_is_told_as_it_comes() -> None:
    rows = fed(
        "qwen3-coder", "<tool_call>", "\n<function=get_weather", ">\n", "<parameter=city>", "\nRo",
        'me "', "\n", "\n", "a</", "parameter", ">\n<parameter=days", ">\n1", "2\n</parameter>",
        "\n</function", ">\n</tool_call>",
    )  # fmt: skip
    assert rows == [
        [],
        [],
        [ToolCallStart(0, "call_0", "get_weather", 3, 2)],
        [ToolCallDelta(0, '{"city": "', 1, 2)],
        [ToolCallDelta(0, "Ro", 1, 2)],
        [ToolCallDelta(0, 'me \\"', 1, 2)],
        [],
        [ToolCallDelta(0, "\\n", 2, 2)],
        [ToolCallDelta(0, "\\na", 1, 2)],
        [],
        [ToolCallDelta(0, '"', 2, 2)],
        [ToolCallDelta(0, ', "days": ', 1, 2)],
        [ToolCallDelta(0, "12", 1, 2)],
        [],
        [ToolCallDelta(0, "}", 2, 2)],
    ]


def test_the_arguments_wait_for_the_name() -> None:
    rows = fed("qwen2.5", '<tool_call>{"arguments": {"a": 1}', ', "name": "now"', "}")
    assert rows == [
        [],
        [ToolCallStart(0, "call_0", "now", 0, 2), ToolCallDelta(0, '{"a": 1}', 2, 2)],
        [],
    ]


def test_only_what_is_ambiguous_is_held_back() -> None:
    rows = fed(
        "qwen2.5", "a", " b", "<", "p>", "\n", "c", "<tool_", "box>", " <tool_call>", "\n", "!"
    )
    assert rows == [
        [TextDelta("a", 1, 2)],
        [TextDelta(" b", 1, 2)],
        [],
        [TextDelta("<p>", 2, 2)],
        [],
        [TextDelta("\n", 1, 2), TextDelta("c", 1, 2)],
        [],
        [TextDelta("<tool_box>", 2, 2)],
        [],
        [],
        [TextDelta(" <tool_call>\n!", 3, 2)],
    ]


def test_a_name_that_never_ends_is_given_back() -> None:
    parser = parser_of("qwen2.5")
    texts = ['<tool_call>{"name": "', *["x" * 10] * 30]
    said = [bool(list(parser.feed(Delta(text, 1)))) for text in texts]
    assert said.index(True) == 26


def test_tokens_of_the_end_ride_on_the_end() -> None:
    parser = parser_of("qwen2.5")
    list(parser.feed(Delta('<tool_call>{"name": "now", "arguments": {}', 9)))
    assert list(parser.feed(Delta("}\n</tool_call>", 3))) == []
    assert list(parser.flush(Ended("stop", 1, 0, 13))) == [ChoiceFinished("tool_calls", 4, 2)]


def test_an_engine_that_ended_early_leaves_no_negative_tokens() -> None:
    parser = parser_of("qwen2.5")
    list(parser.feed(Delta('<tool_call>{"name": "now", "arguments": {}', 9)))
    assert list(parser.flush(Ended("length", 1, 0, 2))) == [ChoiceFinished("length", 0, 2)]


@pytest.mark.parametrize(
    ("family", "pieces", "inside"),
    [
        ("qwen2.5", ["a\n", "<tool", "_call>", '\n{"name"', ': "now"}', "\n", "</tool_call>", "\n"],
         [False, False, True, True, True, True, False, False]),
        ("qwen2.5", ["<tool_call>", " is a tag"], [True, False]),
        ("qwen2.5", ['<tool_call>{"name": "now"}', "\n", "Done."], [True, True, False]),
        ("qwen3-coder", ["a\n<function", "=", "now>", "</function>", "\n</tool_call>"],
         [False, True, True, True, False]),
        ("qwen3-coder", ["a <function=", "now>"], [False, False]),
        ("qwen3", ["<think>\n", "hm <tool_call>", " no"], [False, True, False]),
    ],
)  # fmt: skip
def test_it_is_known_when_a_call_is_being_written(
    family: str, pieces: list[str], inside: list[bool]
) -> None:
    parser = parser_of(family)
    seen: list[bool] = []
    for piece in pieces:
        list(parser.feed(Delta(piece, 1)))
        seen.append(parser.in_call)
    assert seen == inside


def test_without_an_offer_a_call_is_text() -> None:
    parser = FAMILIES["qwen2.5"].parser_after((Text("assistant\n"),), 0)
    events = list(parser.feed(Delta(hermes_cases.ROMAN, 1)))
    assert events == [TextDelta(hermes_cases.ROMAN, 1)]


def test_a_family_that_knows_no_calls_leaves_them_in_the_text() -> None:
    family = FAMILIES["template"]
    assert family.calls is None
    parser = family.parser_after((Text("assistant\n"),), 0, offer=Offer(TOOLS, str))
    assert isinstance(parser, PlainParser)


# -- log-probabilities


def entry(text: str) -> TokenLogprob:
    return TokenLogprob(text, tuple(text.encode()), -1.0)


def content_of(family: str, *deltas: Delta) -> list[tuple[str, str]]:
    parser = parser_of(family)
    count = sum(delta.tokens for delta in deltas)
    events = [event for delta in deltas for event in parser.feed(delta)]
    events += parser.flush(Ended("stop", 1, 0, count))
    return [
        (event.text, "|".join(each.token for each in event.logprobs))
        for event in events
        if isinstance(event, TextDelta) and event.text
    ]


def one_by_one(*tokens: str) -> list[Delta]:
    return [Delta(token, 1, (), (entry(token),)) for token in tokens]


def at_once(*tokens: str) -> Delta:
    return Delta("".join(tokens), len(tokens), (), tuple(map(entry, tokens)))


CALLED = (
    "So",
    ".",
    "\n",
    "<tool_call>",
    '\n{"name": ',
    '"now"',
    "}",
    "\n",
    "</tool_call>",
    "\n",
    "é",
    "!",
)


def test_calls_have_no_logprobs() -> None:
    assert content_of("qwen2.5", *one_by_one(*CALLED)) == [
        ("So", "So"), (".", "."), ("é", "é"), ("!", "!"),
    ]  # fmt: skip
    assert content_of("qwen2.5", at_once(*CALLED)) == [("So.", "So|."), ("é!", "é|!")]


def test_what_was_no_call_keeps_its_logprobs() -> None:
    tokens = ("a", " <", "tool_call", ">", " b", "\n", "<p>")
    assert content_of("qwen2.5", *one_by_one(*tokens)) == [
        ("a", "a"), (" <tool_call> b", " <|tool_call|>| b"), ("\n", "\n"), ("<p>", "<p>"),
    ]  # fmt: skip


def test_a_token_of_text_and_tag_belongs_to_the_text() -> None:
    tokens = ("So", ".\n<tool", '_call>{"name": "now"}</tool_call>', "x")
    assert content_of("qwen2.5", at_once(*tokens)) == [("So.", "So|.\n<tool"), ("x", "x")]


def test_a_blank_behind_half_a_tag_keeps_its_own_token() -> None:
    """Letter by letter, where only the first letter of a token stands for it."""
    parser = parser_of("qwen2.5")
    pieces = [Delta(" ", 1), Delta("<", 0), Delta("\n", 1), Delta(" ", 1), Delta("a", 1)]
    rows = [list(parser.feed(piece)) for piece in pieces]
    assert rows == [
        [],
        [],
        [TextDelta(" ", 1, 2), TextDelta("<", 0, 2)],
        [],
        [TextDelta("\n", 1, 2), TextDelta(" ", 1, 2), TextDelta("a", 1, 2)],
    ]


PIECES = st.tuples(
    st.sampled_from([" ", "\n", "<", "<to", "ol_call>", "a", "</tool_call>", ' {"name"', "```"]),
    st.integers(0, 2),
)


@pytest.mark.parametrize("family", ["qwen2.5", "qwen3-coder", "qwen3"])
@given(st.lists(PIECES, max_size=14))
def test_no_token_is_told_twice_or_taken_back(family: str, row: list[tuple[str, int]]) -> None:
    parser = parser_of(family)
    events = [event for text, tokens in row for event in parser.feed(Delta(text, tokens))]
    written = sum(tokens for _, tokens in row)
    events += parser.flush(Ended("stop", 1, 0, written + 1))
    counts = [getattr(event, "tokens", 0) for event in events]
    assert min(counts) >= 0
    assert sum(counts) == written + 1
