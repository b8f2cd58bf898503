"""What values of XML may be: which are named, which are texts, and what they are read back as."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from studiolo.core.schemas.kinds import kind_of
from studiolo.core.schemas.pointers import alike, parameters_of
from studiolo.core.schemas.results import satisfying
from studiolo.engines.forced_nodes import Schema, rows

NO_TEXT: Final = frozenset(("null", "boolean", "object", "array", "number", "integer"))
_KINDS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset(("string",)),
    type(None): frozenset(("null",)),
    bool: frozenset(("boolean",)),
    int: frozenset(("integer", "number")),
    float: frozenset(("integer", "number")),
    list: frozenset(("array",)),
    dict: frozenset(("object",)),
}
# What is read as truth or as nothing, as Python writes it too.
_WORDS: Final = frozenset(("true", "false", "null", "none"))
_DEFINED: Final = ("$defs", "definitions")
# Beyond so many, each is taken to be allowed where it is named.
_MOST_TRIED: Final = 100


def definitions(schema: Schema) -> dict[str, object]:
    """What references in this schema lead to."""
    return {word: schema[word] for word in _DEFINED if word in schema}


def readings(parameters: str) -> Mapping[str, frozenset[str]]:
    """What the value of each parameter may be read as, beside a text."""
    try:
        root: object = json.loads(parameters)
    except (ValueError, RecursionError):
        return {}
    return {
        name: frozenset(
            kind for each in schemas for node in alike(each, root) for kind in _of(node)
        )
        for name, schemas in parameters_of(root).items()
    }


def _of(node: Schema) -> frozenset[str]:
    """What values of this node may be; of a type that nobody knows, anything."""
    types = frozenset(kind_of(each) or each for each in types_of(node))
    kinds = types & NO_TEXT if types <= NO_TEXT | {"string"} else NO_TEXT
    for value in named_values(node):
        kinds |= _KINDS[type(value)] & NO_TEXT
    parts = (("properties", "object"), ("items", "array"))
    return kinds | {kind for word, kind in parts if word in node}


def named_values(node: Schema) -> Sequence[object]:
    """The only values that may stand here, where they are named, as far as they are of its type."""
    named = [*rows(node.get("enum")), *([node["const"]] if "const" in node else [])]
    types = types_of(node)
    return [each for each in named if not types or not _KINDS[type(each)].isdisjoint(types)]


def fitting(values: Sequence[object], declared: object, schema: Schema) -> Sequence[object]:
    """Those of the values that satisfy all that is declared of them."""
    if len(values) > _MOST_TRIED:
        return values
    whole = {"allOf": [declared], **definitions(schema)}
    return satisfying(values, json.dumps(whole))


def is_ambiguous(value: object) -> bool:
    """Whether this would be read as something else where it might be that."""
    if not isinstance(value, str):
        return False
    if value.strip().lower() in _WORDS:
        return True
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def types_of(node: Schema) -> list[str]:
    """The types that are named, whether or not anybody knows them."""
    said = node.get("type")
    return [*map(str, rows(said) or ([said] if isinstance(said, str) else []))]


def may_be_text(way: Schema) -> bool:
    """Whether a string may stand here; what says nothing of its type is text."""
    values = named_values(way)
    if values:
        return any(isinstance(value, str) for value in values)
    if types := types_of(way):
        return any(each not in NO_TEXT for each in types)
    return "properties" not in way and "items" not in way


def only_text(way: Schema) -> bool:
    """Whether nothing but a string may stand here."""
    values = named_values(way)
    if values:
        return all(isinstance(value, str) for value in values)
    return may_be_text(way) and set(types_of(way)) <= {"string"}
