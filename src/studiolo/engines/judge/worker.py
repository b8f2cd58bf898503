"""The process in which llguidance reads what callers sent: it may take so much, and then it dies.

Run as `python -m studiolo.engines.judge.worker`; ends when its standard input does.
Law: the kernel ends it when a question takes too long, for llguidance cannot be interrupted.
"""

import resource
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from studiolo.core.schemas.checks import Fault, keeping_reason
from studiolo.core.schemas.grammar import as_rule, fault_of, whole_grammar
from studiolo.engines.forced_calls import held_calls
from studiolo.engines.judge.culprits import culprit_in
from studiolo.engines.judge.questions import (
    LENGTH,
    CallsQuestion,
    KeepingQuestion,
    Question,
    Verdict,
    framed,
    questions,
)
from studiolo.engines.judge.texts import hard_text

# Processor time; schemas that people write take some hundredths. What passes costs the engine about
# three times as much, with its larger vocabulary, and all of its answers wait meanwhile.
_SCHEMA_S: Final = 0.3
# The part at fault is looked for by trying many; and many functions have many schemas.
_SEARCH_S: Final = 1.0
_CALLS_S: Final = 2.0
# Texts that are held to patterns are tried, each some steps far.
_TEXTS_S: Final = 2.0
_MEMORY_BYTES: Final = 512 << 20

_T = TypeVar("_T")


def main() -> None:
    """Answer one question after the other."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while head := sys.stdin.buffer.read(LENGTH.size):
        (size,) = LENGTH.unpack(head)
        question = questions.decode(sys.stdin.buffer.read(size))
        for verdict in _verdicts(question):
            sys.stdout.buffer.write(framed(verdict))
            sys.stdout.buffer.flush()


def _verdicts(question: Question) -> Iterator[Verdict]:
    match question:
        case KeepingQuestion(schema=schema):
            yield from _on_schema(schema)
        case CallsQuestion(calls=calls):
            held = _within(_CALLS_S, lambda: held_calls(calls))
            reason = _within(_SCHEMA_S, lambda: fault_of(held.grammar))
            yield Verdict(held.grammar, reason=reason, kept=held.kept)


def _on_schema(schema: str) -> Iterator[Verdict]:
    try:
        reason = _within(_SCHEMA_S, lambda: keeping_reason(schema))
    except (ValueError, RecursionError) as error:
        yield Verdict(reason=f"it is no schema: {error}")
        return
    if reason:
        yield Verdict(reason=reason, final=False)
        fault = _within(_SEARCH_S, lambda: culprit_in(schema, reason))
    else:
        fault = _within(_TEXTS_S, lambda: hard_text(schema))
    yield Verdict(whole_grammar(as_rule(schema))) if fault is None else _refused(fault)


def _refused(fault: Fault) -> Verdict:
    return Verdict(keys=fault.keys, reason=fault.reason)


def _within(limit_s: float, work: Callable[[], _T]) -> _T:
    """What this work gives; the process ends if it takes more processor time."""
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
