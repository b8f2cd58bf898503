"""Parameters that some program wrote oddly: the double takes from them what can be read."""

import json
from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer, calls_of, tool

from studiolo.core.generation import ForcedCalls
from studiolo.engines.scripted.double.calls.tidying import tidied
from studiolo.families.table import FAMILIES


def needs(schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"city": schema}, "required": ["city"]}


# What stands there, and what it is read as.
ODD: dict[str, tuple[Any, Any]] = {
    "types of Python": (needs({"type": "str"}), needs({"type": "string"})),
    "types in capitals": (needs({"type": "STRING"}), needs({"type": "string"})),
    "a type nobody knows": (needs({"type": "any"}), needs({})),
    "types, one of which nobody knows": (
        needs({"type": ["str", "undefined"]}),
        needs({"type": ["string"]}),
    ),
    "required as in draft 3": (needs({"type": "string", "required": True}),
                               needs({"type": "string"})),
    "choices that are no list": (needs({"type": "string", "enum": "Rome"}),
                                 needs({"type": "string"})),
    "a bound that is no number": (needs({"type": "string", "maxLength": "9"}),
                                  needs({"type": "string"})),
    "a length of nothing": (needs({"type": "string", "maxLength": None}),
                            needs({"type": "string"})),
    "a count of nothing": (needs({"type": "string", "minContains": -1}),
                           needs({"type": "string"})),
    "what is needed with others, as a number": (
        {**needs({"type": "string"}), "dependentRequired": 5},
        needs({"type": "string"}),
    ),
    "what was not looked at, as a number": (
        {**needs({"type": "string"}), "unevaluatedProperties": 5},
        needs({"type": "string"}),
    ),
    "properties that are words": ({"properties": {"city": "string"}}, {}),
    "oddness deep inside": (
        {"$defs": {"c": {"anyOf": [{"type": "str"}, {"minimum": "x"}]}}, **needs({})},
        {"$defs": {"c": {"anyOf": [{"type": "string"}, {}]}}, **needs({})},
    ),
}  # fmt: skip
TIDY = (
    needs({"type": "string", "enum": ["Rome", "Paris"], "description": "?", "default": None}),
    needs({"anyOf": [{"type": "integer", "minimum": 1}, {"const": None}]}),
    needs(False),
    {},
)


@pytest.mark.parametrize(("odd", "plain"), ODD.values(), ids=ODD)
def test_what_cannot_be_read_says_nothing(odd: Any, plain: Any) -> None:
    assert json.loads(tidied(json.dumps(odd))) == plain


@pytest.mark.parametrize("schema", TIDY)
def test_what_can_be_read_stays(schema: Any) -> None:
    assert tidied(json.dumps(schema)) == json.dumps(schema)


def test_what_is_no_json_is_left_to_others() -> None:
    assert tidied("{") == "{"


@pytest.mark.parametrize("family", ["qwen3", "qwen3-coder"])
@pytest.mark.parametrize("odd", [odd for odd, _ in ODD.values()], ids=ODD)
def test_a_call_is_made_all_the_same(family: str, odd: Any) -> None:
    weather = tool("get_weather", "The weather of a city.", odd)
    style = FAMILIES[family].calls
    assert style is not None
    forced = ForcedCalls((style.form(weather),))
    asked = answer("What is the weather in Rome?", tools=[weather], family=family)
    for written in (
        answer("The weather in Rome?", tools=[weather], family=family, constraint=forced),
        asked,
    ):
        ((name, arguments),) = calls_of(written)
        assert name == "get_weather"
        assert arguments in ({"city": "Rome"}, {})
