"""The figures of thinking: where the gap at the cut is taken, and that the parser has a cost."""

import pytest
from bench.bars import BARS
from bench.thinking import CUTS, gap_at_the_cut, median_gap, parser_cost

from studiolo.core.events import ReasoningDelta, Started, TextDelta

TOLD = [
    (Started(9), 0.0),
    (ReasoningDelta("a", 1), 1.0),
    (ReasoningDelta("b", 1), 1.1),
    (ReasoningDelta("c", 1), 1.2),
    (ReasoningDelta("", 1), 1.3),
    (TextDelta("", 2), 1.35),
    (TextDelta("d", 1), 1.45),
    (TextDelta("e", 1), 1.55),
]


def test_the_gap_is_from_text_to_text_in_ordinary_gaps() -> None:
    assert gap_at_the_cut(TOLD) == pytest.approx(2.5)


@pytest.mark.parametrize("told", [TOLD[:6], TOLD[5:], []])
def test_without_a_cut_there_is_no_gap(told: list) -> None:
    assert gap_at_the_cut(told) is None


def test_cuts_without_an_answer_are_left_out_of_the_median() -> None:
    assert median_gap([None, 2.0, 1.0, None, 4.0]) == 2.0
    with pytest.raises(RuntimeError):
        median_gap([None])


def test_the_parser_costs_something_for_each_chunk() -> None:
    assert parser_cost(600)["think.parser"] > 0
    assert BARS["think.parser"].limit == 10


def test_several_cuts_make_a_median() -> None:
    assert CUTS % 2
