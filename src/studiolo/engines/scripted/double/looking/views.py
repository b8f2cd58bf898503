"""What of all that a prompt shows a question is about, and what is said of each."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

import msgspec

from studiolo.core.media.seen import Seen
from studiolo.core.messages import MediaKind
from studiolo.engines.scripted.double.language import Language
from studiolo.engines.scripted.double.looking.colours import brightness, hex_of, name_of
from studiolo.engines.scripted.double.looking.words import (
    Words,
    beginning_with,
    names,
    phrased,
    words_of,
)
from studiolo.engines.scripted.double.reading import Reading

_FIGURE: Final = re.compile(r"\d+")
# One number that may count something out: no size, no fraction and no amount of a unit.
_ONE: Final = r"\d{1,2}(?!\d|[.,]\d|\s?[x\u00d7]\s?\d|\s?(?:%|px|pixel|cm|mm|kb|mb|second|s\b))"
_MARK: Final = (
    r"#|\bn[or]\. ?|\bn[\u00ba\u00b0] ?|\u2116 ?|\bnumber |\bnummer |\bnúmero |\bnuméro "
    r"|\b\u043d\u043e\u043c\u0435\u0440 "
)
_RATE: Final = re.compile(r"(?:\bper|\ba|\beach|\bpro|\bpor|\bpar|\bв)\s+$")
KINDS: Final[tuple[MediaKind, ...]] = ("image", "video")
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
            rate=f"{seen.frames / seen.seconds:.4g}" if seen.seconds else "0",
            pixels=seen.width * seen.height,
            light=round(brightness(seen.colour)),
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
    if len(here) == 1 and len(every) > 1 and _goes_back(low, language):
        return _chosen(every, low, language, here=1)
    return _chosen(here, low, language)


def _goes_back(low: str, language: Language) -> bool:
    """Whether beside one thing a question speaks of others that were shown before."""
    compares = any(names(low, thing, language) for thing in COMPARED)
    others = any(phrased(low, thing, language) for thing in ("every", "before", "same", "sort"))
    return compares or others or bool(_picks(low, language))


def speaks_of_media(low: str, language: Language) -> bool:
    """Whether a question is about pictures, or about what can be seen of them."""
    return any(names(low, thing, language) for thing in words_of(language).asked)


def speaks_of_kinds(low: str, language: Language) -> bool:
    """Whether a question names pictures or videos."""
    return any(phrased(low, kind, language) for kind in KINDS)


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


def _chosen(shown: Sequence[Seen], low: str, language: Language, *, here: int = 0) -> list[View]:
    """All of them, or those that are counted out: "the second picture", "video 1".

    Of these so many stand `here`, beside the question.
    """
    views = _numbered(shown)
    if len(views) == 1:
        return views
    picked = [view for view in views if view.number in _picks(low, language)]
    compares = any(names(low, thing, language) for thing in COMPARED)
    if picked and compares and len(picked) == 1:
        # One that is compared is compared with another.
        own = [view for view in views[len(views) - here :] if view not in picked] if here else []
        return [*picked, *own] if own else views
    if picked:
        return _of_kind(picked, low, language)
    if phrased(low, "before", language) and not compares:
        return views[-2:-1]
    return views[-1:] if beginning_with(words_of(language).last).search(low) else views


def counted_out(views: Sequence[View], low: str, language: Language) -> list[View]:
    """Those of several that a text counts out, all where it does not."""
    picked = [view for view in views if view.number in _picks(low, language)]
    return _of_kind(picked, low, language) if picked else list(views)


def _of_kind(picked: Sequence[View], low: str, language: Language) -> list[View]:
    """Of those with the same number, those of the kind that is named."""
    named = [kind for kind in KINDS if phrased(low, kind, language)]
    alike = [view for view in picked if view.seen.kind in named]
    return alike if len(named) == 1 and alike else list(picked)


def _picks(low: str, language: Language) -> set[int]:
    """The numbers by which a question counts things out."""
    numbers = {
        int(figure)
        for match in _counting(language).finditer(low)
        for figure in _FIGURE.findall(match.group())
    }
    for place, ordinal in enumerate(words_of(language).ordinals, 1):
        found = beginning_with(tuple(ordinal.split("/"))).finditer(low)
        if any(_counts_out(low, match) for match in found):
            numbers.add(place)
    return numbers


def _counts_out(low: str, ordinal: re.Match[str]) -> bool:
    """Whether a word such as "second" is no unit ("per second"), and "first" orders no deed."""
    before, behind = low[: ordinal.start()], low[ordinal.end() :]
    return _RATE.search(before) is None and not behind.startswith((",", ":"))


def without_picks(low: str, language: Language) -> str:
    """A question without the numbers by which it counts things out."""
    return _counting(language).sub(" ", low)


@cache
def _counting(language: Language) -> re.Pattern[str]:
    """A number behind or before a word for what is shown, or behind one for a number."""
    known = words_of(language).phrased
    things = sorted(
        (re.escape(word.removesuffix("|")) for kind in KINDS for word in known[kind]), key=len
    )
    thing = rf"(?:{'|'.join(reversed(things))})[^\W\d_]{{0,3}}"
    joint = (
        r"\s*(?:,|&|\+|/|-|(?:and|or|und|oder|et|ou|y|o|e|\u0438|"
        r"\u0438\u043b\u0438|\u548c|\u4e0e|\u3068|\uc640|\uacfc)(?!\w))\s*"
    )
    row = rf"{_ONE}(?:{joint}{_ONE})*"
    return re.compile(
        rf"{thing}\s?(?:{_MARK})?\s?{row}"
        rf"|(?:{_MARK})\s?{row}"
        rf"|(?<!\d){_ONE}(?:st|nd|rd|th|ère|ère|er|e|ème|º|ª|\.|-?[йяе])\s(?:{thing}|one\b)"
        rf"|(?<!\d){_ONE}(?:st|nd|rd|th)\b"
        rf"|第\s?{_ONE}|(?<!\d){_ONE}\s?(?:番目|枚目|つ目|本目|번째)"
    )
