"""What waits for the text it belongs to: white space in its pieces, and log-probabilities."""

from collections import deque

from studiolo.core.generation import Delta, TokenLogprob


class Blanks:
    """White space before what may be a call; if it is none, it is told in the pieces it came in."""

    def __init__(self) -> None:
        self._pieces: list[Delta] = []

    def add(self, piece: Delta) -> None:
        """One more piece."""
        self._pieces.append(piece)

    def clear(self) -> None:
        """They stand before a call, and are nobody's."""
        self._pieces = []

    def apart(self, whole: Delta) -> list[Delta]:
        """The pieces that this text begins with, and the rest of it; that may be empty."""
        pieces, self._pieces = self._pieces, []
        rows: list[Delta] = []
        at = used = 0
        tokens = whole.tokens
        for piece in pieces:
            if not whole.text.startswith(piece.text, at):
                break
            entries = whole.logprobs[used : used + len(piece.logprobs)]
            rows.append(Delta(piece.text, piece.tokens, (), entries))
            at, used = at + len(piece.text), used + len(entries)
            tokens -= piece.tokens
        return [*rows, Delta(whole.text[at:], tokens, (), whole.logprobs[used:])]


class Entries:
    """Log-probabilities of a row of tokens, taken from the front as their text is used."""

    def __init__(self) -> None:
        self._row: deque[TokenLogprob] = deque()
        self._over = 0  # bytes of the last token taken that reach into what follows

    def __bool__(self) -> bool:
        return bool(self._row)

    def add(self, entries: tuple[TokenLogprob, ...]) -> None:
        """More of them."""
        self._row += entries

    def take(self, text: str) -> tuple[TokenLogprob, ...]:
        """The tokens that begin in this text."""
        room = len(text.encode(errors="surrogatepass")) - self._over
        taken: list[TokenLogprob] = []
        while room > 0 and self._row:
            taken.append(self._row.popleft())
            room -= len(taken[-1].bytes)
        self._over = -room if self._row else 0
        return tuple(taken)
