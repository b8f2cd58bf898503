"""A scripted model that recites a text, tags and all, from where it stands."""

import re
from collections.abc import Iterator

import msgspec

from studiolo.core.generation import Generation
from studiolo.core.prompt import Run, Special, Text
from studiolo.engines.scripted.steps import Say, Sign, Step
from studiolo.families.base import CLOSE

ASSISTANT = "assistant\n"
TAGS = re.compile(r"(</?think>|</?tool_call>)")


class Recited(msgspec.Struct, frozen=True):
    """Writes `whole` on; if somebody else has closed its thought, `answer` instead.

    Where it finds neither, it has nothing more to say.
    """

    whole: str
    answer: str

    def __call__(self, generation: Generation) -> Iterator[Step]:
        """The rest."""
        written = written_in(generation.prompt.runs)
        rest = ""
        if self.whole.startswith(written):
            rest = self.whole[len(written) :]
        else:
            assert CLOSE in written, written
            since = written.rpartition(CLOSE)[2].removeprefix("\n\n")
            if self.answer.startswith(since):
                rest = self.answer[len(since) :]
        for piece in TAGS.split(rest):
            if piece:
                yield Sign(piece) if TAGS.fullmatch(piece) else Say(piece)


def written_in(runs: tuple[Run, ...]) -> str:
    """The assistant's turn so far."""
    said = (run for run in runs if isinstance(run, Special | Text))
    shown = "".join(run.name if isinstance(run, Special) else run.text for run in said)
    return shown.rpartition(ASSISTANT)[2]
