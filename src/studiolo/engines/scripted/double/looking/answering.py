"""What is said of pictures and videos: the one thing that is asked, or all that is seen."""

import re
from collections.abc import Iterator, Sequence
from math import gcd
from typing import Final

import msgspec
from msgspec.structs import replace

from studiolo.core.media.seen import Seen
from studiolo.engines.scripted.double.language import Language
from studiolo.engines.scripted.double.looking.colours import hex_of, plain_name_of
from studiolo.engines.scripted.double.looking.comparing import (
    MEASURED,
    compared_in,
    in_order,
    listed_by,
    measure_of,
    together,
    told_best,
)
from studiolo.engines.scripted.double.looking.deciding import (
    asks_whether,
    bare_shape,
    claim_in,
    is_bright,
    shape_of,
)
from studiolo.engines.scripted.double.looking.views import COMPARED, KINDS, View
from studiolo.engines.scripted.double.looking.words import (
    Words,
    beginning_with,
    colours_named,
    first_named,
    names,
    phrased,
    words_of,
)
from studiolo.engines.scripted.double.wished.subjects import wishes

# What can be asked of each, the most particular first.
_THINGS: Final = (
    *("count", "rate", "frames", "length", "colour", "pixels", "width", "height", "shape", "size"),
)
# What asks for a colour in figures.
_CODE: Final = re.compile("hex|#|rgb")
_PARTS: Final = re.compile(r"(?<![a-z])rgb(?![a-z])")
_COLOUR_CODE: Final = re.compile(r"(?<![a-z])(?:rgb|hex)(?![a-z])")


class Said(msgspec.Struct, frozen=True):
    """An answer in sentences, and in one word or figure where one thing was asked.

    `known` are the words that are true of what was seen, `asked` those of the question that might
    be: colours, and whether something lies or stands; `truth` is whether what the question claims
    is so. Where no one thing was asked, `all_told` is. There is `more` to be said where more is
    wanted.
    """

    sentences: tuple[str, ...]
    short: str
    known: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    all_told: bool = False
    more: tuple[str, ...] = ()
    truth: bool | None = None


def said_of(views: Sequence[View], question: str, language: Language, *, into: Language) -> Said:
    """The answer to a question in one language, told in another or the same."""
    low, own = question.lower(), words_of(language)
    asked = asked_in(low, views, language)
    said = _decided(views, low, asked, (language, into)) or _said(
        views, low, asked, (language, into)
    )
    if _PARTS.search(low):
        said = _in_parts(said, views)
    known = frozenset(
        word
        for view in views
        for word in (plain_name_of(view.seen.colour, own), bare_shape(shape_of(view.seen, own)))
    )
    shapes = (bare_shape(shape) for shape in own.shapes)
    shaped = (shape for shape in shapes if beginning_with((shape.lower(),)).search(low))
    named = frozenset((*colours_named(low, own), *shaped))
    claim = claim_in(views, low, asked, language)
    return replace(
        said,
        known=known,
        asked=named,
        more=tuple(_more(views, words_of(into))),
        truth=None if claim is None else claim.so,
    )


def asked_in(low: str, views: Sequence[View], language: Language) -> list[str]:
    """What is asked of them, each thing once."""
    named = [thing for thing in _THINGS if names(low, thing, language)]
    asked = [thing for thing in (_meant(each, views) for each in named) if thing]
    if _COLOUR_CODE.search(low) and "colour" not in asked:
        asked.append("colour")
    if "rate" in asked:
        asked = [thing for thing in asked if thing not in ("frames", "length")]
    if "frames" in asked:
        # Where frames are called pictures, these are not counted.
        asked = [thing for thing in asked if thing != "count"]
    if "width" in asked or "height" in asked:
        asked = [thing for thing in asked if thing != "pixels"]
    if "pixels" in asked:
        asked = [thing for thing in asked if thing != "size"]
    return list(dict.fromkeys(asked))


def _said(
    views: Sequence[View], low: str, asked: Sequence[str], tongues: tuple[Language, Language]
) -> Said:
    language, into = tongues
    words = words_of(into)
    alike = [view for view in views if _is_named(view.seen, low, language)]
    if "count" in asked:
        counted = _counted(views, alike, low, tongues)
        if counted is not None:
            return counted
    several = _of_several(views, low, asked, tongues) if len(views) > 1 else None
    if several is not None:
        return several
    shades = [one for one in ("dark", "bright") if phrased(low, one, language)]
    if not asked and not alike and shades:
        asked = ["shade"]
    if not asked and len(views) > 1 and alike:
        return _things(alike, ["colour"], words)
    if not asked:
        whole = tuple(described(view, words) for view in views)
        short = plain_name_of(views[0].seen.colour, words)
        return Said((*whole, words.only), short, all_told=True)
    said = _things(views, asked, words)
    coded = "colour" in asked and _CODE.search(low)
    return replace(said, short=hex_of(views[0].seen.colour)) if coded else said


def _decided(
    views: Sequence[View], low: str, asked: Sequence[str], tongues: tuple[Language, Language]
) -> Said | None:
    """Yes or no, with what shows it, where a question wants that; None where it cannot be seen."""
    language, into = tongues
    claim = claim_in(views, low, asked, language) if asks_whether(low, language) else None
    if claim is None:
        return None
    known = wishes()
    answer = (known.yes if claim.so else known.no)[into.name]
    shown = _things(views, claim.shown_by, words_of(into)).sentences
    return Said((answer + into.stop, *shown), answer)


def _of_several(
    views: Sequence[View], low: str, asked: Sequence[str], tongues: tuple[Language, Language]
) -> Said | None:
    """Their order, which one has most of something, or what they have together."""
    language, into = tongues
    words = words_of(into)
    ordered = in_order(views, low, asked, language)
    if ordered:
        compared = first_named(low, COMPARED, language)
        thing = next((thing for thing in MEASURED if thing in asked), "size")
        measure = measure_of(compared) if compared else MEASURED[thing]
        told = listed_by(ordered, measure, words)
        return Said((told + into.stop,), told)
    measure = compared_in(low, asked, language)
    if measure is not None:
        sentence, name = told_best(views, measure, words)
        return Said((sentence,), name)
    whole = ""
    if asked and phrased(low, "together", language):
        whole = together(views, asked[0])
    return Said((words.sum.format(value=whole),), whole) if whole else None


def _counted(
    views: Sequence[View],
    alike: Sequence[View],
    low: str,
    tongues: tuple[Language, Language],
) -> Said | None:
    """How many there are of a colour, or of a kind; None where all are counted."""
    language, into = tongues
    words = words_of(into)
    if colours_named(low, words_of(language)):
        shown = _things(alike, ["colour"], words).sentences if alike else ()
        return Said((words.count.format(count=len(alike)), *shown), str(len(alike)))
    kinds = [kind for kind in KINDS if phrased(low, kind, language)]
    counts = [sum(view.seen.kind == kind for view in views) for kind in kinds]
    if not kinds or counts == [len(views)]:
        return None
    told = tuple(
        words.tally[kind].format(count=count) for kind, count in zip(kinds, counts, strict=True)
    )
    return Said(told, str(counts[0]) if len(kinds) == 1 else " ".join(told))


def _in_parts(said: Said, views: Sequence[View]) -> Said:
    """The same with colours as their parts of red, green and blue."""
    sentences, short = "\n".join(said.sentences), said.short
    for view in views:
        parts = "rgb({}, {}, {})".format(*view.seen.colour)
        sentences = sentences.replace(hex_of(view.seen.colour), parts)
        short = short.replace(hex_of(view.seen.colour), parts)
    return replace(said, sentences=tuple(sentences.split("\n")), short=short)


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
    words = words_of(language)
    return plain_name_of(seen.colour, words) in colours_named(low, words)


def _meant(thing: str, views: Sequence[View]) -> str:
    """What a word asks for: pictures have no length, and many languages call frames pictures."""
    has_video = any(view.seen.kind == "video" for view in views)
    has_length = any(view.seen.seconds for view in views)
    if thing == "frames":
        return thing if has_video else "count"
    if thing in ("length", "rate"):
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
    return Said(tuple(sentences), short_of(views, things[0], words))


def _told(view: View, thing: str, words: Words) -> str:
    seen = view.seen
    templates = {
        "frames": words.frames if seen.kind == "video" else "",
        "length": words.length if seen.seconds else "",
        "rate": words.rate if seen.seconds else "",
        "colour": words.colour,
        "pixels": words.pixels,
        "width": words.width,
        "height": words.height,
        "size": words.size,
        "shade": words.shade.replace("{shade}", words.shades[is_bright(seen)]),
        "shape": words.shape.replace("{shape}", shape_of(seen, words)).replace(
            "{ratio}", _ratio(seen)
        ),
    }
    return view.told(templates.get(thing, ""), words)


def _ratio(seen: Seen) -> str:
    parts = gcd(seen.width, seen.height)
    return f"{seen.width // parts}:{seen.height // parts}"


def short_of(views: Sequence[View], thing: str, words: Words) -> str:
    """The one word or figure that is asked for, of the first that has it."""
    first = next((view.seen for view in views if _told(view, thing, words)), views[0].seen)
    shorts = {
        "count": str(len(views)),
        "frames": str(first.frames),
        "length": f"{round(first.seconds, 2):g}",
        "rate": MEASURED["rate"].told(first),
        "colour": plain_name_of(first.colour, words),
        "pixels": MEASURED["pixels"].told(first),
        "width": str(first.width),
        "height": str(first.height),
        "size": f"{first.width}\u00d7{first.height}",
        "shade": words.shades[is_bright(first)],
        "shape": shape_of(first, words),
    }
    return shorts[thing]
