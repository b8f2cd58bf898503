"""Words that grammars do not know are said in others, and no value is judged differently."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema.validators import Draft202012Validator, validator_for

from studiolo.core.schemas.restated import restated

DRAFT_7 = {"$schema": "http://json-schema.org/draft-07/schema#"}
ONE = {"type": "object", "properties": {"k": {"const": "a"}}, "required": ["k"]}
TWO = {"type": "object", "properties": {"k": {"enum": ["b", "c"]}}, "required": ["k"]}
TAKEN = {"anyOf": [{"type": "object"}, {"type": "null"}]}

RESTATED: dict[str, dict[str, Any]] = {
    "places": DRAFT_7 | {"items": [{"type": "integer"}, {"type": "null"}]},
    "places and no more": DRAFT_7 | {"items": [{"type": "null"}], "additionalItems": False},
    "places and others": DRAFT_7 | {"items": [{}], "additionalItems": {"type": "null"}},
    "no places": DRAFT_7 | {"items": [], "additionalItems": {"type": "null"}},
    "names with a name": {"dependentRequired": {"a": ["b"], "b": []}},
    "a schema with a name": {"dependentSchemas": {"a": {"required": ["b"]}, "b": False}},
    "both, as they were": DRAFT_7 | {"dependencies": {"a": ["b"], "b": {"maxProperties": 2}}},
    "dependencies beside a choice": TAKEN | {"dependentRequired": {"a": ["b"]}},
    "dependencies beside all": {"allOf": [TAKEN], "dependentRequired": {"a": ["b"], "b": ["k"]}},
    "one of, by a constant": {"oneOf": [ONE, TWO]},
    "one of, by a reference": {"$defs": {"1": ONE, "2": TWO}}
    | {"oneOf": [{"$ref": "#/$defs/1"}, {"$ref": "#/$defs/2"}]},
    "one of, by type": {"oneOf": [{"type": "object"}, {"type": ["null", "integer"]}]},
    "one of beside a choice": TAKEN | {"oneOf": [ONE, TWO, {"type": "null"}]},
    "a count with a point": {"minProperties": 1.0, "maxItems": 2.0},
    "names of a list": {"propertyNames": {"enum": ["a", "b"]}},
    "names of a list, with values": {"propertyNames": {"enum": ["a"]}, "additionalProperties": ONE},
    "names of nothing": {"propertyNames": {"enum": []}},
    "names of a pattern": {"propertyNames": {"pattern": "a|b"}, "additionalProperties": TAKEN},
    "names by a reference": {"$defs": {"n": {"type": "string", "enum": ["a"]}}}
    | {"propertyNames": {"$ref": "#/$defs/n"}},
    "any names": {"propertyNames": {"type": "string", "title": "Name"}},
    "names that may be anything": {"propertyNames": True},
    "deep inside": {"properties": {"a": {"items": {"dependentRequired": {"a": ["b"]}}}}},
}
LEFT: dict[str, dict[str, Any]] = {
    "nothing to say anew": {"type": "object", "properties": {"oneOf": {"type": "null"}}},
    "both kinds of places": {"items": [{}], "prefixItems": [{}]},
    "choices that overlap": {"oneOf": [{"type": "number"}, {"type": "integer"}]},
    "choices of the same constant": {"oneOf": [ONE, ONE]},
    "choices of constants that may be left out": {
        "oneOf": [{"type": "object", "properties": {"k": {"const": k}}} for k in "ab"]
    },
    "choices of what need be no object": {
        "oneOf": [{"properties": {"k": {"const": k}}, "required": ["k"]} for k in "ab"]
    },
    "choices of numbers, which may be equal": {
        "oneOf": [
            {"type": "object", "properties": {"k": {"const": k}}, "required": ["k"]}
            for k in (1, 1.0)
        ]
    },
    "choices of nowhere": {"oneOf": [{"$ref": "#/$defs/x"}, {"type": "null"}]},
    "choices without end": {
        "$defs": {"x": {"$ref": "#/$defs/x"}},
        "oneOf": [{"$ref": "#/$defs/x"}, {"type": "null"}],
    },
    "one choice": {"oneOf": [ONE]},
    "names beside properties": {"properties": {"a": {}}, "propertyNames": {"enum": ["a"]}},
    "names by their length": {"propertyNames": {"maxLength": 2}},
    "names that are none": {"propertyNames": {"type": "integer"}},
    "no names": {"propertyNames": False},
    "names by nowhere": {"propertyNames": {"$ref": "#/$defs/x"}},
    "names by a reference and more": {
        "$defs": {"n": {"type": "string"}},
        "propertyNames": {"$ref": "#/$defs/n", "maxLength": 2},
    },
    "a part that is referred to where it stands": {
        "properties": {"a": {"items": [{"type": "null"}]}, "b": {"$ref": "#/properties/a/items/0"}}
    },
    "dependencies that are none": {"dependentRequired": ["a"], "dependencies": 7},
    "a draft nobody knows": {"$schema": "http://json-schema.org/draft-04/schema#"},
}
VALUES = st.recursive(
    st.sampled_from([None, 1, "a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "k", "ab"]), inner | st.sampled_from("abc"))
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("title", RESTATED)
def test_it_is_said_anew(title: str) -> None:
    text = json.dumps(restated(RESTATED[title]))
    old = ("dependen", "oneOf", "propertyNames", "additionalItems", "$schema", '"items": [')
    assert [word for word in old if word in text] == []


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*RESTATED]), VALUES)
def test_every_value_is_judged_as_before(title: str, value: Any) -> None:
    schema = RESTATED[title]
    before = validator_for(schema, default=Draft202012Validator)(schema)
    assert Draft202012Validator(restated(schema)).is_valid(value) == before.is_valid(value)


@pytest.mark.parametrize("title", LEFT)
def test_it_is_left_as_it_is(title: str) -> None:
    assert restated(LEFT[title]) == LEFT[title]


def test_what_is_deeper_than_anybody_looks_is_left() -> None:
    schema: dict[str, Any] = {"items": [{}]}
    for _ in range(300):
        schema = {"items": schema}
    assert '"items": [{}]' in json.dumps(restated(schema))
