"""Parameters as a model takes them that some program wrote oddly: what cannot be read says nothing.

Tools are told to the model as they are, so a type that is spelled otherwise is no reason to fail.
"""

import json
from functools import lru_cache
from typing import Annotated, Final, cast

import msgspec

from studiolo.core.schemas.kinds import kind_of
from studiolo.core.schemas.nodes import Mapping, Node, Schema, mapped
from studiolo.engines.scripted.double.values.merging import mapping


class _More(msgspec.Struct, frozen=True, rename="camel"):
    """The words that no node of an answer's schema has, and the shapes they have."""

    min_contains: Annotated[int, msgspec.Meta(ge=0)] = 0
    max_contains: Annotated[int, msgspec.Meta(ge=0)] = 0
    dependent_required: dict[str, list[str]] = {}
    dependencies: dict[str, Schema | list[str]] = {}
    additional_items: Schema = True
    unevaluated_items: Schema = True
    unevaluated_properties: Schema = True
    anchor: str = msgspec.field(default="", name="$anchor")


_KNOWN: Final = frozenset(("string", "integer", "number", "boolean", "object", "array", "null"))


@lru_cache(maxsize=512)
def tidied(parameters: str) -> str:
    """The schema without what is none; as it is where all of it can be read."""
    try:
        read: object = json.loads(parameters)
    except (ValueError, RecursionError):
        return parameters
    return json.dumps(_tidy(dict(mapping(read))))


def _tidy(node: Mapping) -> Mapping:
    named = {word: _named(word, held) for word, held in node.items()}
    read = {word: held for word, held in named.items() if _is_read(word, held)}
    return mapped(read, _tidy)


def _named(word: str, held: object) -> object:
    """Types by their own names; one that nobody knows says nothing."""
    if word != "type":
        return held
    if isinstance(held, list):
        names = map(kind_of, cast("list[object]", held))
        return [name for name in names if name in _KNOWN] or None
    name = kind_of(held)
    return name if name in _KNOWN else None


def _is_read(word: str, held: object) -> bool:
    try:
        for words in (Node, _More):
            msgspec.convert({word: held}, words)
    except msgspec.ValidationError:
        return False
    return held is not None or word in ("const", "default")
