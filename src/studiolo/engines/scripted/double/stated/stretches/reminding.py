"""What somebody wants to be reminded of."""

import re
from collections.abc import Iterable
from functools import cache

from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.wording import Span


def reminded_of(text: str, moments: Iterable[tuple[int, int]]) -> Span | None:
    """What stands behind "remind me to"; when that is to be, which is told as well, is left out."""
    said = list(text)
    for start, end in moments:
        behind = _behind().match(text, end)
        first, last = _opening(text, start), behind.end() if behind else end
        said[first:last] = " " * (last - first)
    plain = "".join(said)
    ways = _unspaced() if is_unspaced(text) else (_spaced(),)
    for way in ways:
        match = way.search(plain)
        if match is not None and match["said"].strip():
            start = match.start("said") + len(match["said"]) - len(match["said"].lstrip())
            end = start + len(match["said"].strip(" .!?,"))
            return Span(text[start:end], start, end)
    return None


def _opening(text: str, start: int) -> int:
    """Where the small word before a moment begins, such as "at" or "on the"."""
    match = _before().search(text[:start])
    return match.start() if match else start


@cache
def _before() -> re.Pattern[str]:
    lists = lexicon().lists_of_words
    words = "|".join((*lists["ranges.days"], *lists["reminds.moments"]))
    return re.compile(rf"(?i)(?<!\w)(?:(?:{words})\s+)+$")


@cache
def _behind() -> re.Pattern[str]:
    """What still belongs to a moment behind it, such as the word for the year."""
    words = "|".join(lexicon().lists_of_words["reminds.behind"])
    return re.compile(rf"(?i)\s*(?:{words})(?!\w)")


@cache
def _spaced() -> re.Pattern[str]:
    lists = lexicon().lists_of_words
    orders, links = (
        "|".join(sorted(lists[f"reminds.{name}"], key=len, reverse=True))
        for name in ("orders", "links")
    )
    return re.compile(rf"(?i)(?<!\w)(?:{orders})[\s,]+(?:(?:{links})(?:\s+|(?<=')))?(?P<said>\S.*)")


@cache
def _unspaced() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, lexicon().lists_of_words["reminds.unspaced"]))
