"""Log-probabilities that wait for the text they belong to."""

from studiolo.core.generation import TokenLogprob


class Entries:
    """A row of tokens, taken from the front as their text is used."""

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
