"""Parameters that no call could satisfy or no reader follow: title, schema, part at fault, why."""

from typing import Any


def impossible(path: str, reason: str) -> str:
    place = f"parameters{path}"
    return f"Invalid schema for function 'get_weather', {place}: {reason}."


def needs(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": schema}, "required": ["a"], **more}


NOTHING = "nothing satisfies it"
HOLDS_ITSELF = "nothing satisfies it, for it must hold itself without end"
NO_OBJECT = "parameters must be of an object"
ENDLESS = "it refers to itself without end"


def nowhere(reference: str) -> str:
    return f"'{reference}' is no part of this schema, and nothing is fetched"


PARAMETERS: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "a reference to nothing",
        needs({"$ref": "#/$defs/b"}),
        ".properties.a.$ref",
        nowhere("#/$defs/b"),
    ),
    ("a reference as the whole", {"$ref": "#/$defs/b"}, ".$ref", nowhere("#/$defs/b")),
    (
        "a reference to a word",
        needs({"$ref": "#/properties/a/$ref"}),
        ".properties.a.$ref",
        nowhere("#/properties/a/$ref"),
    ),
    (
        "a reference to another server",
        needs({"type": "array", "items": {"$ref": "https://example.com/a.json"}}),
        ".properties.a.items.$ref",
        nowhere("https://example.com/a.json"),
    ),
    (
        "a reference to an anchor",
        needs({"anyOf": [{"type": "null"}, {"$ref": "#b"}]}),
        ".properties.a.anyOf.[1].$ref",
        nowhere("#b"),
    ),
    ("a reference that is a number", needs({"$ref": 7}), ".properties.a.$ref", nowhere("7")),
    (
        "a reference to nothing, in a definition",
        {**needs({"$ref": "#/$defs/b"}), "$defs": {"b": {"$ref": "#/$defs/c"}}},
        ".$defs.b.$ref",
        nowhere("#/$defs/c"),
    ),
    (
        "a reference to nothing, where only references lead",
        needs({"$ref": "#/x/b"}, x={"b": {"$ref": "#/x/c"}}),
        ".x.b.$ref",
        nowhere("#/x/c"),
    ),
    (
        "a reference to itself",
        {**needs({"$ref": "#/$defs/b"}), "$defs": {"b": {"$ref": "#/$defs/b"}}},
        ".$defs.b",
        ENDLESS,
    ),
    ("no value for what must be given", needs(False), ".properties.a", NOTHING),
    ("an empty choice", needs({"type": "string", "enum": []}), ".properties.a", NOTHING),
    (
        "bounds that contradict each other",
        needs(needs({"type": "integer", "minimum": 2, "maximum": 1})),
        ".properties.a.properties.a",
        NOTHING,
    ),
    (
        "lengths that contradict each other",
        {
            **needs({"$ref": "#/$defs/b"}),
            "$defs": {"b": {"type": "string", "minLength": 2, "maxLength": 1}},
        },
        ".$defs.b",
        NOTHING,
    ),
    (
        "an object in itself without end",
        {**needs({"$ref": "#/$defs/b"}), "$defs": {"b": needs({"$ref": "#/$defs/b"})}},
        ".$defs.b",
        HOLDS_ITSELF,
    ),
    ("what nothing is", {"not": {}}, "", NOTHING),
    ("a list", {"type": "array", "items": {"type": "string"}}, "", NO_OBJECT),
    ("a text", {"type": "string"}, "", NO_OBJECT),
    ("a text or nothing", {"type": ["string", "null"]}, "", NO_OBJECT),
    ("a choice of numbers", {"anyOf": [{"type": "integer"}, {"type": "number"}]}, "", NO_OBJECT),
    ("named texts", {"enum": ["a", "b"]}, "", NO_OBJECT),
    (
        "a list by a reference",
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "array"}}},
        "",
        NO_OBJECT,
    ),
    (
        "no value, and no type",
        {"properties": {"a": False}, "required": ["a"]},
        ".properties.a",
        NOTHING,
    ),
]
