"""Schemas by the hundred, each made around a value: the double finds one too, in bounded work."""

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

import jsonschema
import pytest
from jsonschema import validators
from tests.engines.scripted.double.asking import answer
from tests.engines.scripted.double.satisfiable import Around

from studiolo.core.generation import JsonSchema
from studiolo.core.mode_errors import SchemaInvalid
from studiolo.core.schemas.checks import check_schema, keeping_reason
from studiolo.core.schemas.restated import restated
from studiolo.core.schemas.results import fault_in
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.values import checked
from studiolo.engines.scripted.double.values.checked import NoValue, instance
from studiolo.engines.scripted.double.values.patterns.expressions import words_of_patterns
from studiolo.engines.scripted.double.values.sizes import MOST_PARTS, Budget

TEXT = "Alice is 30 and lives in Rome"
ACCEPTED = range(250)
# Of all words together; where it finds nothing for so few of them, they are counted here.
LOOSE = range(250)
MOST_MISSED = 5


def kept(seed: int) -> str | None:
    """A schema that real engines keep; None where they refuse it."""
    schema, _ = Around(Random(seed), loose=False).schema()
    text = json.dumps(restated(schema), ensure_ascii=False)
    try:
        check_schema(text, field="f")
    except SchemaInvalid:
        return None
    return None if keeping_reason(text) else text


@pytest.mark.parametrize("first", range(0, len(ACCEPTED), 50))
def test_what_real_engines_keep_is_satisfied(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    budgets: list[Budget] = []

    def budget(most: int) -> Budget:
        budgets.append(Budget(most))
        return budgets[-1]

    monkeypatch.setattr(checked, "Budget", budget)
    schemas = [text for seed in ACCEPTED[first : first + 50] if (text := kept(seed)) is not None]
    assert len(schemas) > 30
    for text in schemas:
        budgets.clear()
        value = instance(text, partial(Choice, TEXT), Random(1), sparing=False).value
        assert fault_in(json.dumps(value, ensure_ascii=False), text) == "", text
        assert sum(each.used for each in budgets[1:] if each.used < MOST_PARTS) < 4 * MOST_PARTS


def checker(schema: dict[str, Any]) -> Any:
    """Draft 2020-12, with patterns that Python does not know and exact multiples."""
    words = {**words_of_patterns(schema), "multipleOf": multiple_of}
    return validators.extend(jsonschema.Draft202012Validator, words)(schema)


def multiple_of(walker: Any, step: Any, value: Any, schema: Any) -> Iterator[Any]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and (Fraction(str(value)) / Fraction(str(step))).denominator > 1:
        yield jsonschema.ValidationError(f"{value} is no multiple of {step}")


def loose() -> Iterator[tuple[dict[str, Any], Any]]:
    for seed in LOOSE:
        schema, value = Around(Random(seed), loose=True).schema()
        if checker(schema).is_valid(value):
            yield schema, value


def test_of_parameters_of_tools_hardly_any_is_given_up() -> None:
    missed: list[Any] = []
    for schema, _ in loose():
        try:
            value = instance(
                json.dumps(schema), partial(Choice, TEXT), Random(1), sparing=False
            ).value
        except NoValue:
            missed.append(schema)
            continue
        checker(schema).validate(value)
    assert len(missed) <= MOST_MISSED, missed


def string(**words: Any) -> dict[str, Any]:
    return {"type": "string", **words}


def number(**words: Any) -> dict[str, Any]:
    return {"type": "number", **words}


HARD: dict[str, dict[str, Any]] = {
    "a step that is no double": number(multipleOf=0.1, minimum=0.3, maximum=0.3),
    "one multiple in the room": number(multipleOf=0.3, minimum=100.01, maximum=100.25),
    "small steps": number(multipleOf=1e-7, minimum=0.00000015, maximum=0.0000002),
    "a whole number that is no double": {
        "type": "integer",
        "minimum": 2**53 + 1,
        "maximum": 2**53 + 1,
    },
    "large steps": {"type": "integer", "multipleOf": 9973, "minimum": 100_000},
    "steps that meet": {"allOf": [number(multipleOf=0.25), {"multipleOf": 0.1, "minimum": 0.2}]},
    "choices by choices": {
        "type": "object",
        "allOf": [{"anyOf": [{"required": [f"a{n}"]}, {"required": [f"b{n}"]}]} for n in range(20)],
    },
    "choices with one in common": {
        "allOf": [{"anyOf": [{"const": n}, {"const": 99}]} for n in range(15)]
    },
    "many lists with one in common": {
        "allOf": [{"anyOf": [{"enum": [*range(n, n + 50)]}, {"type": "string"}]} for n in range(40)]
    },
    "one of a thousand": string(enum=[f"v{n}" for n in range(1000)], pattern="^v999$"),
    "alternatives with anchors": string(pattern="^(?:foo|bar)$|^baz\\d+$", minLength=6),
    "letters by their kind": string(pattern="^\\p{L}{3}\\p{N}$", maxLength=4),
    "a script": string(pattern="^[\\u0400-\\u04ff]{3}$"),
    "a short address": string(format="email", pattern="^[a-z]+@[a-z]+\\.io$", maxLength=8),
    "the last second of a year": string(
        format="date-time", pattern="^2031-12-31T23:59:5[0-9]\\.\\d{3}Z$"
    ),
    "capitals of a format": string(format="uuid", pattern="^[A-F0-9-]+$"),
    "eight patterns": string(allOf=[{"pattern": letter} for letter in "abcdefgh"]),
    "groups of three": string(pattern="^(?:[01]{3}){2,}$", minLength=50, maxLength=52),
    "a long word": string(pattern="^[a-z]{900}$", allOf=[{"pattern": "q"}]),
    "steps of words": string(allOf=[{"pattern": f"^(a{{{n}}})*$"} for n in (2, 3, 5)], minLength=1),
}


@pytest.mark.parametrize("title", HARD)
def test_hard_ones_are_satisfied(title: str) -> None:
    text = json.dumps(HARD[title])
    assert fault_in(answer(TEXT, constraint=JsonSchema(text)), text) == ""


NEVER: dict[str, dict[str, Any]] = {
    "lengths that no repeat has": string(pattern="^(?:[01]{3})+$", minLength=50, maxLength=50),
    "patterns that exclude each other": string(pattern="^a", allOf=[{"pattern": "^b"}]),
    "a day that is none": string(format="date", pattern="-02-30$"),
    "no multiple in the room": number(multipleOf=0.3, minimum=0.1, maximum=0.2),
}


@pytest.mark.parametrize("title", NEVER)
def test_what_nothing_satisfies_is_refused(title: str) -> None:
    with pytest.raises(SchemaInvalid):
        answer(TEXT, constraint=JsonSchema(json.dumps(NEVER[title])))


# What each schema of a `not` leaves, with the values that are among it.
LEFT: tuple[tuple[dict[str, Any], type], ...] = (
    ({"not": {"type": ["string", "object", "array"]}}, object),
    ({"type": ["string", "integer"], "not": {"type": "string"}}, int),
    ({"type": "string", "not": {"pattern": "^[a-zA-Z]"}}, str),
    ({"type": "integer", "not": {"minimum": -5}}, int),
    ({"type": "string", "not": {"maxLength": 40}}, str),
    ({"type": "object", "properties": {"a": {}}, "not": {"required": ["a"]}}, dict),
    ({"type": "object", "not": {"properties": {"a": {"type": "string"}}}}, dict),
    ({"type": "array", "not": {"items": {"type": "integer"}}}, list),
    ({"type": "array", "not": {"maxItems": 2}, "items": {"enum": [1, 2]}}, list),
    ({"type": "integer", "not": {"anyOf": [{"maximum": 7}, {"minimum": 9}]}}, int),
    ({"type": "string", "not": {"not": {"const": "x"}}}, str),
)


@pytest.mark.parametrize(("schema", "kind"), LEFT)
def test_what_not_leaves_is_found(schema: dict[str, Any], kind: type) -> None:
    value = instance(json.dumps(schema), partial(Choice, TEXT), Random(1), sparing=False).value
    jsonschema.Draft202012Validator(schema).validate(value)
    assert isinstance(value, kind)
