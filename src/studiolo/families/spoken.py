"""What a model has written, as the runs of a prompt: so that it can be read on from there."""

from studiolo.core.prompt import Run, Special, Text
from studiolo.families.base import CLOSE, OPEN
from studiolo.families.calls.body import CALL, CALL_END
from studiolo.families.scan import Scanner, Tag


def spoken(text: str) -> tuple[Run, ...]:
    """Text, but for the tags around thoughts and calls, which are control tokens."""
    scanner = Scanner(OPEN, CLOSE, CALL, CALL_END)
    pieces = [*scanner.feed(text), scanner.flush()]
    return tuple(
        Special(str(piece)) if isinstance(piece, Tag) else Text(piece) for piece in pieces if piece
    )
