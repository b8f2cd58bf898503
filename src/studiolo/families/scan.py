"""Finds tags in a text that comes in pieces; a tag may be cut anywhere."""

import re
from collections.abc import Sequence
from functools import lru_cache


class Tag(str):
    """A whole tag, told apart from a piece of text that happens to read the same."""

    __slots__ = ()


class Scanner:
    """Splits what it is fed at the tags; only what may still become a tag is held back."""

    def __init__(self, *tags: str) -> None:
        self._tags, self._starts, self._longest = _looked_for(tags)
        self.held: str = ""

    def feed(self, text: str) -> list[str]:
        """Texts and `Tag`s in their order; no text is empty."""
        text = self.held + text
        pieces: list[str] = []
        done = 0
        for match in self._tags.finditer(text):
            if match.start() > done:
                pieces.append(text[done : match.start()])
            pieces.append(Tag(match[0]))
            done = match.end()
        end = len(text) - self._start_at_the_end(text, done)
        self.held = text[end:]
        if end > done:
            pieces.append(text[done:end])
        return pieces

    def flush(self) -> str:
        """What was held back: half a tag is text."""
        held, self.held = self.held, ""
        return held

    def _start_at_the_end(self, text: str, done: int) -> int:
        """How many characters at the end are the start of a tag."""
        for size in range(min(len(text) - done, self._longest), 0, -1):
            if text[-size:] in self._starts:
                return size
        return 0


@lru_cache(64)
def _looked_for(tags: tuple[str, ...]) -> tuple[re.Pattern[str], frozenset[str], int]:
    """Any of the tags, all that one may begin with, and how long that is at most."""
    longest_first = sorted(tags, key=len, reverse=True)
    starts = frozenset(tag[:end] for tag in tags for end in range(1, len(tag)))
    return re.compile("|".join(map(re.escape, longest_first))), starts, len(longest_first[0]) - 1


def unfinished(*rows: Sequence[str]) -> re.Pattern[str]:
    """Searches a text for an end that may still become one of these rows of expressions.

    A whole row is no longer ambiguous and not found. Without such an end nothing is found, at the
    very end.
    """
    return re.compile("(?:" + "|".join(map(_begun, rows)) + r")\Z")


def _begun(row: Sequence[str]) -> str:
    atoms = row[:-1]
    return "(?:" + "(?:".join(atoms) + ")?" * len(atoms)
