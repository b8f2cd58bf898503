"""The pieces of a text that each tell of one thing: lines of a list, and what is counted."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import Fact, Facts, facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.numbers.measures import unit_behind
from studiolo.engines.scripted.double.stated.stretches.spans import is_glue

_LINE: Final = re.compile(r"(?m)^\s*(?:[-*\u2022]|\d+[.)])\s+(?P<said>\S.*)$")
_COUNTED: Final = re.compile(r"\s?(?:[xX\u00d7]\s)?")
_FEW: Final = 2


def pieces_in(text: str) -> list[tuple[int, int]]:
    """Where they begin and end; none if there are not several."""
    lines = [match.span("said") for match in _LINE.finditer(text)]
    if len(lines) >= _FEW:
        return lines
    starts = list(_counted(facts_in(text)))
    if len(starts) < _FEW:
        return []
    ends = [*(one.start for one in starts[1:]), _end(text, starts[-1].end)]
    return [(one.start, end) for one, end in zip(starts, ends, strict=True)]


def _counted(facts: Facts) -> Iterator[Fact]:
    """Numbers that say how many of something there are; all but the first go on with the list."""
    text, found = facts.text, False
    for fact in facts.of("number"):
        if _counts(text, fact) and (not found or _join().search(text[: fact.start])):
            found = True
            yield fact


def _counts(text: str, number: Fact) -> bool:
    """Whether a thing follows a number: no unit, no money and no small word."""
    behind = _COUNTED.match(text, number.end)
    place = behind.end() if behind else number.end
    if text[place : place + 1] in lexicon().lists["measures"]:
        return True
    if _measures_out(text, number):
        return True
    word = WORD.match(text, place)
    if word is None or is_unspaced(word.group()) or "." in number.text:
        return False
    low, words = word.group().lower(), lexicon()
    measured = low in words.units or low in words.moneys or low in words.months
    measured = measured or not words.concepts_of(low).isdisjoint(words.lists["measured"])
    return not (measured or is_glue(low) or low in words.weak)


def _measures_out(text: str, number: Fact) -> bool:
    """Whether a weight or a volume of something is told, as in "2 kg of flour"."""
    unit = unit_behind(text, number.end)
    if unit is None or unit[0].dimension not in ("weight", "volume"):
        return False
    behind = _of_what().match(text, unit[1])
    low = behind["thing"].lower() if behind else ""
    return bool(low) and not (is_glue(low) or low in lexicon().weak)


@cache
def _of_what() -> re.Pattern[str]:
    small = "of|de|d'|di|von|van|का|की|के"
    return re.compile(rf"(?i)\s*(?:(?:{small})\s*)?(?P<thing>{WORD.pattern})")


@cache
def _join() -> re.Pattern[str]:
    lists = lexicon().lists
    joins = "|".join(map(re.escape, lists["joins"]))
    unspaced = "|".join(map(re.escape, sorted(lists["unspaced"], key=len, reverse=True)))
    return re.compile(rf"(?i)(?:[,;\n\u3001\uff0c]|\s(?:{joins})|{unspaced})\s*$")


def _end(text: str, start: int) -> int:
    """Where a sentence ends behind the last thing, or tells where that is to go."""
    stop = re.compile(r"[.!?](?:\s|$)|[\u3002\uff01\uff1f\n]").search(text, start)
    end = stop.start() if stop else len(text)
    goes = _going().search(text, start, end)
    return goes.start() if goes else end


@cache
def _going() -> re.Pattern[str]:
    words = lexicon().roles["destination"]
    spaced = "|".join(re.escape(word) for word in words if word.isalpha() and not is_unspaced(word))
    return re.compile(rf"\s(?:{spaced})\s(?=\d|[A-Z\u00c0-\u00de])")


def plain(piece: str) -> str:
    """A piece without the small word that goes with its number where there are no spaces."""
    numbers = facts_in(piece).of("number")
    end = numbers[0].end if numbers else 0
    measure = piece[end : end + 1]
    return f"{piece[:end]} {piece[end + 1 :]}" if measure in lexicon().lists["measures"] else piece
