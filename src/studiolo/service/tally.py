"""What an answer has cost so far: counted as engines write it, not as its words are told."""

from studiolo.core.generation import Meter, PromptRead


class RunMeter(Meter):
    """A run that is under way; `streamed` are the tokens its deltas stood for."""

    __slots__ = ("streamed",)

    def __init__(self) -> None:
        super().__init__()
        self.streamed = 0


class Tally:
    """One for each answer, over all its choices and their runs.

    Between a token and the word it belongs to an engine or a parser may wait, or a caller go away;
    the token is written all the same. `injected` are words of ours, and part of neither input nor
    output.
    """

    __slots__ = ("_over", "_running", "injected", "read")

    def __init__(self) -> None:
        self.read: PromptRead | None = None
        self.injected = 0
        self._running: list[RunMeter] = []
        self._over = 0

    @property
    def output(self) -> int:
        """Of runs that are over and of those that are under way, or were cut."""
        return self._over + sum(max(run.written, run.streamed) for run in self._running)

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

    def run(self) -> RunMeter:
        """Another run begins."""
        run = RunMeter()
        self._running.append(run)
        return run

    def end(self, run: RunMeter, output: int) -> None:
        """It is over, and has cost so much."""
        self._running.remove(run)
        self._over += output
