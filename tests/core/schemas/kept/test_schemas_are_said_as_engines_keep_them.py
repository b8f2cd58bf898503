"""Bounds, multiples, values and names in the words that reach an engine, and those refused."""

import json
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from studiolo.core.mode_errors import SchemaInvalid
from studiolo.core.schemas.checks import check_schema
from studiolo.core.schemas.grammar import as_rule
from studiolo.core.schemas.results import fault_in

NAMELESS = "multiples below zero are kept only where they are few, and their bounds beside"
DIGITS = "it has more digits than can be written for certain"
OTHERS = ["null", "boolean", "object", "array", "string"]

SAID: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("an open bound", {"exclusiveMinimum": 0}, {"exclusiveMinimum": 0}),
    (
        "an open bound with the next whole number",
        {"exclusiveMinimum": 0, "maximum": 1},
        {"exclusiveMinimum": 0, "maximum": 1},
    ),
    (
        "an open bound with less than that",
        {"exclusiveMinimum": 0, "maximum": 0.1},
        {"minimum": 1e-07, "maximum": 0.1},
    ),
    (
        "an open bound below zero",
        {"minimum": -0.5, "exclusiveMaximum": 0},
        {"minimum": -0.5, "maximum": -1e-07},
    ),
    (
        "two open bounds",
        {"exclusiveMinimum": 1, "exclusiveMaximum": 1.5},
        {"minimum": 1.0000001, "exclusiveMaximum": 1.5},
    ),
    (
        "an open bound whose other stands elsewhere",
        {"exclusiveMinimum": 3, "allOf": [{"maximum": 3.25}]},
        {"minimum": 3.0000001, "allOf": [{"maximum": 3.25}]},
    ),
    (
        "an open bound within a closed one",
        {"minimum": 0.05, "exclusiveMinimum": 0, "maximum": 0.1},
        {"minimum": 0.05, "maximum": 0.1},
    ),
    ("a bound between doubles", {"minimum": 2**53 + 1}, {"minimum": 2**53 + 2}),
    ("an open one", {"exclusiveMaximum": 2**53 + 2}, {"maximum": 2**53}),
    ("the largest double", {"maximum": 1e300}, {"maximum": 2**63 - 1024}),
    ("the largest below zero", {"minimum": -1e300}, {"minimum": 2048 - 2**63}),
    (
        "the ends of 64 bits",
        {"minimum": -(2**63), "maximum": 2**64 - 1},
        {"minimum": 2048 - 2**63, "maximum": 2**63 - 1024},
    ),
    (
        "the same between open bounds",
        {"exclusiveMinimum": -(2**63) - 1, "exclusiveMaximum": 2**64},
        {"minimum": 2048 - 2**63, "maximum": 2**63 - 1024},
    ),
    ("a bound of many digits", {"maximum": 0.30000000000000004}, {"maximum": 0.29999999999999}),
    ("multiples above zero", {"multipleOf": 5, "minimum": 0}, {"multipleOf": 5, "minimum": 0}),
    ("multiples without end", {"multipleOf": 5}, {"multipleOf": 5}),
    (
        "few multiples, some below zero",
        {"type": "integer", "multipleOf": 5, "minimum": -11, "maximum": 5},
        {"type": "integer", "enum": [-10, -5, 0, 5]},
    ),
    (
        "few multiples of a fraction",
        {"type": ["number"], "multipleOf": 0.5, "exclusiveMinimum": -1, "maximum": 0.1},
        {"type": ["number"], "enum": [-0.5, 0]},
    ),
    (
        "few multiples, or another type",
        {"multipleOf": 2, "minimum": -2, "maximum": 0},
        {"allOf": [{"anyOf": [{"type": OTHERS}, {"enum": [-2, 0]}]}]},
    ),
    (
        "few multiples of much",
        {"type": "integer", "multipleOf": 100_000, "minimum": 0, "maximum": 200_000},
        {"type": "integer", "enum": [0, 100_000, 200_000]},
    ),
    (
        "values of which some are multiples",
        {"enum": [-15, 7, "a"], "multipleOf": 5},
        {"enum": [-15, "a"]},
    ),
    (
        "values of which some are whole",
        {"enum": [1, 1.5], "type": "integer"},
        {"type": "integer", "enum": [1]},
    ),
]


@pytest.mark.parametrize(
    ("schema", "said"), [row[1:] for row in SAID], ids=[row[0] for row in SAID]
)
def test_an_engine_is_told(schema: dict[str, Any], said: dict[str, Any]) -> None:
    check_schema(json.dumps(schema), field="f")
    told = json.loads(as_rule(json.dumps(schema)))
    del told["x-guidance"]
    assert told == said


CLOSED: dict[str, Any] = {"patternProperties": {"^a": {}}, "additionalProperties": False}


@pytest.mark.parametrize(
    "schema",
    [
        {"minProperties": 1},
        {"required": ["a", "b"], "minProperties": 2},
        {**CLOSED, "required": ["ab"], "minProperties": 2},
    ],
)
def test_so_many_properties_can_be_promised(schema: dict[str, Any]) -> None:
    check_schema(json.dumps(schema), field="f")


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "multiples below zero without end",
        {"type": "integer", "multipleOf": 5, "maximum": -5},
        f"f.multipleOf: {NAMELESS}",
    ),
    (
        "many multiples below zero",
        {"multipleOf": 0.01, "minimum": -9, "exclusiveMaximum": 0},
        f"f.multipleOf: {NAMELESS}",
    ),
    (
        "multiples below zero in two parts",
        {"allOf": [{"multipleOf": 5}, {"minimum": -20, "maximum": -5}]},
        f"f.allOf.[1].maximum: {NAMELESS}",
    ),
    (
        "multiples below zero by a reference",
        {
            "$defs": {"a": {"maximum": -5}},
            "properties": {"p": {"$ref": "#/$defs/a", "multipleOf": 5}},
        },
        f"f.properties.p.multipleOf: {NAMELESS}",
    ),
    (
        "values below zero, and multiples elsewhere",
        {"allOf": [{"multipleOf": 5}, {"const": -5}]},
        f"f.allOf.[0].multipleOf: {NAMELESS}",
    ),
    (
        "no multiple between the bounds",
        {"multipleOf": 0.3, "minimum": 0.1, "maximum": 0.2},
        "f.multipleOf: nothing satisfies it",
    ),
    (
        "no whole number between the bounds",
        {"type": ["integer", "null"], "exclusiveMinimum": 0.2, "exclusiveMaximum": 1},
        "f.exclusiveMaximum: nothing satisfies it",
    ),
    (
        "a fraction that must be whole",
        {"allOf": [{"type": "integer"}, {"enum": [0.5, 1]}]},
        "f.allOf.[1]: nothing satisfies it",
    ),
    (
        "a fraction alone that must be whole",
        {"type": "integer", "const": 0.5},
        "f.enum: nothing satisfies it",
    ),
    (
        "steps that are joined beyond reckoning",
        {"allOf": [{"multipleOf": 1_000_000}, {"multipleOf": 3_000_000}]},
        "f.allOf.[1].multipleOf: together they are too large",
    ),
    (
        "steps too wide for their bounds",
        {"type": "integer", "multipleOf": 9_999, "minimum": 0, "maximum": 2**53},
        "f.multipleOf: together they are too large",
    ),
    (
        "a whole number that no double holds",
        {"minimum": 2**53 + 1, "maximum": 2**53 + 1},
        f"f.minimum: {DIGITS}",
    ),
    ("a value that no double holds", {"const": 2**53 + 1}, f"f.const: {DIGITS}"),
    ("a value of many digits", {"enum": [0.30000000000000004]}, f"f.enum: {DIGITS}"),
    ("a value of many places", {"const": 1e-30}, f"f.const: {DIGITS}"),
    (
        "names with backslashes",
        {"patternProperties": {r"^C:\\[a-z]$": {}}},
        "f.patternProperties: names with quotes",
    ),
    (
        "patterns of names beside a closed part",
        {"allOf": [{"patternProperties": {"^a": {}}}, {"additionalProperties": False}]},
        "f.allOf.[0].patternProperties: patterns of names are not supported beside",
    ),
    (
        "more names than can be told apart",
        {"required": ["a"], "minProperties": 2},
        "f.minProperties: no more properties can be asked for than are required, or one",
    ),
    (
        "more names of a pattern than can be told apart",
        {**CLOSED, "required": ["ab"], "minProperties": 3},
        "f.minProperties: no more properties can be asked for than are required, or one",
    ),
    (
        "names of a pattern beside others",
        {**CLOSED, "required": ["ab"], "minProperties": 2, "additionalProperties": {}},
        "f.minProperties: no more properties can be asked for than are required, or one",
    ),
    (
        "choices without end",
        {"allOf": [{"anyOf": [{"minimum": n}, {"maximum": n}]} for n in range(1, 30)]},
        "f: it is too complex",
    ),
]


@pytest.mark.parametrize(
    ("schema", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_it_is_refused(schema: dict[str, Any], words: str) -> None:
    with pytest.raises(SchemaInvalid) as refusal:
        check_schema(json.dumps(schema), field="f")
    assert str(refusal.value).startswith(words)


BOUNDS = (0, 1, -1, 0.5, -0.5, 9.99, 2**53 + 1, 1e300)


def test_what_engines_are_told_allows_no_more() -> None:
    """Each value is tried just at a bound, and a little beside it."""
    near = [Fraction(0), *(Fraction(sign, 10**places) for sign in (1, -1) for places in (1, 9))]
    lows, highs = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
    for low, high, least, most in product(lows, highs, BOUNDS, BOUNDS):
        if least >= most:
            continue
        schema = json.dumps({low: least, high: most})
        told = as_rule(schema)
        for bound in (least, most):
            for value in (float(Fraction(bound) + step) for step in near):
                assert fault_in(repr(value), told) or not fault_in(repr(value), schema)
