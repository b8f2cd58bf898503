"""What stops a decoding, inside the process."""

import struct
from typing import Final

from studiolo.core.media.seen import Seen
from studiolo.media.decoding.questions import Fault

# Whatever readers of damaged files come upon.
BROKEN: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)


class Refused(Exception):
    """It is beyond a bound; `seen` is what is known of it."""

    def __init__(self, fault: Fault, seen: Seen | None = None) -> None:
        super().__init__(fault)
        self.fault: Fault = fault
        self.seen = seen
