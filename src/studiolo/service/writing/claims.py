"""What an engine claims that an answer costs, in place of what was counted on the way."""

from msgspec.structs import replace

from studiolo.core.events import Event, Finished, ReasoningDelta, Started
from studiolo.service.tally import Tally


class Claim:
    """Feed it the events of a whole answer: together they tell of no more than is claimed."""

    __slots__ = ("_reasoning", "_tally", "_told")

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._told = 0
        self._reasoning = 0

    def over(self, event: Event) -> Event:
        """The event as the engine claims it, or as it is."""
        read = self._tally.read
        if read is None or read.claims_output is None or isinstance(event, Started):
            return event
        if isinstance(event, Finished):
            reasoning = min(event.usage.reasoning, self._reasoning)
            return Finished(replace(event.usage, output=read.claims_output, reasoning=reasoning))
        tokens = min(event.tokens, read.claims_output - self._told)
        self._told += tokens
        if isinstance(event, ReasoningDelta):
            self._reasoning += tokens
        return replace(event, tokens=tokens)
