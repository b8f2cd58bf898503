"""What a choice with calls tells: text through the inner parser, calls, and the tokens of both.

Law: every token is told once. Those of what is told together belong to the last of it; those that
came with nothing that is told wait for what comes next.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from studiolo.core.events import Event, ToolCallDelta, ToolCallStart
from studiolo.core.generation import Delta, Ended
from studiolo.families.base import Parser
from studiolo.families.calls.waiting import Blanks, Entries


class Output:
    """What is certain and not told yet, and how much of the tokens went to calls."""

    def __init__(self, inner: Parser, *, choice: int) -> None:
        self._inner = inner
        self._choice = choice
        self._certain: list[Delta | ToolCallStart | ToolCallDelta] = []
        self._entries = Entries()
        self._blanks = Blanks()  # the pieces of what was read last that are only white space
        self.tokens = 0  # of what was read and not told
        self._tokens_of_calls = 0

    def read(self, delta: Delta) -> None:
        """Tokens of a piece of text, before it is said what the text is."""
        self.tokens += delta.tokens
        self._entries.add(delta.logprobs)

    def say(self, text: str) -> None:
        """Text for the inner parser."""
        entries = self._entries.take(text) if self._entries else ()
        last = self._certain[-1] if self._certain else None
        if isinstance(last, Delta):
            self._certain[-1] = Delta(last.text + text, 0, (), last.logprobs + entries)
        else:
            self._certain.append(Delta(text, 0, (), entries))

    def skip(self, text: str) -> None:
        """Text that nobody is told."""
        if self._entries:
            self._entries.take(text)

    def begin_call(self, index: int, *, call_id: str, name: str) -> None:
        """A call whose name is certain."""
        self._certain.append(ToolCallStart(index, call_id, name, 0, self._choice))

    def continue_call(self, index: int, arguments: str) -> None:
        """More of the JSON text of its arguments."""
        self._certain.append(ToolCallDelta(index, arguments, 0, self._choice))

    def tell(self) -> Iterable[Event]:
        """What is certain, with all tokens on the last of it."""
        if not self._certain:
            return ()
        certain, self._certain = self._certain, []
        tokens, self.tokens = self.tokens, 0
        events: list[Event] = []
        if isinstance(certain[0], Delta):
            *blanks, certain[0] = self._blanks.apart(replace(certain[0], tokens=tokens))
            tokens = certain[0].tokens
            events += [event for each in blanks for event in self._within(each)]
        self._blanks.clear()
        for left, each in zip(range(len(certain) - 1, -1, -1), certain, strict=True):
            share = 0 if left else tokens
            if isinstance(each, Delta):
                events += self._inner.feed(replace(each, tokens=share))
            else:
                self._tokens_of_calls += share
                events.append(replace(each, tokens=share))
        return events

    def tell_before(self, blank: Delta) -> Iterable[Event]:
        """What is certain, without this piece: white space that waits, and its tokens with it."""
        kept = blank.tokens if self._certain else 0
        self.tokens -= kept
        events = self.tell()
        self.tokens += kept
        self._blanks.add(blank)
        return events

    def let_go(self, blank: str) -> Iterable[Event]:
        """White space that stands before no call, piece by piece, each with its own tokens."""
        tokens, self.tokens = self.tokens, 0
        whole = Delta(blank, tokens, (), self._entries.take(blank))
        return [event for each in self._blanks.apart(whole) for event in self._within(each)]

    def flush(self, ended: Ended) -> list[Event]:
        """What is certain, and the end of the inner parser with the tokens that calls left it."""
        events = list(self.tell())
        rest = max(0, ended.completion_tokens - self._tokens_of_calls)
        return [*events, *self._inner.flush(replace(ended, completion_tokens=rest))]

    def _within(self, delta: Delta) -> Iterable[Event]:
        return self._inner.feed(delta) if delta.text or delta.tokens else ()
