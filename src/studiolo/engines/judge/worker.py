"""The process in which llguidance reads what callers sent: it may take so much, and then it dies.

Run as `python -m studiolo.engines.judge.worker`.
"""

from collections.abc import Iterator
from typing import Final

from studiolo.core.schemas.checks import Fault, keeping_reason
from studiolo.core.schemas.grammar import as_rule, fault_of, whole_grammar
from studiolo.engines.forced_calls import held_calls
from studiolo.engines.judge.culprits import culprit_in
from studiolo.engines.judge.questions import (
    CallsQuestion,
    KeepingQuestion,
    Question,
    Verdict,
    questions,
)
from studiolo.engines.judge.texts import hard_text
from studiolo.sandbox import inside

# Processor time; schemas that people write take some hundredths. What passes costs the engine about
# three times as much, with its larger vocabulary, and all of its answers wait meanwhile.
_SCHEMA_S: Final = 0.3
# The part at fault is looked for by trying many; and many functions have many schemas.
_SEARCH_S: Final = 1.0
_CALLS_S: Final = 2.0
# Texts that are held to patterns are tried, each some steps far.
_TEXTS_S: Final = 2.0
_MEMORY_BYTES: Final = 512 << 20


def main() -> None:
    """Answer one question after the other."""
    inside.bound(memory_bytes=_MEMORY_BYTES)
    for question in inside.questions(questions):
        for verdict in _verdicts(question):
            inside.answer(verdict)


def _verdicts(question: Question) -> Iterator[Verdict]:
    match question:
        case KeepingQuestion(schema=schema):
            yield from _on_schema(schema)
        case CallsQuestion(calls=calls):
            held = inside.within(_CALLS_S, lambda: held_calls(calls))
            reason = inside.within(_SCHEMA_S, lambda: fault_of(held.grammar))
            yield Verdict(held.grammar, reason=reason, kept=held.kept)


def _on_schema(schema: str) -> Iterator[Verdict]:
    try:
        reason = inside.within(_SCHEMA_S, lambda: keeping_reason(schema))
    except (ValueError, RecursionError) as error:
        yield Verdict(reason=f"it is no schema: {error}")
        return
    if reason:
        yield Verdict(reason=reason, final=False)
        fault = inside.within(_SEARCH_S, lambda: culprit_in(schema, reason))
    else:
        fault = inside.within(_TEXTS_S, lambda: hard_text(schema))
    yield Verdict(whole_grammar(as_rule(schema))) if fault is None else _refused(fault)


def _refused(fault: Fault) -> Verdict:
    return Verdict(keys=fault.keys, reason=fault.reason)


if __name__ == "__main__":
    main()
