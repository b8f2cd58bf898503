"""Words of one kind: what a list that began with some of them goes on with."""

import re
import tomllib
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.reckoning.expressions import written
from studiolo.engines.scripted.double.reckoning.numbers import next_of
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced

_FEW: Final = 3
_NUMBER: Final = re.compile(r"-?\d{1,9}(?:\.\d{1,4})?")
_READ_LETTERS: Final = 400
_PARTED: Final = re.compile(r"(?P<mark>, ?|\n|\u3001|\uff0c)")
_JOINED: Final = re.compile(
    r"(?:,? (?:and|or|und|oder|et|ou|y|o|e|en|of|och|i|lub)|\u548c|\u3068|\u6216)\s*\Z"
)


class Row(msgspec.Struct, frozen=True):
    """One row: what a list of them is called, the words, and whether they have an order."""

    titles: frozenset[str]
    words: tuple[str, ...]
    ordered: bool

    def behind(self, known: Sequence[str]) -> list[str]:
        """Those that may come next; where they have an order, up to its end."""
        low = [word.lower() for word in self.words]
        told = {word.lower() for word in known}
        if not self.ordered or not known:
            return [word for word in self.words if word.lower() not in told]
        return list(self.words[low.index(known[-1].lower()) + 1 :])


@cache
def rows() -> tuple[Row, ...]:
    """All rows of the file in the package, in its order."""
    text = (
        files("studiolo.engines.scripted.double.continuing").joinpath("kin.toml").read_text("utf-8")
    )
    tables = tomllib.loads(text)
    return tuple(
        Row(frozenset(titles.split()), tuple(words.strip().split(", ")), name == "ordered")
        for name in ("ordered", "free")
        for titles, _, words in (line.partition(":") for line in tables[name].strip().split("\n"))
    )


@cache
def _places() -> dict[str, tuple[int, ...]]:
    """In which rows each word stands."""
    found: dict[str, list[int]] = {}
    for at, row in enumerate(rows()):
        for word in row.words:
            found.setdefault(word.lower(), []).append(at)
    return {word: tuple(places) for word, places in found.items()}


def row_of(known: Sequence[str]) -> Row | None:
    """The row that has the most of these words, and the last of them; None if there is none."""
    if not known:
        return None
    low = [word.strip().lower() for word in known]
    last = _places().get(low[-1], ())
    best = max(last, default=None, key=lambda at: sum(at in _places().get(w, ()) for w in low))
    if best is None:
        return None
    held = [word for word in low if best in _places().get(word, ())]
    row = rows()[best]
    in_order = row.ordered and len(low) > 1 and len(held) == len(low)
    if row.ordered and not in_order and (len(low) > 1 or len(low[0]) < _FEW):
        return None
    return row if len(held) * 2 > len(low) else None


def has_order(known: Sequence[str]) -> bool:
    """Whether these words are of one kind that has an order."""
    row = row_of([word.strip(" .*") for word in known if word.strip()])
    return row is not None and row.ordered and bool(more_of_kin(known))


def row_called(text: str) -> Row | None:
    """The row that a text speaks of by what a list of its words is called."""
    words = set(re.findall(r"\w+", text.lower()))
    unspaced = is_unspaced(text)
    return next(
        (
            row
            for row in rows()
            if row.titles & words or (unspaced and any(title in text for title in row.titles))
        ),
        None,
    )


def more_of_kin(known: Sequence[str]) -> list[str]:
    """What may follow words of one kind, written as the last of them is; nothing of others."""
    bare = [word.strip(" .*") for word in known if word.strip()]
    row = row_of(bare)
    if row is None:
        return []
    return [_as_written(word, bare[-1]) for word in row.behind(bare)]


def _as_written(word: str, like: str) -> str:
    """A word in capitals, with one, or in small letters, as another is."""
    if like.isupper() and len(like) > 1:
        return word.upper()
    if like[:1].isupper():
        return word[:1].upper() + word[1:]
    return word.lower() if like.islower() else word


def _counted_on(known: Sequence[str]) -> list[str]:
    """The next of some numbers, where their steps or factors are alike."""
    if len(known) < _FEW or not all(_NUMBER.fullmatch(word) for word in known):
        return []
    numbers = [Fraction(word) for word in known]
    for _ in range(_FEW):
        following = next_of(numbers)
        if following is None:
            return []
        numbers.append(following)
    return [written(number) for number in numbers[-_FEW:]]


def rest_of_row(begun: str, stop: str) -> str | None:
    """More words behind words of one kind that marks part; None where none were begun."""
    tail = begun[-_READ_LETTERS:]
    joint = _JOINED.search(tail)
    held = tail[: joint.start()] if joint else tail
    parts: list[str] = _PARTED.split(held)
    open_end = joint is not None or (len(parts) > 1 and not parts[-1].strip())
    if not open_end:
        return None
    marks = parts[1::2]
    words = [word for word in parts[0::2] if word.strip()]
    if not words or (not joint and not marks):
        return None
    # The first of them stands at the end of what leads to it.
    first = re.findall(r"[^\s:\uff1a.\uff1f?]+", words[0])[-1:]
    known = [*first, *(word.strip() for word in words[1:])]
    more = _counted_on(known) or more_of_kin(known)
    if not more or (len(known) < 2 and joint is None):
        return None
    row = row_of(known)
    wanted = 1 if joint else len(more) if row and row.ordered else _FEW
    mark = marks[0] if marks else ", "
    bare = begun[-1].isspace() or mark in (",", "\n") or is_unspaced(begun[-1])
    lead = "" if bare or mark in ("\u3001", "\uff0c") else " "
    ends = "" if mark.strip(" ") in ("\n", "\u3001") or (first == words[:1] and not joint) else stop
    return lead + mark.join(more[:wanted]) + ends
