"""What was seen, in JSON: under names that ask for it, and as an object of our own."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from studiolo.core.media.seen import Seen
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.calls.planning import Planned
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.looking.colours import hex_of, name_of
from studiolo.engines.scripted.double.looking.named import named
from studiolo.engines.scripted.double.looking.sighting import Sighting, language_asked
from studiolo.engines.scripted.double.looking.values import Wanted, candidates
from studiolo.engines.scripted.double.looking.views import View, speaks_of_media
from studiolo.engines.scripted.double.looking.words import Words, tables
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.parameters import words_of
from studiolo.engines.scripted.double.values.checked import valid
from studiolo.engines.scripted.double.values.merging import listed, mapping

Path = tuple[str | int, ...]

_DEEPEST: Final = 6
_ITEMS: Final = "items"
_QUOTED: Final = re.compile(r"[\"'`\u201c\u201e]([^\W\d]\w*)[\"'`\u201c\u201d]")
# What a part of an object may be that is told of each.
_OF_EACH: Final = frozenset(
    [
        *("width", "height", "colour", "hex", "rgb", "size", "pixels", "shape", "ratio"),
        *("frames", "seconds", "rate", "kind"),
    ]
)


def object_of(views: Sequence[View], words: Words) -> dict[str, object]:
    """All that was seen as one object, or a list of such."""
    mixed = len({view.seen.kind for view in views}) > 1
    kinds = [{"type": view.seen.kind} if mixed else {} for view in views]
    rows = [kind | _row(view.seen, words) for kind, view in zip(kinds, views, strict=True)]
    return rows[0] if len(rows) == 1 else {_ITEMS: rows}


def rows_asked(asking: str, views: Sequence[View]) -> dict[str, object]:
    """A list of objects with the parts that words name, one for each; empty if none is asked for.

    The parts are left open.
    """
    lists = set(lexicon().json["lists"])
    found = next((word for word in WORD.finditer(asking) if word.group().lower() in lists), None)
    if found is None:
        return {}
    name = next(iter(_QUOTED.findall(asking)), _ITEMS)
    words = WORD.findall(asking[found.end() :])
    parts = [word for word in words if word != name and _is_of_each(word)]
    return {name: [dict.fromkeys(parts) for _ in views]} if parts and not _is_of_each(name) else {}


def _is_of_each(name: str) -> bool:
    asked = named(name)
    return asked is not None and asked.thing in _OF_EACH


def with_seen(schema: str, made: object, sighting: Sighting) -> object:
    """The value with what was seen where a name asks for it, as far as the schema allows it.

    A list of objects gets one for each thing that was seen. What the question says itself stays.
    """
    for path, rows in list(_lists(made)):
        row = [rows[0]] * len(sighting.views)
        names = mapping(rows[0]).keys()
        alike = len(row) == len(rows) and all(names <= mapping(each).keys() for each in rows)
        if any(map(named, names)) and not alike:
            more = _put(made, path, row)
            made = more if valid(schema, more) else made
    for path, value in list(_leaves(made)):
        made = _better(schema, made, (path, value), sighting)
    return made


def _better(schema: str, made: object, place: tuple[Path, object], sighting: Sighting) -> object:
    path, value = place
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    asked = named(name)
    if asked is None or _is_told(value, asked.thing, sighting):
        return made
    if asked.thing == "kind" and len(words_of(name)) == 1 and valid(schema, _put(made, path, name)):
        # Where any word may stand, a mere "kind" may be one of anything.
        return made
    number = next((step for step in path if isinstance(step, int)), asked.place or 0)
    view = sighting.views[min(number, len(sighting.views) - 1)]
    for candidate in candidates(Wanted(asked, value, view, sighting)):
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
