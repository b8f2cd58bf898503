"""Looks for the end of an answer in its text and in its token ids, however it arrives in pieces."""

from collections.abc import Collection, Sequence
from functools import lru_cache

import msgspec


class FoundStop(msgspec.Struct, frozen=True):
    """A stop text, and how many letters ago it began."""

    stop: str
    length: int


class StopTexts:
    """The stop that is complete first wins; of those complete at the same letter, the longest."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops, self._reach, self._firsts = _looked_for(tuple(stops))
        self._tail = ""
        self.doubtful = 0

    def passes(self, text: str) -> bool:
        """Whether none has begun, and none begins in this text; then it need not be fed."""
        if self.doubtful or not self._firsts.isdisjoint(text):
            return False
        self._tail = ""
        return True

    def feed(self, text: str, *, but: Collection[str] = ()) -> FoundStop | None:
        """One more piece of text, which may have all stops `but` these.

        `doubtful` letters at its end may begin a stop.
        """
        if self.passes(text):
            return None
        seen, old = self._tail + text, len(self._tail)
        stops = (stop for stop in self._stops if stop not in but)
        # One that ended before was passed over.
        ends = ((seen.find(stop, max(0, old - len(stop) + 1)), stop) for stop in stops)
        found = [(at + len(stop), at, stop) for at, stop in ends if at >= 0]
        if found:
            _, at, stop = min(found)
            return FoundStop(stop, len(seen) - at)
        self._tail = seen[-self._reach :] if self._reach else ""
        self.doubtful = max((_begun(self._tail, stop) for stop in self._stops), default=0)
        return None


class StopIds:
    """The same for token sequences."""

    def __init__(self, sequences: Sequence[tuple[int, ...]]) -> None:
        self._sequences = tuple(filter(None, sequences))
        self._reach = max(map(len, self._sequences), default=0)
        self._tail: tuple[int, ...] = ()
        self.doubtful = 0

    def feed(self, token: int) -> tuple[int, ...] | None:
        """One more token; `doubtful` tokens at the end may begin a sequence."""
        if not self._reach:
            return None
        self._tail = (*self._tail, token)[-self._reach :]
        for sequence in self._sequences:
            if self._tail[-len(sequence) :] == sequence:
                return sequence
        self.doubtful = max(_begun(self._tail, sequence) for sequence in self._sequences)
        return None


@lru_cache(64)
def _looked_for(stops: tuple[str, ...]) -> tuple[tuple[str, ...], int, frozenset[str]]:
    """The longest first, how much of one may stand without its end, and what one begins with."""
    longest_first = tuple(sorted(filter(None, stops), key=len, reverse=True))
    reach = max(map(len, longest_first), default=1) - 1
    return longest_first, reach, frozenset(stop[0] for stop in longest_first)


def _begun(tail: str | tuple[int, ...], whole: str | tuple[int, ...]) -> int:
    """How much of `whole` the end of `tail` has already, short of all of it."""
    for length in range(min(len(tail), len(whole) - 1), 0, -1):
        if tail[-length:] == whole[:length]:
            return length
    return 0
