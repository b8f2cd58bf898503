"""Patterns of callers: matched in time that grows with the text, kept with formats, or refused."""

import json
import re
import warnings
from typing import Any

import jsonschema
import pytest
from tests.engines.scripted.double.asking import answer, calls_of

from studiolo.core.generation import CallForm, ForcedCalls, JsonSchema
from studiolo.core.mode_errors import SchemaInvalid, ToolParametersInvalid
from studiolo.engines.scripted.double.values.merging import Unsatisfiable
from studiolo.engines.scripted.double.values.patterns.expressions import found_in
from studiolo.engines.scripted.double.values.strings import fits

TITLE = '"Quarterlyreportforthesecondhalfof2026-draft"'
QUESTION = f"File this under the title {TITLE} please, as json"


def with_title(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"title": {"type": "string", **schema}},
        "required": ["title"],
    }


def written(schema: dict[str, Any]) -> str:
    made = answer(QUESTION, constraint=JsonSchema(json.dumps(with_title(schema))))
    return json.loads(made)["title"]


def forced(schema: dict[str, Any]) -> str:
    form = CallForm(
        '<tool_call>\n{"name": "f", "arguments": ',
        json.dumps(with_title(schema)),
        "}\n</tool_call>",
    )
    ((_, arguments),) = calls_of(answer(QUESTION, constraint=ForcedCalls((form,))))
    return arguments["title"]


# Each would be gone through for longer than anybody lives by an engine that goes back.
HARD = {
    "repeats in repeats": ({"pattern": "^([a-zA-Z0-9]+\\s?)*$"}, r"[a-zA-Z0-9]+"),
    "choices": ({"pattern": "^(a+)+$", "enum": ["a" * 40 + "!", "aa"]}, "aa"),
    "a default": (
        {"pattern": "^(([a-z])+.)+[A-Z]([a-z])+$", "default": "a" * 60},
        r".*[A-Z][a-z]+",
    ),
    "a look-ahead": ({"pattern": "^(?=(a|aa)+$)a", "default": "a" * 60 + "!"}, "a+"),
}


@pytest.mark.parametrize("ask", [written, forced])
@pytest.mark.parametrize("title", HARD)
def test_a_hard_pattern_is_kept(title: str, ask: Any) -> None:
    schema, pattern = HARD[title]
    assert re.fullmatch(pattern, ask(schema))


# With the word that is named.
REFUSED = {
    "many letters": ({"pattern": "a{1000000}"}, "pattern"),
    "many letters in groups": ({"pattern": "((a{1000}){1000}){1000}"}, "pattern"),
    "many times nothing": ({"pattern": "((x{0}){1000}){1000}"}, "pattern"),
    "many letters at a time": ({"pattern": f"({'abcdefghij' * 11}){{100}}"}, "pattern"),
    "groups in groups": ({"pattern": "(" * 900 + "a" + ")" * 900}, "pattern"),
    "an open group": ({"pattern": "(a"}, "pattern"),
    "an open look-ahead": ({"pattern": "^(?=a"}, "pattern"),
    "a look-ahead in the middle": ({"pattern": "^a(?=b)b"}, "pattern"),
    "a look-ahead in one of two": ({"pattern": "^(?=a)a|b"}, "pattern"),
    "a long pattern": ({"pattern": "a" * 5000}, "pattern"),
    "a long text of it": ({"pattern": "(.*a){400}!!!$", "minLength": 5000}, "pattern"),
    "a look-ahead that finds nothing": ({"pattern": "^(?!a)a$"}, "pattern"),
    "a long text": ({"minLength": 10_001}, "minLength"),
    "a day that is none": ({"format": "date", "pattern": "^x"}, "pattern"),
}


@pytest.mark.parametrize("ask", [written, forced])
@pytest.mark.parametrize("title", REFUSED)
def test_what_cannot_be_kept_is_refused_by_its_word(title: str, ask: Any) -> None:
    schema, word = REFUSED[title]
    with pytest.raises((SchemaInvalid, ToolParametersInvalid)) as caught:
        ask(schema)
    assert caught.value.field.endswith(f"properties.title.{word}")


KEPT: dict[str, dict[str, Any]] = {
    "a day of this century": {"format": "date", "pattern": "^20"},
    "an address of a firm": {"format": "email", "pattern": "@acme\\.com$"},
    "a time of Greenwich": {"format": "time", "pattern": "Z$"},
    "a long address": {"format": "email", "minLength": 40},
    "a short link": {"format": "uri", "maxLength": 12},
    "a link to a firm": {"format": "uri", "pattern": "acme\\.com"},
    "edges": {"pattern": "\\Aab$"},
    "an edge of a word": {"pattern": "^ab\\b c"},
    "two patterns": {"allOf": [{"pattern": "^a"}, {"pattern": "z$"}]},
    "two patterns that share letters": {"allOf": [{"pattern": "^[a-c]+$"}, {"pattern": "b"}]},
    "three patterns": {"allOf": [{"pattern": "^a"}, {"pattern": "[0-9]"}, {"pattern": "z$"}]},
    "look-aheads": {"pattern": "^(?=.*[a-z])(?!x)[a-z0-9]{6,}$"},
    "brackets in a look-ahead": {"pattern": "^(?=[^)|]\\))[a-z]\\)$"},
    "a pattern and a length": {"pattern": "^[a-z]", "minLength": 5000},
}


@pytest.mark.parametrize("ask", [written, forced])
@pytest.mark.parametrize("title", KEPT)
def test_patterns_are_kept_with_what_stands_beside_them(title: str, ask: Any) -> None:
    schema = KEPT[title]
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.validate(ask(schema), schema, format_checker=checker)


@pytest.mark.parametrize("end", ["\\z", "\\Z"])
def test_the_end_of_a_text_may_be_written_as_others_write_it(end: str) -> None:
    assert written({"pattern": f"\\Aab{end}"}) == "ab"


NAMES: dict[str, dict[str, Any]] = {
    "patternProperties": {"patternProperties": {"^(a+)+$": {"type": "integer"}}},
    "additionalProperties": {
        "patternProperties": {"^(a+)+$": True, "!$": True},
        "additionalProperties": False,
    },
}


@pytest.mark.parametrize("word", NAMES)
def test_names_are_matched_without_going_back_too(word: str) -> None:
    name = "a" * 40 + "!"
    schema = {"type": "object", "required": [name], **NAMES[word]}
    assert name in json.loads(answer(QUESTION, constraint=JsonSchema(json.dumps(schema))))


def test_what_was_evaluated_by_a_pattern_is_not_told() -> None:
    schema = {"patternProperties": {"^(a+)+$": True}, "unevaluatedProperties": False}
    with pytest.raises(SchemaInvalid, match="unevaluatedProperties"):
        answer(QUESTION, constraint=JsonSchema(json.dumps({"type": "object", **schema})))


def test_no_pattern_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert written({"pattern": "^[[a]b--c||]*$", "default": "a"}) == "a"


UNIQUE: dict[str, dict[str, Any]] = {
    "choices": {"enum": [*range(20)]},
    "whole numbers": {"type": "integer", "minimum": 1, "maximum": 20},
    "yes and no": {"type": "boolean"},
    "one value": {"const": 1},
    "nothing": {"type": "null"},
    "a pattern": {"type": "string", "pattern": "^[ab]$"},
}


@pytest.mark.parametrize("title", UNIQUE)
def test_more_different_items_than_there_are_is_refused(title: str) -> None:
    items = {"type": "array", "items": UNIQUE[title], "minItems": 30, "uniqueItems": True}
    with pytest.raises(SchemaInvalid, match="uniqueItems"):
        answer(QUESTION, constraint=JsonSchema(json.dumps(items)))


@pytest.mark.parametrize(
    "of", [{"enum": [*range(20)]}, {"anyOf": [{"enum": [*range(9)]}, {"enum": [*range(9, 20)]}]}]
)
def test_as_many_different_items_as_there_are_is_kept(of: dict[str, Any]) -> None:
    items = {"type": "array", "items": of, "minItems": 20, "uniqueItems": True}
    made = json.loads(answer(QUESTION, constraint=JsonSchema(json.dumps(items))))
    assert sorted(made) == [*range(20)]


def test_a_text_too_long_to_search_does_not_fit() -> None:
    hard, text = {"pattern": "(.*a){600}"}, "a" * 9_000
    assert not fits(text, hard)
    with pytest.raises(Unsatisfiable, match="takes too long"):
        found_in(hard["pattern"], text)


def test_more_items_that_are_contained_than_are_written_is_refused() -> None:
    items = {"type": "array", "contains": {"type": "integer"}, "minContains": 10**9}
    with pytest.raises(SchemaInvalid, match="minContains"):
        answer(QUESTION, constraint=JsonSchema(json.dumps(items)))
