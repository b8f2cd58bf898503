"""What is looked for or run, without what else is said of it: its price, its maker, its host."""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.numbers.bounds import bound_before, ranges_in
from studiolo.engines.scripted.double.stated.wording import Span

_MAKER: Final = re.compile(r"(?i)(?<!\w)(?:by|from|von|de|di|da|av|\u043e\u0442)\s+$")
_BEFORE: Final = re.compile(
    r"(?i)\s+(?:on|auf|sur|en|su|op|p\u00e5|na|\u043d\u0430|with|mit|avec|con|in|at|f\u00fcr|for)"
    r"(?:\s+(?:the|a|an|dem|der|el|le|la))?(?:\s+(?:host|server|machine|node|servidor|serveur))?\s*$"
)
_CLAUSE: Final = re.compile("[\uff0c\u3002\uff1b,;]")


def bounds_and_makers(text: str, taken: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges, and names that were taken, each with the small word before it."""
    found = [place for place, _, _ in ranges_in(text)]
    for start, end in taken:
        bound = bound_before(text, start)
        if bound is not None:
            found.append((bound, end))
        before = _MAKER.search(text[:start])
        if before is not None and text[start : start + 1].isupper():
            found.append((before.start(), end))
    return found


def in_one_clause(text: str, spans: Sequence[Span]) -> list[Span]:
    """The first stretches, as far as the clause that they stand in."""
    if not spans:
        return []
    end = _CLAUSE.search(text, spans[0].end)
    return [span for span in spans if end is None or span.end <= end.start()]


def to_be_run(text: str, taken: Collection[tuple[int, int]]) -> Span | None:
    """What stands behind a word such as "run", as far as something else is told."""
    match = _run().search(text)
    if match is None:
        return None
    start = match.end()
    end = min((one for one, _ in taken if one > start), default=len(text))
    said = _BEFORE.sub("", text[start:end]).strip(" .!?,")
    return Span(said, start, start + len(said)) if said else None


@cache
def _run() -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(lexicon().lists['runs'])})\s+")
