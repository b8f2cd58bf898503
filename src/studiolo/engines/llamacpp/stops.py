"""Stop sequences of token ids, matched on what the engine streams.

Law: no piece that may be the beginning of a stop sequence is let out before that is decided.
"""

from collections.abc import Sequence

from studiolo.core.generation import Delta

_GAP = -1


class IdStops:
    """Takes deltas with `feed`; `matched` says that a sequence is complete.

    Ids that the engine keeps back inside a multi-byte character are never seen, so a sequence
    with such ids does not match.
    """

    def __init__(self, sequences: Sequence[Sequence[int]]) -> None:
        self._sequences = [tuple(sequence) for sequence in sequences if sequence]
        self._held: list[Delta] = []
        self.matched = False

    def feed(self, piece: Delta) -> list[Delta]:
        """One more piece; gives the pieces that are now known to be text."""
        self._held.append(piece)
        row = [token for held in self._held for token in _ids(held)]
        if any(tuple(row[-len(stop) :]) == stop for stop in self._sequences):
            self.matched = True
            return self._before_match(row)
        return self._release(len(row) - self._open(row))

    def flush(self) -> list[Delta]:
        """No more pieces; gives those held back."""
        held, self._held = self._held, []
        return held

    def _before_match(self, row: list[int]) -> list[Delta]:
        longest = max(len(stop) for stop in self._sequences if tuple(row[-len(stop) :]) == stop)
        released = self._release(len(row) - longest)
        self._held = []
        return released

    def _open(self, row: list[int]) -> int:
        """Length of the longest end of the row that may become a stop sequence."""
        longest = max((len(stop) for stop in self._sequences), default=0)
        for length in range(min(longest - 1, len(row)), 0, -1):
            end = tuple(row[-length:])
            if any(stop[:length] == end for stop in self._sequences):
                return length
        return 0

    def _release(self, ids: int) -> list[Delta]:
        """The pieces that lie wholly within the first ids of the row."""
        released: list[Delta] = []
        while self._held and len(_ids(self._held[0])) <= ids:
            piece = self._held.pop(0)
            ids -= len(_ids(piece))
            released.append(piece)
        return released


def _ids(piece: Delta) -> list[int]:
    """Ids of the piece, with a mark where the engine kept some back."""
    missing = piece.tokens - len(piece.ids)
    return [*([_GAP] * max(0, missing)), *piece.ids]
