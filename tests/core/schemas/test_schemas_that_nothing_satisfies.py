"""Whether a schema leaves any value is seen without making one, and never denied wrongly."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from studiolo.core.mode_errors import SchemaInvalid, ToolParametersInvalid
from studiolo.core.schemas.checks import check_schema
from studiolo.core.schemas.parameters import check_parameters
from studiolo.core.schemas.pointers import part_of
from studiolo.core.schemas.satisfying import Satisfying


def possible(schema: Any) -> bool:
    return Satisfying(lambda node: part_of(schema, node["$ref"])).possible(schema)


def needs(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": schema}, "required": ["a"], **more}


A_LIST = {"type": "array", "items": {"$ref": "#"}}
ENDLESS = needs({"$ref": "#"})
IMPOSSIBLE: dict[str, Any] = {
    "nothing": False,
    "no type": {"type": []},
    "no choice": {"enum": []},
    "a choice of another type": {"type": "string", "enum": [1, None, True, [], {}]},
    "a constant that is no choice": {"const": 1, "enum": [2, "1", True]},
    "truth for a number": {"const": True, "enum": [1, 1.0]},
    "a choice that is too short": {"enum": ["a", "b"], "minLength": 2},
    "a choice that is too large": {"enum": [7, 8.5], "maximum": 6},
    "a fraction for a whole number": {"type": "integer", "const": 1.5},
    "no number between": {"type": "number", "minimum": 5, "maximum": 3},
    "no number within": {"type": "number", "exclusiveMinimum": 3, "maximum": 3},
    "no whole number between": {"type": "integer", "minimum": 1.2, "maximum": 1.8},
    "no whole number within": {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2},
    "no number that large": {"type": "integer", "minimum": 10**400, "maximum": 10**399},
    "a short long text": {"type": "string", "minLength": 5, "maxLength": 3},
    "a short long list": {"type": "array", "minItems": 5, "maxItems": 3},
    "an empty object with properties": {"type": "object", "minProperties": 2, "maxProperties": 1},
    "more required than may be": needs({}, maxProperties=0),
    "what must be and may not": needs(False),
    "what must be and is not declared": {
        "type": "object",
        "required": ["b"],
        "additionalProperties": False,
    },
    "what must be and is impossible": needs({"enum": []}),
    "items that cannot be": {"type": "array", "items": False, "minItems": 1},
    "a first item that cannot be": {"type": "array", "prefixItems": [False], "minItems": 1},
    "a first item of an older draft": {"type": "array", "items": [False], "minItems": 1},
    "two types at once": {"allOf": [{"type": "string"}, {"type": "integer"}]},
    "bounds that meet": {"type": "integer", "allOf": [{"minimum": 5}, {"maximum": 3}]},
    "properties that meet": {"allOf": [needs({"type": "string"}), needs({"type": "null"})]},
    "no branch": {"anyOf": [False, {"enum": []}]},
    "no branch for this type": {"type": "null", "oneOf": [{"type": "string"}, {"const": 1}]},
    "no branch of a branch": {"type": "null", "anyOf": [{"anyOf": [{"type": "string"}]}]},
    "not anything": {"not": {}},
    "a reference to nothing that is": {"$ref": "#/$defs/a", "$defs": {"a": False}},
    "an object in itself without end": ENDLESS,
    "two objects in each other": {
        **needs({"$ref": "#/$defs/b"}),
        "$defs": {"b": needs(needs({"$ref": "#"}))},
    },
    "lists in lists without end": {**A_LIST, "minItems": 1},
}
POSSIBLE: dict[str, Any] = {
    "anything": {},
    "anything at all": True,
    "a made-up type": {"type": "dict"},
    "a made-up type among others": {"type": ["any", "string"]},
    "what may not be, but need not": {"type": "object", "properties": {"a": False}},
    "an impossible part that may be left out": {
        "type": "object",
        "properties": {"a": {"enum": []}},
    },
    "impossible items of a list that may be empty": {"type": "array", "items": False},
    "bounds of another type": {"type": ["string", "null"], "minLength": 5, "maxLength": 3},
    "bounds that nobody asked for": {"minimum": 5, "maximum": 3},
    "required of no object": {"required": ["a"], "properties": {"a": False}},
    "one number": {"type": "integer", "minimum": 3, "maximum": 3},
    "a whole number as a fraction": {"type": "integer", "const": 1.0},
    "numbers and whole ones": {"allOf": [{"type": "number"}, {"type": "integer"}]},
    "a branch": {"type": "null", "anyOf": [{"type": "string"}, {}]},
    "a tree that may end": {"type": "object", "properties": {"a": {"$ref": "#"}}},
    "a tree that ends in a list": needs(A_LIST),
    "a tree that ends in a branch": needs({"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
    "a name by a pattern": {
        "type": "object",
        "required": ["b"],
        "additionalProperties": False,
        "patternProperties": {"^b$": {}},
    },
    "bounds as in draft 4": {"type": "number", "maximum": 3, "exclusiveMaximum": True},
    "odd bounds": {"type": "string", "minLength": "5", "maxLength": None},
    "required as in draft 3": {"properties": {"a": {"type": "string", "required": True}}},
    "a first item of an older draft": {"type": "array", "items": [{}], "minItems": 2},
    "something but texts": {"not": {"type": "string"}},
}


@pytest.mark.parametrize("schema", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_nothing_satisfies_is_seen(schema: Any) -> None:
    assert not possible(schema)


@pytest.mark.parametrize("schema", POSSIBLE.values(), ids=POSSIBLE)
def test_what_something_may_satisfy_is_left_alone(schema: Any) -> None:
    assert possible(schema)


def test_a_maze_of_choices_is_given_up() -> None:
    maze: Any = {"type": "null"}
    for place in range(30):
        maze = {"anyOf": [{"minLength": place}, maze], "allOf": [{"anyOf": [maze, maze]}]}
    assert possible(needs(maze))


def test_a_chain_of_objects_is_followed_so_far() -> None:
    chain: Any = {
        "$defs": {str(place): needs({"$ref": f"#/$defs/{place + 1}"}) for place in range(500)}
    }
    chain["$defs"]["500"] = False
    assert possible({**chain, "$ref": "#/$defs/0"})


def refers(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


# What is asked for, and the part that is at fault.
RECURSIVE: dict[str, tuple[dict[str, Any], str]] = {
    "itself": ({"$defs": {"n": needs(refers("n"))}, **refers("n")}, "$defs.n"),
    "the whole": (ENDLESS, ""),
    "a part": ({"$defs": {"n": needs(refers("n"))}, **needs(refers("n"))}, "$defs.n"),
    "a list": (
        {"$defs": {"a": needs(refers("b")), "b": {**A_LIST, "items": refers("a"), "minItems": 1}},
         **refers("a")},
        "$defs.a",
    ),
    "all branches": (
        {"$defs": {"a": {"anyOf": [needs(refers("a")), needs(refers("a"))]}}, **needs(refers("a"))},
        "$defs.a.anyOf",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "place"), RECURSIVE.values(), ids=RECURSIVE)
def test_the_part_without_end_is_named(schema: Any, place: str) -> None:
    text = json.dumps(schema)
    with pytest.raises(SchemaInvalid) as answer:
        check_schema(text, field="f")
    with pytest.raises(ToolParametersInvalid) as call:
        check_parameters(text, function="g")
    assert answer.value.field == ".".join(filter(None, ("f", place)))
    assert call.value.field == ".".join(filter(None, ("parameters", place)))
    assert call.value.reason == answer.value.reason
    assert answer.value.reason.startswith("nothing satisfies it")


WORDS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", "array", "object", "null"]),
        "enum": st.lists(st.sampled_from([1, 1.5, "a", "abc", None, True, [], {}]), max_size=2),
        "minimum": st.integers(-1, 3),
        "maximum": st.integers(-1, 3),
        "exclusiveMaximum": st.integers(0, 2),
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
        "minItems": st.integers(0, 2),
        "maxItems": st.integers(0, 2),
    },
)
SCHEMAS = st.recursive(
    WORDS | st.booleans(),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["array", "object"]),
            "items": inner,
            "properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
            "required": st.just(["a"]),
            "additionalProperties": st.booleans(),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
        },
    ),
    max_leaves=5,
)
VALUES = st.recursive(
    st.sampled_from([None, True, 0, 1, 1.5, 2, "", "a", "abc"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(schema=SCHEMAS, value=VALUES)
@settings(max_examples=300, deadline=None)
def test_what_has_a_value_is_never_denied(schema: Any, value: Any) -> None:
    if Draft202012Validator(schema).is_valid(value):
        assert possible(json.loads(json.dumps(schema)))
