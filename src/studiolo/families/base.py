"""What a family is: a renderer of conversations and a parser of what the model writes."""

from collections.abc import Callable, Iterable
from typing import Final, Literal, Protocol

import msgspec

from studiolo.core.events import Event
from studiolo.core.generation import Delta, Ended
from studiolo.core.prompt import Media, Run, Special, Text
from studiolo.core.requests import Conversation

# The family of weights that are read by their own chat template.
TEMPLATE: Final = "template"

OPEN: Final = "<think>"
CLOSE: Final = "</think>"

# never: the weights cannot think; hybrid: they can be asked to, or not to; always: they must.
Thinks = Literal["never", "hybrid", "always"]

# What closes a thought that has used up its budget.
CLOSING: tuple[Run, ...] = (Text("\n"), Special(CLOSE), Text("\n\n"))


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

    `parser` makes one for a choice; use `parser_after`. Without the control tokens in `needs`,
    weights cannot be of this family. If `opens_thought`, a prompt that is to be thought about ends
    inside `<think>`; else the model opens the thought itself. With `from_weights` this is a name
    only: the true family is made of a chat template, control tokens, and the first and last ones.
    """

    name: str
    render: Callable[[Conversation], tuple[Run, ...]]
    parser: Callable[[int], Parser]
    needs: frozenset[str] = frozenset()
    thinks: Thinks = "never"
    opens_thought: bool = False
    from_weights: Callable[[str, frozenset[str], str, str], "Family"] | None = None

    def parser_after(self, prompt: tuple[Run, ...], choice: int) -> Parser:
        """The parser of what follows this prompt: it starts inside the thought if that is open."""
        parser = self.parser(choice)
        if ends_in_thought(prompt):
            list(parser.feed(Delta(OPEN, 0)))
        return parser


def ends_in_thought(prompt: tuple[Run, ...]) -> bool:
    """Whether the last thing in this prompt is a thought just opened, be the tag text or not."""
    for run in reversed(prompt):
        match run:
            case Special(name=name):
                return name == OPEN
            case Text(text=text):
                if end := text.rstrip():
                    return end.endswith(OPEN)
            case Media():
                return False
    return False
