"""What is said of pictures and videos: the one thing that is asked, or all that is seen."""

from collections.abc import Callable, Mapping, Sequence
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


class Said(msgspec.Struct, frozen=True):
    """An answer in sentences, and in one word or figure where one thing was asked.

    `known` are the words that are true of what was seen, `asked` those of the question that might
    be: colours, and whether something lies or stands. Where no one thing was asked, `all_told` is.
    """

    sentences: tuple[str, ...]
    short: str
    known: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    all_told: bool = False


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
_MEASURES: Final[Mapping[str, _Measure]] = {
    "larger": _LARGE,
    "smaller": _reversed(_LARGE),
    "brighter": _BRIGHT,
    "darker": _reversed(_BRIGHT),
    "longer": _LONG,
    "shorter": _reversed(_LONG),
    "wider": _Measure(lambda seen: seen.width, lambda seen: str(seen.width)),
    "taller": _Measure(lambda seen: seen.height, lambda seen: str(seen.height)),
}


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
    return replace(said, known=known, asked=asked)


def _said(views: Sequence[View], question: str, language: Language, *, into: Language) -> Said:
    low, words = question.lower(), words_of(into)
    compared = [thing for thing in COMPARED if names(low, thing, language)]
    if len(views) > 1 and compared:
        return _compared(views, _MEASURES[compared[0]], words)
    asked = [thing for thing in _THINGS if names(low, thing, language)]
    asked = [thing for thing in (_meant(each, views) for each in asked) if thing]
    if "frames" in asked:
        # Where frames are called pictures, these are not counted.
        asked = [thing for thing in asked if thing != "count"]
    if not asked:
        whole = tuple(described(view, words) for view in views)
        short = plain_name_of(views[0].seen.colour, words)
        return Said((*whole, words.only), short, all_told=True)
    return _things(views, list(dict.fromkeys(asked)), words)


def described(view: View, words: Words) -> str:
    """All that is seen of it, in a sentence."""
    seen = view.seen
    if seen.kind != "video":
        return view.told(words.picture, words)
    return view.told(words.video if seen.seconds else words.row, words)


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
    if "width" in things and "height" in things:
        things = ["size", *(thing for thing in things if thing not in ("width", "height", "size"))]
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
        "shape": words.shape.replace("{shape}", shape_of(seen, words)),
    }
    return view.told(templates.get(thing, ""), words)


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
