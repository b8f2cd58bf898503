"""The parts of a schema that speak of the same value, and the parameters they declare."""

from collections.abc import Iterator
from typing import cast

from studiolo.core.schemas.nodes import SAME_VALUE, Mapping, below
from studiolo.core.schemas.pointers import part_of


def alike(schema: object, root: object) -> Iterator[Mapping]:
    """The nodes that speak of the same value as this one, itself first, each once."""
    left, seen = [schema], set[int]()
    while left:
        node = left.pop(0)
        if not isinstance(node, dict) or id(cast("object", node)) in seen:
            continue
        known = cast("Mapping", node)
        seen.add(id(known))
        yield known
        left += [each for keys, each in below(known) if keys[0] in SAME_VALUE]
        if isinstance(reference := known.get("$ref"), str):
            left.append(part_of(root, reference))


def parameters_of(root: object) -> dict[str, list[object]]:
    """The schemas of each parameter; a name that is only required has none."""
    found: dict[str, list[object]] = {}
    for node in alike(root, root):
        named = node.get("properties")
        for name, schema in cast("Mapping", named if isinstance(named, dict) else {}).items():
            found.setdefault(name, []).append(schema)
        required = node.get("required")
        for name in cast("list[object]", required if isinstance(required, list) else []):
            if isinstance(name, str):
                found.setdefault(name, [])
    return found
