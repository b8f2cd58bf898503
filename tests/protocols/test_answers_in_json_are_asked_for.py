"""What `response_format` makes of a question, and of the thought before its answer."""

import json
from typing import Any

import msgspec
import pytest

from studiolo.catalog.catalog import load_catalog
from studiolo.core.card import CHATS
from studiolo.core.messages import Message, TextPart
from studiolo.core.mode_errors import JsonWhileThinking, StructuredOutputNotSupported
from studiolo.core.requests import ChatRequest
from studiolo.protocols.fields import Fields
from studiolo.protocols.parameters import read_request

CATALOG = load_catalog()
OBJECT = {"type": "json_object"}
SCHEMA = {"type": "object", "properties": {"naïve": {"const": "\u2028"}}, "required": ["naïve"]}


def request(model: str, text: str = "as json", **parameters: Any) -> ChatRequest:
    messages = (Message("user", (TextPart(text),)),)
    card = CATALOG.card(model)
    return read_request(Fields(parameters), messages=messages, model=model, card=card)


def schema_of(wanted: dict[str, Any]) -> Any:
    found = request("qwen-plus", response_format=wanted).answer_schema
    assert found is not None
    return json.loads(found)


CHATTING = [card.name for card in CATALOG if card.kind in CHATS]


@pytest.mark.parametrize("wanted", [OBJECT, {"type": "json_schema", "json_schema": {"schema": {}}}])
@pytest.mark.parametrize("model", CHATTING)
def test_every_model_that_writes_text_writes_json_unless_it_must_think(
    model: str, wanted: dict[str, Any]
) -> None:
    if CATALOG.card(model).thinking == "only":
        with pytest.raises(JsonWhileThinking):
            request(model, response_format=wanted)
        return
    found = request(model, response_format=wanted)
    assert found.answer_schema is not None
    assert not found.thinking.enabled


def test_a_card_of_ones_own_may_refuse_json() -> None:
    card = msgspec.structs.replace(CATALOG.card("qwen-plus"), features=frozenset({"tools"}))
    messages = (Message("user", (TextPart("as json"),)),)
    with pytest.raises(StructuredOutputNotSupported):
        read_request(Fields({"response_format": OBJECT}), messages=messages, model="m", card=card)


@pytest.mark.parametrize("wanted", [None, {"type": "text"}])
def test_text_is_held_to_nothing(wanted: dict[str, Any] | None) -> None:
    assert request("qwen-plus", response_format=wanted).answer_schema is None


@pytest.mark.parametrize("word", ["json", "JSON", "a Json object"])
def test_an_object_is_any_object(word: str) -> None:
    found = request("qwen-plus", word, response_format=OBJECT)
    assert json.loads(found.answer_schema or "") == {"type": "object"}


def test_the_word_may_stand_in_the_system_message() -> None:
    messages = (
        Message("system", (TextPart("Write JSON."),)),
        Message("user", (TextPart("Hi"),)),
    )
    card = CATALOG.card("qwen-plus")
    fields = Fields({"response_format": OBJECT})
    assert read_request(fields, messages=messages, model="qwen-plus", card=card).answer_schema


@pytest.mark.parametrize(
    "wanted",
    [
        {"json_schema": {"schema": SCHEMA}},
        {"json_schema": {"name": "it", "description": "It.", "schema": SCHEMA, "strict": True}},
        {"json_schema": {"name": "a-b_C9" * 10, "schema": SCHEMA, "strict": False}},
        {"json_schema": {"name": "it", "schema": SCHEMA}, "strict": True},
    ],
    ids=["bare", "strict inside", "a long name", "strict beside"],
)
def test_a_schema_is_kept_in_every_way_of_asking(wanted: dict[str, Any]) -> None:
    assert schema_of({"type": "json_schema", **wanted}) == SCHEMA


def test_a_schema_needs_no_word() -> None:
    wanted = {"type": "json_schema", "json_schema": {"schema": SCHEMA}}
    assert request("qwen-plus", "Hi", response_format=wanted).answer_schema


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("qwen3.7-max", {}),
        ("qwen3.7-max", {"enable_thinking": False}),
        ("qwen3.7-max", {"reasoning_effort": "none"}),
        ("qwen3-32b", {}),
        ("qwen-plus", {"thinking_budget": 50}),
        ("qwen-max", {}),
    ],
)
def test_a_thought_nobody_asked_for_is_left_out(model: str, asked: dict[str, Any]) -> None:
    assert not request(model, response_format=OBJECT, **asked).thinking.enabled


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("qwen3.7-max", {"enable_thinking": True}),
        ("qwen-plus", {"reasoning_effort": "high"}),
        ("qwen-plus", {"extra_body": {"enable_thinking": True}}),
        ("qwen3.7-max-2026-05-17", {}),
    ],
)
def test_a_thought_that_was_asked_for_is_refused(model: str, asked: dict[str, Any]) -> None:
    with pytest.raises(JsonWhileThinking):
        request(model, response_format=OBJECT, **asked)


def test_a_thought_before_text_is_left_alone() -> None:
    assert request("qwen3.7-max", response_format={"type": "text"}).thinking.enabled
