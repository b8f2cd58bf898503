"""Whether what a question says of pictures and videos is so."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from studiolo.core.media.seen import Seen
from studiolo.engines.scripted.double.language import WORD, Language
from studiolo.engines.scripted.double.looking.colours import brightness, plain_name_of
from studiolo.engines.scripted.double.looking.comparing import MEASURED, measure_of
from studiolo.engines.scripted.double.looking.views import COMPARED, View, without_picks
from studiolo.engines.scripted.double.looking.words import (
    Words,
    beginning_with,
    colours_named,
    first_named,
    phrased,
    words_of,
)
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced

BRIGHT: Final = 128
_FIGURES: Final = re.compile(r"(?<![\w.,#])\d+(?:\.\d+)?(?![\d#])")
_FELL: Final = frozenset({"smaller", "darker", "shorter"})
_SIDES: Final = 2
_SENTENCES: Final = re.compile(r"[.!?\u3002\uff01\uff1f\u061f\u0964]")
_SHADES: Final = ("dark", "bright")
_ASKED: Final = (
    *("media", "colour", "shape", "size", "width", "height", "length", "pixels"),
    *COMPARED,
)
_AMOUNT: Final = re.compile(r"\d+(?:[.,x\u00d7 ]+\d+)*(?:px|s\b)?")
_OF_THE_WHOLE: Final = ("image", "video", "every", "any", "before", *_SHADES)
# Stands for a word that is known, with the ending behind it.
_WHOLE_WORD: Final = "\0"
# What shows whether one is so.
_SHOWN_BY: Final[Mapping[str, str]] = {
    "larger": "size",
    "smaller": "size",
    "darker": "shade",
    "brighter": "shade",
    "longer": "length",
    "shorter": "length",
    "wider": "width",
    "taller": "height",
}


class Claim(msgspec.Struct, frozen=True):
    """What a question says of what is shown: whether it is so, and the things that show it."""

    so: bool
    shown_by: tuple[str, ...]


def asks_whether(question: str, language: Language) -> bool:
    """Whether it is answered with yes or no."""
    return re.search(words_of(language).whether, question.lower().strip()) is not None


def claim_in(
    views: Sequence[View], low: str, asked: Sequence[str], language: Language
) -> Claim | None:
    """What is claimed of all of them; None where nothing is that can be seen."""
    if len(views) > 1 and phrased(low, "same", language):
        return _of_likeness(views, asked)
    if not _is_of_the_whole(low, language):
        return None
    return _of_amounts(views, low, language) or _of_looks(views, low, language)


def _of_likeness(views: Sequence[View], asked: Sequence[str]) -> Claim:
    """Whether all are alike in what is named, in size and colour where nothing is."""
    things = tuple(thing for thing in asked if thing in _KEYS) or ("size", "colour")
    so = all(len({_KEYS[thing](view.seen) for view in views}) == 1 for thing in things)
    return Claim(so, things)


_KEYS: Final[Mapping[str, Callable[[Seen], object]]] = {
    **{thing: measure.of for thing, measure in MEASURED.items()},
    "size": lambda seen: (seen.width, seen.height),
    "colour": lambda seen: seen.colour,
    "shape": lambda seen: seen.width / seen.height,
}


def _of_amounts(views: Sequence[View], low: str, language: Language) -> Claim | None:
    """ "Wider than 500", "taller than it is wide"."""
    compared = first_named(low, COMPARED, language)
    if not compared:
        return None
    figures = [float(one) for one in _FIGURES.findall(without_picks(low, language))]
    areas = compared in ("larger", "smaller")
    if len(figures) == (_SIDES if areas else 1):
        least = figures[0] * (figures[1] if areas else 1)
        sign = -1 if compared in _FELL else 1
        measure = measure_of(compared)
        so = all(measure.of(view.seen) > sign * least for view in views)
        return Claim(so, (_SHOWN_BY[compared],))
    if figures or len(views) > 1 or compared not in ("wider", "taller"):
        return None
    seen = views[0].seen
    wide = seen.width > seen.height
    return Claim(wide if compared == "wider" else seen.width < seen.height, ("size",))


def _of_looks(views: Sequence[View], low: str, language: Language) -> Claim | None:
    """The one colour, shape or shade that is named; of two that are, one is asked for."""
    words = words_of(language)
    if len(views) > 1 and first_named(low, COMPARED, language):
        # One of them is meant, by what it is more than the others.
        return None
    holds = any if phrased(low, "any", language) else all
    colours = colours_named(low, words)
    shapes = [one for one in map(bare_shape, words.shapes) if one.lower() in low]
    shades = [one for one in _SHADES if phrased(low, one, language)]
    if len(colours) == 1 and not shapes:
        so = holds(plain_name_of(view.seen.colour, words) == colours[0] for view in views)
        return Claim(so, ("colour",))
    if len(shapes) == 1 and not colours:
        so = holds(bare_shape(shape_of(view.seen, words)) == shapes[0] for view in views)
        return Claim(so, ("shape",))
    if len(shades) == 1 and not (colours or shapes):
        bright = shades[0] == "bright"
        so = holds(is_bright(view.seen) == bright for view in views)
        return Claim(so, ("shade",))
    return None


def _claims(sentence: str, language: Language) -> bool:
    words = words_of(language)
    shaped = any(bare_shape(shape).lower() in sentence for shape in words.shapes)
    shaded = any(phrased(sentence, one, language) for one in _SHADES)
    compared = first_named(sentence, COMPARED, language)
    return bool(colours_named(sentence, words) or shaped or shaded or compared)


def _is_of_the_whole(low: str, language: Language) -> bool:
    """Whether a question is of pictures themselves, and of no thing that these may show."""
    words = words_of(language)
    known = [*words.named, *(shape.lower() for shape in words.shapes), *words.ordinals]
    known = [word for each in known for word in each.split("/")]
    known += [word for thing in _ASKED for word in words.asked[thing]]
    known += [word for thing in _OF_THE_WHOLE for word in words.phrased[thing]]
    low = _AMOUNT.sub(" ", low)
    claim = next(
        (each for each in _SENTENCES.split(low) if _claims(each, language)),
        "",
    )
    if is_unspaced(claim):
        left = beginning_with(tuple(known)).sub(" ", claim)
        small = sorted(map(re.escape, words.small.split()), key=len, reverse=True)
        return re.sub(rf"\s|\d|[^\w]|{'|'.join(small)}", "", left) == ""
    rest = beginning_with(tuple(known)).sub(_WHOLE_WORD, claim)
    said = [word for word in rest.split() if _WHOLE_WORD not in word]
    return {word for each in said for word in WORD.findall(each)} <= {*words.small.split()}


def is_bright(seen: Seen) -> bool:
    """Whether it is rather bright than dark."""
    return brightness(seen.colour) >= BRIGHT


def shape_of(seen: Seen, words: Words) -> str:
    """Whether it lies, stands, or is square."""
    lying, standing, square = words.shapes
    if seen.width == seen.height:
        return square
    return lying if seen.width > seen.height else standing


def bare_shape(shape: str) -> str:
    """Its word alone, in languages that need more of them."""
    return shape.removeprefix("in ").removeprefix("de ").removesuffix(" format")
