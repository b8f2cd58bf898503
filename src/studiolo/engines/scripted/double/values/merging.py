"""JSON schemas made flat: references followed, `allOf` and siblings laid over each other."""

import math
from collections.abc import Callable, Mapping
from itertools import islice, product
from typing import Final, cast

from studiolo.core.schemas.nodes import Keys
from studiolo.core.schemas.pointers import NOWHERE, part_of

Schema = Mapping[str, object]

_MOST_REFERENCES: Final = 64
_MOST_BRANCHES: Final = 256
_INTEGER: Final = frozenset({"integer", "number"})


class Unsatisfiable(ValueError):
    """No value can be made for this keyword; `keys` lead to the part where they are known."""

    def __init__(self, keyword: str, reason: str, keys: Keys | None = None) -> None:
        super().__init__(f"{keyword}: {reason}")
        self.keyword = keyword
        self.reason = reason
        self.keys = keys


def as_schema(value: object) -> Schema:
    """A schema as a mapping; `true` asks for nothing. Raises Unsatisfiable for `false`."""
    if value is False:
        raise Unsatisfiable("false", "nothing satisfies it")
    return cast("Schema", value) if isinstance(value, dict) else {}


def flat(schema: object, root: object) -> Schema:
    """The schema without `$ref` and `allOf` at its top. Raises Unsatisfiable."""
    found = as_schema(schema)
    for _ in range(_MOST_REFERENCES):
        if "$ref" in found or "$dynamicRef" in found:
            reference = str(found.get("$ref", found.get("$dynamicRef")))
            rest = {key: each for key, each in found.items() if key not in ("$ref", "$dynamicRef")}
            found = merged(as_schema(resolved(root, reference)), rest)
        elif "allOf" in found:
            parts = [as_schema(part) for part in listed(found["allOf"])]
            rest = {key: each for key, each in found.items() if key != "allOf"}
            for part in parts:
                rest = dict(merged(rest, part))
            found = rest
        else:
            return found
    raise Unsatisfiable("$ref", "the references go round in a circle")


def resolved(root: object, reference: str) -> object:
    """What a reference within the schema points at. Raises Unsatisfiable."""
    document, _, fragment = reference.partition("#")
    found = root if not document else _named(root, "$id", document)
    if fragment and not fragment.startswith("/"):
        found = _named(root, "$anchor", fragment)
    elif fragment:
        found = part_of(found, "#" + fragment)
    if found is NOWHERE:
        raise Unsatisfiable("$ref", f"{reference!r} points at nothing")
    return found


def merged(one: Schema, other: Schema) -> Schema:
    """A schema that asks for what both ask for, as far as that can be put into one."""
    whole = dict(one)
    for key, value in other.items():
        whole[key] = _MERGES.get(key, _last)(whole[key], value) if key in whole else value
    return whole


def mapping(value: object) -> Schema:
    """A JSON object, or an empty one."""
    return cast("Schema", value) if isinstance(value, dict) else {}


def listed(value: object) -> list[object]:
    """A JSON array, or an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def _named(root: object, keyword: str, name: str) -> object:
    """The part of the schema that calls itself so."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            known = mapping(cast("object", part))
            if known.get(keyword) == name or (
                keyword == "$anchor" and known.get("$dynamicAnchor") == name
            ):
                return known
            waiting += known.values()
        else:
            waiting += listed(part)
    raise Unsatisfiable("$ref", f"{name!r} is not in the schema")


def _types(one: object, other: object) -> object:
    left = [one] if isinstance(one, str) else listed(one)
    right = [other] if isinstance(other, str) else listed(other)
    both = [each for each in left if each in right]
    if not both and {*left, *right} >= _INTEGER:
        both = ["integer"]
    if not both:
        raise Unsatisfiable("type", f"{one!r} and {other!r} at once")
    return both[0] if len(both) == 1 else both


def _values(one: object, other: object) -> object:
    both = [each for each in listed(one) if each in listed(other)]
    if not both:
        raise Unsatisfiable("enum", "no value is in both")
    return both


def _properties(one: object, other: object) -> object:
    left, right = mapping(one), mapping(other)
    return {
        name: {"allOf": [left[name], right[name]]}
        if name in left and name in right
        else left.get(name, right.get(name))
        for name in dict.fromkeys((*left, *right))
    }


def _names(one: object, other: object) -> object:
    return list(dict.fromkeys((*listed(one), *listed(other))))


def _both(one: object, other: object) -> object:
    return {"allOf": [one, other]}


def _last(one: object, other: object) -> object:
    del one
    return other


def _branches(one: object, other: object) -> object:
    """Every branch of the one with every branch of the other, as far as there are not too many."""
    pairs = product(listed(one), listed(other))
    return [{"allOf": [left, right]} for left, right in islice(pairs, _MOST_BRANCHES)]


def _patterns(one: object, other: object) -> object:
    """All of them, side by side: what matches one need not end where the other does."""
    rows = [
        cast("tuple[object, ...]", each) if isinstance(each, tuple) else (each,)
        for each in (one, other)
    ]
    return tuple(dict.fromkeys(rows[0] + rows[1]))


def _multiple(one: object, other: object) -> object:
    if isinstance(one, int) and isinstance(other, int):
        return math.lcm(one, other)
    return other


def _most(one: object, other: object) -> object:
    return max(cast("float", one), cast("float", other))


def _least(one: object, other: object) -> object:
    return min(cast("float", one), cast("float", other))


_MERGES: Final[Mapping[str, Callable[[object, object], object]]] = {
    "type": _types,
    "enum": _values,
    "properties": _properties,
    "patternProperties": _properties,
    "required": _names,
    "items": _both,
    "additionalProperties": _both,
    "anyOf": _branches,
    "oneOf": _branches,
    "pattern": _patterns,
    "multipleOf": _multiple,
    **dict.fromkeys(
        ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), _most
    ),
    **dict.fromkeys(
        ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), _least
    ),
}
