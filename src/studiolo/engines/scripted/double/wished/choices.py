"""One of a few answers that a question allows."""

import random
import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.looking.answering import Said
from studiolo.engines.scripted.double.stated.judging import weight_of
from studiolo.engines.scripted.double.stated.lexicon import concepts_in
from studiolo.engines.scripted.double.wished.asked import Asked
from studiolo.engines.scripted.double.wished.forms import form, forms

_OPTION: Final = r"[\"'\u201c`]?[^\W\d_][\w-]*(?: [\w-]+)?[\"'\u201d`]?"
_LETTERED: Final = re.compile(
    r"(?m)(?:^|(?<=\s))\(?(?P<letter>[A-E])[).:]\s+(?P<said>.+?)(?=\s+\(?[A-E][).:]\s|$)"
)
_MOST_WORDS: Final = 2
_MOST: Final = 12


def one_of_a_few(asked: Asked, draw: random.Random) -> str | None:
    """The answer that the question's words speak for; None where it offers none."""
    question = asked.question
    lettered = list(_LETTERED.finditer(question))
    if len(lettered) > 1:
        chosen = _spoken_for(
            [each["said"] for each in lettered], question[: lettered[0].start()], asked, draw=draw
        )
        if chosen is None:
            return None
        one = next(each for each in lettered if each["said"] == chosen)
        alone = form("letter_alone").search(question)
        return one["letter"] if alone else f"{one['letter']}) {one['said'].strip()}"
    for order in form("choose").finditer(question):
        found = _listed().search(question, order.start(), order.end() + 160)
        options = _options(found["options"]) if found else []
        if found and 1 < len(options) <= _MOST:
            material = question[: order.start()] + question[found.end() :]
            chosen = _spoken_for(options, material, asked, draw=draw)
            return chosen if asked.seen is None or chosen is None else _seen_in(chosen, asked.seen)
    return None


def _options(listed: str) -> list[str]:
    parts = [part.strip(" \"'\u201c\u201d`") for part in form("parting").split(listed)]
    return [part for part in parts if part and len(part.split()) <= _MOST_WORDS]


def _spoken_for(
    options: Sequence[str], material: str, asked: Asked, *, draw: random.Random
) -> str | None:
    """By how the text judges, else by the words it shares with an option.

    Of what was seen, the one that is so; None where none of them can be seen.
    """
    if asked.seen is not None:
        known = asked.seen.known
        return next((each for each in options if known & set(WORD.findall(each.lower()))), None)
    sided = {_side_of(option): option for option in options}
    if "good" in sided and "bad" in sided:
        weight = weight_of(material)
        side = "good" if weight > 0 else "bad" if weight < 0 else "neither"
        if side in sided:
            return sided[side]
    low = {word.lower() for word in WORD.findall(material)}
    said = concepts_in(material)
    scored = [
        (
            len(low & {word.lower() for word in WORD.findall(option)})
            + len(said & concepts_in(option))
        )
        for option in options
    ]
    best = max(scored)
    return options[scored.index(best)] if best else draw.choice(list(options))


def _seen_in(option: str, seen: Said) -> str:
    """The word that is so, without those that only lead to it."""
    return next(word for word in WORD.findall(option) if word.lower() in seen.known)


def _side_of(option: str) -> str | None:
    low = option.lower()
    sides = forms().sides
    found = (side for side, words in sides.items() if low.startswith(tuple(words.split())))
    return next(found, None)


@cache
def _listed() -> re.Pattern[str]:
    """Options in a row, behind a word that leads to them."""
    known = forms()
    more = rf"(?:\s*[,/\u3001]\s*(?:or |oder |ou |o )?{_OPTION})*"
    row = rf"{_OPTION}{more}\s*,?\s*(?:{known.joins})\s*{_OPTION}"
    lead = rf"(?:{known.leads})\s*(?:one of |either |only |just |nur )?:?\s*"
    return re.compile(rf"(?i){lead}(?P<options>{row})")
