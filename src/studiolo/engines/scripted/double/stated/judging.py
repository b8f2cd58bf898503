"""How a text judges what it speaks of, and which of the values for that it means."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon

_REACH: Final = 3
_STOPS: Final = re.compile(r"[.,;:!?]")
_REFUSED: Final = re.compile("n['\u2019]t$")


def judged(
    text: str, values: Sequence[object], *, neutral: bool, leaning: float = 0
) -> list[object]:
    """The one of these values that tells how the text judges; none where they do not tell that.

    Where its words do not judge, that counts to which side it is `leaning` by figures; and where
    nothing does, the middle one is meant if it may be `neutral`.
    """
    sides = {_side_of(value): value for value in reversed(values) if isinstance(value, str)}
    if "positive" not in sides or "negative" not in sides:
        return []
    weight = weight_of(text) or leaning
    side = "positive" if weight > 0 else "negative" if weight < 0 else "neutral"
    return [sides[side]] if side in sides and (neutral or side != "neutral") else []


def weight_of(text: str) -> int:
    """How much more a text praises than it blames; what is refused counts for the other side."""
    low = text.lower().replace("\u2019", "'")
    praise, blame = (len(_phrases(name).findall(low)) for name in ("praised", "never"))
    low = _phrases("praised").sub(" ", _phrases("never").sub(" ", low))
    weight = praise - blame
    for side, name in ((1, "good"), (-1, "bad")):
        for match in _words(name).finditer(low):
            weight += -side if _is_refused(low, match) else side
    return weight


def _is_refused(low: str, match: re.Match[str]) -> bool:
    """Whether a word such as "not" stands a little before."""
    if is_unspaced(match.group()):
        return low[match.start() - 1 : match.start()] in ("\u4e0d", "\u6ca1")
    before = _STOPS.split(low[: match.start()])[-1]
    words = [word.group() for word in re.finditer(r"[^\W\d_]+(?:'[^\W\d_]+)?", before)][-_REACH:]
    without = lexicon().truth["without"]
    return any(word in without or _REFUSED.search(word) for word in words)


def _side_of(value: str) -> str | None:
    low = re.sub(r"[_-]", " ", value.lower()).split(" ")[-1]
    sides = ("positive", "negative", "neutral")
    return next((side for side in sides if low in lexicon().judged[side]), None)


@cache
def _words(name: str) -> re.Pattern[str]:
    """Words that judge, the longest first."""
    rows = sorted(lexicon().judged[name], key=len, reverse=True)
    spaced = "|".join(row.replace("*", r"\w*") for row in rows if not is_unspaced(row))
    unspaced = "|".join(row for row in rows if is_unspaced(row))
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|{unspaced}")


@cache
def _phrases(name: str) -> re.Pattern[str]:
    return re.compile("|".join(lexicon().judged[name]))
