"""What `not` leaves, and which of a few values a schema allows."""

from collections.abc import Callable, Mapping
from typing import Final, cast

from studiolo.engines.scripted.double.values.alternatives.flattening import flat
from studiolo.engines.scripted.double.values.members import fits_number
from studiolo.engines.scripted.double.values.merging import (
    NEVER,
    Schema,
    Unsatisfiable,
    listed,
    mapping,
)
from studiolo.engines.scripted.double.values.patterns.expressions import patterns_of
from studiolo.engines.scripted.double.values.strings import keeps

_TYPES: Final = ("string", "integer", "number", "boolean", "null", "object", "array")
_NAMES: Final[Mapping[type, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
    dict: "object",
    list: "array",
}
_NUMBERS: Final = {"type": ["number", "integer"]}
# What a schema with these words says beside its type.
_COMMENTS: Final = frozenset(("title", "description", "default", "examples", "$comment", "$defs"))

# What is left where one word of a schema is broken, each a schema of its own.
_Left = Callable[[object], list[object]]


def excluded(schema: object, root: object) -> list[object] | None:
    """Schemas of which one holds where this one does not; None where that cannot be told."""
    if isinstance(schema, bool):
        return [not schema]
    try:
        plain = flat(schema, root)
    except Unsatisfiable:
        return [True]
    words = [word for word in plain if word not in _COMMENTS]
    if not set(words) <= {*_LEFT}:
        return None
    return [left for word in words for left in _LEFT[word](plain[word])] or [False]


def may_be(value: object, schema: Schema) -> bool:
    """Whether a value satisfies what the schema says of its type and of texts and numbers."""
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else listed(schema.get("type"))
    name = _NAMES.get(type(value), "")
    whole = isinstance(value, float) and value.is_integer()
    names = {name, *(("number",) if name == "integer" else ()), *(("integer",) if whole else ())}
    if kinds and names.isdisjoint(map(str, kinds)):
        return False
    if "enum" in schema and value not in listed(schema["enum"]):
        return False
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return fits_number(value, schema, whole=False)
        return not isinstance(value, str) or keeps(value, schema)
    except Unsatisfiable:
        return False


def _types(held: object) -> list[object]:
    named = [held] if isinstance(held, str) else listed(held)
    left = [each for each in _TYPES if each not in named]
    if "number" in named and "integer" in left:
        left.remove("integer")
    return [{"type": each} for each in left]


def _required(held: object) -> list[object]:
    return [{"type": "object", "properties": {name: False}} for name in map(str, listed(held))]


def _properties(held: object) -> list[object]:
    return [
        {"type": "object", "properties": {name: {"not": part}}, "required": [name]}
        for name, part in mapping(held).items()
    ]


def _bound(word: str, kinds: Schema, by: int = 0) -> _Left:
    def left(held: object) -> list[object]:
        return [{**kinds, word: cast("int", held) + by}]

    return left


_LEFT: Final[Mapping[str, _Left]] = {
    "type": _types,
    "required": _required,
    "properties": _properties,
    "minimum": _bound("exclusiveMaximum", _NUMBERS),
    "maximum": _bound("exclusiveMinimum", _NUMBERS),
    "exclusiveMinimum": _bound("maximum", _NUMBERS),
    "exclusiveMaximum": _bound("minimum", _NUMBERS),
    "minLength": _bound("maxLength", {"type": "string"}, -1),
    "maxLength": _bound("minLength", {"type": "string"}, 1),
    "minItems": _bound("maxItems", {"type": "array"}, -1),
    "maxItems": _bound("minItems", {"type": "array"}, 1),
    "minProperties": _bound("maxProperties", {"type": "object"}, -1),
    "maxProperties": _bound("minProperties", {"type": "object"}, 1),
    "items": lambda held: [{"type": "array", "contains": {"not": held}}],
    "contains": lambda held: [{"type": "array", "items": {"not": held}}],
    "not": lambda held: [held],
    "anyOf": lambda held: [{"allOf": [{"not": each} for each in listed(held)]}],
    "pattern": lambda held: [
        {"type": "string", NEVER: each} for each in patterns_of({"pattern": held})
    ],
}
