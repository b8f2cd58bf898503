"""What of a function's parameters cannot be kept is let go, by engines and checks alike."""

import json
from typing import Any

import pytest
from llguidance import LLMatcher, LLTokenizer

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.schemas.bound import bound
from studiolo.core.schemas.grammar import fault_of
from studiolo.core.schemas.results import arguments_fault
from studiolo.engines.forced_calls import held_calls

BYTES = LLTokenizer("byte")
KIND = {"const": "ok"}
# As zod writes what is an address of mail.
EMAIL = {
    "type": "string",
    "pattern": r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)@([A-Za-z0-9]+\.)+[a-z]+$",
}
PAIR = {"type": "array", "items": [{"type": "string"}, {"type": "number"}], "minItems": 2}
OVERLAPPING = {"oneOf": [{"type": "number"}, {"type": "integer"}]}
NAMED = {"type": "object", "patternProperties": {"^(?=x)": {"type": "null"}}}
WHOLE = {"type": "integer"}
# What the part `t` says beside a sound one, what it may be then, and what it still may not be.
ODD: list[tuple[str, Any, tuple[Any, ...], tuple[Any, ...]]] = [
    ("a list of places", {**PAIR, "maxItems": 2}, (["a", 1.5],), (["a"], [1, 1], ["a", 1, 1])),
    ("a type that nobody knows", {"type": "strng"}, ("a", 1, None), ()),
    ("a type of Python", {"type": "dict", "properties": {"a": WHOLE}}, ({"a": 1},), ({"a": "b"},)),
    ("a look ahead", EMAIL, ("a@b.c", "a"), (1, None)),
    ("a look ahead beside a length", {**EMAIL, "maxLength": 2}, ("a",), ("abc", 1)),
    ("a word boundary", {"type": "string", "pattern": r"\bword"}, ("other",), (1,)),
    ("a look ahead in names", {**NAMED, "additionalProperties": False}, ({"a": 1},), (1,)),
    ("items that are none", {"type": "array", "items": 7}, ([1], ["a"]), (1,)),
    ("properties that are none", {"type": "object", "properties": 7}, ({"a": 1},), (1,)),
    ("a property that is none", {"type": "object", "properties": {"a": 7}}, ({"a": 1},), (1,)),
    ("branches that are none", {"anyOf": 7, "type": "null"}, (None,), (1,)),
    ("a branch that is none", {"anyOf": [7, WHOLE]}, (1, "a"), ()),
    ("a length that is none", {"type": "string", "minLength": -1}, ("",), (1,)),
    ("a length beyond all", {"type": "string", "maxLength": 10**9}, ("a",), (1,)),
    ("a bound that is none", {"type": "integer", "exclusiveMinimum": True}, (1,), ("a",)),
    ("a number too large", {"type": "integer", "maximum": 10**30}, (1,), ("a",)),
    ("a pattern too long", {"type": "string", "pattern": "a" * 513}, ("b",), (1,)),
    ("choices that overlap", OVERLAPPING, (1, 1.5), ("a",)),
    ("choices beside choices", {**OVERLAPPING, "anyOf": [WHOLE]}, (1,), (1.5, "a")),
    ("choices among all", {**OVERLAPPING, "anyOf": [WHOLE], "allOf": [{}]}, (1,), (1.5,)),
    ("items that are unique", {"type": "array", "uniqueItems": True}, ([1, 1],), (1,)),
    ("what may not be", {"type": "integer", "not": {"const": 1}}, (1, 2), ("a",)),
    ("a condition", {"type": "integer", "if": {"const": 1}, "then": False}, (1,), ("a",)),
    ("an item that must be", {"type": "array", "contains": WHOLE}, (["a"],), ("a",)),
    (
        "a number of properties that may be left out",
        {"type": "object", "properties": {"a": WHOLE}, "minProperties": 1},
        ({}, {"a": 1}),
        ({"a": "b"},),
    ),
    (
        "a number of others",
        {"type": "object", "additionalProperties": WHOLE, "minProperties": 1},
        ({"a": 1},),
        ({}, {"a": "b"}),
    ),
    ("a number nobody can reckon with", {"type": "integer", "multipleOf": 99_999_999}, (7,), ()),
    (
        "names by their length",
        {"type": "object", "propertyNames": {"maxLength": 1}},
        ({"ab": 1},),
        (1,),
    ),
    ("a draft nobody knows", {"$schema": "urn:x", "type": "integer"}, (1,), ("a",)),
    ("an identity", {"$id": "urn:x", "type": "integer"}, (1,), ("a",)),
    ("what needs another", {"dependentRequired": {"a": ["b"]}}, ({"a": 1, "b": 1},), ({"a": 1},)),
]


def accepts(parameters: Any, arguments: Any) -> bool:
    grammar = held_calls(ForcedCalls((CallForm("f(", json.dumps(parameters), ")"),))).grammar
    assert fault_of(grammar) == ""
    matcher = LLMatcher(BYTES, grammar, log_level=0)
    written = list(f"f({json.dumps(arguments)})".encode())
    return matcher.try_consume_tokens(written) == len(written) and matcher.is_accepting()


@pytest.mark.parametrize(("part", "good", "bad"), [row[1:] for row in ODD], ids=[r[0] for r in ODD])
def test_a_part_is_let_go_and_the_others_are_kept(
    part: Any, good: tuple[Any, ...], bad: tuple[Any, ...]
) -> None:
    parameters = {
        "type": "object",
        "properties": {"kind": KIND, "t": part},
        "required": ["kind", "t"],
    }
    rows = [({"kind": "ok", "t": each}, True) for each in good]
    rows += [({"kind": "ok", "t": each}, False) for each in bad]
    rows += [({"kind": "no", "t": each}, False) for each in good]
    rows += [({"t": each}, False) for each in good]
    for arguments, right in rows:
        assert accepts(parameters, arguments) is right, arguments
        fault = arguments_fault(json.dumps(arguments), json.dumps(parameters), cut=False)
        assert (fault == "") is right, (arguments, fault)


def test_a_reference_to_what_is_let_go_says_nothing() -> None:
    part = {"$ref": "#/properties/kind/not"}
    parameters = {"properties": {"kind": {**KIND, "not": {"type": "null"}}, "t": part}}
    assert json.loads(bound(json.dumps(parameters))) == {"properties": {"kind": KIND, "t": {}}}


@pytest.mark.parametrize("parameters", ["no JSON", "[]", "[" * 100_000, "{}", '{"properties": 7}'])
def test_what_is_no_schema_binds_nothing(parameters: str) -> None:
    assert arguments_fault('{"a": 1}', parameters, cut=False) == ""


def test_of_what_is_nested_beyond_all_the_outside_is_kept() -> None:
    deep: Any = WHOLE
    for _ in range(40):
        deep = {"type": "array", "items": deep}
    parameters = {"type": "object", "properties": {"kind": KIND, "t": deep}, "required": ["kind"]}
    assert accepts(parameters, {"kind": "ok", "t": []})
    assert not accepts(parameters, {"kind": "no", "t": []})


def test_a_property_that_cannot_be_kept_is_let_go() -> None:
    names = {
        "type": "object",
        "patternProperties": {"^x": {}, "^xx": {}},
        "additionalProperties": False,
    }
    parameters = {"type": "object", "properties": {"kind": KIND, "t": names}, "required": ["kind"]}
    assert accepts(parameters, {"kind": "ok", "t": {"xx": 1}})
    assert not accepts(parameters, {"kind": "no"})
