"""The table of reference/04 section 1, and what each way of asking makes of it."""

from typing import Any

import pytest

from studiolo.catalog.catalog import load_catalog
from studiolo.core.errors import StudioloError, ThinkingNotSupported, ThinkingRequired
from studiolo.core.requests import Thinking
from studiolo.protocols.fields import Fields
from studiolo.protocols.thinking import read_thinking

CATALOG = load_catalog()
ON, OFF = {"enable_thinking": True}, {"enable_thinking": False}

CASES: list[tuple[str, dict[str, Any], bool | type[StudioloError]]] = [
    # hybrid, on by default
    ("qwen3.7-max", {}, True),
    ("qwen3.7-max", OFF, False),
    ("qwen3.7-max", {"reasoning_effort": "none"}, False),
    ("qwen3.7-max", {"reasoning_effort": "low"}, True),
    ("qwen3.7-max", {"chat_template_kwargs": OFF}, False),
    ("qwen3.7-max", {"extra_body": OFF}, False),
    ("qwen3.7-max", {"extra_body": {}}, True),
    ("qwen3.6-plus", {}, True),
    ("qwen3-32b", {}, True),
    ("qwen3-32b", OFF, False),
    # hybrid, off by default
    ("qwen-plus", {}, False),
    ("qwen-plus", ON, True),
    ("qwen-plus", {"reasoning_effort": "medium"}, True),
    ("qwen-plus", {"reasoning_effort": "none"}, False),
    ("qwen-plus", {"enable_thinking": None}, False),
    ("qwen-plus", {**OFF, "chat_template_kwargs": ON}, False),
    ("qwen-plus", {**OFF, "reasoning_effort": "high"}, False),
    ("qwen3-max", {}, False),
    ("qwen-turbo", ON, True),
    # thinking only
    ("qwq-plus", {}, True),
    ("qwq-plus", ON, True),
    ("qwq-plus", OFF, ThinkingRequired),
    ("qwen3-235b-a22b-thinking-2507", {}, True),
    ("qwen3-235b-a22b-thinking-2507", OFF, ThinkingRequired),
    ("qwen3-235b-a22b-thinking-2507", {"reasoning_effort": "none"}, True),
    # never
    ("qwen-max", {}, False),
    ("qwen-max", OFF, False),
    ("qwen-max", ON, ThinkingNotSupported),
    ("qwen-max", {"reasoning_effort": "high"}, False),
    ("qwen3-coder-plus", ON, ThinkingNotSupported),
    ("qwen3-235b-a22b-instruct-2507", {}, False),
]


@pytest.mark.parametrize(("model", "asked", "settled"), CASES)
def test_who_thinks(model: str, asked: dict[str, Any], settled: bool | type[StudioloError]) -> None:
    card = CATALOG.card(model)
    if isinstance(settled, bool):
        assert read_thinking(Fields(asked), card).enabled is settled
        return
    with pytest.raises(settled):
        read_thinking(Fields(asked), card)


def test_a_budget_and_kept_reasoning_are_read() -> None:
    asked = {"thinking_budget": 50, "preserve_thinking": True}
    card = CATALOG.card("qwen3.7-max")
    assert read_thinking(Fields(asked), card) == Thinking(True, 50, preserve=True)
    older = CATALOG.card("qwen-plus")
    assert read_thinking(Fields(asked), older) == Thinking(False, 50, preserve=False)
