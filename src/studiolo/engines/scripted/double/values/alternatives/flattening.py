"""Schemas made flat: references followed, and all that must hold together laid over each other."""

from collections.abc import Iterator
from typing import Final, cast

from studiolo.core.schemas.pointers import NOWHERE, part_of
from studiolo.engines.scripted.double.values.merging import (
    Schema,
    Unsatisfiable,
    as_schema,
    listed,
    mapping,
    merged,
)

_REFERENCES: Final = ("$ref", "$dynamicRef")
_LEADING: Final = (*_REFERENCES, "allOf")


def flat(schema: object, root: object) -> Schema:
    """The schema without `$ref` and `allOf` at its top. Raises Unsatisfiable."""
    whole: Schema = {}
    for part in _parts(as_schema(schema), root, open_=set(), seen=set()):
        whole = merged(whole, part)
    return whole


def _parts(schema: Schema, root: object, *, open_: set[int], seen: set[int]) -> Iterator[Schema]:
    """All that must hold together, each once, without the words that lead to others."""
    if id(schema) in open_:
        raise Unsatisfiable("$ref", "the references go round in a circle")
    if id(schema) in seen:
        return
    seen.add(id(schema))
    open_.add(id(schema))
    for word in _REFERENCES:
        if word in schema:
            target = as_schema(resolved(root, str(schema[word])))
            yield from _parts(target, root, open_=open_, seen=seen)
    yield {word: held for word, held in schema.items() if word not in _LEADING}
    for part in listed(schema.get("allOf")):
        yield from _parts(as_schema(part), root, open_=open_, seen=seen)
    open_.discard(id(schema))


def resolved(root: object, reference: str) -> object:
    """What a reference within the schema points at. Raises Unsatisfiable."""
    document, _, fragment = reference.partition("#")
    found = root if not document else _named(root, "$id", document)
    if fragment and not fragment.startswith("/"):
        found = _named(root, "$anchor", fragment)
    elif fragment:
        found = part_of(found, "#" + fragment)
    if found is NOWHERE:
        raise Unsatisfiable("$ref", f"{reference!r} points at nothing")
    return found


def _named(root: object, keyword: str, name: str) -> object:
    """The part of the schema that calls itself so."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            known = mapping(cast("object", part))
            if known.get(keyword) == name or (
                keyword == "$anchor" and known.get("$dynamicAnchor") == name
            ):
                return known
            waiting += known.values()
        else:
            waiting += listed(part)
    raise Unsatisfiable("$ref", f"{name!r} is not in the schema")
