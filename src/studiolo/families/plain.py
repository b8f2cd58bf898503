"""The parser of models that write nothing but their answer."""

from collections.abc import Iterable

from studiolo.core.events import ChoiceFinished, Event, TextDelta
from studiolo.core.generation import Delta, Ended


class PlainParser:
    """Text is text; the end token is what the engine counted and no delta stood for."""

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._tokens = 0

    @property
    def in_call(self) -> bool:
        """It reads no calls."""
        return False

    def feed(self, delta: Delta) -> Iterable[Event]:
        """One TextDelta."""
        self._tokens += delta.tokens
        return (TextDelta(delta.text, delta.tokens, self._choice, delta.logprobs),)

    def flush(self, ended: Ended) -> Iterable[Event]:
        """Only the end."""
        silent = max(0, ended.completion_tokens - self._tokens)
        stopped = ended.matched_stop is not None
        return (ChoiceFinished(ended.reason, silent, self._choice, stopped),)
