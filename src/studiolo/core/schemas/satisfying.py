"""Whether any value satisfies a JSON schema, as far as that can be seen without making one.

Law: a schema is impossible only if it is so for certain; in doubt a value is taken to exist.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final, cast

import msgspec

from studiolo.core.schemas.nodes import Keys, Mapping, below
from studiolo.core.schemas.pointers import keys_of

_TYPES: Final = frozenset(("null", "boolean", "object", "array", "number", "integer", "string"))
_NUMBERS: Final = frozenset(("number", "integer"))
_NAMES: Final[dict[type, str]] = {type(None): "null", bool: "boolean", list: "array"}
_UNIONS: Final = ("anyOf", "oneOf")
_NOTHING: Final = "nothing satisfies it"
_ENDLESS: Final = "nothing satisfies it, for it must hold itself without end"
# Beyond so many steps, or so deep, nobody looks any further.
_MOST_STEPS: Final = 5_000
_DEEPEST: Final = 40
_MOST_ITEMS: Final = 8

_Nodes = list[Mapping]
_Unions = list[list[object]]


class Satisfying:
    """Looks through one schema; `target` gives what a node with a `$ref` refers to.

    No value may have to hold itself, so a part that is asked for within itself does not exist.
    """

    def __init__(self, target: Callable[[Mapping], object]) -> None:
        self._target = target
        self._open: set[frozenset[int]] = set()
        self._left = _MOST_STEPS

    def possible(self, *schemas: object) -> bool:
        """Whether a value may satisfy all of these."""
        if self._left < 0 or len(self._open) > _DEEPEST:
            return True
        key = frozenset(id(cast("object", each)) for each in schemas if isinstance(each, dict))
        if key and key in self._open:
            return False
        self._open.add(key)
        try:
            return self._holds((), schemas)
        finally:
            self._open.discard(key)

    def _holds(self, before: Sequence[Mapping], schemas: Sequence[object]) -> bool:
        """The same, beside nodes that were looked through already."""
        self._left -= 1
        flat = self._flat(schemas)
        if self._left < 0:
            return True
        if flat is None:
            return False
        more, unions = flat
        nodes = [*before, *more]
        if not self._plainly(nodes):
            return False
        return all(any(self._holds(nodes, (branch,)) for branch in union) for union in unions)

    def _flat(self, schemas: Sequence[object]) -> tuple[_Nodes, _Unions] | None:
        """The nodes that all hold at once, and the choices between others; None if one is false."""
        nodes, unions = _Nodes(), _Unions()
        left, seen = list(schemas), set[int]()
        while left:
            node = left.pop()
            if node is False:
                return None
            if not isinstance(node, dict) or id(cast("object", node)) in seen:
                continue
            known = cast("Mapping", node)
            seen.add(id(known))
            if known.get("not", False) in ({}, True):
                return None
            nodes.append(known)
            left += _rows(known.get("allOf"))
            unions += [rows for word in _UNIONS if (rows := _rows(known.get(word)))]
            if "$ref" in known:
                left.append(self._target(known))
        return nodes, unions

    def _plainly(self, nodes: _Nodes) -> bool:
        """Whether a value of some type satisfies what these say without their unions."""
        choosing = [node for node in nodes if "const" in node or isinstance(node.get("enum"), list)]
        if choosing:
            return any(all(_allows(node, value) for node in nodes) for value in _named(choosing[0]))
        return any(self._of_type(kind, nodes) for kind in _types(nodes))

    def _of_type(self, kind: str, nodes: _Nodes) -> bool:
        match kind:
            case "number" | "integer":
                return _number_fits(nodes, whole=kind == "integer")
            case "string":
                return _room(nodes, "minLength", "maxLength")
            case "array":
                return _room(nodes, "minItems", "maxItems") and self._array(nodes)
            case "object":
                return self._object(nodes)
            case _:
                return True

    def _array(self, nodes: _Nodes) -> bool:
        least = int(max((_count(node, "minItems") or 0 for node in nodes), default=0))
        places = range(min(least, _MOST_ITEMS))
        return all(self.possible(*_items(nodes, place)) for place in places)

    def _object(self, nodes: _Nodes) -> bool:
        names = {name for node in nodes for name in _rows(node.get("required"))}
        texts = sorted(name for name in names if isinstance(name, str))
        needed: Mapping = {"minProperties": len(texts)}
        if not _room([*nodes, needed], "minProperties", "maxProperties"):
            return False
        return all(self.possible(*_parts(nodes, name)) for name in texts)


def nothing_in(
    root: Mapping, target: Callable[[Mapping], object], *, beside: Mapping | None = None
) -> tuple[Keys, str] | None:
    """The smallest part that must be there and that no value satisfies, and why; None if none.

    All must hold what `beside` says as well.
    """
    satisfying = Satisfying(target)
    if satisfying.possible(root, *([] if beside is None else [beside])):
        return None
    keys, node, seen = Keys(()), root, set[int]()
    while True:
        if id(node) in seen:
            return keys, _ENDLESS
        seen.add(id(node))
        parts = _needed(keys, node, target)
        found = next((part for part in parts if not satisfying.possible(part[1])), None)
        if found is None:
            words = [word for word in _UNIONS if word in node]
            return (*keys, *words[:1]), _NOTHING
        keys, inner = found
        if not isinstance(inner, dict):
            return keys, _NOTHING
        node = cast("Mapping", inner)


def _needed(
    keys: Keys, node: Mapping, target: Callable[[Mapping], object]
) -> Iterator[tuple[Keys, object]]:
    """The parts of a value that cannot be left out."""
    required = node.get("required")
    for more, each in below(node):
        listed = more[0] in ("items", "prefixItems") and bool(node.get("minItems"))
        named = more[0] == "properties" and isinstance(required, list) and more[1] in required
        if listed or named or more[0] == "allOf":
            yield keys + more, each
    if "$ref" in node:
        yield keys_of(str(node["$ref"])), target(node)


def _types(nodes: _Nodes) -> frozenset[str]:
    """The types that all of these allow; a made-up type says nothing."""
    left = _TYPES
    for node in nodes:
        said = node.get("type")
        rows = cast("list[object]", said) if isinstance(said, list) else [said]
        named = frozenset(map(str, rows))
        if "type" in node and named <= _TYPES:
            left &= named | (_NUMBERS if "number" in named else frozenset())
    return left


def _number_fits(nodes: _Nodes, *, whole: bool) -> bool:
    low = max((_bound(node, "minimum", -math.inf) for node in nodes), default=-math.inf)
    high = min((_bound(node, "maximum", math.inf) for node in nodes), default=math.inf)
    above = max((_bound(node, "exclusiveMinimum", -math.inf) for node in nodes), default=-math.inf)
    below = min((_bound(node, "exclusiveMaximum", math.inf) for node in nodes), default=math.inf)
    if whole:
        first = max(_up(low), _down(above) + 1)
        last = min(_down(high), _up(below) - 1)
        return first <= last
    return low <= high and above < below and low < below and above < high


def _up(number: float) -> float:
    return number if isinstance(number, int) or math.isinf(number) else math.ceil(number)


def _down(number: float) -> float:
    return number if isinstance(number, int) or math.isinf(number) else math.floor(number)


def _bound(node: Mapping, word: str, default: float) -> float:
    found = _count(node, word)
    return default if found is None else found


def _count(node: Mapping, word: str) -> float | None:
    found = node.get(word)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def _room(nodes: _Nodes, least: str, most: str) -> bool:
    low = max((_count(node, least) or 0 for node in nodes), default=0)
    tops = [top for node in nodes if (top := _count(node, most)) is not None]
    return low <= min(tops, default=math.inf)


def _items(nodes: _Nodes, place: int) -> Iterator[object]:
    """What is said of the item at this place."""
    for node in nodes:
        first = _rows(node.get("prefixItems")) or _rows(node.get("items"))
        if place < len(first):
            yield first[place]
        elif isinstance(node.get("items"), list):
            yield node.get("additionalItems", True)
        else:
            yield node.get("items", True)


def _parts(nodes: _Nodes, name: str) -> Iterator[object]:
    """What is said of the property of this name."""
    for node in nodes:
        properties = node.get("properties")
        named = cast("Mapping", properties) if isinstance(properties, dict) else {}
        if name in named:
            yield named[name]
        elif "patternProperties" not in node:
            yield node.get("additionalProperties", True)


def _named(node: Mapping) -> list[object]:
    return [node["const"]] if "const" in node else _rows(node.get("enum"))


def _allows(node: Mapping, value: object) -> bool:
    """Whether a value that is named somewhere is right here too, as far as this node says."""
    if "const" in node and not _same(node["const"], value):
        return False
    if isinstance(node.get("enum"), list) and not any(
        _same(each, value) for each in _rows(node["enum"])
    ):
        return False
    kinds = _types([node])
    if isinstance(value, str):
        exactly: Mapping = {"minLength": len(value), "maxLength": len(value)}
        return "string" in kinds and _room([node, exactly], "minLength", "maxLength")
    if isinstance(value, int | float) and not isinstance(value, bool):
        exactly = {"minimum": value, "maximum": value}
        fits = _number_fits([node, exactly], whole="number" not in kinds)
        return bool(kinds & _NUMBERS) and fits
    return _NAMES.get(type(value), "object") in kinds


def _same(one: object, other: object) -> bool:
    """As JSON has it: 1 is 1.0, and true is neither."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict | list):
        return msgspec.json.encode(one, order="sorted") == msgspec.json.encode(
            other, order="sorted"
        )
    return one == other


def _rows(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
