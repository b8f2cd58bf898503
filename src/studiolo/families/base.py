"""What a family is: a renderer of conversations and a parser of what the model writes."""

from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from studiolo.core.events import Event
from studiolo.core.generation import Delta, Ended
from studiolo.core.prompt import Run
from studiolo.core.requests import ChatRequest


class Parser(Protocol):
    """Reads the chunks of one choice; holds back only what is still ambiguous."""

    def feed(self, delta: Delta) -> Iterable[Event]:
        """The events this piece of text completes."""
        ...

    def flush(self, ended: Ended) -> Iterable[Event]:
        """What was held back, and the ChoiceFinished."""
        ...


class Family(msgspec.Struct, frozen=True):
    """A pair of functions by name: the conversation as runs, and a parser for choice n.

    Without the control tokens in `needs`, weights cannot be of this family.
    """

    name: str
    render: Callable[[ChatRequest], tuple[Run, ...]]
    parser: Callable[[int], Parser]
    needs: frozenset[str] = frozenset()
