"""What the judge is asked, and what it says."""

from typing import Final

import msgspec

from studiolo.core.generation import ForcedCalls


class KeepingQuestion(msgspec.Struct, frozen=True, tag=True):
    """Whether a model can be held to this schema, which `check_schema` has passed."""

    schema: str


class CallsQuestion(msgspec.Struct, frozen=True, tag=True):
    """The grammar of these calls."""

    calls: ForcedCalls


Question = KeepingQuestion | CallsQuestion


class Verdict(msgspec.Struct, frozen=True):
    """What was found out: the grammar, or why there is none and which part is at fault.

    Of calls, `kept` has for each form the schema of all arguments that the grammar lets be written.
    One that is not `final` holds if no other follows.
    """

    grammar: str = ""
    keys: tuple[str, ...] = ()
    reason: str = ""
    final: bool = True
    kept: tuple[str, ...] = ()


questions: Final = msgspec.msgpack.Decoder[Question](Question)
verdicts: Final = msgspec.msgpack.Decoder(Verdict)
