"""What an answer has cost so far: counted as engines write it, not as its words are told."""

from studiolo.core.generation import PromptRead


class Tally:
    """One for each answer, over all its choices and their runs.

    Between a token and the word it belongs to a parser may wait, or a caller go away; the token
    is written all the same. `injected` are words of ours, and part of neither input nor output.
    """

    __slots__ = ("injected", "output", "read")

    def __init__(self) -> None:
        self.read: PromptRead | None = None
        self.output = 0
        self.injected = 0

    @property
    def claimed(self) -> int:
        """The output, but no more than the engine claims for all of the answer."""
        claim = None if self.read is None else self.read.claims_output
        return self.output if claim is None else min(self.output, claim)

    def begin(self, read: PromptRead) -> PromptRead:
        """What the first run read of the prompt, which counts once, however often it is read."""
        if self.read is None:
            self.read = read
        return self.read
