"""A stream added up to a whole answer: there is no second path to a reply."""

from collections.abc import Iterable
from typing import assert_never

import msgspec

from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    FinishReason,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.core.generation import TokenLogprob
from studiolo.core.messages import Call
from studiolo.core.usage import Usage


class Choice(msgspec.Struct, frozen=True):
    """One of the n answers."""

    text: str
    reasoning: str
    calls: tuple[Call, ...]
    reason: FinishReason
    logprobs: tuple[TokenLogprob, ...]


class Answer(msgspec.Struct, frozen=True):
    """Everything that was said, and what it used."""

    choices: tuple[Choice, ...]
    usage: Usage


class _Draft:
    """One choice in the making."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.calls: dict[int, tuple[ToolCallStart, list[str]]] = {}
        self.logprobs: list[TokenLogprob] = []
        self.reason: FinishReason = "stop"

    def choice(self) -> Choice:
        return Choice(
            text="".join(self.text),
            reasoning="".join(self.reasoning),
            calls=tuple(
                Call(start.id, start.name, "".join(arguments))
                for _, (start, arguments) in sorted(self.calls.items())
            ),
            reason=self.reason,
            logprobs=tuple(self.logprobs),
        )


class Fold:
    """Takes every event with `feed`; `flush` gives the whole answer."""

    def __init__(self) -> None:
        self._drafts: dict[int, _Draft] = {}
        self._usage = Usage()

    def feed(self, event: Event) -> None:
        """Add one event."""
        match event:
            case TextDelta():
                draft = self._draft(event.choice)
                draft.text.append(event.text)
                if event.logprobs:
                    draft.logprobs.extend(event.logprobs)
            case ReasoningDelta():
                self._draft(event.choice).reasoning.append(event.text)
            case ToolCallStart():
                self._draft(event.choice).calls[event.index] = (event, [])
            case ToolCallDelta():
                self._draft(event.choice).calls[event.index][1].append(event.arguments)
            case ChoiceFinished():
                self._draft(event.choice).reason = event.reason
            case Finished():
                self._usage = event.usage
            case Started():
                self._usage = Usage(input=event.prompt_tokens, cached=event.cached_tokens)
            case _:
                assert_never(event)

    def flush(self) -> Answer:
        """The answer so far; after `Finished` it is complete."""
        drafts = sorted(self._drafts.items())
        return Answer(tuple(draft.choice() for _, draft in drafts), self._usage)

    def _draft(self, choice: int) -> _Draft:
        draft = self._drafts.get(choice)
        if draft is None:
            draft = self._drafts[choice] = _Draft()
        return draft


def fold(events: Iterable[Event]) -> Answer:
    """The whole answer of a complete row of events."""
    adding = Fold()
    for event in events:
        adding.feed(event)
    return adding.flush()
