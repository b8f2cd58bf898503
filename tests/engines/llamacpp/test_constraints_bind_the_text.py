"""Grammars, schemas and forced calls on the real engine."""

import json
import re
from typing import Any

import msgspec
import pytest
from tests.engines.llamacpp.asking import asked, said, told

from studiolo.core.errors import EngineFailed
from studiolo.core.generation import CallForm, Delta, ForcedCalls, Generation, Grammar, JsonSchema
from studiolo.core.mode_errors import StructuredOutputNotSupported
from studiolo.core.prompt import Special
from studiolo.core.schemas.grammar import FORMATS
from studiolo.core.schemas.patterns.formats import FORMAT_PATTERNS
from studiolo.core.schemas.results import fault_in
from studiolo.engines.llamacpp.engine import LlamaCppEngine

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"city": {"enum": ["Paris", "Rome"]}, "warm": {"type": "boolean"}},
        "required": ["city", "warm"],
        "additionalProperties": False,
    }
)
NASTY = 'a"b\\c\nd/é中%json {}\u2028'
VALUES: dict[str, Any] = {
    "unit": {"enum": ["celsius", "kelvin", None, 7]},
    "days": {"type": "integer", "minimum": 1, "maximum": 9},
    "code": {"type": "string", "pattern": "^[A-C]{2,3}/[0-9]$"},
    "where": {"$ref": "#/$defs/place"},
    NASTY: {"const": NASTY},
}
PARAMETERS = json.dumps(
    {
        "type": "object",
        "properties": VALUES,
        "required": list(VALUES),
        "additionalProperties": False,
        "$defs": {"place": {"enum": [["north", 1], ["south", 2]]}},
    }
)
XML = re.compile(
    r"<tool_call>\n<function=weather>\n"
    r"<parameter=unit>\n(celsius|kelvin|null|7)\n</parameter>\n"
    r"<parameter=days>\n[1-9]\n</parameter>\n"
    r"<parameter=code>\n[A-C]{2,3}/[0-9]\n?</parameter>\n"
    r'<parameter=where>\n\["(north|south)", [12]\]\n</parameter>\n'
    rf"<parameter={re.escape(NASTY)}>\n{re.escape(NASTY)}\n</parameter>\n"
    r"</function>\n</tool_call>"
)


def hermes(name: str, parameters: str) -> CallForm:
    quoted = json.dumps(name, ensure_ascii=False)
    begin = f'<tool_call>\n{{"name": {quoted}, "arguments": '
    return CallForm(begin, parameters, "}\n</tool_call>")


def coder(name: str, parameters: str) -> CallForm:
    begin, end = f"<tool_call>\n<function={name}>\n", "</function>\n</tool_call>"
    return CallForm(begin, parameters, end, style="xml")


def warm(generation: Generation, seed: int) -> Generation:
    sampling = msgspec.structs.replace(generation.sampling, temperature=1.0, seed=seed)
    return msgspec.structs.replace(generation, sampling=sampling)


@pytest.fixture(scope="session", params=["smollm2_engine", "qwen_engine"])
def engine(request: pytest.FixtureRequest) -> LlamaCppEngine:
    found: LlamaCppEngine = request.getfixturevalue(request.param)
    return found


async def test_a_grammar_is_kept(engine: LlamaCppEngine) -> None:
    grammar = Grammar('root ::= "<" ("yes" | "no") ">"')
    text = await said(engine, await asked(engine, constraint=grammar))
    assert text in ("<yes>", "<no>")


async def test_a_grammar_that_is_none_is_refused(smollm2_engine: LlamaCppEngine) -> None:
    broken = Grammar("root ::= nowhere")
    with pytest.raises(EngineFailed, match="grammar"):
        await said(smollm2_engine, await asked(smollm2_engine, constraint=broken))


async def test_a_schema_is_kept(engine: LlamaCppEngine) -> None:
    text = await said(engine, await asked(engine, max_tokens=40, constraint=JsonSchema(SCHEMA)))
    assert json.loads(text).keys() == {"city", "warm"}


@pytest.mark.parametrize("name", sorted({*FORMATS, *FORMAT_PATTERNS}))
async def test_every_format_is_one_the_engine_knows(qwen_engine: LlamaCppEngine, name: str) -> None:
    """Of one that it does not know it says nothing, and writes what it likes."""
    schema = {"type": "array", "items": {"type": "string", "format": name}, "minItems": 1}
    generation = await asked(qwen_engine, max_tokens=4, constraint=JsonSchema(json.dumps(schema)))
    assert (await said(qwen_engine, warm(generation, 3))).startswith('["')


@pytest.mark.parametrize("named", [{}, {"pattern": "example"}, {"allOf": [{"pattern": "e$"}]}])
async def test_an_address_begins_with_a_scheme(
    qwen_engine: LlamaCppEngine, named: dict[str, Any]
) -> None:
    schema = {"type": "string", "format": "uri", "maxLength": 24, **named}
    generation = await asked(qwen_engine, max_tokens=40, constraint=JsonSchema(json.dumps(schema)))
    for seed in range(3):
        text = await said(qwen_engine, warm(generation, seed))
        assert fault_in(text, json.dumps(schema)) == ""


async def test_json_is_written_with_single_spaces(engine: LlamaCppEngine) -> None:
    text = await said(engine, await asked(engine, max_tokens=40, constraint=JsonSchema(SCHEMA)))
    assert text == json.dumps(json.loads(text))


@pytest.mark.parametrize(
    "schema", ['{"type": "no such type"}', "not JSON", '{"not": {}}', '{"x-guidance": 1, "not": 1}']
)
async def test_a_schema_that_cannot_be_kept_is_refused(
    smollm2_engine: LlamaCppEngine, schema: str
) -> None:
    generation = await asked(smollm2_engine, constraint=JsonSchema(schema))
    with pytest.raises(StructuredOutputNotSupported):
        await said(smollm2_engine, generation)


async def test_a_call_in_json_is_forced(engine: LlamaCppEngine) -> None:
    calls = ForcedCalls((hermes("weather", SCHEMA),))
    text = await said(engine, await asked(engine, max_tokens=80, constraint=calls))
    found = re.fullmatch(r"<tool_call>\n(.*)\n</tool_call>", text)
    assert found, text
    call = json.loads(found[1])
    assert call["name"] == "weather"
    assert call["arguments"].keys() == {"city", "warm"}


async def test_a_call_in_xml_is_forced_whatever_its_parameters_are_called(
    engine: LlamaCppEngine,
) -> None:
    calls = ForcedCalls((coder("weather", PARAMETERS),))
    generation = await asked(engine, max_tokens=250, constraint=calls)
    assert XML.fullmatch(text := await said(engine, warm(generation, 1))), text


async def test_a_text_in_xml_ends_at_its_tag(qwen_engine: LlamaCppEngine) -> None:
    said_when = json.dumps({"properties": {"a": {"type": "string"}}, "required": ["a"]})
    form = coder("note", said_when)
    generation = await asked(qwen_engine, max_tokens=80, constraint=ForcedCalls((form,)))
    texts = {await said(qwen_engine, warm(generation, seed)) for seed in range(4)}
    for text in texts:
        assert text.startswith("<tool_call>\n<function=note>\n<parameter=a>\n")
        _, ended, rest = text.partition("\n</parameter>")
        assert not ended or "\n</function>\n</tool_call>".startswith(rest)


TEXTS: dict[str, Any] = {
    "within": {"type": "string", "pattern": "[0-9][a-z]", "maxLength": 4},
    "ends": {"type": "string", "pattern": "^a|b$", "minLength": 2, "maxLength": 3},
    "both": {"allOf": [{"pattern": "x"}, {"pattern": "y$"}, {"type": "string", "maxLength": 3}]},
    "link": {"type": "string", "format": "uri", "maxLength": 6},
    "maybe": {"anyOf": [{"type": "string", "minLength": 2, "maxLength": 3}, {"type": "null"}]},
    "none": {"type": "string", "pattern": "^$"},
    "zero": {"anyOf": [{"type": "null"}, {"const": "\0"}]},
    "twice": {"type": "string", "pattern": "^(^a{2}$|b{3}$)$"},
}


async def test_texts_in_xml_keep_patterns_and_lengths(engine: LlamaCppEngine) -> None:
    schema = json.dumps({"properties": TEXTS, "required": list(TEXTS)})
    calls = ForcedCalls((coder("note", schema),))
    generation = await asked(engine, max_tokens=250, constraint=calls)
    for seed in range(3):
        text = await said(engine, warm(generation, seed))
        values = re.findall(r"<parameter=(\w+)>\n(.*?)\n?</parameter>\n", text, re.DOTALL)
        assert [key for key, _ in values] == list(TEXTS), text
        for key, value in values:
            assert value == "null" or fault_in(json.dumps(value), json.dumps(TEXTS[key])) == ""


async def test_tags_of_calls_are_the_tokens_of_the_model(qwen_engine: LlamaCppEngine) -> None:
    tags = (Special("<tool_call>"), Special("</tool_call>"))
    opening, closing = (await qwen_engine.tokenize(tags)).ids
    calls = ForcedCalls((CallForm("<tool_call>", '{"enum": [{}]}', "</tool_call>"),))
    chunks = await told(qwen_engine, await asked(qwen_engine, max_tokens=8, constraint=calls))
    ids = [token for chunk in chunks if isinstance(chunk, Delta) for token in chunk.ids]
    assert (ids[0], ids[-1]) == (opening, closing)


async def test_one_of_several_functions_is_called(engine: LlamaCppEngine) -> None:
    names = ("get", "get_weather", "get_time")
    calls = ForcedCalls(tuple(hermes(name, '{"enum": [{}]}') for name in names))
    generation = await asked(engine, max_tokens=60, constraint=calls)
    texts = {await said(engine, warm(generation, seed)) for seed in range(5)}
    written = {f'<tool_call>\n{{"name": "{n}", "arguments": {{}}}}\n</tool_call>' for n in names}
    assert texts <= written


async def test_several_calls_stand_on_lines_of_their_own(engine: LlamaCppEngine) -> None:
    calls = ForcedCalls((CallForm("<", '{"enum": [{}]}', ">"),), several=True)
    generation = await asked(engine, max_tokens=16, constraint=calls)
    texts = [await said(engine, warm(generation, seed)) for seed in range(5)]
    assert all(re.fullmatch(r"(<\{\}>\n?)+(<(\{\}?)?)?", text) for text in texts), texts
    assert any(text.startswith("<{}>\n<{}>") for text in texts)


async def test_json_may_stand_instead_of_a_call(engine: LlamaCppEngine) -> None:
    calls = ForcedCalls((hermes("f", '{"enum": [{}]}'),), or_schema='{"enum": [1, 2]}')
    generation = await asked(engine, max_tokens=40, constraint=calls)
    texts = {await said(engine, warm(generation, seed)) for seed in range(12)}
    call = '<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>'
    assert texts <= {"1", "2", call}


@pytest.mark.parametrize(
    "parameters", ["{}", "not JSON", "[]", '{"type": "dict"}', '{"$ref": "x"}']
)
async def test_what_a_tool_says_wrongly_binds_nothing_but_the_call(
    smollm2_engine: LlamaCppEngine, parameters: str
) -> None:
    calls = ForcedCalls((hermes("f", parameters),))
    text = await said(smollm2_engine, await asked(smollm2_engine, max_tokens=12, constraint=calls))
    assert text.startswith('<tool_call>\n{"name": "f", "arguments": {'[: len(text)])
