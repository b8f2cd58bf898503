"""The keywords that the page about the double names: calls keep them, answers have not all."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.doubles import double

PAGE = (Path(__file__).parents[2] / "docs" / "double.md").read_text("utf-8")
LINE = next(line for line in PAGE.splitlines() if line.startswith("In the parameters of tools"))
INTEGER = {"type": "integer"}
TEXT = {"type": "string"}


def _object(**more: Any) -> dict[str, Any]:
    properties = {"x": INTEGER, "y": TEXT}
    return {"type": "object", "properties": properties, "required": ["x"], **more}


def _list(**more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"l": {"type": "array", **more}}, "required": ["l"]}


def _x(**more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"x": more}, "required": ["x"]}


SCHEMAS: dict[str, dict[str, Any]] = {
    "$ref": {**_x(**{"$ref": "#/$defs/n"}), "$defs": {"n": INTEGER}},
    "anyOf": _x(anyOf=[INTEGER, TEXT]),
    "oneOf": _x(oneOf=[{"const": 1}, {"const": "one"}]),
    "allOf": _x(allOf=[INTEGER, {"minimum": 3}]),
    "not": _x(**INTEGER, **{"not": {"const": 1}}),
    "if": _object(**{"if": {"required": ["x"]}, "then": {"required": ["y"]}}),
    "then": _object(**{"if": True, "then": {"required": ["y"]}}),
    "else": _object(**{"if": False, "else": {"required": ["y"]}}),
    "enum": _x(enum=["a", "b"]),
    "const": _x(const="a"),
    "multipleOf": _x(**INTEGER, multipleOf=7, minimum=1),
    "pattern": _x(**TEXT, pattern="^[a-c]{3}$"),
    "format": _x(**TEXT, format="date"),
    "prefixItems": _list(prefixItems=[INTEGER, TEXT], minItems=2),
    "contains": _list(contains={"const": 7}),
    "uniqueItems": _list(items={"enum": ["a", "b", "c"]}, minItems=3, uniqueItems=True),
    "required": _object(required=["y"]),
    "dependentRequired": _object(dependentRequired={"x": ["y"]}),
    "dependentSchemas": _object(dependentSchemas={"x": {"required": ["y"]}}),
    "patternProperties": _object(patternProperties={"^z": INTEGER}),
    "propertyNames": _object(propertyNames={"maxLength": 1}),
    "minProperties": _object(minProperties=2),
    "unevaluatedItems": _list(prefixItems=[INTEGER], unevaluatedItems=False),
    "unevaluatedProperties": _object(unevaluatedProperties=False),
}


def test_the_page_names_them_all() -> None:
    assert set(re.findall(r"`([^`]+)`", LINE)) == set(SCHEMAS)


async def test_calls_keep_them_all(tmp_path):
    async with double(tmp_path) as server:
        for keyword, schema in SCHEMAS.items():
            tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
            forced = {"type": "function", "function": {"name": "f"}}
            body = await server.chat("Make something", tools=[tool], tool_choice=forced)
            assert "choices" in body, (keyword, body)
            (call,) = body["choices"][0]["message"]["tool_calls"]
            Draft202012Validator(schema).validate(json.loads(call["function"]["arguments"]))


@pytest.mark.parametrize("keyword", ["if", "uniqueItems"])
async def test_what_never_comes_so_far_is_refused_for_answers(tmp_path, keyword):
    assert re.search(rf"there .*`{keyword}`.* never come so far", PAGE)
    wanted = {"name": "f", "schema": SCHEMAS[keyword]}
    async with double(tmp_path) as server:
        body = await server.chat(
            "JSON", response_format={"type": "json_schema", "json_schema": wanted}
        )
    assert f'"{keyword}"' in body["error"]["message"]
