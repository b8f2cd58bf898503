"""Schemas by the dozen, on the real engine: what is accepted is kept, whatever it draws."""

import asyncio
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from tests.engines.llamacpp.asking import asked, told

from studiolo.core.generation import Delta, Ended, JsonSchema
from studiolo.core.mode_errors import SchemaInvalid, StructuredOutputNotSupported
from studiolo.core.schemas.checks import check_schema
from studiolo.core.schemas.results import fault_in, fault_in_cut
from studiolo.engines.llamacpp.engine import LlamaCppEngine

Schema = dict[str, Any]

TABLE: Final = Path(__file__).parents[2] / "core" / "schemas" / "patterns.json"

LOWS: Final = ("minimum", "exclusiveMinimum")
HIGHS: Final = ("maximum", "exclusiveMaximum")
ROOMS: Final = ((0, 0.1), (1, 1.5), (-0.5, 0), (-1.5, -1), (-0.25, 0.25), (0.05, 2), (-7, 7))
LARGE: Final = 2**53
PATTERNS: Final = (
    *("^[A-Z]\n[a-z]$", r"^[A-Z]\n[a-z]$", r"^\t[a-c]{2}$", r'^"[a-z]+"$', r"^C:\\[a-z]{1,3}$"),
    *(r"^(\n|\r\n)[ab]$", r"^[\\][a-c]$", r"^\x22[^a]$", r"^\\.?$", r"^[^\"]\\[0-9]$", r"^a\\b$"),
    *(r"^a|\n[bc]$", r"^\d{2}/\w$", r"^\s[ab]$", r"^(?i:ab)\"[x-z]$", r"^[\w\"-]{2}$"),
)


def numbers() -> Iterator[Schema]:
    for (low, high), least, most in product(ROOMS, LOWS, HIGHS):
        yield {"type": "number", least: low, most: high}
        yield {"type": "number", least: low, "allOf": [{most: high, "multipleOf": 0.25}]}


# Steps that are no whole numbers, and rooms that few of them are in.
FRACTIONS: Final = (
    *((0.25, 6.25, 6.5), (0.25, 0.25, 0.5), (0.125, 3.375, 3.5), (0.1, 2.02, 2.12)),
    *((0.1, 1.75, 1.85), (0.01, 0.335, 0.345), (0.01, 0.015, 0.025), (0.2, 8.44, 8.64)),
    *((0.01, 0.29, 0.29), (0.01, 0.07, 0.07), (0.01, 19.99, 19.99), (0.1, 0.3, 0.3)),
    *((0.02, 0.46, 0.48), (0.1, 3.4, 3.5), (0.1, -2, -1.9), (0.05, 5, 14.95), (0.5, 0, 500)),
)


def fractions() -> Iterator[Schema]:
    for (step, low, high), least, most in product(FRACTIONS, LOWS, HIGHS):
        yield {"type": "number", "multipleOf": step, least: low, most: high}


def whole_numbers() -> Iterator[Schema]:
    for step, (low, high) in product((3, 5, 0.3), ((-20, -1), (-20, 20), (1, 4), (7, 8))):
        yield {"type": ["integer", "null"], "multipleOf": step, "minimum": low, "maximum": high}
    for step, high in product((2, 5), (-5, 0, 9)):
        yield {"type": "integer", "multipleOf": step, "maximum": high}
    for low, more in product((LARGE, LARGE + 1, -LARGE - 1), (0, 1, 2, 9)):
        yield {"type": "integer", "minimum": low, "maximum": low + more}
        yield {"type": "integer", "exclusiveMinimum": low, "exclusiveMaximum": low + more}
    for low, high in ((-(2**63), -(2**62)), (-(2**63), 2**64 - 1), (2**62, 2**64 - 1)):
        yield {"type": "integer", "minimum": low, "maximum": high}
        yield {"type": "integer", "exclusiveMinimum": low - 1, "exclusiveMaximum": high + 1}
    yield from ({"const": value} for value in (LARGE + 1, LARGE, 0.1, 1e-7, 0.30000000000000004))


def texts() -> Iterator[Schema]:
    for pattern in PATTERNS:
        yield {"type": "string", "pattern": pattern, "maxLength": 8}
        yield {
            "type": "string",
            "pattern": pattern,
            "enum": ["A\nb", '"a"', "C:\\ab", "\\", "12/a"],
        }


def of_ecma_262() -> Iterator[Schema]:
    """Every construct that patterns may have, and texts that an engine would give up."""
    for pattern in json.loads(TABLE.read_text("utf-8"))["kept"]:
        yield {"type": "string", "pattern": pattern, "maxLength": 8}
    for most in (20, 60):
        for count in range(1, 5):
            met = [{"pattern": each} for each in ("[a-z]", "[A-Z]", "[0-9]", "[^ ]")[:count]]
            yield {"type": "string", "allOf": met, "minLength": 4, "maxLength": most}
        yield {"type": "string", "pattern": "a.{6}b", "maxLength": most}
    yield from ({"type": "string", "format": each} for each in ("date", "time", "date-time", "uri"))
    yield {"type": "string", "allOf": [{"pattern": each} for each in ("a.{6}b", "c.{6}d", "^e")]}


# Patterns with more anchors than they need, or fewer.
ANCHORED: Final = (
    *(r"^(\d{5}$|\d{9}$)$", "^^a$", "^a$$", "x$$", "$$", "$^", "^(^a)$", "^(?:^a|b)$", "^(a$|b)$"),
    *("^(^|x)a$", "^(?:$|[a-z]+)$", r"^(^\d{4}$|^\d{6}$)$", r"^(?:([01]\d)$|24:00)$", "(^a)?b$"),
    *("(?i:^ab|c)d", "(^a|^b)$", "^(https?://|$)", "((^|a)b|c)d$", "^(?:||^)$", "(^a$)", "a|$"),
)


def anchors() -> Iterator[Schema]:
    for pattern in ANCHORED:
        yield {"type": "string", "pattern": pattern, "maxLength": 12}
        yield {"patternProperties": {pattern: {"const": 1}}, "additionalProperties": False}


def objects() -> Iterator[Schema]:
    integers: Schema = {"patternProperties": {"^x": {"maximum": 5}}, "additionalProperties": False}
    yield {**integers, "properties": {"x1": {"type": "integer"}}, "required": ["x1"]}
    yield {"patternProperties": {"^[ab]$": {"const": 1}}, "additionalProperties": False}
    for least in range(4):
        yield {"patternProperties": {"^[ab]$": {"const": 1}}, "minProperties": least}
    for levels in (2, 14, 30):
        chain: Schema = {f"d{levels}": {"type": "string", "maxLength": 3}}
        for level in range(levels):
            chain[f"d{level}"] = {"allOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 2}
        yield {"$defs": chain, "$ref": "#/$defs/d0"}


async def kept(engine: LlamaCppEngine, schema: Schema) -> bool | None:
    """Whether every answer is as the schema has it; None for a schema that is refused."""
    if "$defs" not in schema:
        schema = {"properties": {"d": schema}, "required": ["d"], "additionalProperties": False}
        schema["type"] = "object"
    text = json.dumps(schema)
    try:
        check_schema(text, field="f")
        asking = await asked(engine, max_tokens=24, constraint=JsonSchema(text))
        drawn = [
            msgspec.structs.replace(asking.sampling, temperature=heat, seed=seed)
            for seed, heat in enumerate((0.0, 1.5, 1.5))
        ]
        answers = await asyncio.gather(
            *(told(engine, msgspec.structs.replace(asking, sampling=each)) for each in drawn)
        )
    except (SchemaInvalid, StructuredOutputNotSupported):
        return None
    faults: list[str] = []
    for chunks in answers:
        answer = "".join(chunk.text for chunk in chunks if isinstance(chunk, Delta))
        cut = any(chunk.reason == "length" for chunk in chunks if isinstance(chunk, Ended))
        faults.append((fault_in_cut if cut else fault_in)(answer, text))
    return not any(faults)


@pytest.mark.parametrize(
    ("schemas", "refused"),
    [
        *((numbers, 8), (fractions, 18), (whole_numbers, 17), (texts, 9), (objects, 2)),
        *((of_ecma_262, 5), (anchors, 0)),
    ],
)
async def test_whatever_is_accepted_is_kept(
    qwen_engine: LlamaCppEngine, schemas: Any, refused: int
) -> None:
    found = [(schema, await kept(qwen_engine, schema)) for schema in schemas()]
    assert [schema for schema, is_kept in found if is_kept is False] == []
    assert sum(is_kept is None for _, is_kept in found) == refused
