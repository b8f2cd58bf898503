"""What is said of pictures and videos: the one thing that is asked, or all that is seen."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import gcd
from typing import Final

import msgspec
from msgspec.structs import replace

from studiolo.core.media.seen import Seen
from studiolo.engines.scripted.double.language import Language
from studiolo.engines.scripted.double.looking.colours import brightness, hex_of, plain_name_of
from studiolo.engines.scripted.double.looking.views import COMPARED, View
from studiolo.engines.scripted.double.looking.words import Words, beginning_with, names, words_of

# What can be asked of each, the most particular first.
_THINGS: Final = ("count", "frames", "length", "colour", "width", "height", "shape", "size")


# What asks for a colour in figures.
_CODE: Final = re.compile("hex|#|rgb")


class Said(msgspec.Struct, frozen=True):
    """An answer in sentences, and in one word or figure where one thing was asked.

    `known` are the words that are true of what was seen, `asked` those of the question that might
    be: colours, and whether something lies or stands. Where no one thing was asked, `all_told` is.
    There is `more` to be said where more is wanted.
    """

    sentences: tuple[str, ...]
    short: str
    known: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    all_told: bool = False
    more: tuple[str, ...] = ()


class _Measure(msgspec.Struct, frozen=True):
    """What is compared: how much of it there is, and how that is told."""

    of: Callable[[Seen], float]
    told: Callable[[Seen], str]


def _area(seen: Seen) -> float:
    return seen.width * seen.height


def _size(seen: Seen) -> str:
    return f"{seen.width} \u00d7 {seen.height}"


def _light(seen: Seen) -> float:
    return brightness(seen.colour)


def _hex(seen: Seen) -> str:
    return hex_of(seen.colour)


def _reversed(measure: _Measure) -> _Measure:
    return _Measure(lambda seen: -measure.of(seen), measure.told)


_LARGE: Final = _Measure(_area, _size)
_BRIGHT: Final = _Measure(_light, _hex)
_LONG: Final = _Measure(lambda seen: seen.seconds, lambda seen: f"{round(seen.seconds, 2):g} s")
_WIDE: Final = _Measure(lambda seen: seen.width, lambda seen: str(seen.width))
_HIGH: Final = _Measure(lambda seen: seen.height, lambda seen: str(seen.height))
_MEASURES: Final[Mapping[str, _Measure]] = {
    "larger": _LARGE,
    "smaller": _reversed(_LARGE),
    "brighter": _BRIGHT,
    "darker": _reversed(_BRIGHT),
    "longer": _LONG,
    "shorter": _reversed(_LONG),
    "wider": _WIDE,
    "taller": _HIGH,
}
_SIDED: Final = {"width": _WIDE, "height": _HIGH, "length": _LONG}


def said_of(views: Sequence[View], question: str, language: Language, *, into: Language) -> Said:
    """The answer to a question in one language, told in another or the same."""
    said = _said(views, question, language, into=into)
    own, low = words_of(language), question.lower()
    known = frozenset(
        word
        for view in views
        for word in (plain_name_of(view.seen.colour, own), bare_shape(shape_of(view.seen, own)))
    )
    nameable = (*own.colours, *map(bare_shape, own.shapes))
    asked = frozenset(word for word in nameable if beginning_with((word.lower(),)).search(low))
    return replace(said, known=known, asked=asked, more=tuple(_more(views, words_of(into))))


def _said(views: Sequence[View], question: str, language: Language, *, into: Language) -> Said:
    low, words = question.lower(), words_of(into)
    asked = [thing for thing in _THINGS if names(low, thing, language)]
    compared = [thing for thing in COMPARED if names(low, thing, language)]
    if len(views) > 1 and compared:
        return _compared(views, _measure(compared[0], asked), words)
    asked = [thing for thing in (_meant(each, views) for each in asked) if thing]
    if "frames" in asked:
        # Where frames are called pictures, these are not counted.
        asked = [thing for thing in asked if thing != "count"]
    alike = [view for view in views if _is_named(view.seen, low, language)]
    if not asked and len(views) > 1 and alike:
        return _things(alike, ["colour"], words)
    if not asked:
        whole = tuple(described(view, words) for view in views)
        short = plain_name_of(views[0].seen.colour, words)
        return Said((*whole, words.only), short, all_told=True)
    said = _things(views, list(dict.fromkeys(asked)), words)
    coded = "colour" in asked and _CODE.search(low)
    return replace(said, short=hex_of(views[0].seen.colour)) if coded else said


def described(view: View, words: Words) -> str:
    """All that is seen of it, in a sentence."""
    seen = view.seen
    if seen.kind != "video":
        return view.told(words.picture, words)
    return view.told(words.video if seen.seconds else words.row, words)


def _more(views: Sequence[View], words: Words) -> Iterator[str]:
    """Each thing in a sentence of its own."""
    for view in views:
        for thing in ("size", "colour", "shape", "width", "height", "frames", "length"):
            if told := _told(view, thing, words):
                yield told


def _is_named(seen: Seen, low: str, language: Language) -> bool:
    """Whether a question names the colour that it has."""
    name = plain_name_of(seen.colour, words_of(language)).lower()
    return beginning_with((name,)).search(low) is not None


def _measure(compared: str, asked: Sequence[str]) -> _Measure:
    """What is compared: "larger" may be said of a height."""
    measure = _MEASURES[compared]
    sided = next((_SIDED[thing] for thing in asked if thing in _SIDED), None)
    if sided is None or compared not in ("larger", "smaller"):
        return measure
    return sided if compared == "larger" else _reversed(sided)


def _meant(thing: str, views: Sequence[View]) -> str:
    """What a word asks for: pictures have no length, and many languages call frames pictures."""
    has_video = any(view.seen.kind == "video" for view in views)
    has_length = any(view.seen.seconds for view in views)
    if thing == "frames":
        return thing if has_video else "count"
    if thing == "length":
        return thing if has_length else ""
    return thing


def _things(views: Sequence[View], things: Sequence[str], words: Words) -> Said:
    sides = [thing for thing in things if thing in ("width", "height")]
    if sides:
        things = [thing for thing in things if thing not in ("width", "height", "size")]
        things = [*things, *(sides if len(sides) == 1 else ("size",))]
    sentences = [
        sentence for view in views for thing in things if (sentence := _told(view, thing, words))
    ]
    if "count" in things:
        sentences.insert(0, words.count.format(count=len(views)))
    return Said(tuple(sentences), _short(views, things[0], words))


def _told(view: View, thing: str, words: Words) -> str:
    seen = view.seen
    templates = {
        "frames": words.frames if seen.kind == "video" else "",
        "length": words.length if seen.seconds else "",
        "colour": words.colour,
        "width": words.width,
        "height": words.height,
        "size": words.size,
        "shape": words.shape.replace("{shape}", shape_of(seen, words)).replace(
            "{ratio}", _ratio(seen)
        ),
    }
    return view.told(templates.get(thing, ""), words)


def _ratio(seen: Seen) -> str:
    parts = gcd(seen.width, seen.height)
    return f"{seen.width // parts}:{seen.height // parts}"


def shape_of(seen: Seen, words: Words) -> str:
    """Whether it lies, stands, or is square."""
    lying, standing, square = words.shapes
    if seen.width == seen.height:
        return square
    return lying if seen.width > seen.height else standing


def bare_shape(shape: str) -> str:
    """Its word alone, in languages that need more of them."""
    return shape.removeprefix("in ").removeprefix("de ").removesuffix(" format")


def _short(views: Sequence[View], thing: str, words: Words) -> str:
    first = next((view.seen for view in views if _told(view, thing, words)), views[0].seen)
    shorts = {
        "count": str(len(views)),
        "frames": str(first.frames),
        "length": f"{round(first.seconds, 2):g}",
        "colour": plain_name_of(first.colour, words),
        "width": str(first.width),
        "height": str(first.height),
        "size": f"{first.width}\u00d7{first.height}",
        "shape": shape_of(first, words),
    }
    return shorts[thing]


def _compared(views: Sequence[View], measure: _Measure, words: Words) -> Said:
    """Which one has most of it, and how much all have."""
    best = max(views, key=lambda view: measure.of(view.seen))
    others = [view for view in views if view is not best]
    told = ", ".join(measure.told(view.seen) for view in others)
    if all(measure.of(view.seen) == measure.of(best.seen) for view in others):
        equal = words.equal.format(value=measure.told(best.seen))
        return Said((equal,), measure.told(best.seen))
    template = words.best if len(others) == 1 else words.most
    name = best.called(words)
    sentence = template.format(it=name, value=measure.told(best.seen), others=told)
    return Said((sentence,), name)
