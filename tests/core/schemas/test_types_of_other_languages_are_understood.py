"""Types as Python and other languages name them bind like those of JSON schemas."""

import json
from typing import Any

import pytest

from studiolo.core.mode_errors import ToolParametersInvalid
from studiolo.core.schemas.bound import bound
from studiolo.core.schemas.kinds import said_plainly
from studiolo.core.schemas.parameters import check_parameters
from studiolo.core.schemas.results import arguments_fault

# What is said, what is meant, and whether something else is too: an example of each.
TYPES: list[tuple[Any, Any, str, str]] = [
    ("str", "string", '"a"', "1"),
    ("STRING", "string", '"a"', "1"),
    ("int", "integer", "1", "1.5"),
    ("long", "integer", "1", '"1"'),
    ("float", "number", "1.5", '"1.5"'),
    ("double", "number", "1.5", "null"),
    ("bool", "boolean", "true", "1"),
    ("None", "null", "null", "0"),
    ("dict", "object", "{}", "[]"),
    ("Dict[str, Any]", "object", "{}", '"a"'),
    ("list", "array", "[1]", "{}"),
    ("list[str]", "array", "[1]", '"a"'),
    ("tuple", "array", "[]", "1"),
    (["str", "int", "STRING"], ["string", "integer"], "1", "1.5"),
    (["str", "None"], ["string", "null"], "null", "1"),
]


def needing(node: Any) -> str:
    return json.dumps({"type": "dict", "properties": {"a": node}, "required": ["a"]})


@pytest.mark.parametrize(("said", "meant", "good", "bad"), TYPES)
def test_a_type_is_what_is_meant_by_it(said: Any, meant: Any, good: str, bad: str) -> None:
    parameters = needing({"type": said})
    assert json.loads(bound(parameters)) == {
        "type": "object",
        "properties": {"a": {"type": meant}},
        "required": ["a"],
    }
    assert arguments_fault(f'{{"a": {good}}}', parameters, cut=False) == ""
    assert arguments_fault(f'{{"a": {bad}}}', parameters, cut=False) != ""


@pytest.mark.parametrize("said", ["any", "Any", ["any", "null"], "strng", ["str", "strng"], 7])
def test_any_type_and_one_that_nobody_knows_say_nothing(said: Any) -> None:
    parameters = needing({"type": said})
    for value in ('"a"', "1", "null", "{}"):
        assert arguments_fault(f'{{"a": {value}}}', parameters, cut=False) == ""


def test_types_are_understood_wherever_they_stand() -> None:
    deep = {"anyOf": [{"items": {"type": "int"}}], "$defs": {"d": {"type": ["float"]}}}
    meant = {"anyOf": [{"items": {"type": "integer"}}], "$defs": {"d": {"type": ["number"]}}}
    assert said_plainly({**deep, "enum": [{"type": "int"}]}) == {**meant, "enum": [{"type": "int"}]}


def test_what_is_too_deep_is_left_as_it_is() -> None:
    node: dict[str, Any] = {"type": "int"}
    for _ in range(200):
        node = {"items": node}
    said = said_plainly(node)
    for _ in range(200):
        said = said["items"]
    assert said == {"type": "int"}


@pytest.mark.parametrize(
    "parameters",
    [
        {"type": "list"},
        {"type": "dict", "properties": {"a": {"type": "str", "enum": [1]}}, "required": ["a"]},
    ],
)
def test_what_no_arguments_satisfy_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ToolParametersInvalid):
        check_parameters(json.dumps(parameters), function="f")
