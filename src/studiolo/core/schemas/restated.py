"""Words of JSON schemas that grammars do not know, said in words that they do.

Law: a schema means afterwards what it meant before. What cannot be said anew is left as it is, for
the checks to refuse.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final, cast

from studiolo.core.schemas.nodes import DRAFTS, WORDS, Mapping, below, mapped
from studiolo.core.schemas.pointers import NOWHERE, part_of

# The checks refuse long before; what is deeper is not looked at.
_DEEPEST: Final = 40
_DEPENDENCIES: Final = ("dependentRequired", "dependentSchemas", "dependencies")
_COUNTS: Final = frozenset(
    (
        *("minLength", "maxLength", "minItems", "maxItems"),
        *("minProperties", "maxProperties", "minContains", "maxContains"),
    )
)
_OBJECT: Final = frozenset(("object",))
_NAMING: Final = ("properties", "patternProperties")
# References lead to references.
_MOST_FOLLOWED: Final = 8
# Each is compared with each.
_MOST_ALTERNATIVES: Final = 100


def restated(schema: Mapping) -> Mapping:
    """The schema without lists of places, dependencies, rules for names and exclusive choices.

    It is of the newest draft then, unless it is of one that nobody knows here.
    """
    kept = dict(schema)
    if str(kept.get("$schema")).removesuffix("#") in DRAFTS:
        del kept["$schema"]
    found = _Restater(kept).node(kept, 0)
    # Some tools refer to a part by where it stood.
    return kept if any(part_of(found, each) is NOWHERE for each in _references(kept)) else found


def _references(schema: Mapping) -> Iterator[str]:
    left = [schema]
    while left:
        node = left.pop()
        reference = node.get("$ref")
        if isinstance(reference, str) and part_of(schema, reference) is not NOWHERE:
            yield reference
        left += [each for _, each in below(node) if isinstance(each, dict)]


class _Restater:
    """Goes through one schema, whose references it follows."""

    def __init__(self, root: Mapping) -> None:
        self._root = root

    def node(self, node: Mapping, level: int) -> Mapping:
        """This node and those below it."""
        if level > _DEEPEST:
            return node
        restated = self._names(self._choices(_places(_dependencies(_counted(node)))))
        return mapped(restated, lambda each: self.node(each, level + 1))

    def _choices(self, node: Mapping) -> Mapping:
        """`oneOf` is `anyOf` where no two can hold at once."""
        choices = node.get("oneOf")
        if not isinstance(choices, list) or not self._exclusive(cast("list[object]", choices)):
            return node
        return _with_all({**node}, "oneOf", [{"anyOf": cast("object", choices)}])

    def _exclusive(self, choices: Sequence[object]) -> bool:
        if not 1 < len(choices) <= _MOST_ALTERNATIVES:
            return False
        kinds = [_Kind(self.resolved(choice), self) for choice in choices]
        return all(one.excludes(other) for one, other in combinations(kinds, 2))

    def _names(self, node: Mapping) -> Mapping:
        """Names that are listed are properties, and those of a pattern are its properties."""
        rule = self._alone(node.get("propertyNames"))
        if rule is None or any(word in node for word in _NAMING):
            return node
        kept = {word: held for word, held in node.items() if word != "propertyNames"}
        value = kept.get("additionalProperties", True)
        asked = {word: held for word, held in rule.items() if word in WORDS and word != "type"}
        names, pattern = _rows(asked.get("enum")), asked.get("pattern")
        if not asked:
            return kept
        if [*asked] == ["enum"] and all(isinstance(name, str) for name in names):
            named = {str(name): value for name in names}
            return {**kept, "properties": named, "additionalProperties": False}
        if [*asked] == ["pattern"] and isinstance(pattern, str):
            named = {pattern: value}
            return {**kept, "patternProperties": named, "additionalProperties": False}
        return node

    def _alone(self, rule: object) -> Mapping | None:
        """A rule for texts, or the one it refers to; None where it is another."""
        if rule is True:
            return {}
        if not isinstance(rule, dict):
            return None
        words = [word for word in cast("Mapping", rule) if word in WORDS]
        if "$ref" in words and words != ["$ref"]:
            return None
        found = self.resolved(cast("object", rule))
        named = "string" if "$ref" not in words else None
        return found if found.get("type", named) == "string" else None

    def resolved(self, node: object) -> Mapping:
        """The node, or what it refers to."""
        for _ in range(_MOST_FOLLOWED):
            if not isinstance(node, dict):
                return {}
            known = cast("Mapping", node)
            if not isinstance(reference := known.get("$ref"), str):
                return known
            node = part_of(self._root, reference)
        return {}


class _Kind:
    """What tells the values of one alternative from those of others: their type, or constants."""

    def __init__(self, node: Mapping, schema: _Restater) -> None:
        self._types = _types(node)
        self._constants = {
            name: values
            for name, part in _named(node.get("properties")).items()
            if name in _rows(node.get("required")) and (values := _values(schema.resolved(part)))
        }

    def excludes(self, other: "_Kind") -> bool:
        """Whether no value can be of both."""
        if self._types and other._types and not self._types & other._types:
            return True
        objects = self._types == other._types == _OBJECT
        return objects and any(
            not values & other._constants[name]
            for name, values in self._constants.items()
            if name in other._constants
        )


def _types(node: Mapping) -> frozenset[str]:
    """All types that its values may have; none if it does not say."""
    declared = node.get("type")
    names = {str(each) for each in (_rows(declared) or [declared] if declared else [])}
    return frozenset({*names, "integer"} if "number" in names else names)


def _values(node: Mapping) -> frozenset[str]:
    """The only values it may have, as JSON; none if there are others."""
    found = [node["const"]] if "const" in node else _rows(node.get("enum"))
    texts = [each for each in found if isinstance(each, str)]
    return frozenset(map(json.dumps, texts)) if len(texts) == len(found) else frozenset()


def _counted(node: Mapping) -> Mapping:
    """Counts with a point that says nothing, as 3.0."""
    return {
        word: int(held)
        if word in _COUNTS and isinstance(held, float) and held.is_integer()
        else held
        for word, held in node.items()
    }


def _places(node: Mapping) -> Mapping:
    """`items` that are a list, and `additionalItems` behind them."""
    places = node.get("items")
    if not isinstance(places, list) or "prefixItems" in node:
        return node
    kept = {word: held for word, held in node.items() if word not in ("items", "additionalItems")}
    if places:
        kept["prefixItems"] = cast("object", places)
    if "additionalItems" in node:
        kept["items"] = node["additionalItems"]
    return kept


def _dependencies(node: Mapping) -> Mapping:
    """What must be there with a name, be it names or a schema: either the name is not there."""
    if not any(isinstance(node.get(word), dict) for word in _DEPENDENCIES):
        return node
    rows = [row for word in _DEPENDENCIES for row in _named(node.get(word)).items()]
    kept = {word: held for word, held in node.items() if word not in _DEPENDENCIES}
    return _with_all(kept, "", [_dependent(name, wanted) for name, wanted in rows])


def _dependent(name: str, wanted: object) -> Mapping:
    if isinstance(wanted, list):
        there: Mapping = {"required": [name, *cast("list[object]", wanted)]}
    else:
        there = {"allOf": [{"required": [name]}, wanted]}
    return {"anyOf": [{"properties": {name: False}}, there]}


def _with_all(node: Mapping, without: str, more: Sequence[object]) -> Mapping:
    """The node with these to be satisfied too, and without one of its words."""
    kept = {word: held for word, held in node.items() if word != without}
    if len(more) == 1 and "anyOf" not in kept:
        return {**kept, **cast("Mapping", more[0])}
    return {**kept, "allOf": [*_rows(kept.get("allOf")), *more]}


def _named(held: object) -> Mapping:
    return cast("Mapping", held) if isinstance(held, dict) else {}


def _rows(held: object) -> Sequence[object]:
    return cast("list[object]", held) if isinstance(held, list) else []
