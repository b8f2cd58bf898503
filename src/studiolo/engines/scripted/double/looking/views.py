"""What of all that a prompt shows a question is about, and what is said of each."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from studiolo.core.media.seen import Seen
from studiolo.engines.scripted.double.language import Language
from studiolo.engines.scripted.double.looking.colours import hex_of, name_of
from studiolo.engines.scripted.double.looking.words import Words, beginning_with, names, words_of
from studiolo.engines.scripted.double.reading import Reading

_NUMBER: Final = re.compile(r"(?<![\d.,])(\d{1,2})(?!\d|[.,]\d)")
COMPARED: Final = (
    *("larger", "smaller", "darker", "brighter", "longer", "shorter", "wider", "taller"),
)


class View(msgspec.Struct, frozen=True):
    """A picture or a video; `number` counts those of its kind, None where there is only one."""

    seen: Seen
    number: int | None = None

    def called(self, words: Words) -> str:
        """What it is called at the beginning of a sentence."""
        if self.number is None:
            return words.one[self.seen.kind]
        return words.nth[self.seen.kind].format(n=self.number)

    def told(self, template: str, words: Words) -> str:
        """The template with what was seen."""
        seen = self.seen
        return template.format(
            it=self.called(words),
            width=seen.width,
            height=seen.height,
            colour=name_of(seen.colour, words),
            hex=hex_of(seen.colour),
            frames=seen.frames,
            seconds=f"{round(seen.seconds, 2):g}",
        )


def regarded(reading: Reading, language: Language) -> list[View]:
    """What the question is about: what stands beside it, or what was shown before if it says so."""
    here = [seen for turn in reading.turns[reading.question_at :] for seen in turn.shown]
    if reading.question_at < 0:
        here = []
    every = [seen for turn in reading.turns for seen in turn.shown]
    low = reading.asking.lower()
    if not every:
        return []
    if not here:
        return _chosen(every, low, language) if speaks_of_media(low, language) else []
    compares = any(names(low, thing, language) for thing in COMPARED)
    if len(here) == 1 and compares and len(every) > 1:
        return _numbered(every)
    return _chosen(here, low, language)


def speaks_of_media(low: str, language: Language) -> bool:
    """Whether a question is about pictures, or about what can be seen of them."""
    return any(names(low, thing, language) for thing in words_of(language).asked)


def _numbered(shown: Sequence[Seen]) -> list[View]:
    """Each with its number, if there are several."""
    if len(shown) == 1:
        return [View(shown[0])]
    counts = {"image": 0, "video": 0, "audio": 0}
    views: list[View] = []
    for seen in shown:
        counts[seen.kind] += 1
        views.append(View(seen, counts[seen.kind]))
    return views


def _chosen(shown: Sequence[Seen], low: str, language: Language) -> list[View]:
    """All of them, or those that are counted out: "the second picture", "video 1"."""
    views = _numbered(shown)
    if len(views) == 1:
        return views
    words = words_of(language)
    numbers = {int(found) for found in _NUMBER.findall(low)}
    for place, ordinal in enumerate(words.ordinals, 1):
        if beginning_with((ordinal,)).search(low):
            numbers.add(place)
    picked = [view for view in views if view.number in numbers]
    if picked:
        return picked
    return views[-1:] if beginning_with(words.last).search(low) else views
