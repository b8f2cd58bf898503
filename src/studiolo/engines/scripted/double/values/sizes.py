"""How large the values of a schema are at least, and how much work one value may be.

Law: sizes are told without making a value, and every part of a schema is looked at a few times.
"""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from studiolo.core.schemas.nodes import below
from studiolo.core.schemas.pointers import part_of
from studiolo.engines.scripted.double.values.merging import (
    Schema,
    Unsatisfiable,
    listed,
    mapping,
)

# An answer of this size is longer than anybody reads, and takes a moment to make.
MOST_PARTS: Final = 5_000
# So many letters of a text count as one part.
LETTERS: Final = 16
# Sizes settle after as many rounds as references lead back; what has not is taken to be small.
_MOST_ROUNDS: Final = 64
_LIMIT: Final = MOST_PARTS + 1
_ENDLESS: Final = 10**12
_WORDS_OF_OBJECTS: Final = frozenset(("properties", "required", "minProperties"))
_WORDS_OF_ARRAYS: Final = frozenset(("items", "prefixItems", "minItems"))
_TOO_LARGE: Final = (
    f"the smallest value has more than {MOST_PARTS:,} parts, counting {LETTERS} letters as one"
)


class TooLarge(Unsatisfiable):
    """There may be a value, but it is too much to make."""

    def __init__(self, reason: str = _TOO_LARGE, keyword: str = "size") -> None:
        super().__init__(keyword, reason)


class Endless(Unsatisfiable):
    """Every value would have to hold another one."""

    def __init__(self) -> None:
        super().__init__("$ref", "every value would have to hold another one, without end")


class Budget:
    """How much may still be done for one value. `used` counts what was."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.used = 0

    def spend(self, steps: int) -> None:
        """Raises TooLarge if it was too much."""
        self.used += steps
        if self.used > self._most:
            raise TooLarge(f"no value for it was found in {self._most:,} steps")


class Sizes:
    """How many parts the smallest value of each part of a schema has, not counted beyond a limit.

    What has no end is counted as such. `looks` counts how often a part was looked at.
    """

    def __init__(self, root: object) -> None:
        self._root = root
        self._nodes = [*_reached(root)]
        self._found: dict[int, int] = {id(node): _ENDLESS for node in self._nodes}
        self._known = frozenset(self._found)
        self.looks = 0
        self._settle()

    def knows(self, schema: object) -> bool:
        """Whether this is a part of the schema itself."""
        return id(schema) in self._known

    def of(self, schema: object) -> int:
        """Of a part of the schema itself; what is none is small."""
        return self._found.get(id(schema), 1)

    def check(self) -> None:
        """Raises TooLarge or Endless if the whole value cannot be made."""
        size = self.of(self._root)
        if size >= _ENDLESS:
            raise Endless
        if size > MOST_PARTS:
            raise TooLarge

    def _settle(self) -> None:
        for _ in range(_MOST_ROUNDS):
            changed = False
            for node in self._nodes:
                size = self._look(node)
                changed |= size != self._found[id(node)]
                self._found[id(node)] = size
            if not changed:
                return
        self._found = {}

    def _look(self, node: Schema) -> int:
        self.looks += 1
        sizes = [self._plainly(node), *(self.of(part) for part in listed(node.get("allOf")))]
        if "$ref" in node:
            sizes.append(self.of(part_of(self._root, str(node["$ref"]))))
        for word in ("anyOf", "oneOf"):
            sizes += [
                min(map(self.of, branches)) for branches in [listed(node.get(word))] if branches
            ]
        size = max(sizes)
        return _ENDLESS if size >= _ENDLESS else min(_LIMIT, size)

    def _plainly(self, node: Schema) -> int:
        if "const" in node or "enum" in node:
            return 1
        return min(self._of_type(kind, node) for kind in _types(node))

    def _of_type(self, kind: str, node: Schema) -> int:
        match kind:
            case "object":
                properties = mapping(node.get("properties"))
                required = set(map(str, listed(node.get("required"))))
                parts = sum(self.of(properties.get(name)) for name in required)
                return 1 + max(parts, _count(node, "minProperties"))
            case "array":
                return 1 + self._items(node)
            case "string":
                return 1 + _count(node, "minLength") // LETTERS
            case _:
                return 1

    def _items(self, node: Schema) -> int:
        least = _count(node, "minItems")
        items = node.get("items")
        first = listed(items) or listed(node.get("prefixItems"))
        rest = node.get("additionalItems") if isinstance(items, list) else items
        return sum(map(self.of, first[:least])) + max(0, least - len(first)) * self.of(rest)


def _reached(root: object) -> Iterator[Schema]:
    """Every part that stands in the schema or is referred to, after those that it needs."""
    left: list[tuple[object, bool]] = [(root, False)]
    seen = set[int]()
    while left:
        node, looked_through = left.pop()
        if looked_through:
            yield mapping(node)
        elif isinstance(node, dict) and id(cast("object", node)) not in seen:
            known = cast("dict[str, object]", node)
            seen.add(id(known))
            left.append((known, True))
            left += [(part, False) for part in _needed(known, root)]


def _needed(node: dict[str, object], root: object) -> Iterator[object]:
    yield from (part for _, part in below(node))
    yield from listed(node.get("items"))
    if "$ref" in node:
        yield part_of(root, str(node["$ref"]))


def _types(node: Schema) -> Sequence[str]:
    kind = node.get("type")
    if isinstance(kind, list):
        return [str(each) for each in listed(cast("object", kind))] or [""]
    if kind is None and not _WORDS_OF_OBJECTS.isdisjoint(node):
        return ["object"]
    if kind is None and not _WORDS_OF_ARRAYS.isdisjoint(node):
        return ["array"]
    return [str(kind or ("string" if "minLength" in node else ""))]


def _count(node: Schema, word: str) -> int:
    found = node.get(word)
    return min(int(found), LETTERS * _LIMIT) if isinstance(found, int | float) else 0
