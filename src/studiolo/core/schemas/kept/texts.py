"""The texts and names of a schema that must match patterns, each place by itself.

Engines follow all patterns of one place side by side, and what they must remember multiplies.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, cast

import msgspec

from studiolo.core.schemas.kept.meetings import Nodes, TooManyWays, places
from studiolo.core.schemas.kept.multiples import types_of
from studiolo.core.schemas.nodes import Mapping

_OF_TEXTS: Final = ("pattern", "format", "minLength", "maxLength")
_NOTHING: Final[Mapping] = {"type": "null"}


class Place(msgspec.Struct, frozen=True):
    """The nodes whose patterns meet there, and a schema of nothing but that."""

    nodes: tuple[Mapping, ...]
    schema: Mapping
    of_names: bool


def patterned(root: Mapping, target: Callable[[Mapping], object]) -> list[Place]:
    """All such places, alike ones once; none where there are more ways than anybody looks at."""
    try:
        found = [place for ways in places(root, target) for place in _patterned(ways)]
    except TooManyWays:
        return []
    return [*{msgspec.json.encode(place.schema): place for place in found}.values()]


def _patterned(ways: Sequence[Nodes]) -> Iterator[Place]:
    for meets, schema_of, of_names in ((_meets_text, _text, False), (_meets_names, _names, True)):
        met = [nodes for nodes in ways if meets(nodes)]
        if met:
            speaking = {id(node): node for nodes in met for node in nodes if _speaks(node)}
            schemas = [schema_of(nodes) for nodes in met]
            whole: Mapping = {"anyOf": schemas} if len(schemas) > 1 else schemas[0]
            yield Place(tuple(speaking.values()), whole, of_names)


def _speaks(node: Mapping) -> bool:
    return any(word in node for word in ("pattern", "format", "patternProperties"))


def _meets_text(nodes: Nodes) -> bool:
    return any("pattern" in node or "format" in node for node in nodes) and all(
        "string" in types_of(node) and "enum" not in node and "const" not in node for node in nodes
    )


def _text(nodes: Nodes) -> Mapping:
    rows = [{word: node[word] for word in _OF_TEXTS if word in node} for node in nodes]
    return {"type": "string", "allOf": rows}


def _meets_names(nodes: Nodes) -> bool:
    return any(node.get("patternProperties") for node in nodes)


def _names(nodes: Nodes) -> Mapping:
    """Only one node of several that meet may speak of names where one has patterns of them."""
    found: Mapping = {"type": "object"}
    for node in nodes:
        for word in ("properties", "patternProperties"):
            if isinstance(held := node.get(word), dict):
                found[word] = dict.fromkeys(cast("Mapping", held), _NOTHING)
        if node.get("additionalProperties") is False:
            found["additionalProperties"] = False
    return {"additionalProperties": _NOTHING, **found}
