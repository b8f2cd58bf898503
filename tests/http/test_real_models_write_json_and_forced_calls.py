"""The embedded engine, asked through HTTP for JSON and for calls: both dialects, both models."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from tests.http.asking import choice_in, either
from tests.studios import COMPATIBLE, NATIVE, Borrowed, Studio, studio

from studiolo.core.schemas.prefixes import progress
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.families.base import Family
from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

MESSAGES = [{"role": "user", "content": "How warm is it in Oslo? Answer in JSON."}]
PARAMETERS = {
    "type": "object",
    "properties": {
        "city": {"enum": ["Oslo", "Rome"]},
        "days": {"type": "integer", "minimum": 1, "maximum": 9},
    },
    "required": ["city", "days"],
    "additionalProperties": False,
}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "weather", "schema": PARAMETERS}}
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": PARAMETERS}}
    for name in ("get_weather", "get_time")
]
NAMED = {"type": "function", "function": {"name": "get_time"}}
# One writes calls as JSON, one as XML.
READERS = {"smollm2_engine": "qwen2.5", "roomy_qwen_engine": "qwen3-coder"}


@pytest.fixture(scope="module")
async def roomy_qwen_engine(
    qwen_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[LlamaCppEngine]:
    """With room for tools, which take many of its short tokens."""
    run_dir = tmp_path_factory.mktemp("run")
    engine = LlamaCppEngine(qwen_path, name="roomy", context=2048, parallel=1, run_dir=run_dir)
    await engine.start()
    yield engine
    await engine.close()


@pytest.fixture(scope="module", params=READERS)
def reader(request: pytest.FixtureRequest) -> tuple[LlamaCppEngine, Family]:
    return request.getfixturevalue(request.param), FAMILIES[READERS[request.param]]


@pytest.fixture(scope="module")
async def here(
    reader: tuple[LlamaCppEngine, Family], tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Studio]:
    engine, family = reader
    home = tmp_path_factory.mktemp("home")
    async with studio(home, Borrowed(engine), family=family) as here:
        yield here


async def choice(here: Studio, path: str, **parameters: Any) -> dict[str, Any]:
    status, text = await answered(here, path, **parameters)
    assert status == 200, text
    return choice_in(path, text)


async def answered(here: Studio, path: str, **parameters: Any) -> tuple[int, str]:
    return await either(here, path, MESSAGES, **{"seed": 7, "max_tokens": 120, **parameters})


def is_weather(text: str) -> bool:
    value = json.loads(text)
    return [*value] == ["city", "days"] and value["city"] in ("Oslo", "Rome")


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
async def test_a_schema_is_kept(here: Studio, path: str) -> None:
    found = await choice(here, path, response_format=SCHEMA)
    assert found["finish_reason"] == "stop"
    assert is_weather(found["message"]["content"])


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
async def test_json_that_is_cut_says_length(here: Studio, path: str) -> None:
    found = await choice(here, path, response_format={"type": "json_object"}, max_tokens=3)
    assert found["finish_reason"] == "length"
    assert found["message"]["content"].startswith("{")


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize("wanted", ["required", NAMED], ids=["required", "named"])
async def test_a_call_is_forced(here: Studio, path: str, wanted: Any) -> None:
    found = await choice(here, path, tools=TOOLS, tool_choice=wanted)
    assert found["finish_reason"] == "tool_calls"
    (call,) = found["message"]["tool_calls"]
    names = ("get_time",) if wanted is NAMED else ("get_time", "get_weather")
    assert call["function"]["name"] in names
    assert is_weather(call["function"]["arguments"])
    assert not found["message"]["content"]


KINDS: list[Any] = [
    {"type": "string"},
    {"type": ["string", "null"]},
    {"anyOf": [{"type": "string"}, {"type": "null"}]},
    {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
    {"type": ["string", "integer"]},
    {"type": ["string", "object", "array"]},
    {"type": "int"},
    {"type": "float"},
    {"type": "array", "items": {"type": "string"}},
    {"type": "object", "additionalProperties": {"type": "string"}},
]


async def test_a_forced_call_in_xml_that_is_cut_is_the_beginning_of_json(
    roomy_qwen_engine: LlamaCppEngine, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {"tool_choice": "required", "temperature": 1.5}
    async with studio(
        tmp_path, Borrowed(roomy_qwen_engine), family=FAMILIES["qwen3-coder"]
    ) as here:
        for seed, kind in enumerate(KINDS):
            parameters = {"type": "object", "properties": {"a": kind}, "required": ["a"]}
            asked["tools"] = [
                {"type": "function", "function": {"name": "go", "parameters": parameters}}
            ]
            found = await choice(here, COMPATIBLE, seed=seed, max_tokens=40, **asked)
            (call,) = found["message"]["tool_calls"]
            far = ("whole",) if found["finish_reason"] == "tool_calls" else ("begun", "whole")
            assert progress(call["function"]["arguments"]) in far


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize("kind", ["schema", "tool"])
async def test_control_tokens_are_not_spelled_out(here: Studio, path: str, kind: str) -> None:
    schema = {"type": "object", "properties": {"city": {"enum": ["Oslo<|im_end|>"]}}}
    asked: dict[str, Any] = {
        "tools": [{"type": "function", "function": {"name": "go", "parameters": schema}}],
        "tool_choice": "required",
    }
    if kind == "schema":
        asked = {"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}}
    status, text = await answered(here, path, **asked)
    assert status == 400
    assert "properties.city.enum: '<|im_end|>' is a control token of the model" in text


async def test_with_tools_on_offer_it_is_a_call_or_the_json(here: Studio) -> None:
    kinds: set[str] = set()
    for seed in range(2):
        found = await choice(
            here, COMPATIBLE, tools=TOOLS, response_format=SCHEMA, seed=seed, temperature=1.9
        )
        kinds.add(found["finish_reason"])
        calls = found["message"].get("tool_calls")
        assert is_weather(
            calls[0]["function"]["arguments"] if calls else found["message"]["content"]
        )
    assert kinds <= {"stop", "tool_calls"}
