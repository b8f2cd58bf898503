"""What a family is: a renderer of conversations and a parser of what the model writes."""

from collections.abc import Callable, Iterable
from typing import Literal, Protocol

import msgspec

from studiolo.core.events import Event
from studiolo.core.generation import Delta, Ended
from studiolo.core.prompt import Run, Special, Text
from studiolo.core.requests import Conversation

# never: the weights cannot think; hybrid: they can be asked to, or not to; always: they must.
Thinks = Literal["never", "hybrid", "always"]

# What closes a thought that has used up its budget.
CLOSING: tuple[Run, ...] = (Text("\n"), Special("</think>"), Text("\n\n"))


class Parser(Protocol):
    """Reads the chunks of one choice; holds back only what is still ambiguous."""

    def feed(self, delta: Delta) -> Iterable[Event]:
        """The events this piece of text completes."""
        ...

    def flush(self, ended: Ended) -> Iterable[Event]:
        """What was held back, and the ChoiceFinished."""
        ...


class Family(msgspec.Struct, frozen=True):
    """How a family of models reads and writes.

    `parser` makes one for a choice. Without the control tokens in `needs`, weights cannot be of
    this family. If `opens_thought`, a prompt that is to be thought about ends inside `<think>`;
    else the model opens the thought itself.
    """

    name: str
    render: Callable[[Conversation], tuple[Run, ...]]
    parser: Callable[[int], Parser]
    needs: frozenset[str] = frozenset()
    thinks: Thinks = "never"
    opens_thought: bool = False
