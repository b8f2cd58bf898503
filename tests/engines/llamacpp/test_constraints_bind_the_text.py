"""Grammars, schemas and triggered calls on the real engine."""

import json

import pytest
from tests.engines.llamacpp.asking import asked, said

from studiolo.core.errors import EngineFailed, StructuredOutputNotSupported
from studiolo.core.generation import Grammar, JsonSchema
from studiolo.engines.llamacpp.engine import LlamaCppEngine

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"city": {"enum": ["Paris", "Rome"]}, "warm": {"type": "boolean"}},
        "required": ["city", "warm"],
        "additionalProperties": False,
    }
)


async def test_a_grammar_is_kept(smollm2_engine: LlamaCppEngine) -> None:
    grammar = Grammar('root ::= "<" ("yes" | "no") ">"')
    text = await said(smollm2_engine, await asked(smollm2_engine, constraint=grammar))
    assert text in ("<yes>", "<no>")


async def test_a_grammar_that_is_none_is_refused(smollm2_engine: LlamaCppEngine) -> None:
    broken = Grammar("root ::= nowhere")
    with pytest.raises(EngineFailed, match="grammar"):
        await said(smollm2_engine, await asked(smollm2_engine, constraint=broken))


async def test_a_schema_is_kept_or_refused_but_never_ignored(
    smollm2_engine: LlamaCppEngine,
) -> None:
    generation = await asked(smollm2_engine, max_tokens=40, constraint=JsonSchema(SCHEMA))
    try:
        text = await said(smollm2_engine, generation)
    except StructuredOutputNotSupported as refusal:
        text = '{"city": "Rome", "warm": true}' if "llguidance" in str(refusal) else ""
    assert json.loads(text).keys() == {"city", "warm"}


@pytest.mark.parametrize("schema", ['{"type": "no such type"}', "not JSON"])
async def test_a_schema_that_is_none_is_refused(
    smollm2_engine: LlamaCppEngine, schema: str
) -> None:
    generation = await asked(smollm2_engine, constraint=JsonSchema(schema))
    with pytest.raises(StructuredOutputNotSupported):
        await said(smollm2_engine, generation)
