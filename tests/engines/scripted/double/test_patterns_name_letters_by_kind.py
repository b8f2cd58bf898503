"""Patterns with letters by their kind, and with flags: kept in answers and calls, or refused."""

import json
from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer, calls_of, tool

from studiolo.core.generation import CallForm, ForcedCalls, JsonSchema
from studiolo.core.mode_errors import SchemaInvalid, ToolParametersInvalid
from studiolo.engines.scripted.double.values.patterns.expressions import found_in

KEPT = (
    r"^\p{L}+$",
    r"^\pL{3}$",
    r"^\p{Lu}\p{Ll}+$",
    r"^\p{Script=Han}{2}$",
    r"^\p{Han}+$",
    r"^[\p{L}\p{N}]+$",
    r"^\p{Nd}{4}\p{P}$",
    r"^[^\p{L}]{3}$",
    r"^\P{L}{3}$",
    r"(?i)^abc-\d$",
    r"^(?i:abc)$",
    r"^[[:alpha:]]{4}$",
    r"^[[:upper:][:digit:]_]{5}$",
)
REFUSED = (r"^\p{Klingon}$", r"^[[:name:]]$", r"^(?x)a b$")


def schema(pattern: str) -> dict[str, Any]:
    part = {"type": "string", "pattern": pattern}
    return {"type": "object", "properties": {"code": part}, "required": ["code"]}


def form(pattern: str) -> CallForm:
    begin = '<tool_call>\n{"name": "send_code", "arguments": '
    return CallForm(begin, json.dumps(schema(pattern)), "}\n</tool_call>")


@pytest.mark.parametrize("pattern", KEPT)
def test_it_is_kept(pattern: str) -> None:
    held = JsonSchema(json.dumps(schema(pattern)))
    offered = tool("send_code", "Send a code.", schema(pattern))
    made = [json.loads(answer("Hello", constraint=held))]
    made += [each for _, each in calls_of(answer("Hi", constraint=ForcedCalls((form(pattern),))))]
    made += [each for _, each in calls_of(answer("Please send a code", tools=[offered]))]
    assert len(made) == 3
    for each in made:
        assert found_in(pattern, each["code"]), each


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_is_not_understood_is_refused_by_its_word(pattern: str) -> None:
    with pytest.raises(SchemaInvalid) as answered:
        answer("Hello", constraint=JsonSchema(json.dumps(schema(pattern))))
    with pytest.raises(ToolParametersInvalid) as called:
        answer("Hello", constraint=ForcedCalls((form(pattern),)))
    for caught in (answered, called):
        assert caught.value.field.endswith(".properties.code.pattern")
    offered = tool("send_code", "Send a code.", schema(pattern))
    assert not calls_of(answer("Please send a code", tools=[offered]))
