"""Prefixes are continued to fit, gaps are filled, and what was opened is closed."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.scripted.double.asking import steps, text
from tests.engines.scripted.playing import asked

from studiolo.core.prompt import Special, Text

DATA: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("begun.toml").read_text(encoding="utf-8")
)


def continued(prefix: str, question: str = "Describe Alice, aged 30.") -> str:
    return text(steps(asked(("user", question), prefix=prefix)))


def filled(prefix: str, suffix: str) -> str:
    runs = (Special("<|fim_prefix|>"), Text(prefix), Special("<|fim_suffix|>"), Text(suffix))
    return text(steps((*runs, Special("<|fim_middle|>"))))


@pytest.mark.parametrize("title", DATA["prefixes"])
def test_a_prefix_is_gone_on_with_to_fit(title: str) -> None:
    case = DATA["prefixes"][title]
    rest = continued(case["prefix"], case["question"])
    assert rest.startswith(case.get("begins", ""))
    assert rest.endswith(case.get("ends", ""))
    assert all(word in rest for word in case.get("has", []))
    assert not any(word in rest for word in case.get("lacks", []))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=6), JSON, min_size=1, max_size=3), st.data())
def test_json_that_was_begun_becomes_whole(value: dict[str, Any], data: st.DataObject) -> None:
    whole = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    cut = data.draw(st.integers(1, len(whole) - 1))
    begun = whole[:cut]
    if begun.endswith(("-", "\\")) or "\\u" in begun[-6:]:
        return  # inside an escape, or a sign without its number
    json.loads(begun + continued(begun))


@pytest.mark.parametrize("title", DATA["gaps"])
def test_a_gap_is_filled_to_fit(title: str) -> None:
    case = DATA["gaps"][title]
    middle = filled(case["prefix"], case["suffix"])
    assert all(word in middle for word in case["has"])
    whole = case["prefix"] + middle + case["suffix"]
    for opened, closed in ("()", "[]", "{}"):
        assert whole.count(opened) == whole.count(closed)
    if case.get("python"):
        compile(whole, "filled", "exec")


@pytest.mark.parametrize(
    "title", [title for title, case in DATA["gaps"].items() if case.get("python")]
)
def test_a_prefix_without_a_suffix_becomes_a_whole_program(title: str) -> None:
    prefix = DATA["gaps"][title]["prefix"]
    runs = (Special("<|fim_prefix|>"), Text(prefix), Special("<|fim_suffix|>"))
    compile(prefix + text(steps(runs)), "filled", "exec")


def test_a_text_without_turns_is_gone_on_with() -> None:
    rest = text(steps((Text("Once there was a kingdom by the sea, and its king"),)))
    assert rest.startswith(" ")
    assert "king" in rest


def test_a_raw_program_is_gone_on_with_as_a_program() -> None:
    prefix = "def mean(numbers):\n"
    compile(prefix + text(steps((Text(prefix),))), "raw", "exec")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_ends_have_a_middle(prefix: str, suffix: str) -> None:
    assert filled(prefix, suffix)


@given(st.text(max_size=60))
def test_any_prefix_has_a_rest(prefix: str) -> None:
    assert isinstance(continued(prefix), str)
