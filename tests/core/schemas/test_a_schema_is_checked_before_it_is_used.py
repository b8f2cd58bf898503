"""What a schema may be, and which part is named when it may not."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, SchemaError

from studiolo.core.mode_errors import SchemaInvalid
from studiolo.core.schemas.checks import (
    MOST,
    check_schema,
    is_schema,
    keeping_reason,
    tell,
)
from studiolo.engines.judge.culprits import culprit_in

LOOK = "in the pattern: look-around, including look-ahead and look-behind, is not supported"
ONE_OF = "oneOf can be kept only where one of its schemas excludes the others; use anyOf"
OVERLAPPING: dict[str, Any] = {"oneOf": [{"type": "number"}, {"type": "integer"}]}


def nested(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(levels):
        found = {"type": "array", "items": found}
    return found


def properties(count: int) -> dict[str, Any]:
    return {f"p{place}": {"type": "string"} for place in range(count)}


def listed(**more: Any) -> dict[str, Any]:
    """Three times the same long list, referred to."""
    properties = {name: {"$ref": "#/$defs/list", **more} for name in "abc"}
    return {"properties": properties, "$defs": {"list": {"type": "array", "maxItems": 10_000}}}


KEPT: dict[str, Any] = {
    "long lists": {"prefixItems": [{"maxItems": 10_000}, {"minItems": 10_000}]},
    "a long list, referred to with words that say nothing": listed(title="one", default=[]),
    "anything": {},
    "any object": {"type": "object"},
    "a type of several": {"type": ["string", "null"]},
    "a tree": {
        "$defs": {"node": {"properties": {"next": {"$ref": "#/$defs/node"}}}},
        "$ref": "#/$defs/node",
    },
    "a tree that is the whole": {"properties": {"next": {"$ref": "#"}}},
    "definitions of an older draft": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"a": {"type": "null"}},
        "items": {"$ref": "#/definitions/a"},
    },
    "a reference with escapes": {
        "$defs": {"a/b~c d": {"type": "null"}},
        "$ref": "#/$defs/a~1b~0c%20d",
    },
    "a reference with a percent sign": {
        "$defs": {"a%ZZ": {"type": "null"}},
        "$ref": "#/$defs/a%ZZ",
    },
    "a reference to a pattern of names": {
        "type": "object",
        "patternProperties": {r"^\d.": {"type": "null"}},
        "required": ["a"],
        "additionalProperties": {"$ref": r"#/patternProperties/^\d."},
    },
    "a reference to a property called like a word": {
        "properties": {
            "patternProperties": {"properties": {r"\d": {"type": "null"}}},
            "a": {"$ref": r"#/properties/patternProperties/properties/\d"},
        }
    },
    "a reference in letters of the world": {"$defs": {"é": {"type": "null"}}, "$ref": "#/$defs/é"},
    "a name of its own": {
        "$id": "https://x.test/it",
        "$defs": {"a": {"type": "null"}},
        "$ref": "#/$defs/a",
    },
    "properties called like words": {
        "properties": {"format": {"format": "x"}, "$id": {}, "anyOf": {"type": "null"}}
    },
    "a format nobody knows": {"type": "string", "format": "zodiac"},
    "a list that may repeat": {"type": "array", "uniqueItems": False},
    "comments beside a reference to itself": {
        "properties": {"a": {"$ref": "#", "description": "again", "x-order": 1, "nullable": True}}
    },
    "the largest numbers": {
        "anyOf": [{"enum": [2**64 - 2048, 2048 - 2**63]}, {"type": "integer", "maximum": 2**63 - 1}]
    },
    "all of 64 bits": {"type": "integer", "minimum": -(2**63), "maximum": 2**64 - 1},
    "all of 64 bits between open bounds": {
        "exclusiveMinimum": -(2**63) - 1,
        "exclusiveMaximum": 2**64,
    },
    "words nobody knows": {"nullable": True, "x-order": 3, "discriminator": {"propertyName": "k"}},
    "one of, told apart by a constant": {
        "oneOf": [
            {"properties": {"k": {"const": kind}}, "required": ["k"], "type": "object"}
            for kind in ("a", "b")
        ]
    },
    "what is defined and not used": {"$defs": {"a": {"not": {}}}, "type": "object"},
    "as many properties as there may be": {"properties": properties(400)},
    "as deep as it may be": nested(16),
    "steps of a hundredth": {"type": "number", "multipleOf": 0.01},
}
TOO_LARGE = "a number is too large:"
REFUSED: list[tuple[str, Any, str]] = [
    ("an unknown type", {"type": "strng"}, "f.type: Invalid enum value 'strng', types are null, "),
    (
        "an unknown type inside",
        {"properties": {"a": {"items": {"type": "int"}}}},
        "f.properties.a.items.type: Invalid enum value 'int'",
    ),
    ("required in a word", {"required": "a"}, "f.required: Expected `array`, got `str`"),
    ("a length below 0", {"minLength": -1}, "f.minLength: Expected `int` >= 0"),
    ("a list of item schemas", {"items": [{}]}, "f.items: Expected `bool | object`, got `array`"),
    ("a property of text", {"properties": {"a": "x"}}, "f.properties: Expected `bool | object`"),
    ("any of none", {"anyOf": []}, "f.anyOf: Expected `array` of length >= 1"),
    ("a reference to the web", {"$ref": "http://x.test/a"}, "f.$ref: 'http://x.test/a' is no part"),
    ("a reference to nowhere", {"$ref": "#/$defs/a"}, "f.$ref: '#/$defs/a' is no part"),
    ("a reference to an anchor", {"$ref": "#here"}, "f.$ref: '#here' is no part"),
    (
        "a reference to what is no schema",
        {"properties": {"a": {"$ref": "#/properties"}}},
        "f.properties.a.$ref: '#/properties' is no part",
    ),
    (
        "a reference to itself",
        {"$defs": {"x": {"$ref": "#/$defs/x"}}, "$ref": "#/$defs/x"},
        "f.$defs.x: it refers to itself without end",
    ),
    (
        "a choice of itself",
        {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        "f: it refers to itself without end",
    ),
    ("an older draft", {"$schema": "http://json-schema.org/draft-04/schema#"}, "f.$schema: "),
    ("a name inside", {"properties": {"a": {"$id": "x"}}}, "f.properties.a.$id: only the whole"),
    ("too deep", nested(17), "f.items.items"),
    ("too many properties", {"properties": properties(401)}, "f: there are more than 400 prop"),
    (
        "too many items",
        {"prefixItems": [{"maxItems": 10_000}, {"minItems": 9_000}, {"maxItems": 1_001}]},
        "f.prefixItems.[2]: there are more than 20000 items times copies",
    ),
    (
        "too many items in copies",
        listed(minItems=0),
        "f.$defs.list: there are more than 20000 items times copies",
    ),
    (
        "too many items in copies that are joined",
        {
            "properties": listed()["properties"],
            "$defs": listed()["$defs"],
            "allOf": [{"$ref": "#/$defs/list"}, {"$ref": "#/$defs/list"}, {"$ref": "#/$defs/list"}],
        },
        "f.$defs.list: there are more than 20000 items times copies",
    ),
    ("too many values", {"enum": list(range(1001))}, "f: there are more than 1000 enum values"),
    ("too many choices", {"anyOf": [{}] * 1001}, "f.anyOf.[999]: there are more than 1000 schem"),
    (
        "too many references",
        {"$defs": {"a": {}}, "anyOf": [{"$ref": "#/$defs/a"}] * 201},
        "f.anyOf.[200]: there are more than 200 references",
    ),
    (
        "too many references to too much",
        {"$defs": {"a": {"properties": properties(300)}}, "anyOf": [{"$ref": "#/$defs/a"}] * 100},
        "f.anyOf.[66]: there are more than 20000 references times properties",
    ),
    (
        "too many patterns",
        {"anyOf": [{"pattern": f"{place}"} for place in range(101)]},
        "f.anyOf.[100]: there are more than 100 patterns",
    ),
    (
        "too many patterns of names",
        {"patternProperties": {f"^{place}": {} for place in range(9)}},
        "f: there are more than 8 patterns of names",
    ),
    (
        "too many patterns for one text",
        {"allOf": [{"pattern": f".*a.{{{place}}}b.*"} for place in range(1, 10)]},
        "f.allOf.[8]: there are more than 8 patterns met together",
    ),
    (
        "too many patterns for one text, one behind the other",
        {
            "$ref": "#/$defs/0",
            "$defs": {
                str(place): {"pattern": f".*a.{{{place}}}b.*", "$ref": f"#/$defs/{place + 1}"}
                for place in range(12)
            }
            | {"12": {}},
        },
        "f.$defs.8: there are more than 8 patterns met together",
    ),
    ("more items than anybody writes", {"minItems": 10_001}, "f.minItems: it is larger than 10000"),
    ("a text like a library", {"minLength": 10**9}, "f.minLength: it is larger than 100000"),
    ("more names than there are", {"minProperties": 1001}, "f.minProperties: it is larger than"),
    ("too many repeats", {"pattern": "^a{1001}$"}, "f.pattern: it repeats more than 1000 times"),
    (
        "repeats of repeats",
        {"pattern": "^((a{100}){100}){101}$"},
        "f.pattern: it repeats more than 1000 times",
    ),
    (
        "too many bounds",
        {"anyOf": [{"minimum": place + 1} for place in range(101)]},
        "f.anyOf.[100]: there are more than 100 bounded numbers",
    ),
    ("a pattern like a book", {"pattern": "a" * 513}, "f.pattern: it is longer than 512"),
    (
        "a pattern of names like a book",
        {"patternProperties": {"a" * 513: {}}},
        "f.patternProperties: it is longer than 512",
    ),
    ("a step too wide", {"multipleOf": 12_347}, "f.multipleOf: together they are too large"),
    (
        "steps too wide together",
        {"allOf": [{"multipleOf": 997}, {"multipleOf": 9.91}]},
        "f.allOf.[1].multipleOf: together they are too large",
    ),
    ("a schema like a book", {"const": "x" * 65_536}, "f: it is longer than 65536 bytes"),
    ("a name like a book", {"properties": {"n" * 99: {"type": 1}}}, f"f.properties.{'n' * 64}."),
    ("a bound beyond 64 bits", {"minimum": 2**63}, f"f.minimum: {TOO_LARGE} for minimum"),
    ("an upper bound beyond them", {"maximum": 2**64}, f"f.maximum: {TOO_LARGE} for maximum"),
    ("a lower one below them", {"minimum": -(2**63) - 1}, "f.minimum: a number is too large"),
    ("a bound below them", {"exclusiveMaximum": -(2**63)}, "f.exclusiveMaximum: a number is "),
    (
        "a lower bound where only upper ones may be",
        {"minimum": 2**64 - 6, "maximum": 2**64 - 1},
        f"f.minimum: {TOO_LARGE} for minimum they go from {-(2**63)} to {2**63 - 1}",
    ),
    ("a bound without end", {"maximum": float("inf")}, "f.maximum: a number is too large"),
    ("a value beyond 64 bits", {"const": [{"a": 2**64}]}, "f.const: a number is too large"),
    ("values beyond 64 bits", {"enum": [1, -(2**63)]}, "f.enum: a number is too large"),
    # What llguidance says, at the part it says it of.
    (
        "a word boundary",
        {"type": "string", "pattern": r"\bfoo"},
        "f.pattern: in the pattern: a word boundary, or an anchor inside, is not supported",
    ),
    (
        "an anchor inside",
        {"type": "string", "pattern": "a^"},
        "f.pattern: in the pattern: a word boundary, or an anchor inside, is not supported",
    ),
    (
        "patterns of one text that exclude each other",
        {"type": "string", "pattern": "^a", "allOf": [{"pattern": "^b"}]},
        "f: nothing satisfies it: its patterns, format, lengths and values exclude each other",
    ),
    (
        "a day that the calendar has not",
        {"type": "string", "format": "date", "const": "2023-02-29"},
        "f: nothing satisfies it: its patterns, format, lengths and values exclude each other",
    ),
    (
        "a day of the year 0",
        {"type": "string", "format": "date", "pattern": "^0000"},
        "f: nothing satisfies it: its patterns, format, lengths and values exclude each other",
    ),
    (
        "fewer letters than a day has",
        {"type": "string", "format": "date", "maxLength": 9},
        "f: nothing satisfies it: its patterns, format, lengths and values exclude each other",
    ),
    (
        "a class of every letter there is, turned round",
        {"type": "string", "pattern": r"[^\s\S]"},
        r"f.pattern: in the pattern: [^\s\S] holds no letter",
    ),
    (
        "patterns of names that overlap",
        {"patternProperties": {"a": {}, "b": {}}},
        "f: its patterns of names may match the same name",
    ),
    (
        "a count where names are optional",
        {"properties": {"a": {}}, "maxProperties": 1},
        "f: properties can be counted only where all that have a name are required",
    ),
    (
        "a step of digits that doubles lose",
        {"type": "number", "multipleOf": 0.07},
        "f.multipleOf: together they are too large",
    ),
    (
        "too many ways",
        {"allOf": [{"enum": [f"{a}{b}" for b in range(100)]} for a in range(9)]},
        "f: it is too complex",
    ),
    (
        "patterns that are hard to tell apart",
        {"type": "string", "allOf": [{"pattern": f"^(.*a.{{{n}}})*b"} for n in range(10, 14)]},
        "f: its patterns are too hard to tell apart",
    ),
    (
        "a bound that leaves no number",
        {"type": "integer", "minimum": 2**63 - 1},
        "f: its bounds leave no number, or are too far out",
    ),
    (
        "what refers to itself and says more",
        {
            "$defs": {"a": {"properties": {"b": {"$ref": "#/$defs/a", "type": "object"}}}},
            "$ref": "#/$defs/a",
        },
        "f.$defs.a.properties.b: what refers to itself has other words beside $ref",
    ),
    (
        "no use of not",
        {"properties": {"p~/%": {"not": {}}}},
        'f.properties.p~/%: it cannot be kept with ["not"]',
    ),
    (
        "no unique items",
        {"properties": {"a": {"anyOf": [{"type": "null"}, {"uniqueItems": True}]}}},
        'f.properties.a.anyOf.[1]: it cannot be kept with ["uniqueItems"]',
    ),
    (
        "the one among many",
        {"properties": properties(300) | {"bad": {"if": {}}}},
        'f.properties.bad: it cannot be kept with ["if"]',
    ),
    (
        "no look-around",
        {"type": "array", "items": {"type": "string", "pattern": "(?=a)b"}},
        f"f.items.pattern: {LOOK}",
    ),
    ("no overlapping oneOf", {"items": OVERLAPPING}, f"f.items: {ONE_OF}"),
    (
        "in what is referred to",
        {"$defs": {"a": {"items": OVERLAPPING}}, "properties": {"b": {"$ref": "#/$defs/a"}}},
        f"f.$defs.a.items: {ONE_OF}",
    ),
    (
        "not beside what is false",
        {"additionalProperties": False, "properties": {"a": {"contains": {}}}},
        'f.properties.a: it cannot be kept with ["contains"]',
    ),
    ("nothing is chosen", {"enum": []}, "f: nothing satisfies it"),
    (
        "bounds that cross",
        {"type": "integer", "minimum": 5, "maximum": 3},
        "f: nothing satisfies it, for nothing is between minimum 5 and maximum 3",
    ),
    (
        "what must be given and never can be",
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
        "f: nothing satisfies it: 'a' is required and never can be given",
    ),
    (
        "a script that nobody knows",
        {"items": {"type": "string", "pattern": r"\p{Script=Elvish}"}},
        "f.items: in the pattern: it names a property of letters that is not known",
    ),
    (
        "what stands under a pattern of names",
        {"patternProperties": {r"^\d.": {"uniqueItems": True}}},
        r'f.patternProperties.^\d.: it cannot be kept with ["uniqueItems"]',
    ),
    ("options of llguidance", {"x-guidance": {"lenient": True}, "not": {}}, "f: it cannot be kept"),
    (
        "what is longer than all regular expressions",
        {"type": "string", "pattern": "a{2147483648000000}"},
        "f.pattern: it repeats more than 1000 times",
    ),
]


def check(schema: Any) -> None:
    text = json.dumps(schema, ensure_ascii=False)
    check_schema(text, field="f")
    if reason := keeping_reason(text):
        tell(culprit_in(text, reason), field="f")


@pytest.mark.parametrize("title", KEPT)
def test_it_can_be_kept(title: str) -> None:
    check(KEPT[title])


@pytest.mark.parametrize(
    ("schema", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_it_is_refused(schema: Any, words: str) -> None:
    with pytest.raises(SchemaInvalid) as refusal:
        check(schema)
    assert str(refusal.value).startswith(words)


@pytest.mark.parametrize("text", ["no JSON", "[]", "true", "7", "[" * 100_000])
def test_what_is_no_object_is_no_schema(text: str) -> None:
    assert not is_schema(text)


def test_what_the_meta_schema_refuses_is_refused() -> None:
    wrong = (None, True, -1, 1.5, "x", [], [7], {}, {"a": 7})
    words = (
        *("type", "enum", "pattern", "format", "multipleOf", "minimum", "exclusiveMaximum"),
        *("minLength", "maxItems", "minProperties", "uniqueItems", "required", "properties"),
        *("patternProperties", "additionalProperties", "items", "prefixItems", "anyOf", "allOf"),
        *("oneOf", "not", "if", "else", "contains", "propertyNames", "$defs", "$ref", "$id"),
    )
    missed = [
        (word, value)
        for word in words
        for value in wrong
        if not _of_the_meta_schema({word: value}) and is_schema(json.dumps({word: value}))
    ]
    # An empty list of types is no mistake that matters: nothing satisfies it.
    assert missed == [("type", [])]


def _of_the_meta_schema(schema: dict[str, Any]) -> bool:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError:
        return False
    return True


def test_every_bound_is_tried() -> None:
    told = " ".join(words for _, _, words in REFUSED)
    tried = {"properties", "references", "references times properties", "enum values", "patterns"}
    tried |= {"patterns met together", "items times copies"}
    assert {*tried, "patterns of names", "bounded numbers", "schemas"} == set(MOST)
    assert all(f"more than {most}" in told for most in MOST.values())
