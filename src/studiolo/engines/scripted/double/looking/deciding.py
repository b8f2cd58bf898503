"""Whether what a question says of pictures and videos is so."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from studiolo.core.media.seen import Seen
from studiolo.engines.scripted.double.language import Language
from studiolo.engines.scripted.double.looking.colours import brightness, plain_name_of
from studiolo.engines.scripted.double.looking.comparing import MEASURED, measure_of
from studiolo.engines.scripted.double.looking.views import COMPARED, View, without_picks
from studiolo.engines.scripted.double.looking.words import (
    Words,
    colours_named,
    first_named,
    phrased,
    words_of,
)

BRIGHT: Final = 128
_FIGURES: Final = re.compile(r"(?<![\w.,#])\d+(?:\.\d+)?(?![\d#])")
_FELL: Final = frozenset({"smaller", "darker", "shorter"})
_SIDES: Final = 2
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
    shades = [one for one in ("dark", "bright") if phrased(low, one, language)]
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
