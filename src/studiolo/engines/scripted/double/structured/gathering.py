"""Values of a schema out of what tools gave back: by name, and one object for each result.

Law: a name means the part of that name; other words for it count where nothing has its name.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from studiolo.core.schemas.pointers import part_of
from studiolo.engines.scripted.double.calls.past import (
    Done,
    calls_in,
    leaves,
    parsed,
    results_in,
)
from studiolo.engines.scripted.double.reading import Turn
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, lexicon
from studiolo.engines.scripted.double.stated.parameters import parts_of, words_of
from studiolo.engines.scripted.double.stated.wording import alike
from studiolo.engines.scripted.double.values.checked import valid
from studiolo.engines.scripted.double.values.merging import Schema, listed, mapping
from studiolo.engines.scripted.double.values.scalars import NOTHING

_DEEPEST: Final = 6
_MOST_ROWS: Final = 50
_SHORTENED: Final = 4
_WAYS: Final = ("anyOf", "oneOf", "allOf")
# How surely a name stands for another one: it is the same, has the same words, means the same.
_SAME, _WORDS, _FORM, _MEANT = 4, 3, 2, 1
Row = Mapping[str, object]


class Gathered:
    """What the calls of some turns were told and gave back.

    `rows` has the values of each result by name, with what its call was told; `texts` are the
    results that are no JSON.
    """

    def __init__(self, turns: Sequence[Turn]) -> None:
        results, done = results_in(turns), calls_in(turns)
        values = [parsed(result) for result in results]
        self.texts = [value for value in values if isinstance(value, str) and value]
        told = (
            [_told(one) for one in done]
            if len(done) == len(values)
            else [dict[str, object]() for _ in values]
        )
        self.lists = [pair for value in values for pair in _lists(value)]
        self.rows: Sequence[Row] = [
            {**call, **_named(value)} for call, value in zip(told, values, strict=True)
        ][:_MOST_ROWS]

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def given(self) -> dict[str, object]:
        """Every value by its name, the first of several."""
        return {name: value for row in reversed(self.rows) for name, value in row.items()}

    def has_one_of(self, names: Sequence[str]) -> bool:
        """Whether something was found that one of these names stands for."""
        return any(likeness(name, own) for name in names for own in self.given)

    def object(self) -> dict[str, object]:
        """Everything as one object of our own."""
        rows = [dict(row) for row in self.rows]
        texts = {"result": "; ".join(self.texts)} if self.texts else {}
        return {**rows[0], **texts} if len(rows) == 1 else {"results": rows, **texts}


def telling_parts(schema: str, found: Gathered) -> list[str]:
    """The parts that want what was found out in words, and that nothing has the name of."""
    names = mapping(mapping(json.loads(schema)).get("properties"))
    known = found.given
    return [name for name in names if _is_among("tells", name) and name not in known]


def filled(schema: str, made: object, found: Gathered) -> object:
    """The value with what was found out in its parts, as far as the schema allows it."""
    root: object = json.loads(schema)
    better = _Parts(root, found.rows, found.lists).of_object(root)
    if better is NOTHING:
        return made
    whole = _laid_over(made, better)
    if valid(schema, whole):
        return whole
    for name, value in mapping(better).items():
        each = {**mapping(made), name: _laid_over(mapping(made).get(name), value)}
        made = each if valid(schema, each) else made
    return made


class _Parts(msgspec.Struct, frozen=True):
    """What was found for the parts of one schema."""

    root: object
    rows: Sequence[Row]
    lists: Sequence[tuple[str, Sequence[Row]]] = ()

    def of_object(self, part: object) -> object:
        """The object of this schema with the parts that were found, without the others."""
        properties = mapping(_plain(part, self.root).get("properties"))
        found = {name: self.of_part(name, each) for name, each in properties.items()}
        return {name: value for name, value in found.items() if value is not NOTHING} or NOTHING

    def of_part(self, name: str, part: object) -> object:
        """What was found for one part: an object, a list of such, or a value of its name."""
        schema = _plain(part, self.root)
        if "properties" in schema:
            return self.of_object(schema)
        items = _plain(schema.get("items", {}), self.root)
        if "properties" in items:
            named = next((each for own, each in self.lists if likeness(name, own)), None)
            several = named or (self.lists[0][1] if self.lists else self.rows)
            made = (_Parts(self.root, [row]).of_object(items) for row in several)
            return [one for one in made if one is not NOTHING] or NOTHING
        if schema.get("type") == "array":
            values = (_value(name, items, [row]) for row in self.rows)
            return [one for one in values if one is not NOTHING] or NOTHING
        value = _value(name, schema, self.rows)
        if value is NOTHING and _is_among("counts", name) and self.lists:
            return len(self.lists[0][1])
        return value


def _value(name: str, schema: Schema, rows: Sequence[Row]) -> object:
    """The value whose name is likest, in the form that the schema wants."""
    known = [
        (likeness(name, own), -place, value)
        for place, row in enumerate(rows)
        for own, value in row.items()
    ]
    known = [one for one in known if one[0]]
    for _, _, value in sorted(known, key=lambda one: (-one[0], -one[1])):
        for form in _forms(value):
            if valid(json.dumps(schema), form):
                return form
    return NOTHING


def _is_among(row: str, name: str) -> bool:
    """Whether a part is called by one of the words of this row."""
    return not words_of(name).isdisjoint(lexicon().json[row])


def _forms(value: object) -> Sequence[object]:
    if isinstance(value, str):
        number = parsed(value)
        return (value, number) if isinstance(number, int | float) else (value,)
    return (value, json.dumps(value)) if isinstance(value, int | float) else (value,)


def likeness(name: str, other: str) -> int:
    """How surely two names stand for the same; 0 if they do not."""
    one, two = parts_of(name) or (name,), parts_of(other) or (other,)
    if name.lower() == other.lower() or one == two:
        return _SAME
    if set(one) <= set(two) or set(two) <= set(one):
        return _WORDS
    if any(alike(word, own) or _begins(word, own) for word in one for own in two):
        return _FORM
    broad = lexicon().broad
    return _MEANT * bool((concepts_in(" ".join(one)) & concepts_in(" ".join(two))) - broad)


def _begins(word: str, other: str) -> bool:
    """Whether one is the other cut short, as "temp" is."""
    shorter, longer = sorted((word, other), key=len)
    return len(shorter) >= _SHORTENED and longer.startswith(shorter)


def _plain(part: object, root: object) -> Schema:
    """The schema that a reference leads to, and of several the first that is no `null`."""
    schema = mapping(part)
    for _ in range(_DEEPEST):
        reference = schema.get("$ref")
        ways = [way for word in _WAYS for way in listed(schema.get(word))]
        if isinstance(reference, str):
            schema = mapping(part_of(root, reference))
        elif ways:
            schema = mapping(next((one for one in ways if not _is_null(one)), None))
        else:
            break
    return schema


def _is_null(way: object) -> bool:
    return mapping(way).get("type") == "null"


def _laid_over(made: object, better: object) -> object:
    """A value with the parts of another in place of its own."""
    old, new = mapping(made), mapping(better)
    if old and new:
        return {
            **old,
            **{name: _laid_over(old.get(name), each) for name, each in new.items()},
        }
    items = listed(better)
    if items:
        first = next(iter(listed(made)), None)
        return [_laid_over(first, item) for item in items]
    return better


def _told(call: Done) -> dict[str, object]:
    """What a call was told, numbers as numbers."""
    return {name: parsed(text) for name, text in call.arguments.items()}


def _named(value: object) -> dict[str, object]:
    """The values of a result by name, the first of several."""
    found: dict[str, object] = {}
    for name, each in leaves(value):
        if name and each is not None:
            found.setdefault(name, each)
    return found


def _lists(value: object, name: str = "") -> list[tuple[str, Sequence[Row]]]:
    """The lists of objects in a value, with the names they stand under."""
    rows = [_named(each) for each in listed(value) if mapping(each)]
    if rows:
        return [(name, rows)]
    return [pair for key, each in mapping(value).items() for pair in _lists(each, key)]
