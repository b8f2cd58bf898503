"""What binds the text, as fields of the engine's request. `json_schema` is never sent.

The engine fails open: a schema it cannot read is logged and the text runs free. So a schema goes
out as a grammar, after llguidance's own validator has accepted it here.
"""

import importlib
import importlib.util
from typing import Protocol, assert_never

from studiolo.core.errors import StructuredOutputNotSupported
from studiolo.core.generation import Constraint, ForcedCalls, Grammar, JsonSchema


class _Matcher(Protocol):
    """The part of llguidance that is used."""

    def grammar_from_json_schema(self, schema: str) -> str: ...

    def validate_grammar(self, grammar: str) -> str: ...


def constraint_fields(constraint: Constraint | None) -> dict[str, object]:
    """Raises StructuredOutputNotSupported for a schema that cannot be enforced."""
    match constraint:
        case None:
            return {}
        case Grammar(gbnf=gbnf):
            return {"grammar": gbnf}
        case JsonSchema(schema=schema):
            return {"grammar": _grammar_of(schema)}
        case ForcedCalls():
            raise StructuredOutputNotSupported("calls cannot be forced on this engine")
        case _:
            assert_never(constraint)


def _grammar_of(schema: str) -> str:
    if importlib.util.find_spec("llguidance") is None:
        raise StructuredOutputNotSupported(
            "JSON schemas cannot be checked here: the package llguidance is not installed"
        )
    matcher: _Matcher = importlib.import_module("llguidance").LLMatcher
    try:
        fault: str = matcher.validate_grammar(matcher.grammar_from_json_schema(schema))
    except ValueError as error:
        fault = str(error)
    if fault:
        raise StructuredOutputNotSupported(f"the JSON schema cannot be enforced: {fault}")
    return f"%llguidance {{}}\nstart: %json {schema}"
