"""The figures of calls: what is measured is calls, whole ones, and each figure has its bar."""

import json

import pytest
from bench.bars import BARS
from bench.calls import ITEMS, JSON, OFFER, WORDS, XML, parser_cost, rows

from studiolo.core.events import Finished, Started, TextDelta
from studiolo.core.fold import fold
from studiolo.core.generation import Ended
from studiolo.core.usage import Usage

FAMILIES = {"calls.json": JSON, "calls.xml": XML}


@pytest.mark.parametrize("figure", FAMILIES)
def test_what_is_measured_is_read_as_whole_calls(figure: str) -> None:
    parser = FAMILIES[figure].parser_after((), 0, offer=OFFER)
    events = [event for delta in rows(3 * WORDS)[figure] for event in parser.feed(delta)]
    events += parser.flush(Ended("stop", 1, 0, 3 * WORDS))
    (choice,) = fold([Started(1), *events, Finished(Usage())]).choices
    assert (choice.text, choice.reason, len(choice.calls)) == ("", "tool_calls", 3)
    for call in choice.calls:
        arguments = json.loads(call.arguments)
        assert arguments["text"].count(' "bread"') == WORDS // 24
        assert len(arguments["at"]) == WORDS // 2 // len(ITEMS) + 1


def test_prose_has_no_calls() -> None:
    parser = JSON.parser_after((), 0, offer=OFFER)
    events = [event for delta in rows(600)["calls.prose"] for event in parser.feed(delta)]
    assert {type(event) for event in events} == {TextDelta}


def test_every_figure_has_its_bar() -> None:
    figures = parser_cost(600)
    assert figures["calls.json"] > 0
    assert figures["calls.xml"] > 0
    assert {BARS[name].limit for name in figures} == {10}
