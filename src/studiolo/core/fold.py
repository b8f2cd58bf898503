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
    started_with,
)
from studiolo.core.generation import TokenLogprob
from studiolo.core.messages import Call
from studiolo.core.usage import Usage


class Thought(msgspec.Struct, frozen=True):
    """A stretch of thinking."""

    text: str


class Words(msgspec.Struct, frozen=True):
    """A stretch of the answer."""

    text: str


Said = Thought | Words | Call


class Choice(msgspec.Struct, frozen=True):
    """One of the n answers; `said` is all of it in its order, for text may follow a call."""

    text: str
    reasoning: str
    calls: tuple[Call, ...]
    reason: FinishReason
    logprobs: tuple[TokenLogprob, ...]
    said: tuple[Said, ...]


class Answer(msgspec.Struct, frozen=True):
    """Everything that was said, and what it used."""

    choices: tuple[Choice, ...]
    usage: Usage


class _Draft:
    """One choice in the making."""

    def __init__(self) -> None:
        self.calls: dict[int, list[str]] = {}
        self.logprobs: list[TokenLogprob] = []
        self.reason: FinishReason = "stop"
        self._said: list[tuple[type[Thought | Words] | ToolCallStart, list[str]]] = []

    def say(self, kind: type[Thought | Words], text: str) -> None:
        if not text:
            return
        if not self._said or self._said[-1][0] is not kind:
            self._said.append((kind, []))
        self._said[-1][1].append(text)

    def call(self, start: ToolCallStart) -> None:
        self.calls[start.index] = []
        self._said.append((start, self.calls[start.index]))

    def choice(self) -> Choice:
        said = tuple(_said(what, "".join(pieces)) for what, pieces in self._said)
        return Choice(
            text="".join(each.text for each in said if isinstance(each, Words)),
            reasoning="".join(each.text for each in said if isinstance(each, Thought)),
            calls=tuple(each for each in said if isinstance(each, Call)),
            reason=self.reason,
            logprobs=tuple(self.logprobs),
            said=said,
        )


def _said(what: type[Thought | Words] | ToolCallStart, text: str) -> Said:
    return Call(what.id, what.name, text) if isinstance(what, ToolCallStart) else what(text)


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
                draft.say(Words, event.text)
                if event.logprobs:
                    draft.logprobs.extend(event.logprobs)
            case ReasoningDelta():
                self._draft(event.choice).say(Thought, event.text)
            case ToolCallStart():
                self._draft(event.choice).call(event)
            case ToolCallDelta():
                self._draft(event.choice).calls[event.index].append(event.arguments)
            case ChoiceFinished():
                self._draft(event.choice).reason = event.reason
            case Finished():
                self._usage = event.usage
            case Started():
                self._usage = started_with(event)
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
