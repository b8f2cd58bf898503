"""Texts that satisfy a schema, and texts that do not."""

import json
from typing import Any

import pytest

from studiolo.core.schemas.results import fault_in, fault_in_cut

NO_JSON = "it is no JSON"
GIVEN_UP = "it cannot be checked"
TREE = {"items": {"$ref": "#"}}
# Tried at every level, twice, and never right the first time.
BUSHY = {
    "items": {"anyOf": [{"allOf": [{"$ref": "#"}], "const": 5}, {"$ref": "#"}]},
    "type": "array",
}
# Each refers twice to the next.
CHAIN = {
    "$defs": {
        f"d{place}": {"allOf": [{"$ref": f"#/$defs/d{place + 1}"}] * 2} for place in range(30)
    }
    | {"d30": {"type": "string"}},
    "$ref": "#/$defs/d0",
}
LISTED = {"$defs": {"a": {}}, "items": {"$ref": "#/$defs/a"}}
OF_NAMES = {
    "properties": {"p": {}},
    "patternProperties": {"^x": {"type": "integer"}},
    "additionalProperties": False,
}
NODE = {
    "$defs": {"n": {"properties": {"v": {"type": "integer"}, "n": {"$ref": "#/$defs/n"}}}},
    "$ref": "#/$defs/n",
}

CASES: list[tuple[str, str, Any, str]] = [
    ("an object", '{"a": 1}', {"type": "object"}, ""),
    ("a list for an object", "[1]", {"type": "object"}, "it breaks type"),
    ("half an object", '{"a":', {}, NO_JSON),
    ("two objects", "{} {}", {}, NO_JSON),
    ("words", "Here it is: {}", {}, NO_JSON),
    ("fences", "```json\n{}\n```", {}, NO_JSON),
    ("nothing", "", {}, NO_JSON),
    ("white space around", " {}\n", {}, ""),
    ("no number", "NaN", {}, NO_JSON),
    ("no end", "-Infinity", {}, NO_JSON),
    ("an abyss", "[" * 100_000, {}, NO_JSON),
    ("a number of many digits", "1" * 5000, {"type": "integer", "minimum": 1}, ""),
    ("a number of too many digits", "1" * 5000, {"maximum": 1}, "it cannot be checked"),
    ("a number beyond all reckoning", "1e99999999999999999999", {"type": "number"}, ""),
    ("a number as small", "[-1.5E-99999999999999999999]", {"items": {"exclusiveMaximum": 0}}, ""),
    ("a number larger than any", "1e99999999999999999999", {"maximum": 1}, "it breaks maximum"),
    ("an exponent of many figures", "1.5e+000000000000000001", {"const": 15}, ""),
    ("a sum that floats get wrong", "0.3", {"multipleOf": 0.1}, ""),
    ("no multiple", "0.35", {"multipleOf": 0.1}, "it breaks multipleOf"),
    ("a whole number with a point", "1.0", {"type": "integer"}, ""),
    ("a bound met", "1.5", {"maximum": 1.5}, ""),
    ("a bound broken", "1.6", {"maximum": 1.5}, "it breaks maximum"),
    ("a constant", "1.50", {"const": 1.5}, ""),
    ("truth is no number", "true", {"enum": [1]}, "it breaks enum"),
    ("a number beyond all", "1e999999999", {"type": "number"}, ""),
    ("a number beyond reckoning", "1e400", {"multipleOf": 3}, "it breaks multipleOf"),
    ("a multiple beyond reckoning", "3e400", {"multipleOf": 3}, ""),
    ("an exponent beyond all", "1e99999999999999999999", {"type": "number", "minimum": 1}, ""),
    ("an exponent that leaves nothing", "1e-99999999999999999999", {"multipleOf": 1}, "it breaks"),
    ("zero with an exponent", "0e-99999999999999999999", {"multipleOf": 1}, ""),
    ("a long multiple", "3" * 40 + ".33", {"multipleOf": 0.01}, ""),
    ("a long number that is none", "3" * 40 + ".333", {"multipleOf": 0.01}, "it breaks multipleOf"),
    ("what is no number has no multiples", "true", {"multipleOf": 2}, ""),
    ("a pattern", '"abc"', {"pattern": "b"}, ""),
    ("a pattern not met", '"abc"', {"pattern": "^b"}, "it breaks pattern"),
    ("a pattern of control characters", '"a\\u0001\x7fb"', {"pattern": "^a..b$"}, ""),
    ("a pattern of no text", "7", {"pattern": "a"}, ""),
    ("a format that is none", '"x"', {"format": "uuid"}, ""),
    ("a day", '"2024-02-29"', {"format": "date"}, ""),
    ("a day of a leap century", '"2000-02-29"', {"format": "date"}, ""),
    ("no day of this year", '"2023-02-29"', {"format": "date"}, "it breaks format"),
    ("no day of this century", '"1900-02-29"', {"format": "date"}, "it breaks format"),
    ("no day of this month", '"2024-04-31"', {"format": "date"}, "it breaks format"),
    ("a moment", '"2024-12-31T23:59:59.25+01:00"', {"format": "date-time"}, ""),
    ("a leap second", '"2016-12-31T23:59:60Z"', {"format": "date-time"}, "it breaks format"),
    ("a time", '"23:59:59Z"', {"format": "time"}, ""),
    ("a leap second of a time", '"23:59:60Z"', {"format": "time"}, "it breaks format"),
    ("a time of no place", '"23:59:59"', {"format": "time"}, "it breaks format"),
    ("an address", '"https://a.example/b?c#d"', {"format": "uri"}, ""),
    ("an address without a scheme", '"a.example/b"', {"format": "uri"}, "it breaks format"),
    ("an address with a space", '"https://a b"', {"format": "uri"}, "it breaks format"),
    ("an address that is a number", "7", {"format": "uri"}, ""),
    ("names by a pattern", '{"p": 1, "x1": 2}', OF_NAMES, ""),
    ("a wrong value by a pattern", '{"x1": "2"}', OF_NAMES, "it breaks type"),
    ("a name of no pattern", '{"y": 2}', OF_NAMES, "it breaks false"),
    ("patterns of no object", "[]", OF_NAMES, ""),
    ("a value that may not be", '{"a": 1}', {"properties": {"a": False}}, "it breaks false"),
    ("a pattern that cannot be read", '"a"', {"pattern": "(?=b)a"}, ""),
    ("a name by one that cannot be read", '{"a": 1}', {"patternProperties": {"(?=b)": {}}}, ""),
    ("half a character", '"\\ud800a"', {"pattern": "a"}, ""),
    ("a schema for all others", '{"a": "1"}', {"additionalProperties": {"type": "null"}}, "it "),
    ("what is referred to", '{"v": 1, "n": {"v": 2}}', NODE, ""),
    (
        "what is referred to, broken",
        '{"n": {"v": "2"}}',
        NODE,
        "it breaks type",
    ),
    ("an older draft", "1", {"$schema": "http://json-schema.org/draft-07/schema#"}, ""),
    ("deeper than can be followed", "[" * 900 + "]" * 900, TREE, GIVEN_UP),
    ("ways that lead to the same", "[" * 25 + "]" * 25, BUSHY, ""),
    ("a chain that doubles", '"a"', CHAIN, ""),
    ("a chain that doubles, broken", "1", CHAIN, "it breaks type"),
    ("more values than can be followed", json.dumps(list(range(1000, 101_001))), LISTED, GIVEN_UP),
    ("a reference that is never fetched", "1", {"$ref": "http://127.0.0.1:9/a"}, "it cannot be"),
]


@pytest.mark.parametrize(
    ("text", "schema", "fault"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_a_text(text: str, schema: Any, fault: str) -> None:
    found = fault_in(text, json.dumps(schema))
    assert found.startswith(fault)
    assert bool(found) == bool(fault)


CUT: list[tuple[str, str, Any, str]] = [
    ("the beginning of an object", '{"a": 1, "b', {"type": "object"}, ""),
    ("the beginning of another thing", "[1", {"type": "object"}, ""),
    ("nothing", "", {"type": "object"}, ""),
    ("no beginning", "Here it is: {", {"type": "object"}, NO_JSON),
    ("a whole object", '{"a": 1}', {"type": "object"}, ""),
    ("a whole object that breaks it", '{"a": 1}', {"maxProperties": 0}, "it breaks maxProperties"),
    ("a whole object and more", "{} {", {"type": "object"}, NO_JSON),
    ("a number that may go on", "1", {"minimum": 10}, ""),
    ("a word that may go on", "nul", {"type": "object"}, ""),
]


@pytest.mark.parametrize(
    ("text", "schema", "fault"), [row[1:] for row in CUT], ids=[row[0] for row in CUT]
)
def test_a_text_that_may_have_been_cut(text: str, schema: Any, fault: str) -> None:
    assert fault_in_cut(text, json.dumps(schema)) == fault


@pytest.mark.parametrize("tail", ["", "c"])
def test_a_pattern_takes_no_longer_for_being_hard(tail: str) -> None:
    """Matching this by backtracking would outlive the test."""
    text = json.dumps("a" * 5000 + tail)
    assert bool(fault_in(text, json.dumps({"pattern": "^(a+)+b?$"}))) == bool(tail)
    names = {"patternProperties": {"^(a+)+b?$": {}}}
    for word in ("additionalProperties", "unevaluatedProperties"):
        fault = fault_in(f"{{{text}: 1}}", json.dumps({**names, word: False}))
        assert fault or (word, tail) == ("additionalProperties", "")


def test_a_schema_means_the_doubles_that_engines_are_told() -> None:
    assert fault_in("0.12345678901234568", '{"minimum": 0.1234567890123456789123}') == ""
    assert fault_in("1", '{"default": 1e400}') == ""
