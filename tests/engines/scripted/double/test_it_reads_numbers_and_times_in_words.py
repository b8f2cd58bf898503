"""Lengths in several units, times, moments and sums in words, and values behind labels."""

import pytest

from studiolo.engines.scripted.double.stated.facts import facts_in, number_of
from studiolo.engines.scripted.double.stated.parameters import parameter
from studiolo.engines.scripted.double.stated.shapes import shape_of
from studiolo.engines.scripted.double.stated.stretches.labels import because, labelled
from studiolo.engines.scripted.double.stated.stretches.reminding import reminded_of

NUMBERS = {
    "3 minutes 30 seconds": ["210"],
    "1h 30m": ["1.5"],
    "an hour and a quarter": ["1.25"],
    "2 and a half minutes": ["2.5"],
    "deux heures et quart": ["2.25"],
    "一小时十五分钟": ["75"],
    "2時間半": ["2.5"],
    "两个半小时": ["2.5"],
    "two rooms and 3 minutes": ["two", "3"],
    "an hour and 20 euros": ["1", "20"],
    "30 seconds and 2 minutes": ["30", "2"],
}
TIMES = {
    "half past eight in the evening": "20:30",
    "quarter to seven": "06:45",
    "um halb neun": "08:30",
    "um neun": "09:00",
    "a las ocho y media de la tarde": "20:30",
    "à huit heures et demie": "08:30",
    "alle otto e mezza": "08:30",
    "до семи утра": "07:00",
    "오후 세 시": "15:00",
    "शाम पांच बजे": "17:00",
    "kwart over drie 's middags": "15:15",
    "at noon": "12:00",
}
NO_TIMES = ["at two hotels", "um neun Kisten", "half of it", "in eight days"]
MOMENTS = {
    "in half an hour": "2025-01-01T09:30:00",
    "in 3 days": "2025-01-04T09:00:00",
    "через 15 минут": "2025-01-01T09:15:00",
    "20分钟后": "2025-01-01T09:20:00",
    "10분 후에": "2025-01-01T09:10:00",
}
SUMS = {
    "12,5 mal 8": "12.5 * 8",
    "seven times eight plus 3": "7 * 8 + 3",
    "18% of 240": "18 / 100 * 240",
    "240の15%": "15 / 100 * 240",
    "the square root of 144": "sqrt(144)",
    "7 squared": "7 ** 2",
    "2 cubed": "2 ** 3",
    "3 hoch 4": "3 ** 4",
    "12加30": "12 + 30",
}
NO_SUMS = ["2025-03-01 plus 3 days", "the root of all evil is 3 times denied", "times 3"]
SHAPES = {
    ("Train number such as ICE 123", "late is the RE 7?"): "RE 7",
    ("e.g. INV-2024-0001", "Void INV-2026-0417"): "INV-2026-0417",
    ("Customer id, cus_...", "of cus_9f3 now"): "cus_9f3",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_lengths_in_several_units_are_one_number(text: str) -> None:
    found = facts_in(text).of("number")
    assert [f"{number_of(one.text):g}" for one in found] == [
        f"{number_of(each):g}" for each in NUMBERS[text]
    ]


@pytest.mark.parametrize("text", TIMES)
def test_times_in_words_are_those_of_a_clock(text: str) -> None:
    assert [one.text for one in facts_in(text).of("time")] == [TIMES[text]]


@pytest.mark.parametrize("text", NO_TIMES)
def test_numbers_of_things_are_no_times(text: str) -> None:
    assert facts_in(text).of("time") == []


@pytest.mark.parametrize("text", MOMENTS)
def test_moments_count_from_nine_o_clock(text: str) -> None:
    assert [one.text for one in facts_in(text).moments] == [MOMENTS[text]]


@pytest.mark.parametrize("text", SUMS)
def test_sums_in_words_are_written_with_signs(text: str) -> None:
    assert [one.text for one in facts_in(text).of("expression")] == [SUMS[text]]


@pytest.mark.parametrize("text", NO_SUMS)
def test_other_words_between_numbers_are_no_sums(text: str) -> None:
    assert facts_in(text).of("expression") == []


@pytest.mark.parametrize(("description", "text"), SHAPES)
def test_things_are_found_that_look_like_the_example(description: str, text: str) -> None:
    wanted = parameter("its_number", description)
    assert wanted.shape == shape_of(description)
    found = facts_in(text).text[text.index(SHAPES[description, text]) :]
    assert found.startswith(SHAPES[description, text])


def test_an_example_without_figures_has_no_shape() -> None:
    assert shape_of("Name of the town, e.g. Paris") == ""
    assert shape_of("The title") == ""


def test_a_label_begins_a_clause_and_ends_with_it() -> None:
    text = "Pay Ann 20 euros, reference May rent, and note this"
    span = labelled(text, "reference", {"amount", "note"}, several=False)
    assert span is not None
    assert span.text == "May rent"
    assert labelled("the reference is old", "reference", set(), several=False) is None


def test_a_reason_stands_behind_because() -> None:
    span = because("Void it because it was billed twice, please", "reason")
    assert span is not None
    assert span.text == "it was billed twice"
    assert because("Void it because it was billed twice", "customer") is None


def test_what_somebody_is_reminded_of_has_no_time_in_it() -> None:
    text = "Remind me in half an hour to take the cake out"
    span = reminded_of(text, [(13, 25)])
    assert span is not None
    assert span.text == "take the cake out"
    assert reminded_of("Take the cake out", []) is None
