"""What a question holds in itself is worked out, in all languages, and nothing else is."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.scripted.double.asking import answer, said

from studiolo.engines.scripted.double.language import language_of
from studiolo.engines.scripted.double.reckoning.answers import worked_out

CASES: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
)


def found(question: str) -> str | bool | None:
    worked = worked_out(question, language_of(question))
    if worked is None:
        return None
    return worked.text if worked.truth is None else worked.truth


@pytest.mark.parametrize("case", CASES["worked"], ids=lambda case: case["asks"])
def test_what_is_asked_is_worked_out(case: dict[str, Any]) -> None:
    assert found(case["asks"]) == case["is"]


@pytest.mark.parametrize("question", CASES["left"])
def test_what_is_not_understood_as_a_whole_is_left(question: str) -> None:
    assert found(question) is None


@given(st.integers(-999, 9_999), st.sampled_from("+-*"), st.integers(0, 9_999))
def test_sums_are_right(one: int, sign: str, other: int) -> None:
    right = {"+": one + other, "-": one - other, "*": one * other}[sign]
    assert found(f"What is {one} {sign} {other}?") == str(right)


@given(st.text(max_size=80))
def test_any_text_is_worked_out_or_left(text: str) -> None:
    worked = worked_out(text, language_of(text))
    assert worked is None or worked.text or worked.truth is not None or worked.alone


ASKED = [
    ("What is 17 * 23?", "17 * 23 = 391."),
    ("Wie viel ist 12 mal 12?", "12 \u00d7 12 = 144."),
    ("What is 15% of 80?", "The answer is 12."),
    ("Wie viele Buchstaben hat das Wort Haus?", "Die Antwort ist 4."),
    ("144的平方根是多少", "答案是12。"),
    ("How many minutes are in 3 hours? Answer with only the number.", "180"),
    ("Antworte nur mit der Zahl: 8 mal 7", "56"),
    ("What is 6 * 7? One word.", "42"),
    ("Is 91 greater than 19? Answer yes or no.", "Yes."),
    ("¿Es 7 mayor que 12?", "No."),
    ("What is 3 + 4? Answer in German.", "3 + 4 = 7."),
    ("Sort these words alphabetically, one per line: b, a", "a\nb"),
    ("Sort these words alphabetically as a bullet list: b, a", "- a\n- b"),
    ("Sort these words alphabetically as a numbered list: b, a", "1. a\n2. b"),
    ("Repeat exactly: what is 2 + 2", "what is 2 + 2"),
]


@pytest.mark.parametrize(("question", "told"), ASKED)
def test_it_is_told_in_the_form_that_is_wished_for(question: str, told: str) -> None:
    assert answer(question) == told


def test_the_system_may_wish_for_a_form_and_a_language() -> None:
    def told(system: str, question: str) -> str:
        return answer([said("system", system), said("user", question)])

    assert told("Answer only with the number.", "What is 6*7?") == "42"
    assert told("Always answer in German.", "What is 15% of 80?") == "Die Antwort ist 12."
    assert told("Reply only with yes or no.", "Is the sky green?") in ("Yes.", "No.")
    assert told("Answer in one sentence.", "Tell me about bees.").count(".") == 1
