"""A scripted model that thinks: it reads how far it came, and writes on from there."""

from collections.abc import Iterator

import msgspec

from studiolo.core.generation import Generation
from studiolo.core.prompt import Run, Special, Text
from studiolo.core.requests import Conversation
from studiolo.engines.scripted.steps import Say, Sign, Step
from studiolo.families.base import CLOSE, OPEN, Family
from studiolo.families.chatml import render_chatml
from studiolo.families.thought import ThoughtParser

ASSISTANT = "assistant\n"


class ThinkingScript(msgspec.Struct, frozen=True):
    """What it would think and answer; None for a thought that it does not have at all.

    As a model does, it answers when it finds its thought closed, by whomever.
    """

    thought: str | None
    answer: str
    opens_again: int = 0

    def __call__(self, generation: Generation) -> Iterator[Step]:
        """The steps that are left."""
        written = self._written(generation.prompt.runs)
        if self.thought is None:
            assert self.answer.startswith(written), (self.answer, written)
            yield Say(self.answer[len(written) :])
        elif CLOSE in written:
            closings = written.count(CLOSE)
            if written.endswith(CLOSE):
                yield Say("\n\n")
            if closings <= self.opens_again:
                yield Sign(OPEN)
                yield Say(f"\n{self.thought}\n")
                yield Sign(CLOSE)
                yield Say("\n\n")
            yield Say(self.answer)
        else:
            yield from self._thinking(written)

    def _thinking(self, written: str) -> Iterator[Step]:
        if OPEN not in written:
            yield Sign(OPEN)
            written = OPEN
        whole = f"{OPEN}\n{self.thought}\n"
        assert whole.startswith(written), (whole, written)
        yield Say(whole[len(written) :])
        yield Sign(CLOSE)
        yield Say("\n\n" + self.answer)

    def _written(self, runs: tuple[Run, ...]) -> str:
        text = "".join(
            run.name if isinstance(run, Special) else run.text
            for run in runs
            if isinstance(run, Special | Text)
        )
        return text.rpartition(ASSISTANT)[2]


def render_opened(conversation: Conversation) -> tuple[Run, ...]:
    """ChatML whose prompt ends inside the thought."""
    runs = render_chatml(conversation)
    return (*runs, Special(OPEN), Text("\n")) if conversation.thinks else runs


HYBRID = Family("hybrid", render_chatml, ThoughtParser, thinks="hybrid")
OPENED = Family("opened", render_opened, ThoughtParser, thinks="always", opens_thought=True)
