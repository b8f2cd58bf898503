"""What a family is: a renderer of conversations and a parser of what the model writes."""

from collections.abc import Callable, Iterable
from typing import Final, Literal, Protocol

import msgspec

from studiolo.core.events import Event
from studiolo.core.generation import CallForm, Delta, Ended
from studiolo.core.prompt import Media, Run, Special, Text
from studiolo.core.requests import Conversation, Tool

# The family of weights that are read by their own chat template, and the one that is found out.
TEMPLATE: Final = "template"
AUTO: Final = "auto"

OPEN: Final = "<think>"
CLOSE: Final = "</think>"

# never: the weights cannot think; hybrid: they can be asked to, or not to; always: they must.
Thinks = Literal["never", "hybrid", "always"]

# For a parser that is to know that the answer has begun; it may be any text that is no tag.
ANYTHING: Final = "…"

# What closes a thought that has used up its budget.
CLOSING: tuple[Run, ...] = (Text("\n"), Special(CLOSE), Text("\n\n"))


class Parser(Protocol):
    """Reads the chunks of one choice; holds back only what is still ambiguous."""

    @property
    def in_call(self) -> bool:
        """Whether a call has begun and is not over."""
        ...

    def feed(self, delta: Delta) -> Iterable[Event]:
        """The events this piece of text completes."""
        ...

    def flush(self, ended: Ended) -> Iterable[Event]:
        """What was held back, and the ChoiceFinished."""
        ...


class Offer(msgspec.Struct, frozen=True):
    """The tools a choice may call, and the id of its nth call.

    With `once` there is one call at most; if `forced`, the answer is calls and nothing else.
    """

    tools: tuple[Tool, ...]
    call_id: Callable[[int], str]
    once: bool = False
    forced: bool = False


class CallStyle(msgspec.Struct, frozen=True):
    """How a family writes its calls.

    `reads` makes the parser of answers with calls around the parser of answers without; `form` is
    how a call of this tool must be written, or ToolParametersInvalid if it cannot be; `end` is the
    tag that ends every call.
    """

    reads: Callable[[Parser, Offer, int], Parser]
    form: Callable[[Tool], CallForm]
    end: str


class Weights(msgspec.Struct, frozen=True):
    """What weights say about how they are read: with the first and last token of a text."""

    chat_template: str
    special_tokens: frozenset[str]
    architecture: str = ""
    bos: str = ""
    eos: str = ""


class Family(msgspec.Struct, frozen=True):
    """How a family of models reads and writes.

    `parser` makes one for a choice; use `parser_after`. Without the control tokens in `needs`,
    weights cannot be of this family. If `opens_thought`, a prompt that is to be thought about ends
    inside `<think>`; else the model opens the thought itself. Without `calls` its models know no
    tools. With `from_weights` this is a name only: the true family comes of the weights.
    """

    name: str
    render: Callable[[Conversation], tuple[Run, ...]]
    parser: Callable[[int], Parser]
    needs: frozenset[str] = frozenset()
    thinks: Thinks = "never"
    opens_thought: bool = False
    calls: CallStyle | None = None
    from_weights: Callable[[Weights], "Family"] | None = None

    def parser_after(
        self,
        prompt: tuple[Run, ...],
        choice: int,
        *,
        offer: Offer | None = None,
        continues: bool = False,
    ) -> Parser:
        """The parser of what follows this prompt: it starts inside the thought if that is open.

        Without an offer, or of a family that cannot call, a call is text. If it `continues`, the
        prompt ends with the caller's beginning of the answer: whatever that says opens no thought.
        """
        parser = self.parser(choice)
        if offer is not None and self.calls is not None:
            parser = self.calls.reads(parser, offer, choice)
        if continues:
            list(parser.feed(Delta(ANYTHING, 0)))
        elif ends_in_thought(prompt):
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
