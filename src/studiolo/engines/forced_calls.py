"""The grammar of forced calls, for engines that read llguidance's Lark.

Law: what a caller wrote enters as a string or a regular expression that was escaped, or as
JSON that was written here. What of a tool's schema cannot be kept is left to the model, and is
not said to be kept.
"""

import json
from typing import Final

import msgspec

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.schemas.bound import bound
from studiolo.core.schemas.checks import cost_of, is_schema
from studiolo.core.schemas.grammar import as_rule, fault_of, whole_grammar
from studiolo.core.schemas.nodes import Mapping
from studiolo.engines.forced_elements import Elements
from studiolo.engines.forced_nodes import Schema, mapping, rows
from studiolo.engines.forced_parts import (
    HEAD,
    Keeps,
    Loosening,
    Part,
    Shared,
    everything,
    nothing,
    uncounted,
    what_it_can,
)
from studiolo.engines.forced_texts import quoted
from studiolo.engines.judge.texts import without_hard_texts

_ANY_OBJECT: Final[Schema] = {"type": "object"}
_NO_ARGUMENTS: Final[Schema] = {"type": "object", "additionalProperties": False}
_UNIONS: Final = ("anyOf", "oneOf", "allOf")

# What the schemas of all functions together may cost: at three times that llguidance gives up.
_MOST_COST: Final = 25_000


class Held(msgspec.Struct, frozen=True):
    """A grammar, and for each form the schema (JSON text) of all arguments it lets be written."""

    grammar: str
    kept: tuple[str, ...]


def held_calls(calls: ForcedCalls) -> Held:
    """The texts that are such calls, or JSON where that may stand instead."""
    for keeps in (everything, what_it_can):
        held = _held(calls, keeps)
        if not fault_of(held.grammar):
            return held
    return open_calls(calls)


def open_calls(calls: ForcedCalls) -> Held:
    """The same with nothing said of the arguments, but that they are an object."""
    return _held(calls, nothing)


def _held(calls: ForcedCalls, keeps: Keeps) -> Held:
    names = [f"call{place}" for place in range(len(calls.forms))]
    call = " | ".join(names)
    start = f'({call}) ("\\n" ({call}))*' if calls.several else call
    rules: list[str] = []
    kept: list[str] = []
    left, shared = _MOST_COST, Shared()
    for name, form in zip(names, calls.forms, strict=True):
        schema = bound(form.parameters)
        cost = cost_of(schema) if is_schema(schema) else _MOST_COST + 1
        care = keeps if cost <= left else nothing
        part = _arguments(f"{name}_arguments", form, care, shared=shared)
        rules.append(f"{name}: {quoted(form.begin)} {name}_arguments {quoted(form.end)}")
        rules += part.rules
        kept.append(json.dumps(uncounted(part.kept), ensure_ascii=False))
        left -= cost if cost <= left else 0
    if calls.or_schema is not None:
        start = f"{start} | instead"
        rules.append(f"instead: %json {as_rule(calls.or_schema)}")
    return Held("\n".join((HEAD, f"start: {start}", *rules, *shared.rules)), tuple(kept))


def _arguments(name: str, form: CallForm, keeps: Keeps, *, shared: Shared) -> Part:
    """What stands between the begin and the end of a call; the first rule has this name."""
    if form.style == "xml":
        return Elements(name, form, keeps, shared=shared).part()
    schema: Mapping = json.loads(bound(form.parameters))
    kept = _object(schema if keeps is nothing else without_hard_texts(schema), keeps)
    return Part((f"{name}: %json {_rule(kept)}",), kept)


def _object(schema: Schema, keeps: Keeps) -> Schema:
    """As much of a schema of arguments as can be kept."""
    if _takes_nothing(schema):
        return _NO_ARGUMENTS
    whole = {**schema, "type": "object"}
    if keeps(whole_grammar(_rule(whole))):
        return whole
    whole = _what_is_kept(whole, keeps)
    return whole if keeps(whole_grammar(_rule(whole))) else _ANY_OBJECT


def _rule(schema: Schema) -> str:
    return as_rule(json.dumps(schema), lenient=True)


def _what_is_kept(schema: Schema, keeps: Keeps) -> Schema:
    """The schema with its properties as far as they can be kept."""
    loosening = Loosening(schema, keeps)
    named = {key: loosening.of(node) for key, node in mapping(schema.get("properties")).items()}
    return {**schema, "properties": named}


def _takes_nothing(schema: Schema) -> bool:
    """Whether no argument has a name, and none may be made up."""
    free = schema.get("additionalProperties", False) is not False
    elsewhere = any(key in schema for key in ("$ref", "patternProperties", *_UNIONS))
    named = any(node is not False for node in mapping(schema.get("properties")).values())
    return not (
        free or elsewhere or named or schema.get("minProperties") or rows(schema.get("required"))
    )
