"""Finds tags in a text that comes in pieces; a tag may be cut anywhere."""

from typing import Final


class Tag(str):
    """A whole tag, told apart from a piece of text that happens to read the same."""

    __slots__ = ()


class Scanner:
    """Splits what it is fed at the tags; only what may still become a tag is held back."""

    def __init__(self, *tags: str) -> None:
        self._tags: Final = tags
        self._starts: Final = frozenset(tag[:end] for tag in tags for end in range(1, len(tag)))
        self._longest: Final = max(map(len, self._starts))
        self.held = ""

    def feed(self, text: str) -> list[str]:
        """Texts and `Tag`s in their order; no text is empty."""
        text = self.held + text
        pieces: list[str] = []
        while (found := self._first(text)) is not None:
            place, tag = found
            if place:
                pieces.append(text[:place])
            pieces.append(tag)
            text = text[place + len(tag) :]
        size = self._start_at_the_end(text)
        self.held = text[len(text) - size :]
        if size < len(text):
            pieces.append(text[: len(text) - size])
        return pieces

    def flush(self) -> str:
        """What was held back: half a tag is text."""
        held, self.held = self.held, ""
        return held

    def _first(self, text: str) -> tuple[int, Tag] | None:
        places = ((text.find(tag), tag) for tag in self._tags)
        found = min(((place, tag) for place, tag in places if place >= 0), default=None)
        return None if found is None else (found[0], Tag(found[1]))

    def _start_at_the_end(self, text: str) -> int:
        """How many characters at the end are the start of a tag."""
        for size in range(min(len(text), self._longest), 0, -1):
            if text[len(text) - size :] in self._starts:
                return size
        return 0
