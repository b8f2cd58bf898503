"""A small schema may ask for a value of any size: what is too large is refused, after few steps."""

import json
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest

from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.values import checked
from studiolo.engines.scripted.double.values.checked import NoValue, instance, valid
from studiolo.engines.scripted.double.values.sizes import MOST_PARTS, Budget, Sizes

INTEGER = {"type": "integer"}


def needs(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def refers(name: object) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def chain(levels: int, of: Callable[[Any], Any], last: Any = INTEGER) -> dict[str, Any]:
    """Definitions of which each is made of the next."""
    parts = {f"n{level}": of(refers(f"n{level + 1}")) for level in range(levels)}
    return {"$defs": {**parts, f"n{levels}": last}, "$ref": "#/$defs/n0"}


def rows(least: int, items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least}


def pairs(part: Any) -> dict[str, Any]:
    return needs(l=part, r=part)


def optional(part: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {f"p{place}": part for place in range(20)}}


TOO_LARGE: dict[str, Any] = {
    "pairs of pairs": chain(22, pairs),
    "pairs of pairs, far beyond": chain(60, pairs),
    "pairs of pairs without a type": chain(
        22, lambda part: {key: held for key, held in pairs(part).items() if key != "type"}
    ),
    "pairs in allOf": chain(22, lambda part: {"allOf": [pairs(part)]}),
    "pairs in every branch": chain(22, lambda part: {"anyOf": [pairs(part), needs(a=pairs(part))]}),
    "lists of two": chain(22, partial(rows, 2)),
    "tuples": chain(22, lambda part: {**rows(2, INTEGER), "prefixItems": [part, part]}),
    "tuples of an older draft": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **chain(22, lambda part: rows(2, [part, part])),
    },
    "a wide list": rows(1_000_000, INTEGER),
    "a wide list of anything": {"minItems": 1_000_000},
    "lists in a list": rows(1_000, rows(1_000, INTEGER)),
    "a long text": {"type": "string", "minLength": 10_000_000},
    "long texts": rows(1_000, {"type": "string", "minLength": 10_000}),
    "many names": {"type": "object", "minProperties": 1_000_000},
    "a deep part": needs(a=needs(b=rows(10_000, INTEGER))),
}
MADE: dict[str, Any] = {
    "a pair of pairs": chain(4, pairs),
    "a pair that may be nothing": chain(
        30, lambda part: {"anyOf": [pairs(part), {"type": "null"}]}
    ),
    "many that may be left out": chain(6, optional),
    "lists that may be empty": chain(8, lambda part: {"type": "array", "items": part}),
    "a list of some": rows(1_000, INTEGER),
    "a text of some length": {"type": "string", "minLength": 10_000},
    "a tree": {"$defs": {"n": optional(refers("n"))}, "$ref": "#/$defs/n"},
    "the same twice, again and again": chain(30, lambda part: {"allOf": [part, part]}),
    "branches by branches": {"allOf": [{"anyOf": [{"minimum": n} for n in range(10)]}] * 10},
}


@pytest.mark.parametrize("sparing", [True, False])
@pytest.mark.parametrize("schema", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_not_begun(schema: Any, *, sparing: bool) -> None:
    def begun() -> Choice:
        raise AssertionError

    with pytest.raises(NoValue, match=f"more than {MOST_PARTS:,} parts"):
        instance(json.dumps(schema), begun, Random(1), sparing=sparing)


@pytest.mark.parametrize("schema", MADE.values(), ids=MADE)
def test_what_is_small_is_made_in_few_steps(schema: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    budgets: list[Budget] = []

    def budget(most: int) -> Budget:
        budgets.append(Budget(most))
        return budgets[-1]

    monkeypatch.setattr(checked, "Budget", budget)
    instance(json.dumps(schema), partial(Choice, "Hello"), Random(1), sparing=False)
    made = [one.used for one in budgets]
    assert sum(made) < 5 * MOST_PARTS


@pytest.mark.parametrize("levels", [3, 18])
def test_alternatives_in_alternatives_are_checked_once_for_each_value(levels: int) -> None:
    maze = chain(levels, lambda part: {"anyOf": [needs(a=part, b=INTEGER), needs(a=part)]})
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    assert valid(json.dumps(maze), value)


@pytest.mark.parametrize(("items", "known"), [(3, True), (60_000, False)])
def test_a_check_that_takes_too_long_is_given_up(items: int, *, known: bool) -> None:
    schema = {"items": {"type": "integer", "minimum": 0}}
    assert valid(json.dumps(schema), [1] * items) == known


@pytest.mark.parametrize("schema", [*TOO_LARGE.values(), *MADE.values()])
def test_every_part_is_looked_at_a_few_times(schema: Any) -> None:
    parts = json.dumps(schema).count("{")
    assert Sizes(schema).looks <= 4 * parts + 4
