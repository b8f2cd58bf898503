"""The parser of models that think before they answer, between `<think>` and `</think>`.

Law: reasoning comes before content; tags and the newlines around them are in neither. A tag that
comes when the answer has begun is left out, and nothing else changes.
"""

from collections.abc import Iterable
from enum import Enum, auto

from studiolo.core.events import ChoiceFinished, Event, ReasoningDelta, TextDelta
from studiolo.core.generation import Delta, Ended, TokenLogprob
from studiolo.families.base import CLOSE, OPEN
from studiolo.families.scan import Scanner, Tag


class Place(Enum):
    """Where in its answer the model is."""

    BEFORE = auto()
    INSIDE = auto()
    AFTER = auto()


class ThoughtParser:
    """One choice of a model that may think.

    Where the prompt has opened the thought, feed it that tag first. Tokens belong to the last text
    that came of them; those without any, such as a tag's, ride on an empty TextDelta.
    """

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._place = Place.BEFORE
        self._fresh: bool = True  # nothing but white space since the last tag
        self._space: str = ""  # white space that may turn out to belong to a tag
        self._scanner = Scanner(OPEN, CLOSE)
        self._seen = 0
        # Not told yet: tokens, log-probabilities, and whether some of them made no content.
        self._tokens = 0
        self._logprobs: tuple[TokenLogprob, ...] = ()
        self._mixed = False
        self._said: list[tuple[Place, str]] = []

    @property
    def in_call(self) -> bool:
        """It reads no calls."""
        return False

    def feed(self, delta: Delta) -> Iterable[Event]:
        """What this piece makes certain."""
        text = delta.text
        self._seen += delta.tokens
        if text and not (self._fresh or self._space or self._scanner.held or "<" in text):
            if self._place is Place.AFTER:
                return (TextDelta(text, delta.tokens, self._choice, delta.logprobs),)
            if text[-1] != "\n":
                return (ReasoningDelta(text, delta.tokens, self._choice),)
        self._tokens += delta.tokens
        self._logprobs += delta.logprobs
        for piece in self._scanner.feed(text):
            if isinstance(piece, Tag):
                self._mixed = True
                self._pass(piece)
            else:
                self._read(piece)
        return self._told(still_waiting=bool(self._space or self._scanner.held))

    def flush(self, ended: Ended) -> Iterable[Event]:
        """What was held back is text; then the end, with the tokens no delta stood for."""
        rest = self._scanner.flush()
        if rest:
            self._read(rest)
        if self._space:
            self._say(self._space)
        silent = max(0, ended.completion_tokens - self._seen)
        return (
            *self._told(still_waiting=False),
            ChoiceFinished(ended.reason, silent, self._choice, ended.matched_stop is not None),
        )

    def _read(self, text: str) -> None:
        """Text goes on, but for white space that a tag may still claim."""
        text, self._space = self._space + text, ""
        if self._fresh:
            if self._place is not Place.BEFORE:
                text = text.lstrip("\n")
            if not text or text.isspace():
                self._space = text
                return
            self._fresh = False
        if self._place is Place.INSIDE:
            body = text.rstrip("\n")
            self._space = text[len(body) :]
            text = body
        else:
            self._place = Place.AFTER
        if text:
            self._say(text)

    def _pass(self, tag: Tag) -> None:
        """A tag opens or closes the thought, unless the answer has begun."""
        if self._place is Place.AFTER and not self._fresh:
            return
        if tag == OPEN and not self._fresh:
            self._say(self._space)  # opened twice: the thought goes on
        self._space = ""
        self._fresh = True
        self._place = Place.INSIDE if tag == OPEN else Place.AFTER

    def _say(self, text: str) -> None:
        if self._said and self._said[-1][0] is self._place:
            text = self._said.pop()[1] + text
        if text:
            self._said.append((self._place, text))

    def _told(self, *, still_waiting: bool) -> tuple[Event, ...]:
        """What was said, with all tokens on its last piece; silence waits while text is held."""
        said = self._said
        if not said and (still_waiting or not self._tokens):
            return ()
        tokens, entries, mixed = self._tokens, self._logprobs, self._mixed
        self._tokens, self._logprobs, self._mixed, self._said = 0, (), False, []
        if not said:
            return (TextDelta("", tokens, self._choice),)
        first = (self._event(place, text, 0) for place, text in said[:-1])
        place, text = said[-1]
        if entries and mixed:
            entries = _entries_of(text, entries)
        return (*first, self._event(place, text, tokens, entries))

    def _event(
        self, place: Place, text: str, tokens: int, entries: tuple[TokenLogprob, ...] = ()
    ) -> Event:
        if place is Place.INSIDE:
            return ReasoningDelta(text, tokens, self._choice)
        return TextDelta(text, tokens, self._choice, entries)


def _entries_of(text: str, entries: tuple[TokenLogprob, ...]) -> tuple[TokenLogprob, ...]:
    """Those at the end that make up this text and nothing before it."""
    room = len(text.encode(errors="surrogatepass"))
    first = len(entries)
    while first and len(entries[first - 1].bytes) <= room:
        first -= 1
        room -= len(entries[first].bytes)
    return entries[first:]
