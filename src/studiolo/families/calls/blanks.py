"""White space that waits before what may be a call, in the pieces it came in."""

from studiolo.core.generation import Delta


class Blanks:
    """What turns out to be no call is told in these pieces, each with its own tokens."""

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
