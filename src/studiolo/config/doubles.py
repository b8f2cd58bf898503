"""Doubles in place of other engines: what `--double` makes of the deployments that are set."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from studiolo.config.mistakes import Layer

_KEY: Final = "deployments"
# Its family is of hybrid models: models that never think are asked without a thought.
_DOUBLE: Final[Mapping[str, object]] = {"engine": "double", "family": "qwen3"}
# All that a deployment of another engine hands on to the double in its place.
_HANDED_ON: Final = ("name", "serves")


def double_settings() -> dict[str, Any]:
    """The flags of a test double: one engine without weights that serves the whole catalogue."""
    return {_KEY: [{"name": "double", **_DOUBLE}], **watched()}


def watched() -> dict[str, Any]:
    """The flags by which requests to a double can be looked at."""
    return {"double": {"inspect": True}}


def doubled(
    sources: Sequence[Layer], manner: Mapping[str, object]
) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """All sources with doubles for deployments, and the names of those that were none.

    Doubles stay as they are set, but for what `manner` says of all of them. What are no
    deployments at all is left for whoever tells of mistakes.
    """
    found = next((layer for layer in sources if layer.values.get(_KEY) is not None), None)
    if found is None:
        found = Layer("flag", double_settings())
    given = _tables(found.values[_KEY])
    if not isinstance(given, list):
        return tuple(sources), ()
    rows = cast("list[object]", given)
    tables = [_double(each, manner) for each in rows]
    replaced = tuple(str(each.get("name", "")) for each in _mappings(rows) if _is_other(each))
    return (replace(found, values={_KEY: tables}), *sources), replaced


def _double(given: object, manner: Mapping[str, object]) -> object:
    if not isinstance(given, Mapping):
        return given
    table = cast("Mapping[str, object]", given)
    if _is_other(table):
        kept = {name: table[name] for name in _HANDED_ON if name in table}
        return {**kept, **_DOUBLE, **manner}
    return {**table, **manner}


def _is_other(table: Mapping[str, object]) -> bool:
    return table.get("engine") != "double"


def _mappings(rows: list[object]) -> list[Mapping[str, object]]:
    return [cast("Mapping[str, object]", each) for each in rows if isinstance(each, Mapping)]


def _tables(given: object) -> object:
    """The list that the environment has as JSON."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        return given
