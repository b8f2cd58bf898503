"""Schemas that every engine keeps, each with what must then hold of any answer."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

ANY_OBJECT: dict[str, Any] = {"type": "object"}


class Kept(msgspec.Struct, frozen=True):
    """A schema whose shortest answers are short, and a claim about the value, in Python."""

    title: str
    schema: dict[str, Any]
    holds: Callable[[Any], bool]


def closed(**properties: Any) -> dict[str, Any]:
    """An object of just these properties, all of them required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _depth(value: Any) -> int:
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


CITY = closed(city={"enum": ["Paris", "Rome"]}, warm={"type": "boolean"})
TREE = closed(leaf={"type": "boolean"}, trees={"type": "array", "items": {"$ref": "#/$defs/tree"}})
SHAPES = [closed(kind={"const": "dot"}), closed(kind={"const": "disc"}, r={"enum": [1, 2]})]
DEEP: dict[str, Any] = {"enum": [[]]}
for _ in range(12):
    DEEP = {"type": "array", "items": DEEP, "minItems": 1, "maxItems": 1}

KEPT = [
    Kept("an object", CITY, lambda v: [*v] == ["city", "warm"]),
    Kept("an empty object", closed(), lambda v: v == {}),
    Kept(
        "objects in objects",
        closed(a=closed(b=closed(c={"type": "null"}))),
        lambda v: v == {"a": {"b": {"c": None}}},
    ),
    Kept(
        "values of all kinds",
        {"enum": ["a", 7, 1.5, None, True, [1, "b"], {"c": {}}]},
        lambda v: v in ("a", 7, 1.5, None, True, [1, "b"], {"c": {}}),
    ),
    Kept("a constant", {"const": {"é": [1, 'a"b\\c']}}, lambda v: v == {"é": [1, 'a"b\\c']}),
    Kept(
        "a list",
        {"type": "array", "items": {"enum": ["x", "y"]}, "minItems": 2, "maxItems": 4},
        lambda v: 2 <= len(v) <= 4 and {*v} <= {"x", "y"},
    ),
    Kept(
        "a list with places",
        {
            "type": "array",
            "prefixItems": [{"const": "a"}, {"type": "boolean"}],
            "items": False,
            "minItems": 2,
        },
        lambda v: v in (["a", True], ["a", False]),
    ),
    Kept(
        "what is referred to",
        {"$defs": {"city": CITY}, **closed(to={"$ref": "#/$defs/city"})},
        lambda v: v["to"]["city"] in ("Paris", "Rome"),
    ),
    Kept(
        "a tree of trees",
        {"$defs": {"tree": TREE}, "$ref": "#/$defs/tree"},
        lambda v: isinstance(v["leaf"], bool) and isinstance(v["trees"], list),
    ),
    Kept(
        "one thing or another",
        {"anyOf": [{"type": "boolean"}, closed(n={"type": "null"})]},
        lambda v: v in (True, False, {"n": None}),
    ),
    Kept("one shape of two", {"oneOf": SHAPES}, lambda v: v["kind"] in ("dot", "disc")),
    Kept(
        "all of two",
        {
            "allOf": [
                {"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a"]},
                {"type": "object", "properties": {"b": {"type": "null"}}, "required": ["b"]},
            ],
            "maxProperties": 2,
        },
        lambda v: v == {"a": None, "b": None},
    ),
    Kept(
        "a pattern",
        {"type": "string", "pattern": "^[A-C]{2}-[0-9]{3}$"},
        lambda v: re.fullmatch("[A-C]{2}-[0-9]{3}", v) is not None,
    ),
    Kept(
        "a length", {"type": "string", "minLength": 2, "maxLength": 6}, lambda v: 2 <= len(v) <= 6
    ),
    Kept(
        "a date",
        {"type": "string", "format": "date"},
        lambda v: re.fullmatch(r"\d{4}-\d\d-\d\d", v) is not None,
    ),
    Kept("a format nobody knows", {"enum": ["x"], "format": "zodiac"}, lambda v: v == "x"),
    Kept(
        "a whole number between bounds",
        {"type": "integer", "minimum": 17, "maximum": 23},
        lambda v: isinstance(v, int) and 17 <= v <= 23,
    ),
    Kept(
        "a number beyond a bound",
        {"type": "integer", "exclusiveMinimum": -3, "exclusiveMaximum": 2},
        lambda v: -3 < v < 2,
    ),
    Kept(
        "a multiple",
        {"type": "integer", "multipleOf": 25, "minimum": 0, "maximum": 100},
        lambda v: v % 25 == 0,
    ),
    Kept("several types", {"type": ["boolean", "null"]}, lambda v: v in (True, False, None)),
    Kept(
        "names of the world",
        closed(**{"名前": {"const": "雪"}, 'a"b': {"type": "null"}, "\n": {"type": "null"}}),
        lambda v: v == {"名前": "雪", 'a"b': None, "\n": None},
    ),
    Kept(
        "what may be left out",
        {
            "type": "object",
            "properties": {"a": {"type": "null"}, "b": {"type": "null"}},
            "required": ["b"],
            "additionalProperties": False,
        },
        lambda v: v in ({"b": None}, {"a": None, "b": None}),
    ),
    Kept(
        "names by a pattern",
        {
            "type": "object",
            "patternProperties": {"^x[0-9]$": {"type": "null"}},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 2,
        },
        lambda v: all(re.fullmatch("x[0-9]", name) for name in v),
    ),
    Kept("deep", DEEP, lambda v: _depth(v) == 13),
    Kept(
        "options that are not the caller's to set",
        {"x-guidance": {"lenient": True, "whitespace_pattern": "[ ]{9}"}, **CITY},
        lambda v: [*v] == ["city", "warm"],
    ),
]
