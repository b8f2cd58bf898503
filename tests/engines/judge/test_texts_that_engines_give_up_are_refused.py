"""Patterns of one place are tried together, with less strength than engines have."""

import json
from typing import Any

import pytest

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.schemas.grammar import fault_of
from studiolo.core.schemas.results import arguments_fault
from studiolo.engines.forced_calls import held_calls
from studiolo.engines.judge.judge import Judge
from studiolo.engines.judge.texts import hard_text

WORDS = "its patterns are too hard to keep together, or with its length"
CLASSES = ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")


def text(*patterns: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "allOf": [{"pattern": each} for each in patterns], **more}


KEPT: dict[str, Any] = {
    "a pattern found anywhere": text("foo", maxLength=60),
    "one that looks ahead": text("a.{12}b"),
    "a beginning and an end": text("^[A-Z].*", "[.!?]$", maxLength=200),
    "a good secret": text(*CLASSES, minLength=8),
    "several letters": text(*"abcde"),
    "a format": {"type": "string", "format": "date-time", "maxLength": 40},
    "values beside patterns": {"enum": ["ab12"], **text(*CLASSES, maxLength=60)},
    "what may be no text": {"type": "integer", **text(*CLASSES, maxLength=60)} | {"type": "null"},
    "names of a pattern": {"patternProperties": {"^x": {}}, "properties": {"a": {}}},
}
GIVEN_UP: list[tuple[str, Any, tuple[str, ...]]] = [
    ("patterns with a length", text(*CLASSES, maxLength=60), ("allOf", "0")),
    ("three that look ahead", text("a.{6}b", "c.{6}d", "e.{6}f"), ("allOf", "0")),
    ("one, with a length", text("^(.*a.{10})*b", maxLength=60), ("allOf", "0")),
    (
        "two at once",
        {"type": "string", "pattern": "a.{6}b", "maxLength": 60},
        (),
    ),
    (
        "somewhere inside",
        {"properties": {"a": {"items": text(*"abcdefg")}}},
        ("properties", "a", "items", "allOf", "0"),
    ),
    (
        "in what is referred to",
        {"$defs": {"a": text("a.{6}b")}, "items": {"$ref": "#/$defs/a", "maxLength": 60}},
        ("$defs", "a", "allOf", "0"),
    ),
    (
        "in one of several ways",
        {"anyOf": [{"type": "null"}, text(*"abcdefg")]},
        ("anyOf", "1", "allOf", "0"),
    ),
    (
        "names",
        {"patternProperties": {"^(.*a.{10})*b$": {}}},
        (),
    ),
]


@pytest.mark.parametrize("title", KEPT)
def test_an_engine_gets_through(title: str) -> None:
    assert hard_text(json.dumps(KEPT[title])) is None


@pytest.mark.parametrize(
    ("schema", "keys"), [row[1:] for row in GIVEN_UP], ids=[row[0] for row in GIVEN_UP]
)
def test_an_engine_gives_up(schema: Any, keys: tuple[str, ...]) -> None:
    fault = hard_text(json.dumps(schema))
    assert fault is not None
    assert (fault.keys, fault.reason) == (keys, WORDS)


@pytest.mark.anyio
async def test_the_judge_refuses_them() -> None:
    judge = Judge()
    fault = await judge.fault_in(json.dumps(text(*"abcdefg")))
    await judge.close()
    assert fault is not None
    assert fault.reason == WORDS


@pytest.mark.parametrize("style", ["json", "xml"])
def test_calls_are_held_to_the_rest(style: Any) -> None:
    hard = {**text("a.{6}b", "c.{6}d", "e.{6}f"), "minLength": 2}
    parameters = json.dumps(
        {"type": "object", "properties": {"a": hard, "k": {"const": "x"}}, "required": ["a", "k"]}
    )
    held = held_calls(ForcedCalls((CallForm("<", parameters, ">", style=style),)))
    assert fault_of(held.grammar) == ""
    assert arguments_fault('{"a": "no", "k": "x"}', held.kept[0], cut=False) == ""
    for wrong in ('{"a": "n", "k": "x"}', '{"a": "no", "k": "y"}', '{"k": "x"}'):
        assert arguments_fault(wrong, held.kept[0], cut=False) != ""
