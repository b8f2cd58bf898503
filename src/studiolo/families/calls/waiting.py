"""What waits for the text it belongs to: white space in its pieces, and log-probabilities."""

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
        for piece in pieces:
            if not whole.text.startswith(piece.text):
                break
            size, entries = len(piece.text), len(piece.logprobs)
            rows.append(Delta(piece.text, piece.tokens, (), whole.logprobs[:entries]))
            rest = whole.tokens - piece.tokens
            whole = Delta(whole.text[size:], rest, (), whole.logprobs[entries:])
        return [*rows, whole]


class Entries:
    """Log-probabilities of a row of tokens, taken from the front as their text is used."""

    def __init__(self) -> None:
        self._row: tuple[TokenLogprob, ...] = ()
        self._over = 0  # bytes of the last token taken that reach into what follows

    def __bool__(self) -> bool:
        return bool(self._row)

    def add(self, entries: tuple[TokenLogprob, ...]) -> None:
        """More of them."""
        self._row += entries

    def take(self, text: str) -> tuple[TokenLogprob, ...]:
        """The tokens that begin in this text."""
        room = len(text.encode(errors="surrogatepass")) - self._over
        count = 0
        while room > 0 and count < len(self._row):
            room -= len(self._row[count].bytes)
            count += 1
        self._over = -room if self._row[count:] else 0
        taken, self._row = self._row[:count], self._row[count:]
        return taken
