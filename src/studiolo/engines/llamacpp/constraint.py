"""What binds the text, as fields of the engine's request. `json_schema` is never sent.

The engine fails open: a schema it cannot read is logged and the text runs free. So all goes out as
a grammar, after llguidance has accepted it in a process of ours.
"""

from studiolo.core.generation import Constraint, ForcedCalls, Grammar, JsonSchema
from studiolo.core.mode_errors import StructuredOutputNotSupported
from studiolo.engines.judge.judge import Judge


async def as_grammar(constraint: Constraint | None, judge: Judge) -> Grammar | None:
    """The grammar that stands for it.

    Raises StructuredOutputNotSupported for what cannot be enforced, and what the judge raises.
    """
    match constraint:
        case None | Grammar():
            return constraint
        case JsonSchema(schema=schema):
            verdict = await judge.schema_grammar(schema)
        case ForcedCalls():
            verdict = await judge.calls_grammar(constraint)
    if verdict.reason:
        raise StructuredOutputNotSupported(f"it cannot be enforced: {verdict.reason}")
    return Grammar(verdict.grammar)


def constraint_fields(constraint: Constraint | None) -> dict[str, object]:
    """Raises StructuredOutputNotSupported for what `as_grammar` was not asked about."""
    match constraint:
        case None:
            return {}
        case Grammar(gbnf=gbnf):
            return {"grammar": gbnf}
        case _:
            raise StructuredOutputNotSupported("only grammars are sent")
