"""The mistakes of a file of rules: all are counted, the first are told, each of them once."""

from typing import Final

from studiolo.core.errors import DoubleRefused
from studiolo.engines.scripted.rules.lines import Lines

# Who has more to mend sees the next when these are mended.
_MOST_TOLD: Final = 20


class RulesInvalid(DoubleRefused):
    """Rules that cannot be used; the text has what is wrong with them."""


class Mistakes:
    """Hears of mistakes; what they say is only worked out for those that are told."""

    def __init__(self, source: str, content: str) -> None:
        self._source = source
        self._content = content
        self._heard: set[tuple[str, object]] = set()
        self._told: list[tuple[str, object]] = []

    def tell(self, key: str, wrong: object) -> None:
        """One more: the key with all above it, and what is wrong."""
        mistake = (key, wrong)
        if mistake not in self._heard and len(self._told) < _MOST_TOLD:
            self._told.append(mistake)
        self._heard.add(mistake)

    def check(self) -> None:
        """Raises RulesInvalid if there are any."""
        count = len(self._heard)
        if not count:
            return
        lines = Lines(self._content)
        rows = [f"{key}{lines.where(key)} {wrong}" for key, wrong in self._told]
        if count > len(rows):
            rows.append(f"… and {count - len(rows)} more")
        raise _invalid(self._source, count, rows)


def unreadable(source: str, reason: object) -> RulesInvalid:
    """The error for a file of which nothing can be read."""
    return _invalid(source, 1, [f"it cannot be read: {reason}"])


def _invalid(source: str, count: int, rows: list[str]) -> RulesInvalid:
    title = f"{count} mistake{'s' if count > 1 else ''} in {source}:"
    return RulesInvalid("\n".join([title, *(f"  {row}" for row in rows)]))
