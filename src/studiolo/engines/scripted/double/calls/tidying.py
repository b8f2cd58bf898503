"""Parameters as a model takes them that some program wrote oddly: what cannot be read says nothing.

Tools are told to the model as they are, so a type that is spelled otherwise is no reason to fail.
"""

import json
from functools import lru_cache
from typing import Final, cast

import msgspec

from studiolo.core.schemas.kinds import kind_of
from studiolo.core.schemas.nodes import Mapping, Node, mapped
from studiolo.engines.scripted.double.values.merging import mapping

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
        msgspec.convert({word: held}, Node)
    except msgspec.ValidationError:
        return False
    return held is not None or word in ("const", "default")
