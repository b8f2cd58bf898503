"""JSON schemas, kept by every engine. A new engine adds the name of its fixture."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from tests.conformance.ordinary import ORDINARY, Ordinary
from tests.conformance.schemas import ANY_OBJECT, KEPT, Kept

from studiolo.core.generation import Delta, Ended, Generation, JsonSchema, Sampling
from studiolo.core.mode_errors import SchemaInvalid
from studiolo.core.prompt import Special, Text
from studiolo.core.schemas.checks import check_schema, keeping_reason, tell
from studiolo.core.schemas.restated import restated
from studiolo.core.schemas.results import fault_in, fault_in_cut
from studiolo.engines.base import Engine
from studiolo.engines.judge.culprits import culprit_in
from studiolo.engines.scripted.double.model import double_engine

# Fixtures, each giving an engine.
ENGINES = ("smollm2_engine", "qwen_engine", "double")
QUESTION = (
    Special("<|im_start|>"),
    Text("user\nGive me an example in JSON."),
    Special("<|im_end|>"),
    Text("\n"),
    Special("<|im_start|>"),
    Text("assistant\n"),
)
FREE = Sampling(1.0, 1.0, 0, 0.0, 0.0, 1.0, seed=11)


@pytest.fixture(scope="session")
async def double(anyio_backend: str) -> AsyncGenerator[Engine]:
    engine = double_engine(name="double", context=4096, parallel=4)
    await engine.start()
    yield engine
    await engine.close()


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


async def told(engine: Engine, schema: str, *, max_tokens: int) -> tuple[str, Ended]:
    prompt = await engine.tokenize(QUESTION)
    generation = Generation(prompt, FREE, max_tokens, constraint=JsonSchema(schema))
    async with aclosing(engine.generate(generation)) as stream:
        chunks = [chunk async for chunk in stream]
    ended = chunks[-1]
    assert isinstance(ended, Ended)
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Delta)), ended


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.title)
async def test_a_schema_is_kept(engine: Engine, kept: Kept) -> None:
    schema = json.dumps(kept.schema)
    check_schema(schema, field="schema")
    assert keeping_reason(schema) == ""
    text, ended = await told(engine, schema, max_tokens=90)
    assert ended.reason == "stop", text
    assert fault_in(text, schema) == ""
    assert kept.holds(json.loads(text))


async def test_any_object_begins_like_one_and_has_no_white_space_to_spare(engine: Engine) -> None:
    text, ended = await told(engine, json.dumps(ANY_OBJECT), max_tokens=24)
    assert text.startswith("{")
    assert ended.reason == "length" or isinstance(json.loads(text), dict)
    assert not text.startswith(("{ ", "{\n", "{\t"))


async def test_json_that_is_cut_says_length(engine: Engine) -> None:
    schema = {"type": "array", "items": {"type": "null"}, "minItems": 30}
    text, ended = await told(engine, json.dumps(schema), max_tokens=5)
    assert (ended.reason, ended.completion_tokens) == ("length", 5)
    assert text.startswith("[null")


def required(schema: str) -> None:
    check_schema(schema, field="schema")
    if reason := keeping_reason(schema):
        tell(culprit_in(schema, reason), field="schema")


@pytest.mark.parametrize(
    "ordinary", [each for each in ORDINARY if not each.refused], ids=lambda each: each.title
)
async def test_what_people_send_is_kept(engine: Engine, ordinary: Ordinary) -> None:
    schema = json.dumps(restated(ordinary.schema))
    required(schema)
    text, ended = await told(engine, schema, max_tokens=120)
    # What was sent holds as well as what was made of it, as far as the text goes.
    for each in (schema, json.dumps(ordinary.schema)):
        fault = fault_in_cut(text, each) if ended.reason == "length" else fault_in(text, each)
        assert fault == "", text


@pytest.mark.parametrize(
    "ordinary", [each for each in ORDINARY if each.refused], ids=lambda each: each.title
)
def test_what_people_send_is_refused_with_its_part(ordinary: Ordinary) -> None:
    with pytest.raises(SchemaInvalid) as refusal:
        required(json.dumps(restated(ordinary.schema)))
    assert ordinary.refused in str(refusal.value)
