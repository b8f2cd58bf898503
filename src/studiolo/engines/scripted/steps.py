"""What a script consists of; the engine plays the steps in order and then ends by itself."""

from collections.abc import Iterable
from typing import Literal, Protocol

import msgspec

from studiolo.core.generation import Generation, Part


class Say(msgspec.Struct, frozen=True, tag=True):
    """Write plain text; control tokens in it are plain text too."""

    text: str


class Tell(msgspec.Struct, frozen=True, tag=True):
    """Write text and say what it is: then it is told as it is, whatever is written in it."""

    text: str
    part: Part


class Sign(msgspec.Struct, frozen=True, tag=True):
    """Write one control token, such as `</think>`; its name is its text."""

    name: str


class Pause(msgspec.Struct, frozen=True, tag=True):
    """Write nothing for a while."""

    seconds: float


class Fault(msgspec.Struct, frozen=True, tag=True):
    """Break here, as an engine does that crashes, or as one that is not running."""

    kind: Literal["crash", "unavailable"]
    reason: str = "the script says so"


Step = Say | Tell | Sign | Pause | Fault


class Script(Protocol):
    """Decides what is written; the same generation must always give the same steps."""

    def __call__(self, generation: Generation) -> Iterable[Step]:
        """The steps, worked out as they are played."""
        ...


class Recital:
    """Says the same thing whatever it is asked."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps

    def __call__(self, generation: Generation) -> Iterable[Step]:
        """The steps it was made with."""
        return self._steps
