"""Which of a few possible values a text speaks of, in whichever words."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import Fact
from studiolo.engines.scripted.double.stated.kinds import by_side
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import words_of
from studiolo.engines.scripted.double.stated.stretches.spans import Span, in_a_list
from studiolo.engines.scripted.double.stated.wording import (
    alike,
    moneys_at,
    place_of,
    tongues_at,
    words_at,
)

_LONG: Final = 5
_UNITS: Final = 2
_DAYS: Final = 3
_ENDING: Final = re.compile("[^\\W\\d_]+")
# Before the word for a foot this tells how somebody goes.
_ON_FOOT: Final = re.compile("(?<!\\w)(?:on|zu|à|a|te)\\s$")
_SIGNS: Final = re.compile("\\d\\s?(?P<sign>\u00b0[cf]|[\u2103\u2109])")

Spoken = tuple[object, Span]


def spoken_of(text: str, values: Sequence[object]) -> list[Spoken]:
    """Those that are named, by their own word, a form of it or a code, in the text's order."""
    low = text.lower()
    named = [(value, place_of(value, low)) for value in values]
    found = [(value, _span(value, place, low)) for value, place in named if place >= 0]
    found = found or _of_week(low, values) or _of_measures(low, values)
    found = found or _of_codes(text, values) or _alike(low, values)
    return sorted(found, key=lambda one: one[1].start)


def in_one_list(text: str, found: Sequence[Spoken]) -> list[Spoken]:
    """The first of them, and those that stand in a list with it."""
    row = in_a_list(text, [span for _, span in found])
    in_one_word = [one for one in found if one[1].start == found[0][1].start]
    return in_one_word if len(in_one_word) > 1 else list(found[: len(row)])


def sorted_by_side(text: str, found: Sequence[Spoken], side: str) -> list[Spoken]:
    """That first which stands on this side of a way."""
    facts = {
        Fact("choice", span.text, span.start, span.end): (value, span) for value, span in found
    }
    return [facts[fact] for fact in by_side(list(facts), text, side)]


def meant_by_others(text: str, values: Sequence[object]) -> list[object]:
    """The one that other words of the text stand for best."""
    own = {str(value).lower() for value in values}
    plain = " ".join(each for each in WORD.findall(text) if each.lower() not in own)
    spoken = concepts_in(plain)
    counts = [(_shared(value, spoken), -place) for place, value in enumerate(values)]
    best = max(counts, default=(0, 0))
    return [values[-best[1]]] if best[0] > 0 else []


def _shared(value: object, spoken: frozenset[str]) -> float:
    """How much of what a value means is spoken of, in parts of it all."""
    if not isinstance(value, str):
        return 0.0
    concepts = [concepts_in(word) for word in sorted(words_of(value))]
    concepts += [concepts_in(value.replace("_", " "))]
    meant = frozenset[str]().union(*concepts)
    return len(meant & spoken) / len(meant) if meant else 0.0


def _span(value: object, place: int, low: str) -> Span:
    """Where a value stands, with the ending that it has there."""
    end = place + len(str(value))
    word = None if is_unspaced(str(value)) else _ENDING.match(low, end)
    return Span(str(value), place, word.end() if word else end)


def _of_week(low: str, values: Sequence[object]) -> list[Spoken]:
    """Days of the week by any of their names; only where the values are such days."""
    days = {day: value for value in values for day in (_day(value),) if day}
    if len(days) < _DAYS:
        return []
    week = {word for word in lexicon().week if _day(word) in days}
    known = {**{word: _day(word) for word in week}, **_letters()}
    found = [(known[word], word, start) for word, start in words_at(low, known)]
    found = found or _of_several(low)
    return _once(
        (days[day], Span(word, start, start + len(word)))
        for day, word, start in found
        if day in days
    )


def _of_several(low: str) -> list[tuple[str, str, int]]:
    """All days that one word stands for, one letter of it for each."""
    names, lists = lexicon().days_of_week, lexicon().lists
    for days, words in ((names[:5], lists["workdays"]), (names[5:], lists["weekend"])):
        for word, start in words_at(low, words)[:1]:
            return [(day, word[:0], start) for day in days if word]
    return []


def _day(value: object) -> str:
    """The English name of a day of the week."""
    names = lexicon().days_of_week
    low = str(value).lower()
    if low in lexicon().week:
        return names[lexicon().week[low]]
    return next((name for name in names if len(low) == _DAYS and name.startswith(low)), "")


@cache
def _letters() -> dict[str, str]:
    """What is written for a day behind "every week" in Chinese."""
    return {
        f"\u5468{letter}": _day(f"\u5468{letter}")
        for letter in "\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u65e5"
    }


def _of_measures(low: str, values: Sequence[object]) -> list[Spoken]:
    """Units by any of their names; only where the values are units."""
    measures = lexicon().measures
    units = {
        measures[str(value).lower()].code: value
        for value in values
        if str(value).lower() in measures
    }
    if len(units) < min(_UNITS, len(values)):
        return []
    found: list[Spoken] = []
    signs = [(match["sign"], match.start("sign")) for match in _SIGNS.finditer(low)]
    for word, start in (*words_at(low, measures), *signs):
        code = measures[word].code
        if code in units and len(word) > 1 and not _ON_FOOT.search(low[:start]):
            found.append((units[code], Span(word, start, start + len(word))))
    return _once(found)


def _of_codes(text: str, values: Sequence[object]) -> list[Spoken]:
    """Languages and moneys by their names."""
    named = [(code, text[start:end], start) for code, start, end in tongues_at(text)]
    found: list[Spoken] = []
    for code, word, start in (*named, *moneys_at(text)):
        coded = [each for each in values if re.split("[-_]", str(each).lower())[0] == code.lower()]
        found += [(each, Span(word, start, start + len(word))) for each in coded[:1]]
    return _once(found)


def _alike(low: str, values: Sequence[object]) -> list[Spoken]:
    """Values of one long word that stand in another form, such as that of another language."""
    texts = [value for value in values if isinstance(value, str) and len(value) >= _LONG]
    return _once(
        (value, Span(match.group(), match.start(), match.end()))
        for match in WORD.finditer(low)
        for value in texts
        if value.isalpha() and alike(match.group(), value.lower())
    )


def _once(found: Iterable[Spoken]) -> list[Spoken]:
    kept: list[Spoken] = []
    for one in sorted(found, key=lambda each: each[1].start):
        if all(one[0] != other[0] for other in kept):
            kept.append(one)
    return kept
