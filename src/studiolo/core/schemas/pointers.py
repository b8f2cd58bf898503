"""The way to a part of a schema: JSON pointers, and the references that hold them (RFC 6901).

By them, the parts that speak of the same value, and the parameters they declare.
"""

from collections.abc import Iterator
from typing import Final, cast
from urllib.parse import unquote

from studiolo.core.schemas.nodes import SAME_VALUE, Keys, Mapping, below

# What a reference leads to that leads to nothing.
NOWHERE: Final = object()


def pointer(keys: Keys) -> str:
    """The keys as a JSON pointer."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


def keys_of(reference: str) -> Keys:
    """The keys a reference leads by; those of no node if it leads elsewhere."""
    if reference != "#" and not reference.startswith("#/"):
        return (reference, "")
    parts = unquote(reference).split("/")[1:]
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def part_of(root: object, reference: str) -> object:
    """What a reference like `#/$defs/a` leads to in this schema; NOWHERE if that is nothing."""
    found = root
    for key in keys_of(reference):
        if isinstance(found, dict):
            found = cast("dict[str, object]", found).get(key, NOWHERE)
        elif isinstance(found, list) and _is_place(key):
            entries = cast("list[object]", found)
            found = entries[int(key)] if int(key) < len(entries) else NOWHERE
        else:
            return NOWHERE
    return found


def _is_place(key: str) -> bool:
    """Whether this counts the entries of a list."""
    return key.isascii() and key.isdecimal() and (key == "0" or key[0] != "0") and len(key) < 8


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
