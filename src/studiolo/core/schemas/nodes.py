"""The nodes of a JSON schema: what each may hold, and which nodes are below it.

Law: `Node` says no more than the meta-schema does; words that are not named here are comments.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Final, Literal, cast, get_args

import msgspec

Mapping = dict[str, object]
Schema = Mapping | bool
Keys = tuple[str, ...]

# Others have other words, or the same ones with another meaning.
DRAFTS: Final = frozenset(
    (
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    )
)

_Types = Literal["null", "boolean", "object", "array", "number", "string", "integer"]
TYPES: Final[tuple[str, ...]] = get_args(_Types)
_Count = Annotated[int, msgspec.Meta(ge=0)]
_Some = Annotated[list[Schema], msgspec.Meta(min_length=1)]
_Named = dict[str, Schema]


class Node(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The words of one node and the shapes they have."""

    type: _Types | list[_Types] = "null"
    enum: list[object] = []
    pattern: str = ""
    format: str = ""
    multiple_of: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    minimum: float = 0.0
    maximum: float = 0.0
    exclusive_minimum: float = 0.0
    exclusive_maximum: float = 0.0
    min_length: _Count = 0
    max_length: _Count = 0
    min_items: _Count = 0
    max_items: _Count = 0
    min_properties: _Count = 0
    max_properties: _Count = 0
    unique_items: bool = False
    required: list[str] = []
    properties: _Named = {}
    pattern_properties: _Named = {}
    additional_properties: Schema = True
    items: Schema = True
    prefix_items: _Some = []
    any_of: _Some = []
    all_of: _Some = []
    one_of: _Some = []
    not_: Schema = msgspec.field(default=True, name="not")
    if_: Schema = msgspec.field(default=True, name="if")
    then: Schema = True
    else_: Schema = msgspec.field(default=True, name="else")
    contains: Schema = True
    property_names: Schema = True
    dependent_schemas: _Named = {}
    defs: _Named = msgspec.field(default_factory=dict[str, Schema], name="$defs")
    definitions: _Named = {}
    ref: str = msgspec.field(default="", name="$ref")
    id: str = msgspec.field(default="", name="$id")
    dialect: str = msgspec.field(default="", name="$schema")

    @property
    def bounded(self) -> bool:
        """Whether a number is held between bounds."""
        return any((self.minimum, self.maximum, self.exclusive_minimum, self.exclusive_maximum))


# Where nodes stand below a node: under a name, in a list, or alone.
NAMED: Final = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
LISTED: Final = ("prefixItems", "anyOf", "allOf", "oneOf")
ALONE: Final = (
    *("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"),
    *("unevaluatedItems", "unevaluatedProperties"),
)
# All words by which a schema of any draft asks for something; others are comments.
WORDS: Final = frozenset(
    (
        *("type", "enum", "const", "pattern", "format", "multipleOf", "minimum", "maximum"),
        *("exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems"),
        *("uniqueItems", "minContains", "maxContains", "minProperties", "maxProperties"),
        *("required", "dependentRequired", "dependencies", "additionalItems", "then", "else"),
        *("$ref", "$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor", "$recursiveAnchor"),
        *("$id", "$schema", *NAMED, *LISTED, *ALONE),
    )
)
# Of a made-up name, so much is said back.
_LONGEST_SHOWN: Final = 64
# Of these, the ones that speak of the same value as the node itself.
SAME_VALUE: Final = ("anyOf", "allOf", "oneOf")


def below(node: Mapping) -> Iterator[tuple[Keys, Schema]]:
    """The nodes directly below, each with the keys that lead to it."""
    for word, held in node.items():
        if word in NAMED and isinstance(held, dict):
            for name, each in cast("Mapping", held).items():
                yield from _node((word, name), each)
        elif word in LISTED and isinstance(held, list):
            for place, each in enumerate(cast("list[object]", held)):
                yield from _node((word, str(place)), each)
        elif word in ALONE:
            yield from _node((word,), held)


def _node(keys: Keys, value: object) -> Iterator[tuple[Keys, Schema]]:
    if isinstance(value, bool):
        yield keys, value
    elif isinstance(value, dict):
        yield keys, cast("Mapping", value)


def mapped(node: Mapping, change: Callable[[Mapping], object]) -> Mapping:
    """The node with every node directly below it changed."""
    return {word: _held(word, held, change) for word, held in node.items()}


def _held(word: str, held: object, change: Callable[[Mapping], object]) -> object:
    if word in NAMED and isinstance(held, dict):
        named = cast("Mapping", held)
        return {name: _changed(each, change) for name, each in named.items()}
    if word in LISTED and isinstance(held, list):
        return [_changed(each, change) for each in cast("list[object]", held)]
    return _changed(held, change) if word in ALONE else held


def _changed(value: object, change: Callable[[Mapping], object]) -> object:
    return change(cast("Mapping", value)) if isinstance(value, dict) else value


def shown(keys: Keys) -> list[str]:
    """The path as error texts spell it: `properties`, `age`, or `anyOf`, `[1]`."""
    words: list[str] = []
    for place, key in enumerate(keys):
        listed = place > 0 and keys[place - 1] in LISTED and key.isdecimal()
        words.append(f"[{key}]" if listed else key[:_LONGEST_SHOWN] or "''")
    return words
