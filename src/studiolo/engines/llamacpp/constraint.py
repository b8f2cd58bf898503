"""What binds the text, as fields of the engine's request. `json_schema` is never sent.

The engine fails open: a schema it cannot read is logged and the text runs free. So all goes out as
a grammar, after llguidance has accepted it here.
"""

from functools import lru_cache
from typing import Final, assert_never

from studiolo.core.generation import Constraint, ForcedCalls, Grammar, JsonSchema
from studiolo.core.mode_errors import StructuredOutputNotSupported
from studiolo.core.schemas.grammar import as_rule, fault_of, whole_grammar
from studiolo.engines.forced_calls import calls_grammar

_REMEMBERED: Final = 64


def constraint_fields(constraint: Constraint | None) -> dict[str, object]:
    """Raises StructuredOutputNotSupported for what cannot be enforced."""
    match constraint:
        case None:
            return {}
        case Grammar(gbnf=gbnf):
            return {"grammar": gbnf}
        case JsonSchema() | ForcedCalls():
            grammar, fault = _accepted(constraint)
            if fault:
                raise StructuredOutputNotSupported(f"it cannot be enforced: {fault}")
            return {"grammar": grammar}
        case _:
            assert_never(constraint)


@lru_cache(maxsize=_REMEMBERED)
def _accepted(constraint: JsonSchema | ForcedCalls) -> tuple[str, str]:
    """The grammar, and what llguidance has against it."""
    try:
        match constraint:
            case JsonSchema(schema=schema):
                grammar = whole_grammar(as_rule(schema))
            case ForcedCalls():
                grammar = calls_grammar(constraint)
    except (ValueError, RecursionError) as error:
        return "", f"{error}"
    return grammar, fault_of(grammar)
