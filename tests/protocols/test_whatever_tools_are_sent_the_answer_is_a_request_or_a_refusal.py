"""No tool, choice or call that is JSON gets further than a request, or breaks anything else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.scenarios import IDENTITY

from studiolo.catalog.catalog import load_catalog
from studiolo.core.errors import StudioloError
from studiolo.core.requests import ChatRequest
from studiolo.protocols.codec import Rules
from studiolo.protocols.dashscope import errors as native
from studiolo.protocols.dashscope.generation import Generation
from studiolo.protocols.errors import row_for
from studiolo.protocols.openai import errors as compatible
from studiolo.protocols.openai.chat import ChatCompletions
from studiolo.protocols.tools import NAME

CARD = load_catalog().card("qwen-plus")
CHAT, GENERATION = ChatCompletions(Rules(max_messages=9)), Generation("text-generation", Rules(9))

WORDS = st.sampled_from(["function", "auto", "required", "f", "search", "", "a b", "é", "{}"])
LEAVES = WORDS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)


def near(*fields: str) -> st.SearchStrategy[Any]:
    """JSON that is often almost right: objects with these fields, or anything."""
    anything = st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
        max_leaves=4,
    )
    inner = anything | st.dictionaries(st.sampled_from(fields), anything, max_size=4)
    return anything | st.dictionaries(st.sampled_from(fields), inner, max_size=4)


TOOL = near("type", "function", "name", "description", "parameters", "cache_control")
CHOICE = near("type", "function", "name")
CALL = near("id", "type", "function", "name", "arguments", "index")


def decoded(document: dict[str, Any], *, natively: bool) -> ChatRequest | StudioloError:
    codec = GENERATION if natively else CHAT
    try:
        return codec.decode(document, headers={}, card=CARD, identity=IDENTITY).request
    except StudioloError as error:
        return error


def check(messages: list[Any], parameters: dict[str, Any]) -> None:
    asked = {"model": "qwen-plus", "messages": messages, **parameters}
    wrapped = {"model": "qwen-plus", "input": {"messages": messages}, "parameters": parameters}
    here, there = decoded(asked, natively=False), decoded(wrapped, natively=True)
    if isinstance(here, ChatRequest):
        assert here == there
        assert all(NAME.fullmatch(tool.name) for tool in here.tools)
        return
    assert type(here) is type(there)
    assert row_for(compatible.WIRE_ERRORS, here).status == 400
    assert row_for(native.WIRE_ERRORS, here).status == 400


@given(tools=st.lists(TOOL, max_size=2) | TOOL, choice=CHOICE, parallel=LEAVES)
def test_tools_and_choices(tools: Any, choice: Any, parallel: Any) -> None:
    parameters = {"tools": tools, "tool_choice": choice, "parallel_tool_calls": parallel}
    check([{"role": "user", "content": "hi"}], parameters)


@given(calls=st.lists(CALL, max_size=2) | CALL, result=LEAVES, answers=LEAVES)
def test_calls_and_results(calls: Any, result: Any, answers: Any) -> None:
    messages = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "", "tool_calls": calls},
        {"role": "tool", "content": result, "tool_call_id": answers},
    ]
    check(messages, {})


@pytest.mark.parametrize("depth", [30, 200])
def test_a_schema_as_deep_as_a_body_may_be(depth: int) -> None:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"x": schema}}
    function = {"name": "f", "parameters": schema}
    check(
        [{"role": "user", "content": "hi"}], {"tools": [{"type": "function", "function": function}]}
    )
