"""What was seen, in JSON: under names that ask for it, and as an object of our own."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec.structs import replace

from studiolo.core.media.seen import Seen
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.calls.planning import Planned
from studiolo.engines.scripted.double.looking.answering import bare_shape, shape_of
from studiolo.engines.scripted.double.looking.colours import (
    brightness,
    hex_of,
    name_of,
    plain_name_of,
)
from studiolo.engines.scripted.double.looking.sighting import Sighting, language_asked
from studiolo.engines.scripted.double.looking.views import View, speaks_of_media
from studiolo.engines.scripted.double.looking.words import Words, tables
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.parameters import words_of
from studiolo.engines.scripted.double.values.checked import valid
from studiolo.engines.scripted.double.values.merging import listed, mapping

Path = tuple[str | int, ...]

# What a name may ask for, the most particular first.
_THINGS: Final = (
    *("rate", "frames", "seconds", "width", "height", "hex", "rgb", "colour", "pixels", "size"),
    *("shape", "light", "tells"),
)
_DEEPEST: Final = 6


def object_of(views: Sequence[View], words: Words) -> dict[str, object]:
    """All that was seen as one object, or a list of such."""
    rows = [_row(view.seen, words) for view in views]
    return rows[0] if len(rows) == 1 else {"items": rows}


def with_seen(schema: str, made: object, sighting: Sighting) -> object:
    """The value with what was seen where a name asks for it, as far as the schema allows it.

    A list of objects gets one for each thing that was seen. What the question says itself stays.
    """
    for path, rows in list(_lists(made)):
        row = [rows[0]] * len(sighting.views)
        if any(thing_of(name) for name in mapping(rows[0])) and row != rows:
            more = _put(made, path, row)
            made = more if valid(schema, more) else made
    for path, value in list(_leaves(made)):
        made = _better(schema, made, (path, value), sighting)
    return made


def thing_of(name: str) -> str:
    """What a name asks for of a picture; nothing where it asks for something else."""
    words, known = words_of(name), _names()
    if words & known["frames"] or {"frame", "count"} <= words:
        return "rate" if words & known["rate"] or words & {"rate", "per"} else "frames"
    if {"frame", "rate"} <= words:
        return "rate"
    if words & known["count"] and words <= known["count"] | known["neutral"]:
        return "count"
    for thing in _THINGS:
        if words & known[thing]:
            stray = words - known[thing] - known["neutral"] - known["millis"]
            return thing if thing == "colour" or not stray else ""
    if words & set(lexicon().json["tells"]):
        return "tells"
    return ""


def _better(schema: str, made: object, place: tuple[Path, object], sighting: Sighting) -> object:
    path, value = place
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    thing = thing_of(name)
    if not thing or _is_told(value, thing, sighting):
        return made
    number = next((step for step in path if isinstance(step, int)), 0)
    view = sighting.views[min(number, len(sighting.views) - 1)]
    for candidate in _candidates(thing, name, value, (view, sighting)):
        better = _put(made, path, candidate)
        if valid(schema, better):
            return better
    return made


def _is_told(value: object, thing: str, sighting: Sighting) -> bool:
    """Whether the question itself says so: a number, or the name of a colour."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    said = str(value).lower()
    if said not in sighting.asking.lower() or not said:
        return False
    colours = (colour for words in tables().values() for colour in words.colours)
    return said[0].isdigit() or (thing in ("colour", "hex") and said in {*colours})


def _candidates(
    thing: str, name: str, value: object, shown: tuple[View, Sighting]
) -> Iterator[object]:
    """The forms in which it may stand there, the likeliest first."""
    view, sighting = shown
    seen = view.seen
    if thing in ("colour", "hex", "rgb"):
        hexed = thing == "hex" or (isinstance(value, str) and value.startswith("#"))
        yield from _colours(seen, sighting.words, hexed=hexed, parted=thing == "rgb")
    elif thing == "size":
        yield from (f"{seen.width}x{seen.height}", f"{seen.width}\u00d7{seen.height}")
        yield {"width": seen.width, "height": seen.height}
        yield [seen.width, seen.height]
    elif thing == "shape":
        for words in (tables()["english"], sighting.words):
            yield from _shapes(seen, words)
    elif thing == "tells":
        yield " ".join(sighting.said.sentences)
        yield sighting.said.short
    else:
        count = len(sighting.views) if thing == "count" else None
        number = count or _number(thing, seen, millis=bool(words_of(name) & _names()["millis"]))
        if number is not None:
            yield from _numbers(number)


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


def _row(seen: Seen, words: Words) -> dict[str, object]:
    row: dict[str, object] = {
        "width": seen.width,
        "height": seen.height,
        "color": name_of(seen.colour, words),
        "hex": hex_of(seen.colour),
    }
    if seen.kind == "video":
        row["frames"] = seen.frames
        row |= {"seconds": round(seen.seconds, 2)} if seen.seconds else {}
    return row


def _leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """All parts with a name, those that hold others before these."""
    if len(path) > _DEEPEST:
        return
    if path and isinstance(path[-1], str):
        yield path, value
    for name, each in mapping(value).items():
        yield from _leaves(each, (*path, name))
    for place, each in enumerate(listed(value)):
        yield from _leaves(each, (*path, place))


def _lists(value: object) -> Iterator[tuple[Path, list[object]]]:
    """The lists of objects in a value."""
    if listed(value) and mapping(listed(value)[0]):
        yield (), listed(value)
    for path, each in _leaves(value):
        if listed(each) and mapping(listed(each)[0]):
            yield path, listed(each)


def _put(whole: object, path: Path, value: object) -> object:
    """The same with another value at this place."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(listed(whole))
        if step < len(items):
            items[step] = _put(items[step], rest, value)
        return items
    parts = dict(mapping(whole))
    return {**parts, step: _put(parts.get(step), rest, value)}


@cache
def _names() -> Mapping[str, frozenset[str]]:
    text = (
        files("studiolo.engines.scripted.double.looking").joinpath("names.toml").read_text("utf-8")
    )
    return {thing: frozenset(words.split()) for thing, words in tomllib.loads(text).items()}


def told_of(
    calls: Sequence[Planned], tools: Sequence[Offered], sighting: Sighting | None
) -> list[Planned]:
    """The calls, told what was seen where their parameters ask for it.

    A text that the question itself says stays as it is, and calls that come to the same are one.
    """
    if sighting is None:
        return list(calls)
    schemas = {tool.name: tool.parameters for tool in tools}

    def told(call: Planned) -> Planned:
        arguments = mapping(with_seen(schemas[call.name], call.arguments, sighting))
        return replace(call, arguments={**arguments, **_said_in(call, sighting.asking)})

    made: list[Planned] = []
    for call in map(told, calls):
        if call not in made:
            made.append(call)
    return made


def _said_in(call: Planned, asking: str) -> dict[str, object]:
    """The texts that are words of the question, but for those that only name what is asked."""
    language = language_asked(asking)
    return {
        name: value
        for name, value in call.arguments.items()
        if isinstance(value, str) and value in asking
        if not speaks_of_media(value.lower(), language)
    }
