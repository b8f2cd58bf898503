"""What of a function's parameters a call can be held to, which is what engines and checks read.

Law: it asks for no more than the parameters do. A part that is odd, or that no grammar keeps, binds
nothing by itself, and the others bind all the same.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Final, cast

from studiolo.core.schemas.checks import (
    LARGEST_MULTIPLE,
    MOST_LEVELS,
    is_schema,
    word_faults,
)
from studiolo.core.schemas.grammar import is_readable
from studiolo.core.schemas.kinds import said_plainly
from studiolo.core.schemas.nodes import ALONE, LISTED, NAMED, WORDS, Mapping, mapped
from studiolo.core.schemas.numbers import significant
from studiolo.core.schemas.pointers import part_of
from studiolo.core.schemas.restated import restated

# The words that set the meaning of others, and those that no grammar keeps.
_LEFT_OUT: Final = frozenset(
    (
        *("$schema", "$id", "$anchor", "$dynamicRef", "$dynamicAnchor"),
        *("$recursiveRef", "$recursiveAnchor", "not", "if", "then", "else", "contains"),
        *("minContains", "maxContains", "uniqueItems", "unevaluatedItems"),
        *("unevaluatedProperties", "propertyNames", "dependentRequired", "dependentSchemas"),
        *("dependencies", "additionalItems"),
    )
)
# What says something of all that the other word does not name goes with it.
_COMPANIONS: Final = {
    "patternProperties": "additionalProperties",
    "properties": "additionalProperties",
    "prefixItems": "items",
}
_REMEMBERED: Final = 512


@lru_cache(maxsize=_REMEMBERED)
def bound(parameters: str) -> str:
    """The schema of the parts that bind; an empty one for what is no schema at all."""
    try:
        root: object = json.loads(parameters)
    except (ValueError, RecursionError):
        return "{}"
    if not isinstance(root, dict):
        return "{}"
    known = {word: held for word, held in cast("Mapping", root).items() if word != "$schema"}
    schema = _everywhere(restated(said_plainly(known)), _sound)
    schema = _everywhere(schema, lambda node: _referring(node, schema))
    text = json.dumps(schema, ensure_ascii=False)
    # Of too many patterns none is read.
    return (
        json.dumps(_everywhere(schema, _readable), ensure_ascii=False) if is_schema(text) else text
    )


def _everywhere(node: Mapping, change: Callable[[Mapping], Mapping], level: int = 0) -> Mapping:
    """The node and those below it changed; what is deeper than any check goes says nothing."""
    if level >= MOST_LEVELS:
        return {}
    return mapped(change(node), lambda each: _everywhere(each, change, level + 1))


def _sound(node: Mapping) -> Mapping:
    """The words that have the shape they must have, and that grammars keep."""
    kept = {word: held for word, held in node.items() if word in WORDS and word not in _LEFT_OUT}
    for word, held in node.items():
        if word in kept:
            kept = _shaped(kept, word, held)
    while (fault := next(word_faults((), kept), None)) is not None:
        kept = _without(kept, fault.keys[-1]) if fault.keys[-1] in kept else {}
    if significant(cast("float", kept.get("multipleOf", 1))) > LARGEST_MULTIPLE:
        kept = _without(kept, "multipleOf")
    return _choosing(_counted(kept))


def _shaped(node: Mapping, word: str, held: object) -> Mapping:
    """Where a schema must stand there is one, if only one that says nothing."""
    if word in ALONE:
        return {**node, word: _schema(held)}
    if word in NAMED:
        if not isinstance(held, dict):
            return {**_without(node, word), word: {}}
        named = cast("Mapping", held)
        return {**node, word: {name: _schema(each) for name, each in named.items()}}
    if word in LISTED:
        if not isinstance(held, list) or not held:
            return _without(node, word)
        return {**node, word: [_schema(each) for each in cast("list[object]", held)]}
    return node


def _schema(held: object) -> object:
    return cast("object", held) if isinstance(held, dict | bool) else True


def _without(node: Mapping, word: str) -> Mapping:
    gone = (word, _COMPANIONS.get(word))
    return {each: held for each, held in node.items() if each not in gone}


def _counted(node: Mapping) -> Mapping:
    """Properties are counted only where each that has a name must be given."""
    named, required = node.get("properties", {}), node.get("required", [])
    if all(name in cast("list[str]", required) for name in cast("Mapping", named)):
        return node
    counts = ("minProperties", "maxProperties")
    return {word: held for word, held in node.items() if word not in counts}


def _choosing(node: Mapping) -> Mapping:
    """That no other choice may hold as well is more than grammars keep."""
    if "oneOf" not in node:
        return node
    kept = {word: held for word, held in node.items() if word != "oneOf"}
    if "anyOf" not in kept:
        return {**kept, "anyOf": node["oneOf"]}
    others = cast("list[object]", kept.get("allOf", []))
    return {**kept, "allOf": [*others, {"anyOf": node["oneOf"]}]}


def _referring(node: Mapping, root: Mapping) -> Mapping:
    """References to what was left out say nothing."""
    reference = node.get("$ref")
    lost = isinstance(reference, str) and not isinstance(part_of(root, reference), dict | bool)
    return _without(node, "$ref") if lost else node


def _readable(node: Mapping) -> Mapping:
    """The patterns that are patterns here too."""
    kept = node
    if "pattern" in node and not is_readable(str(node["pattern"])):
        kept = _without(kept, "pattern")
    names = cast("Mapping", node.get("patternProperties", {}))
    return kept if all(map(is_readable, names)) else _without(kept, "patternProperties")
