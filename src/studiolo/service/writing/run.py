"""What one run of the engine gave, and what of it the engine itself said the part of."""

from array import array
from io import StringIO

from studiolo.core.generation import Delta
from studiolo.core.prompt import Run, Text
from studiolo.families.spoken import spoken


class EngineRun:
    """Kept small, for a thousand long answers are under way."""

    def __init__(self) -> None:
        self._text = StringIO()
        # Where the texts begin and end that the engine has said the part of.
        self._known: list[tuple[int, int]] = []
        self.ids = array("q")
        self.tokens = 0

    @property
    def text(self) -> str:
        """All of it."""
        return self._text.getvalue()

    @property
    def begins_known(self) -> bool:
        """Whether the engine said what its first letters are."""
        return bool(self._known) and self._known[0][0] == 0

    @property
    def runs(self) -> tuple[Run, ...]:
        """It as runs of a prompt; where the engine said what it is, it is no tag."""
        text, done, runs = self.text, 0, list[Run]()
        for start, end in self._known:
            runs += (*spoken(text[done:start]), Text(text[start:end]))
            done = end
        return (*runs, *spoken(text[done:]))

    def add(self, delta: Delta) -> None:
        """More of it."""
        if delta.part is not None and delta.text:
            self._know(len(delta.text))
        self._text.write(delta.text)
        self.ids.extend(delta.ids)
        self.tokens += delta.tokens

    def _know(self, length: int) -> None:
        """The engine has said the part of what comes next."""
        start = self._text.tell()
        end = start + length
        if self._known and self._known[-1][1] == start:
            start = self._known.pop()[0]
        self._known.append((start, end))
