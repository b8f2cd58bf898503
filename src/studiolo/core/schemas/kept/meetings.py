"""The nodes of a schema that one value must satisfy together, way by way."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final, cast

from studiolo.core.schemas.nodes import Mapping

_UNIONS: Final = ("anyOf", "oneOf")
# Nobody looks at more than these.
_MOST_WAYS: Final = 10_000

Nodes = list[Mapping]


class TooManyWays(Exception):
    """There are more ways than anybody looks at."""


def meetings(root: Mapping, target: Callable[[Mapping], object]) -> Iterator[Nodes]:
    """All that may meet, each once; `target` gives what a node with a `$ref` refers to.

    Raises TooManyWays.
    """
    return chain.from_iterable(places(root, target))


def places(root: Mapping, target: Callable[[Mapping], object]) -> Iterator[list[Nodes]]:
    """The same, together what may meet at one place in a value."""
    ways = _Ways(target)
    left: list[tuple[object, ...]] = [(root,)]
    seen: set[frozenset[int]] = set()
    while left:
        found = {frozenset(map(id, nodes)): nodes for nodes in ways.of(left.pop())}
        fresh = [nodes for key, nodes in found.items() if key not in seen]
        seen |= found.keys()
        yield fresh
        left += (part for nodes in fresh for part in _parts(nodes))


class _Ways:
    """Goes through the choices of one schema, so many in all."""

    def __init__(self, target: Callable[[Mapping], object]) -> None:
        self._target = target
        self._left = _MOST_WAYS

    def of(self, schemas: Sequence[object]) -> Iterator[Nodes]:
        """The nodes that hold at once, for each choice between others; none where one is false."""
        self._left -= 1
        if self._left < 0:
            raise TooManyWays
        nodes, unions, left = Nodes(), list[list[object]](), list(schemas)
        seen = set[int]()
        while left:
            node = left.pop()
            if node is False:
                return
            if not isinstance(node, dict) or id(cast("object", node)) in seen:
                continue
            known = cast("Mapping", node)
            seen.add(id(known))
            nodes.append(known)
            left += _rows(known.get("allOf"))
            unions += [rows for word in _UNIONS if (rows := _rows(known.get(word)))]
            if "$ref" in known:
                left.append(self._target(known))
        yield from self._chosen(nodes, unions)

    def _chosen(self, nodes: Nodes, unions: Sequence[list[object]]) -> Iterator[Nodes]:
        if not unions:
            yield nodes
            return
        first, *others = unions
        for branch in first:
            for chosen in self.of([branch]):
                yield from self._chosen([*nodes, *chosen], others)


def _parts(nodes: Nodes) -> Iterator[tuple[object, ...]]:
    """What the parts of a value must satisfy: those of each name and place, and all others."""
    named = [_named(node.get("properties")) for node in nodes]
    for name in {name for each in named for name in each}:
        yield tuple(part for node in nodes for part in _of_name(node, name))
    patterns = {pattern for node in nodes for pattern in _named(node.get("patternProperties"))}
    for pattern in (None, *patterns):
        yield tuple(part for node in nodes for part in _of_pattern(node, pattern))
    places = max((len(_rows(node.get("prefixItems"))) for node in nodes), default=0)
    for place in range(places + 1):
        yield tuple(_of_place(node, place) for node in nodes)


def _of_name(node: Mapping, name: str) -> Iterator[object]:
    properties = _named(node.get("properties"))
    yield properties[name] if name in properties else node.get("additionalProperties", True)


def _of_pattern(node: Mapping, pattern: str | None) -> Iterator[object]:
    patterns = _named(node.get("patternProperties"))
    yield patterns[pattern] if pattern in patterns else node.get("additionalProperties", True)


def _of_place(node: Mapping, place: int) -> object:
    first = _rows(node.get("prefixItems"))
    return first[place] if place < len(first) else node.get("items", True)


def _named(held: object) -> Mapping:
    return cast("Mapping", held) if isinstance(held, dict) else {}


def _rows(held: object) -> list[object]:
    return cast("list[object]", held) if isinstance(held, list) else []
