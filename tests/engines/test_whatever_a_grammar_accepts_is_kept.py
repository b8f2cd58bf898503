"""What the grammar of forced calls lets be written passes the check afterwards, read back."""

import json
from typing import Any

import pytest
from tests.engines.wandering import Draw

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.mode_errors import ToolParametersInvalid
from studiolo.core.requests import Tool
from studiolo.core.schemas.grammar import fault_of
from studiolo.core.schemas.parameters import check_parameters
from studiolo.core.schemas.results import arguments_fault, fault_in
from studiolo.engines.forced_calls import Held, held_calls, open_calls
from studiolo.families.calls.coder import CoderBody
from studiolo.families.calls.declared import check_written

TOOLS_EACH = 12
WALKS = 4
ANY = '{"type": "object"}'


def form_of(parameters: Any, style: str) -> CallForm:
    text = json.dumps(parameters)
    if style == "json":
        return CallForm("f(", text, ")")
    return CallForm("<function=f>\n", text, "</function>", style="xml")


def read(written: str, parameters: Any, style: str) -> str:
    """The arguments of a call, as the family tells them."""
    if style == "json":
        return written[2:-1]
    body = CoderBody((Tool("f", "{}", json.dumps(parameters)),))
    return body.feed(written)


def is_refused(parameters: Any, style: str) -> bool:
    text = json.dumps(parameters)
    try:
        check_parameters(text, function="f")
        if style == "xml":
            check_written(Tool("f", "{}", text))
    except ToolParametersInvalid:
        return True
    return False


def check(held: Held, parameters: Any, draw: Draw, style: str) -> int:
    """How many texts were written; all of them must pass."""
    (kept,), written = held.kept, 0
    for _ in range(WALKS):
        text = draw.text_of(held.grammar)
        if text is None:
            continue
        written += 1
        arguments = read(text, parameters, style)
        exact = arguments_fault(arguments, json.dumps(parameters), cut=False)
        assert not exact or not arguments_fault(arguments, kept, cut=False), (text, parameters)
        assert fault_in(arguments, ANY) == ""
    return written


@pytest.mark.parametrize("style", ["json", "xml"])
@pytest.mark.parametrize("start", range(0, 60, TOOLS_EACH))
def test_whatever_the_tool_is(style: str, start: int) -> None:
    written = 0
    for seed in range(start, start + TOOLS_EACH):
        draw = Draw(seed)
        parameters = draw.parameters()
        if is_refused(parameters, style):
            continue
        calls = ForcedCalls((form_of(parameters, style),))
        held = held_calls(calls)
        assert fault_of(held.grammar) == ""
        written += check(held, parameters, draw, style)
        written += check(open_calls(calls), parameters, draw, style)
    assert written > TOOLS_EACH


WHOLE = {"type": "integer"}


def required(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


TEXT = {"type": "string"}
NEVER = [{"pattern": "^a"}, {"pattern": "^b"}]
# What of a schema a grammar cannot keep, arguments that it lets be written, and some it does not.
LET_GO: list[tuple[str, str, Any, tuple[Any, ...], tuple[Any, ...]]] = [
    (
        "a text that nothing satisfies",
        "json",
        required(a={**TEXT, "pattern": "^[a-c]{2,5}$", "minLength": 30}, k={"const": "ok"}),
        ({"a": "abc", "k": "ok"},),
        ({"a": "abc", "k": "no"}, {"a": "abc"}, {"a": 1, "k": "ok"}),
    ),
    (
        "a day that nothing satisfies",
        "json",
        required(a={**TEXT, "format": "date", "pattern": "^0000"}),
        ({"a": "abc"},),
        ({"a": None}, {"a": 1}, {}),
    ),
    (
        "what all of some exclude",
        "json",
        required(a={"allOf": [{**TEXT, "pattern": "^a"}, {"$ref": "#/$defs/b"}]})
        | {"$defs": {"b": {**TEXT, "pattern": "^b"}}},
        ({"a": "abc"},),
        ({"a": None}, {"a": 1}),
    ),
    *(
        (
            f"a text within others that nothing satisfies, in {style}",
            style,
            required(
                a={
                    **required(b={**TEXT, "format": "date", "pattern": "^0000"}, c=WHOLE),
                    "additionalProperties": False,
                },
                d={"type": "array", "items": {**TEXT, "allOf": NEVER}, "minItems": 1},
            ),
            ({"a": {"b": "x", "c": 1}, "d": ["x"]},),
            (
                {"a": {"b": 1, "c": 1}, "d": ["x"]},
                {"a": {"b": "x", "c": "y"}, "d": ["x"]},
                {"a": {"b": "x"}, "d": ["x"]},
                {"a": {"b": "x", "c": 1}, "d": [1]},
                {"a": {"b": "x", "c": 1}, "d": []},
                {"a": {"b": "x", "c": 1, "e": 1}, "d": ["x"]},
            ),
        )
        for style in ("json", "xml")
    ),
    (
        "names that are written twice",
        "json",
        {"type": "object", "additionalProperties": WHOLE, "minProperties": 3},
        ({"x": 1}, {"x": 1, "y": 2, "z": 3}),
        ({}, {"x": "a"}),
    ),
    (
        "a number where a long text may stand",
        "xml",
        required(a={"anyOf": [{**TEXT, "minLength": 6}, {**WHOLE, "minimum": 1000}]}),
        ({"a": 7}, {"a": "abcdef"}),
        ({"a": "abc"}, {"a": None}, {}),
    ),
    (
        "a list where a short text may stand",
        "xml",
        required(a={"anyOf": [{**TEXT, "maxLength": 2}, {"type": "array", "items": WHOLE}]}),
        ({"a": ["x"]}, {"a": "[1, x]"}),
        ({"a": 1}, {}),
    ),
    (
        "a pattern of which nothing can be said",
        "xml",
        required(a={**TEXT, "pattern": "(^a)*", "maxLength": 3}),
        ({"a": "bcd"},),
        ({"a": "abcd"}, {"a": 1}),
    ),
    (
        "a length beside a pattern that reaches far",
        "xml",
        required(a={**TEXT, "pattern": "a.{3}b", "maxLength": 6}),
        ({"a": "a---b"}, {"a": "so long a---b"}),
        ({"a": "ab"}, {}),
    ),
    (
        "more parameters than have names",
        "xml",
        {**required(a=WHOLE), "minProperties": 4},
        ({"a": 1, "b": "x"}, {"a": 1, "b": "x", "c": "y", "d": ""}),
        ({"a": 1}, {"b": "x", "c": "y"}),
    ),
    (
        "parameters for a pattern of names",
        "xml",
        {**required(a=WHOLE), "patternProperties": {"^x": WHOLE}, "minProperties": 2},
        ({"a": 1},),
        ({"a": "x"}, {}),
    ),
    (
        "a text that is read as nothing",
        "xml",
        required(a={"type": ["string", "null"], "enum": ["null", "x"]}),
        ({"a": None}, {"a": "x"}),
        ({"a": "y"}, {"a": 1}),
    ),
]


@pytest.mark.parametrize(
    ("style", "parameters", "good", "bad"), [row[1:] for row in LET_GO], ids=[r[0] for r in LET_GO]
)
def test_what_is_let_go_is_not_asked_for(
    style: str, parameters: Any, good: tuple[Any, ...], bad: tuple[Any, ...]
) -> None:
    (kept,) = held_calls(ForcedCalls((form_of(parameters, style),))).kept
    told = {
        json.dumps(each): arguments_fault(json.dumps(each), kept, cut=False) == ""
        for each in (*good, *bad)
    }
    assert [each for each, passes in told.items() if passes] == [json.dumps(each) for each in good]


def test_what_costs_too_much_is_let_go_and_the_rest_is_not() -> None:
    copied = {"properties": {f"p{place}": {} for place in range(100)}}
    named = {f"q{place}": {"$ref": "#/$defs/e", "minProperties": 0} for place in range(90)}
    heavy = {**required(kind={"const": "ok"}), "$defs": {"e": copied}}
    heavy["properties"] |= named
    forms = [form_of(heavy, "json"), form_of(heavy, "json"), form_of(required(a=WHOLE), "json")]
    first, second, third = held_calls(ForcedCalls(tuple(forms))).kept
    wrong = '{"kind": "no"}'
    assert arguments_fault(wrong, first, cut=False) != ""
    assert arguments_fault(wrong, second, cut=False) == ""
    assert arguments_fault("[]", second, cut=False) != ""
    assert arguments_fault('{"a": "x"}', third, cut=False) != ""
