"""What happens while an answer is written; every answer is a row of these events.

The order is Started, then for each choice any deltas and one ChoiceFinished, then Finished.
Every delta says which choice it belongs to and how many generated tokens it stands for.
None can be part of a cycle, so the garbage collector need not know them.
"""

from typing import Literal

import msgspec

from studiolo.core.generation import TokenLogprob
from studiolo.core.usage import Usage

FinishReason = Literal["stop", "length", "tool_calls"]


class Started(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The prompt has been read; tokens of pictures and videos are some of its own."""

    prompt_tokens: int
    cached_tokens: int = 0
    image_tokens: int = 0
    video_tokens: int = 0


def started_with(event: Started) -> Usage:
    """What is used before anything is written."""
    return Usage(
        input=event.prompt_tokens,
        cached=event.cached_tokens,
        image=event.image_tokens,
        video=event.video_tokens,
    )


class ReasoningDelta(msgspec.Struct, frozen=True, gc=False, tag=True):
    """More of the thinking."""

    text: str
    tokens: int = 0
    choice: int = 0


class TextDelta(msgspec.Struct, frozen=True, gc=False, tag=True):
    """More of the answer; `injected` are tokens of ours, put in here, and none of the others."""

    text: str
    tokens: int = 0
    choice: int = 0
    logprobs: tuple[TokenLogprob, ...] = ()
    injected: int = 0


class ToolCallStart(msgspec.Struct, frozen=True, gc=False, tag=True):
    """A call begins; `index` counts the calls of this choice."""

    index: int
    id: str
    name: str
    tokens: int = 0
    choice: int = 0


class ToolCallDelta(msgspec.Struct, frozen=True, gc=False, tag=True):
    """More of the JSON text of a call's arguments."""

    index: int
    arguments: str
    tokens: int = 0
    choice: int = 0


class ChoiceFinished(msgspec.Struct, frozen=True, gc=False, tag=True):
    """One choice is complete; `tokens` are those without text, such as the end token.

    One that is `stopped` did not end by itself: one of the asked stops has cut it.
    """

    reason: FinishReason
    tokens: int = 0
    choice: int = 0
    stopped: bool = False


class Finished(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The answer is complete and this is what it used."""

    usage: Usage


Event = (
    Started | ReasoningDelta | TextDelta | ToolCallStart | ToolCallDelta | ChoiceFinished | Finished
)
