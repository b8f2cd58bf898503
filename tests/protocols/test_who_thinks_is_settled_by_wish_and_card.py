"""The table of reference/04 section 1, and what each way of asking makes of it."""

from collections.abc import Callable
from typing import Any

import pytest

from studiolo.catalog.catalog import load_catalog
from studiolo.core.errors import StudioloError
from studiolo.core.messages import Message, TextPart
from studiolo.core.mode_errors import ThinkingNotSupported, ThinkingRequired
from studiolo.core.requests import Thinking
from studiolo.protocols.codec import Identity, Rules
from studiolo.protocols.dashscope.generation import Generation
from studiolo.protocols.fields import Fields
from studiolo.protocols.parameters import read_request
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
    ("qwen3.7-max", {"extra_body": {"chat_template_kwargs": OFF}}, False),
    ("qwen3.7-max", {"parameters": OFF}, False),
    ("qwen-plus", {"extra_body": {"reasoning_effort": "high"}}, True),
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


PLACES = (
    lambda wishes: wishes,
    lambda wishes: {"parameters": wishes},
    lambda wishes: {"extra_body": wishes},
    lambda wishes: {"chat_template_kwargs": wishes},
    lambda wishes: {"extra_body": {"chat_template_kwargs": wishes}},
)


@pytest.mark.parametrize("place", PLACES, ids=["top", "parameters", "extra", "kwargs", "both"])
def test_no_wish_is_lost_wherever_it_stands(place: Callable[[Any], Any]) -> None:
    wishes = {**ON, "thinking_budget": 5, "preserve_thinking": True}
    settled = read_thinking(Fields(place(wishes)), CATALOG.card("qwen3.7-plus"))
    assert settled == Thinking(enabled=True, budget_tokens=5, preserve=True)


def test_a_wish_in_its_own_place_comes_before_others() -> None:
    asked = {"thinking_budget": 7, "extra_body": {**ON, "thinking_budget": 5}}
    settled = read_thinking(Fields(asked), CATALOG.card("qwen-plus"))
    assert settled == Thinking(enabled=True, budget_tokens=7)


def test_a_budget_for_a_model_that_never_thinks_is_left_out() -> None:
    assert read_thinking(Fields({"thinking_budget": 5}), CATALOG.card("qwen-max")) == Thinking()


@pytest.mark.parametrize(
    ("model", "asked", "both"),
    [
        ("qwen3.8-max", {"max_tokens": 50}, 50),
        ("qwen3.8-max", {"max_tokens": 50, "max_completion_tokens": 40}, 40),
        ("qwen3.7-max", {"max_tokens": 50}, None),
        ("qwen3.7-max", {"max_completion_tokens": 40}, 40),
    ],
)
def test_max_tokens_of_the_newest_models_bound_all(
    model: str, asked: dict[str, Any], both: int | None
) -> None:
    question = (Message("user", (TextPart("Hi"),)),)
    request = read_request(Fields(asked), messages=question, model=model, card=CATALOG.card(model))
    assert request.max_total_tokens == both


def test_the_native_dialect_hears_wishes_beside_the_parameters() -> None:
    codec = Generation("text-generation", Rules(max_messages=10))
    exchange = codec.decode(
        {"model": "qwen3-32b", "input": {"prompt": "Hi"}, "enable_thinking": False},
        headers={},
        card=CATALOG.card("qwen3-32b"),
        identity=Identity("id", 1),
    )
    assert not exchange.request.thinking.enabled
