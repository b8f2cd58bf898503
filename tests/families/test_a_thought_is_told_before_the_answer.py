"""The parser of thoughts: what it tells, whatever the pieces."""

import codecs
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.families.thoughts import CASES, Case

from studiolo.core.events import ChoiceFinished, Event, ReasoningDelta, TextDelta
from studiolo.core.generation import Delta, Ended, TokenLogprob
from studiolo.core.prompt import Special, Text
from studiolo.families.base import CLOSING, Family
from studiolo.families.chatml import render_chatml
from studiolo.families.thought import ThoughtParser

OPENED = (Special("<think>"), Text("\n"))


def told(deltas: Iterable[Delta], *, opened: bool = False, silent: int = 1) -> list[Event]:
    family = Family("any", render_chatml, ThoughtParser)
    parser = family.parser_after(OPENED if opened else (Text("assistant\n"),), 2)
    rows = list(deltas)
    written = sum(delta.tokens for delta in rows)
    events = [event for delta in rows for event in parser.feed(delta)]
    return [*events, *parser.flush(Ended("stop", 9, 0, written + silent))]


def reasoning(events: Sequence[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, ReasoningDelta))


def content(events: Sequence[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def tokens(events: Sequence[Event]) -> int:
    counted = (ReasoningDelta, TextDelta, ChoiceFinished)
    return sum(event.tokens for event in events if isinstance(event, counted))


def check(case: Case, pieces: Sequence[str]) -> None:
    events = told((Delta(piece, len(piece)) for piece in pieces), opened=case.opened)
    assert (reasoning(events), content(events)) == (case.reasoning, case.content)
    assert tokens(events) == len(case.text) + 1
    assert {getattr(event, "choice", None) for event in events} == {2}
    kinds = [type(event) for event in events if getattr(event, "text", "")]
    assert kinds == sorted(kinds, key=[ReasoningDelta, TextDelta].index)
    end = events[-1]
    assert isinstance(end, ChoiceFinished)
    assert (end.reason, end.tokens) == ("stop", 1)


every_case = pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])


@every_case
def test_a_whole_text_is_taken_apart(case: Case) -> None:
    check(case, [case.text])


@every_case
def test_one_character_at_a_time_changes_nothing(case: Case) -> None:
    check(case, list(case.text))


@every_case
def test_two_pieces_cut_at_every_place_change_nothing(case: Case) -> None:
    for cut in range(len(case.text) + 1):
        check(case, [case.text[:cut], case.text[cut:]])


@every_case
def test_a_tag_cut_at_every_byte_changes_nothing(case: Case) -> None:
    """As from an engine that sends bytes: characters come when their last byte does."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    check(case, [decoder.decode(bytes((byte,))) for byte in case.text.encode()])


@given(st.sampled_from(CASES), st.data())
def test_cutting_the_stream_anywhere_changes_nothing(case: Case, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(case.text)), max_size=12).map(sorted))
    edges = [0, *cuts, len(case.text)]
    check(case, [case.text[a:b] for a, b in pairwise(edges)])


PIECES = st.sampled_from(["<think>", "</think>", "\n", " ", "a", "<", "</", "think>", "想"])


@given(st.lists(PIECES, max_size=12).map("".join), st.booleans())
def test_any_text_is_told_alike_however_it_is_cut(text: str, opened: bool) -> None:
    whole = told([Delta(text, len(text))], opened=opened)
    single = told([Delta(character, 1) for character in text], opened=opened)
    assert (reasoning(single), content(single)) == (reasoning(whole), content(whole))
    assert tokens(single) == tokens(whole) == len(text) + 1


# -- what is held back


def fed(parser: ThoughtParser, *texts: str) -> list[list[Event]]:
    return [list(parser.feed(Delta(text, 1))) for text in texts]


def test_only_what_is_ambiguous_is_held_back() -> None:
    rows = fed(ThoughtParser(0), "<think>", "\n", "a", "\n", "b", "</", "p>", "c")
    assert rows == [
        [TextDelta("", 1)],
        [TextDelta("", 1)],
        [ReasoningDelta("a", 1)],
        [],
        [ReasoningDelta("\nb", 2)],
        [],
        [ReasoningDelta("</p>", 2)],
        [ReasoningDelta("c", 1)],
    ]


def test_the_answer_is_never_kept_waiting_for_newlines() -> None:
    rows = fed(ThoughtParser(0), "a", "\n", "\n", "b")
    assert rows == [[TextDelta(text, 1)] for text in ("a", "\n", "\n", "b")]


def test_a_tag_takes_its_tokens_along() -> None:
    rows = fed(ThoughtParser(0), "<think>\n", "a", "\n", "</think>", "\n\n", "b")
    assert rows == [
        [TextDelta("", 1)],
        [ReasoningDelta("a", 1)],
        [],
        [TextDelta("", 2)],
        [TextDelta("", 1)],
        [TextDelta("b", 1)],
    ]


def test_tokens_of_mixed_text_belong_to_its_last_piece() -> None:
    (row,) = fed(ThoughtParser(0), "<think>\na\n</think>\n\nb")
    assert row == [ReasoningDelta("a", 0), TextDelta("b", 1)]


def test_a_delta_without_text_keeps_its_tokens() -> None:
    assert list(ThoughtParser(0).feed(Delta("", 3))) == [TextDelta("", 3)]
    assert list(ThoughtParser(0).feed(Delta("", 0))) == []


# -- several runs, one parser


def closing() -> str:
    return "".join(
        run.name if isinstance(run, Special) else getattr(run, "text", "") for run in CLOSING
    )


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("last", ["b", "b\n", "b</", "b\n\n<"])
def test_a_thought_cut_by_its_budget_is_closed_from_outside(last: str, *, opened: bool) -> None:
    start = [] if opened else [Delta("<think>\n", 2)]
    thought = [Delta("a ", 1), Delta(last, 1)]
    events = told([*start, *thought, Delta(closing(), 0), Delta("yes", 1)], opened=opened)
    kept = last if last.endswith(("/", "<")) else last.rstrip("\n")
    assert (reasoning(events), content(events)) == (f"a {kept}", "yes")
    assert sum(event.tokens for event in events if isinstance(event, ReasoningDelta)) == 2
    assert tokens(events) == 4 + 2 * len(start)


def test_a_thought_that_opens_anew_after_its_budget_is_reasoning() -> None:
    pieces = ["a", closing(), "<think>\n", "b", closing(), "yes"]
    events = told([Delta(piece, 1) for piece in pieces], opened=True)
    assert (reasoning(events), content(events)) == ("ab", "yes")


def test_an_engine_that_ended_early_leaves_no_negative_tokens() -> None:
    parser = ThoughtParser(0)
    list(parser.feed(Delta("abc", 5)))
    assert list(parser.flush(Ended("length", 1, 0, 2))) == [ChoiceFinished("length", 0)]


# -- log-probabilities


def entry(text: str) -> TokenLogprob:
    return TokenLogprob(text, tuple(text.encode()), -1.0)


def logprobs(*texts: str) -> list[str]:
    events = told(Delta(text, 1, (), (entry(text),)) for text in texts)
    return [
        each.token for event in events if isinstance(event, TextDelta) for each in event.logprobs
    ]


def test_only_the_answer_has_logprobs() -> None:
    assert logprobs("<think>", "\n", "a", "\n", "</think>", "\n\n", "b", " <", "p", ">") == [
        "b",
        " <",
        "p",
        ">",
    ]


def test_a_tag_in_the_answer_has_no_logprobs() -> None:
    assert logprobs("b", "</think>", "c") == ["b", "c"]


def test_logprobs_of_mixed_text_are_those_of_the_answer() -> None:
    row = ("<think>", "a", "</think>", "b", "c")
    delta = Delta("".join(row), 5, (), tuple(map(entry, row)))
    (first, second, _) = told([delta])
    assert first == ReasoningDelta("a", 0, 2)
    assert second == TextDelta("bc", 5, 2, (entry("b"), entry("c")))
