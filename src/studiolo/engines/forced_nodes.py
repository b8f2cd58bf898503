"""The nodes of a tool's schema as forced calls read them: with what they refer to, way by way.

Law: a way may allow more than the schema does, never less.
"""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from studiolo.core.schemas.pointers import part_of

Schema = Mapping[str, object]

_UNIONS: Final = ("anyOf", "oneOf")
# References lead to references, and choices to choices; a circle of them says nothing.
_DEEPEST: Final = 8
_MOST_WAYS: Final = 100


def resolved(node: object, root: Schema, depth: int = 0) -> Schema:
    """The node with what it refers to, and with all that must hold beside it."""
    found = dict(mapping(node))
    reference, others = found.pop("$ref", None), rows(found.pop("allOf", None))
    if depth >= _DEEPEST:
        return found
    targets = [part_of(root, reference)] if isinstance(reference, str) else []
    for each in (*targets, *others):
        found = _both(found, resolved(each, root, depth + 1))
    return found


def ways_of(
    declared: object, root: Schema, depth: int = 0, *, most: int = _MOST_WAYS
) -> list[Schema]:
    """What may stand there, each way without choices between others.

    Where there are more than `most`, it is one way that says nothing of the choices.
    """
    node = resolved(declared, root)
    word = next((word for word in _UNIONS if rows(node.get(word))), None)
    types = _types(node.get("type"))
    if word is None and len(types) > 1 and "string" in types and not _names_values(node):
        return [{**node, "type": each} for each in types]
    if word is None or depth >= _DEEPEST:
        return [node]
    rest = {key: held for key, held in node.items() if key != word}
    branches = [branch for branch in rows(node[word]) if branch is not False]
    found = [
        way
        for branch in branches[: most + 1]
        for way in ways_of({**rest, "allOf": [branch]}, root, depth + 1, most=most)
    ]
    return found if 0 < len(found) <= most else [rest]


def _names_values(node: Schema) -> bool:
    return "const" in node or bool(rows(node.get("enum")))


def _both(one: Schema, other: Schema) -> dict[str, object]:
    """A value that satisfies both; of words that are hard to join, the first ones hold."""
    joined: dict[str, object] = {**other, **one}
    for word, held in one.items():
        if word in other:
            joined[word] = _join(word, held, other[word])
    return joined


def _join(word: str, one: object, other: object) -> object:
    match word:
        case "properties":
            return _joined_parts(mapping(one), mapping(other))
        case "pattern":
            return [*(rows(one) or [one]), *(rows(other) or [other])]
        case "required":
            return [*rows(one), *(each for each in rows(other) if each not in rows(one))]
        case "minLength" | "maxLength":
            lengths = [each for each in (one, other) if isinstance(each, int)]
            return (max if word == "minLength" else min)(lengths, default=0)
        case "enum":
            return [each for each in rows(one) if each in rows(other)]
        case "type":
            types, others = _types(one), _types(other)
            return [each for each in types if each in others] or one
        case _:
            return one


def _joined_parts(one: Schema, other: Schema) -> Schema:
    """What is said of a part twice holds together."""
    both: dict[str, object] = {}
    for name, node in one.items():
        if name in other and other[name] != node:
            never = node is False or other[name] is False
            both[name] = False if never else {"allOf": [node, other[name]]}
    return {**other, **one, **both}


def _types(value: object) -> Sequence[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


def mapping(value: object) -> Schema:
    """The object, or an empty one."""
    return cast("Schema", value) if isinstance(value, dict) else {}


def rows(value: object) -> Sequence[object]:
    """The list, or an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []
