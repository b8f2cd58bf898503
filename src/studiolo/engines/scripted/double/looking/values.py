"""What was seen as values: the forms in which it may stand under a name, the likeliest first."""

from collections.abc import Iterator
from math import gcd

import msgspec

from studiolo.core.media.seen import Seen
from studiolo.engines.scripted.double.looking.colours import (
    brightness,
    hex_of,
    name_of,
    plain_name_of,
)
from studiolo.engines.scripted.double.looking.comparing import best_of
from studiolo.engines.scripted.double.looking.deciding import bare_shape, is_bright, shape_of
from studiolo.engines.scripted.double.looking.named import Named
from studiolo.engines.scripted.double.looking.sighting import Sighting
from studiolo.engines.scripted.double.looking.views import View
from studiolo.engines.scripted.double.looking.words import Words, tables

_MILLION = 1_000_000


class Wanted(msgspec.Struct, frozen=True):
    """A part that asks for something, and what stands there so far."""

    named: Named
    value: object
    view: View
    sighting: Sighting


def candidates(wanted: Wanted) -> Iterator[object]:
    """The forms in which it may stand there, the likeliest first."""
    named, sighting, seen = wanted.named, wanted.sighting, wanted.view.seen
    truth = _truth(named, seen)
    if truth is not None:
        yield truth
        return
    match named.thing:
        case "colour" | "hex" | "rgb":
            code = isinstance(wanted.value, str) and wanted.value.startswith("#")
            hexed = named.thing == "hex" or code
            yield from _colours(seen, sighting.words, hexed=hexed, parted=named.thing == "rgb")
        case "size":
            yield from (f"{seen.width}x{seen.height}", f"{seen.width}\u00d7{seen.height}")
            yield {"width": seen.width, "height": seen.height}
            yield [seen.width, seen.height]
        case "shape":
            for words in (tables()["english"], sighting.words):
                yield from _shapes(seen, words)
        case "tells":
            yield " ".join(sighting.said.sentences)
            yield sighting.said.short
        case "which":
            yield from _which(named, sighting)
        case "kind":
            yield from _kinds(seen)
        case _:
            yield from _figures(wanted)


def _truth(named: Named, seen: Seen) -> bool | None:
    """Whether it is so; None where nothing is claimed."""
    truths = {
        "lying": seen.width > seen.height,
        "standing": seen.width < seen.height,
        "square": seen.width == seen.height,
        "moving": seen.kind == "video",
        "still": seen.kind == "image",
        "dark": not is_bright(seen),
        "bright": is_bright(seen),
        "coloured": plain_name_of(seen.colour, tables()["english"]) == named.colour,
    }
    return truths.get(named.thing)


def _which(named: Named, sighting: Sighting) -> Iterator[object]:
    """The one of several that has most of it, by its number or its name."""
    best = best_of(sighting.views, named.compared)
    number = best.number or 1
    yield sighting.views.index(best) if named.index else number
    yield best.called(sighting.words)
    yield str(number)


def _kinds(seen: Seen) -> Iterator[str]:
    for kind in ("image", "picture", "photo") if seen.kind == "image" else (seen.kind,):
        yield from (kind, kind.capitalize(), kind.upper())


def _figures(wanted: Wanted) -> Iterator[object]:
    named, seen = wanted.named, wanted.view.seen
    if named.thing == "ratio":
        parts = gcd(seen.width, seen.height)
        yield f"{seen.width // parts}:{seen.height // parts}"
        yield from _numbers(round(seen.width / seen.height, 4))
        return
    count = len(wanted.sighting.views) if named.thing == "count" else None
    number = count or _number(named.thing, seen, millis=named.millis)
    if number is not None:
        yield from _numbers(number)
    else:
        # A picture has no rate and lasts no time.
        yield None
        yield from _numbers(0)


def _numbers(number: float) -> Iterator[object]:
    whole = int(number) if float(number).is_integer() else None
    yield number if whole is None else whole
    yield float(number)
    yield round(number)
    yield f"{number:g}" if whole is None else str(whole)


def _number(thing: str, seen: Seen, *, millis: bool) -> float | None:
    numbers = {
        "width": seen.width,
        "height": seen.height,
        "pixels": seen.width * seen.height,
        "mega": round(seen.width * seen.height / _MILLION, 2),
        "frames": seen.frames,
        "light": round(brightness(seen.colour)),
    }
    if thing in numbers:
        return numbers[thing]
    if not seen.seconds:
        return None
    if thing == "rate":
        return round(seen.frames / seen.seconds, 2)
    return round(seen.seconds * 1000) if millis else round(seen.seconds, 2)


def _colours(seen: Seen, words: Words, *, hexed: bool, parted: bool) -> Iterator[object]:
    red, green, blue = seen.colour
    code = hex_of(seen.colour)
    if hexed:
        yield from (code, code.upper(), code[1:])
    if parted:
        yield from ([red, green, blue], f"rgb({red}, {green}, {blue})")
    for table in (words, tables()["english"]):
        for name in (name_of(seen.colour, table), plain_name_of(seen.colour, table)):
            yield from (name, name.capitalize(), name.upper(), [name])
    yield from (code, [red, green, blue], {"r": red, "g": green, "b": blue})


def _shapes(seen: Seen, words: Words) -> Iterator[str]:
    said = shape_of(seen, words)
    bare = bare_shape(said)
    yield from (bare, bare.upper(), said)
