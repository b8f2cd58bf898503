"""What a text has to be told as it stands: to somebody, or to a program."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import Fact, Facts
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.stretches.reminding import reminded_of
from studiolo.engines.scripted.double.stated.stretches.spans import is_glue
from studiolo.engines.scripted.double.stated.wording import Span, clause

_LONGEST: Final = 200
# An order and a thing.
_ORDERED: Final = 2
_BEHIND_COLON: Final = re.compile(r"(?s)(?::\s+|\uff1a\s*)(?P<said>\S.*)")


class Sayings:
    """The longer stretches of one text; `free` tells what is not used up yet."""

    def __init__(
        self, facts: Facts, free: Callable[[Fact | Span], bool], known: Callable[[str], bool]
    ) -> None:
        self._facts = facts
        self._text = facts.text
        self._free = free
        self._known = known

    def told(self) -> Span | None:
        """What is to be told, or what somebody is to be reminded of."""
        whole = [(one.start, one.end) for one in self._facts.of("date", "time", "moment")]
        return reminded_of(self._text, whole) or self.after_mark()

    def behind_colon(self) -> Span | None:
        """All that stands behind the first colon with a space."""
        match = _BEHIND_COLON.search(self._text)
        return Span(match["said"].rstrip(), match.start("said"), match.end()) if match else None

    def from_first_to_last(self, free: Sequence[Span]) -> Span | None:
        """All from the first of these stretches to the last one."""
        if not free:
            return None
        start, end = free[0].start, min(free[-1].end, free[0].start + _LONGEST)
        return Span(self._text[start:end], start, end)

    def trimmed(self, apart: Collection[tuple[int, int]]) -> Span | None:
        """The text without the words at both ends that are the tool's, or say nothing.

        It is told `apart` from these stretches, and ends where one of them begins.
        """
        words = list(WORD.finditer(self._text))
        while words and self.is_edge(words[0]):
            del words[0]
        used = [start for start, _ in apart if words and start > words[0].start()]
        words = [word for word in words if word.start() < min(used, default=len(self._text))]
        while words and self.is_edge(words[-1]):
            del words[-1]
        if not words:
            return None
        start, end = words[0].start(), min(words[-1].end(), words[0].start() + _LONGEST)
        return Span(self._text[start:end], start, end)

    def own_thing(self, apart: Collection[tuple[int, int]]) -> Span | None:
        """The last word before these stretches, where all words there are the tool's own."""
        first = min((start for start, _ in apart), default=0)
        words = list(WORD.finditer(self._text, 0, first))
        telling = [word for word in words if word.group().lower() not in lexicon().weak]
        if len(telling) < _ORDERED or not all(map(self.is_edge, words)):
            return None
        return Span(telling[-1].group(), telling[-1].start(), telling[-1].end())

    def is_edge(self, match: re.Match[str]) -> bool:
        """Whether a word is used up, the tool's own, or says nothing."""
        word = match.group().lower()
        if self._text[: match.start()].endswith("-"):
            return False
        taken = not self._free(Span(word, match.start(), match.end()))
        return taken or word in lexicon().weak or is_glue(word) or self._known(word)

    def after_mark(self) -> Span | None:
        """What stands behind a colon, or a word such as "saying" or "that"."""
        match = _marks().search(self._text)
        if match is None:
            match = clause().search(self._text)
        if match is None or not match["said"].strip():
            return None
        opening = clause().match(match["said"])
        start = match.start("said") + (opening.start("said") if opening else 0)
        return self._ended(start, match.end("said"))

    def _ended(self, start: int, end: int) -> Span:
        """A stretch without what stands at its end and is used up, and what led up to that."""
        words = list(WORD.finditer(self._text, start, end))
        used = False
        while len(words) > 1:
            last = words[-1]
            taken = not self._free(Span("", last.start(), last.end()))
            if not taken and not (used and self.is_edge(last)):
                break
            used = used or taken
            words.pop()
        if used or self._text[start:end].count(".") == 1:
            end = words[-1].end()
        if self._text[start:end].count("\u3002") == 1:
            end = start + len(self._text[start:end].rstrip("\u3002"))
        return Span(self._text[start:end].strip(), start, end)


@cache
def _marks() -> re.Pattern[str]:
    """A colon, or a word behind which somebody's own words stand."""
    words = sorted(lexicon().roles["text"], key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in words if not is_unspaced(word))
    unspaced = "|".join(re.escape(word) for word in words if is_unspaced(word))
    return re.compile(
        rf"(?is)(?:(?<!\w)(?:{spaced})\s*|(?:{unspaced})\s*|:\s+|\uff1a\s*)(?P<said>\S.*)"
    )
