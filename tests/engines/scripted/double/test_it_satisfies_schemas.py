"""JSON for a schema: always valid, with values from the question, or refused by its keyword."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer
from tests.engines.scripted.double.asking import answer, calls_of, said, tool
from tests.engines.scripted.double.schemas import parameters, schemas

from studiolo.core.errors import EngineFailed
from studiolo.core.generation import CallForm, ForcedCalls, Grammar, JsonSchema
from studiolo.core.mode_errors import SchemaInvalid, ToolParametersInvalid
from studiolo.core.schemas.grammar import FORMATS, as_rule, whole_grammar
from studiolo.core.schemas.patterns.formats import FORMAT_PATTERNS

DATA: dict[str, Any] = json.loads(
    Path(__file__).with_name("schemas.json").read_text(encoding="utf-8")
)
QUESTIONS = st.sampled_from(DATA["questions"])


def written(question: str, schema: Any) -> Any:
    return json.loads(answer(question, constraint=JsonSchema(json.dumps(schema))))


def whole(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(schemas(), QUESTIONS)
def test_whatever_is_written_is_valid(schema: dict[str, Any], question: str) -> None:
    try:
        value = written(question, schema)
    except SchemaInvalid as failed:
        pytest.fail(f"{failed} for {schema}")
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(value)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(parameters(), QUESTIONS)
def test_arguments_of_a_forced_call_are_valid(schema: dict[str, Any], question: str) -> None:
    form = CallForm(
        '<tool_call>\n{"name": "f", "arguments": ', json.dumps(schema), "}\n</tool_call>"
    )
    ((_, arguments),) = calls_of(answer(question, constraint=ForcedCalls((form,))))
    jsonschema.Draft202012Validator(schema).validate(arguments)


@pytest.mark.parametrize("title", DATA["taken"])
def test_values_come_from_the_question(title: str) -> None:
    case = DATA["taken"][title]
    assert written(case["question"], whole(case["properties"])) == case["value"]


def is_of(name: str, value: str) -> bool:
    """As engines are told the format, or for those that they are not told, as others check it."""
    held = json.dumps({"type": "string", "format": name})
    if name in FORMATS or name in FORMAT_PATTERNS:
        matcher = LLMatcher(LLTokenizer("byte"), whole_grammar(as_rule(held)))
        text = json.dumps(value).encode()
        return matcher.try_consume_tokens(list(text)) == len(text) and matcher.is_accepting()
    return jsonschema.Draft202012Validator.FORMAT_CHECKER.conforms(value, name)


@pytest.mark.parametrize("name", DATA["formats"])
@pytest.mark.parametrize("question", DATA["of_formats"])
def test_values_are_of_their_format_whatever_is_asked(name: str, question: str) -> None:
    assert is_of(name, written(question, whole({"v": {"type": "string", "format": name}}))["v"])


@pytest.mark.parametrize(
    ("name", "default"), [(name, each) for name, rows in DATA["formats"].items() for each in rows]
)
def test_a_default_that_is_not_of_its_format_is_not_taken(name: str, default: str) -> None:
    part = {"type": "string", "format": name, "default": default}
    assert not is_of(name, default)
    assert is_of(name, written("hi", part))
    assert is_of(name, written("hi", whole({"a": whole({"v": part})}))["a"]["v"])
    form = CallForm(
        '<tool_call>\n{"name": "f", "arguments": ',
        json.dumps(whole({"v": part})),
        "}\n</tool_call>",
    )
    ((_, arguments),) = calls_of(answer("hi", constraint=ForcedCalls((form,))))
    assert is_of(name, arguments["v"])


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("date-time", "2026-01-02T03:04:05Z"),
        ("email", "a@[192.0.2.1]"),
        ("duration", "P1Y2M3DT4H"),
        ("ipv6", "fe80::1"),
        ("uri-reference", "../a b"),
    ],
)
def test_a_default_of_its_format_is_taken_beside_one_that_is_not(name: str, default: str) -> None:
    good = {"type": "string", "format": name, "default": default}
    bad = {"type": "string", "format": "time", "default": "noon"}
    assert written("hi", whole({"bad": bad, "good": good}))["good"] == default


@pytest.mark.parametrize("pattern", ["-02-29", "^00", "^[0-9]{3}0", "[+]2[34]:"])
def test_days_have_a_year(pattern: str) -> None:
    text = written("hi", {"type": "string", "format": "date-time", "pattern": pattern})
    assert not text.startswith("0000")
    assert is_of("date-time", text)


@pytest.mark.parametrize("title", DATA["rare"])
def test_rarer_words_of_schemas_are_understood(title: str) -> None:
    schema = DATA["rare"][title]
    jsonschema.validate(written("Hello, 5 and 7!", schema), schema)


def test_a_tree_ends_soon() -> None:
    assert len(json.dumps(written("A tree", DATA["rare"]["a tree"]))) < 200


@pytest.mark.parametrize("title", DATA["impossible"])
def test_what_cannot_be_satisfied_is_refused_by_its_keyword(title: str) -> None:
    case = DATA["impossible"][title]
    with pytest.raises(SchemaInvalid, match=case["keyword"]):
        written("Hello", case["schema"])


def called(question: str, parameters: Any) -> Any:
    form = CallForm(
        '<tool_call>\n{"name": "f", "arguments": ', json.dumps(parameters), "}\n</tool_call>"
    )
    ((_, arguments),) = calls_of(answer(question, constraint=ForcedCalls((form,))))
    return arguments


# What schemas tell their readers, in shapes that it should not have; and what stands there twice.
NOTES: dict[str, Any] = {
    "examples in a word": {"examples": "Rome"},
    "examples with names": {"examples": {"a": "Rome"}},
    "a title of figures": {"title": 5},
    "a title of nothing": {"title": None},
    "a description of nothing": {"description": None},
    "a comment of figures": {"$comment": 5},
    "a vocabulary": {"$vocabulary": {"x": 1}},
    "out of use in a word": {"deprecated": "yes"},
    "a number for yes": {"readOnly": 1, "writeOnly": 0},
    "a coding of figures": {"contentEncoding": 5, "contentMediaType": [], "contentSchema": 5},
    "a type twice": {"type": ["string", "string"]},
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_an_odd_note_is_no_reason_to_refuse(note: Any) -> None:
    city = {"type": "string", **note}
    for schema in (whole({"city": city}), {**whole({"city": city}), "required": ["city", "city"]}):
        assert written("The weather in Rome?", schema) == {"city": "Rome"}
        assert called("The weather in Rome?", schema) == {"city": "Rome"}
        offered = tool("get_weather", "The weather of a city.", schema)
        ((_, arguments),) = calls_of(answer("What is the weather in Rome?", tools=[offered]))
        assert arguments == {"city": "Rome"}
    cities = whole({"cities": {"type": "array", "items": city}})
    assert written("The weather in Rome?", cities) == {"cities": ["Rome"]}


# What says too much for any check, and where that is.
WRONG: dict[str, tuple[Any, str]] = {
    "a count of nothing": ({"type": "array", "minContains": -1}, "a.minContains: "),
    "a name of figures": ({"$anchor": 5}, r"a\.\$anchor: "),
    "what is needed with others": ({"dependentRequired": 5}, r"a\.dependentRequired: "),
}


@pytest.mark.parametrize(("part", "place"), WRONG.values(), ids=WRONG)
def test_what_asks_in_a_wrong_shape_is_refused_in_a_line(part: Any, place: str) -> None:
    with pytest.raises(SchemaInvalid, match=place) as raised:
        written("hi", whole({"a": part}))
    assert raised.value.reason.endswith("it is not as JSON schemas have it")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        *(("json-pointer", "^20"), ("iri", "^20"), ("iri-reference", "^ $"), ("regex", "^[(]$")),
        *(("idn-email", "^[A-Z]{3}$"), ("idn-hostname", "^ $"), ("uri-reference", "^ {3}$")),
    ],
)
def test_a_format_that_says_nothing_excludes_nothing(name: str, pattern: str) -> None:
    text = {"type": "string", "format": name, "pattern": pattern}
    assert re.search(pattern, written("hi", text))
    assert re.search(pattern, called("hi", whole({"a": text}))["a"])


def test_of_choices_that_overlap_one_is_enough_for_a_call() -> None:
    number = {"oneOf": [{"type": "number"}, {"type": "integer"}]}
    assert called("hi, 7 times", whole({"a": number}))["a"] == 7
    never = {"oneOf": [{"type": "number", "minimum": 2, "maximum": 1}, False]}
    with pytest.raises(ToolParametersInvalid, match="'f'"):
        called("hi", whole({"a": never}))


@pytest.mark.parametrize("item", [{"allOf": [{"type": "string"}, {"type": "integer"}]}, False])
def test_a_list_of_what_nothing_is_is_empty(item: Any) -> None:
    numbers = {"type": "array", "items": item}
    assert written("1, 2, 3", numbers) == []
    assert called("1, 2, 3", whole({"a": numbers})) == {"a": []}
    with pytest.raises(SchemaInvalid):
        written("1, 2, 3", {**numbers, "minItems": 1})


UNFILLED = {
    "a pattern with a backreference": ({"type": "string", "pattern": r"^(a|b)\1$"}, "a.pattern"),
    "nothing but": ({"type": "string", "not": {"minLength": 0}}, "a.not"),
    "a size": ({"type": "array", "minItems": 1_000_000}, ""),
}


@pytest.mark.parametrize(("part", "place"), UNFILLED.values(), ids=UNFILLED)
def test_what_a_call_cannot_hold_is_named(part: Any, place: str) -> None:
    parameters = json.dumps({"type": "object", "properties": {"a": part}, "required": ["a"]})
    form = CallForm('<tool_call>\n{"name": "f", "arguments": ', parameters, "}\n</tool_call>")
    with pytest.raises(ToolParametersInvalid) as raised:
        answer("Hello", constraint=ForcedCalls((form,)))
    assert raised.value.value == "f"
    assert raised.value.field == ".".join(("parameters", *(["properties", place] if place else [])))
    assert "no value" in raised.value.reason
    offered = tool("f", "Says hello.", json.loads(parameters))
    assert "<tool_call>" not in answer("Say hello, please", tools=[offered])


OBJECT = {"type": "object"}


@pytest.mark.parametrize("title", DATA["named"])
@pytest.mark.parametrize("constraint", [JsonSchema(json.dumps(OBJECT)), None])
def test_an_object_has_the_parts_the_question_names(
    title: str, constraint: JsonSchema | None
) -> None:
    case = DATA["named"][title]
    value = json.loads(answer(case["question"], constraint=constraint))
    assert value.items() >= case["parts"].items()


def test_the_system_message_may_ask_for_json_too() -> None:
    messages = [
        said("system", "Reply with a JSON object with the keys mood and reason."),
        said("user", "I love it!"),
    ]
    assert set(json.loads(answer(messages))) == {"mood", "reason"}


@pytest.mark.parametrize("question", DATA["about_json"])
def test_a_question_about_json_is_answered_in_words(question: str) -> None:
    assert not answer(question).startswith(("{", "["))


def test_a_list_is_written_where_a_list_was_asked_for() -> None:
    assert len(json.loads(answer("Give me a JSON array of four trees"))) == 4


GRAMMARS = {
    "choices": ('root ::= "yes" | "no"', r"yes|no"),
    "rules": ('root ::= term ("+" term)*\nterm ::= [0-9]+ | "(" root ")"', r"[0-9+()]+"),
    "repeats": (
        'root ::= "a"{2,3} b? # twice or more\nb ::= "\\n" | [^a-z]',
        r"a{2,3}(\n|[^a-z])?",
    ),
}


@pytest.mark.parametrize("title", GRAMMARS)
def test_a_grammar_is_kept(title: str) -> None:
    grammar, pattern = GRAMMARS[title]
    for question in ("Hi", "Hello", "你好"):
        assert re.fullmatch(pattern, answer(question, constraint=Grammar(grammar)))


@pytest.mark.parametrize("grammar", ["", "root ::= root", "root ::= (", "root ::= other"])
def test_a_grammar_that_says_nothing_is_refused(grammar: str) -> None:
    with pytest.raises(EngineFailed, match="grammar"):
        answer("Hi", constraint=Grammar(grammar))
