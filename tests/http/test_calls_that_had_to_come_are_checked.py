"""Calls forced on an engine that keeps nothing: what passes and what does not."""

from pathlib import Path
from typing import Any

import pytest
from tests.http.asking import choice_in, either
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, Studio, scripted, studio

from studiolo.engines.scripted.steps import Recital, Say
from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

PARAMETERS = {
    "type": "object",
    "properties": {"city": {"enum": ["Rome", "Oslo"]}, "days": {"type": "integer", "maximum": 9}},
    "required": ["city"],
    "additionalProperties": False,
}
LOOSE = {"type": "object", "properties": {"tags": {"uniqueItems": True}}}
WRONG = {"type": "dict", "properties": 7}
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": parameters}}
    for name, parameters in (("go", PARAMETERS), ("note", LOOSE), ("odd", WRONG))
]
GO = {"type": "function", "function": {"name": "go"}}
SCHEMA = {
    "response_format": {
        "type": "json_schema",
        "json_schema": {"schema": {"type": "object", "required": ["a"]}},
    }
}
WORDS = "The model's call does not match the tools and tool_choice, please try again later."
OF_JSON = "The model's answer does not match response_format, please try again later."
ROME = '{"city": "Rome"}'


def call(name: str, arguments: str) -> str:
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


def xml(**arguments: str) -> str:
    rows = "".join(f"<parameter={key}>\n{held}\n</parameter>\n" for key, held in arguments.items())
    return f"<tool_call>\n<function=go>\n{rows}</function>\n</tool_call>"


KEPT: list[tuple[str, str, dict[str, Any], str]] = [
    ("a call", call("go", ROME), {"tool_choice": "required"}, "tool_calls"),
    ("the named call", call("go", ROME), {"tool_choice": GO}, "tool_calls"),
    ("a call with a stop that never came", call("go", ROME), {"stop": "%"}, "tool_calls"),
    ("a call cut by the limit", call("go", ROME), {"max_tokens": 9}, "length"),
    ("a limit before the call", call("go", ROME), {"max_tokens": 1}, "length"),
    ("a call cut by a stop", call("go", ROME), {"stop": "Rome"}, "stop"),
    ("a stop before the call", call("go", ROME), {"stop": "name"}, "stop"),
    ("by a schema nobody can read", call("odd", '{"a": [1]}'), {}, "tool_calls"),
    ("what cannot be held while it is written", call("note", '{"tags": [1, 2]}'), {}, "tool_calls"),
    ("nor is it held afterwards", call("note", '{"tags": [1, 1]}'), {}, "tool_calls"),
    (
        "two calls",
        call("go", ROME) + "\n" + call("go", '{"city": "Oslo"}'),
        {"parallel_tool_calls": True},
        "tool_calls",
    ),
    ("a call where JSON might stand", call("go", ROME), SCHEMA | {"tool_choice": "auto"}, "tool_"),
    ("JSON where a call might stand", '{"a": 1}', SCHEMA | {"tool_choice": "auto"}, "stop"),
    ("no call where none had to come", "No.", {"tool_choice": "auto"}, "stop"),
    ("a wrong call where it was free", call("go", "{}"), {"tool_choice": "auto"}, "tool_calls"),
]
BROKEN: list[tuple[str, str, dict[str, Any], str]] = [
    ("arguments of another type", call("go", '{"city": "Rome", "days": "2"}'), {}, WORDS),
    ("too few arguments", call("go", "{}"), {}, WORDS),
    ("no object", call("odd", "[1]"), {}, WORDS),
    ("no JSON", call("go", '{"city": Rome}'), {}, WORDS),
    ("another than the named one", call("note", "{}"), {"tool_choice": GO}, WORDS),
    ("one that nobody declared", call("gone", "{}"), {}, WORDS),
    ("words", "I shall not.", {}, WORDS),
    ("words up to the limit", "I shall not, for I do not like it", {"max_tokens": 2}, WORDS),
    ("words and a stop", "I shall not.", {"stop": "not"}, WORDS),
    ("nothing", "", {}, WORDS),
    ("nothing, and a stop that never came", "", {"stop": "%"}, WORDS),
    ("half a call, and a stop that never came", call("go", ROME)[:-18], {"stop": "%"}, WORDS),
    (
        "the second of two",
        call("go", ROME) + "\n" + call("go", '{"city": "Bonn"}'),
        {"parallel_tool_calls": True},
        WORDS,
    ),
    ("a whole call with a stop", call("go", '{"city": "Bonn"}'), {"stop": "%"}, WORDS),
    (
        "a wrong call where JSON might stand",
        call("go", "{}"),
        SCHEMA | {"tool_choice": "auto"},
        WORDS,
    ),
    ("wrong JSON where a call might stand", '{"b": 1}', SCHEMA | {"tool_choice": "auto"}, OF_JSON),
]


async def answered(here: Studio, path: str, *, stream: bool, **parameters: Any) -> tuple[int, str]:
    asked = {"tools": TOOLS, "tool_choice": "required", "max_tokens": 600, **parameters}
    return await either(here, path, MESSAGES, stream=stream, **asked)


async def both_ways(
    home: Path, path: str, said: str, parameters: dict[str, Any], family: str = "qwen2.5"
) -> tuple[int, str, str]:
    script = scripted(Recital(Say(said)))
    async with studio(home, script, family=FAMILIES[family]) as here:
        status, text = await answered(here, path, stream=False, **parameters)
        streamed, frames = await answered(here, path, stream=True, **parameters)
    assert streamed in (200, status)  # what fails before its first byte is no stream
    return status, text, frames


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize(
    ("said", "parameters", "reason"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT]
)
async def test_it_is_passed_on(
    tmp_path: Path, path: str, said: str, parameters: dict[str, Any], reason: str
) -> None:
    status, text, frames = await both_ways(tmp_path, path, said, parameters)
    assert status == 200, text
    choice = choice_in(path, text)
    assert choice["finish_reason"].startswith(reason)
    assert f'"finish_reason":"{reason}' in frames


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize(
    ("said", "parameters", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
async def test_it_is_an_error(
    tmp_path: Path, path: str, said: str, parameters: dict[str, Any], words: str
) -> None:
    status, text, frames = await both_ways(tmp_path, path, said, parameters)
    assert status == 500
    assert words in text
    assert words in frames


NEVER = {"type": "string", "pattern": "^[a-c]{2,5}$", "minLength": 30}
EITHER = {"anyOf": [{"type": "string", "minLength": 6}, {"type": "integer", "minimum": 1000}]}
# What a parameter is, and what comes of a model that writes 7 or a text there.
LET_GO = [
    ("a text that nothing satisfies", "qwen2.5", NEVER, call("go", '{"city": "Oslo"}'), 200),
    ("a number where a text may stand", "qwen3-coder", EITHER, xml(city="7"), 200),
    ("a text too short", "qwen3-coder", EITHER, xml(city="Oslo"), 500),
    ("a pattern within", "qwen3-coder", {"type": "string", "pattern": "sl"}, xml(city="Oslo"), 200),
    ("no such", "qwen3-coder", {"type": "string", "pattern": "sl"}, xml(city="Rome"), 500),
]


@pytest.mark.parametrize(
    ("family", "part", "said", "status"), [row[1:] for row in LET_GO], ids=[r[0] for r in LET_GO]
)
async def test_what_no_grammar_keeps_is_not_held_against_it(
    tmp_path: Path, family: str, part: dict[str, Any], said: str, status: int
) -> None:
    parameters = {"type": "object", "properties": {"city": part}, "required": ["city"]}
    tools = [{"type": "function", "function": {"name": "go", "parameters": parameters}}]
    for choice in ("required", GO):
        wanted = {"tools": tools, "tool_choice": choice}
        found = await both_ways(tmp_path, COMPATIBLE, said, wanted, family=family)
        assert found[0] == status
        assert (WORDS in found[1], WORDS in found[2]) == (status == 500,) * 2


@pytest.mark.parametrize(("city", "status"), [("Rome", 200), ("Bonn", 500)])
async def test_calls_in_xml_are_checked_too(tmp_path: Path, city: str, status: int) -> None:
    said = xml(city=city, days="2")
    found = await both_ways(tmp_path, COMPATIBLE, said, {}, family="qwen3-coder")
    assert found[0] == status
    assert (WORDS in found[1], WORDS in found[2]) == (status == 500,) * 2
