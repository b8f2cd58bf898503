"""Values that satisfy a JSON schema, taken from a text where it states something that fits."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import language_of, subject_of
from studiolo.engines.scripted.double.stated.choosing import Choice, numbers_in
from studiolo.engines.scripted.double.stated.facts import Fact
from studiolo.engines.scripted.double.stated.parameters import Parameter, parameter
from studiolo.engines.scripted.double.stated.spans import Span, in_a_list
from studiolo.engines.scripted.double.values.branches import (
    Way,
    branch_of,
    references_of,
    type_of,
)
from studiolo.engines.scripted.double.values.members import (
    contained,
    fits_number,
    item_counts,
    item_schemas,
    patterned,
    some_name,
    some_number,
)
from studiolo.engines.scripted.double.values.merging import (
    Schema,
    Unsatisfiable,
    flat,
    listed,
    mapping,
    merged,
)
from studiolo.engines.scripted.double.values.strings import written
from studiolo.engines.scripted.double.values.texts import Found, texts_for

NOTHING: Final = object()
# Deeper than this only what must be there is written, and far deeper nothing can be.
SHALLOW: Final = 4
_DEEPEST: Final = 40
_MOST_ITEMS: Final = 12


class Place(msgspec.Struct, frozen=True):
    """Where a value is to stand: for what, how deep, and whether it must be there."""

    wanted: Parameter
    depth: int = 0
    must: bool = True


class Maker:
    """Makes one value. `sparing` leaves out what is optional and not spoken of.

    `tries` says how often values made before turned out wrong: other ways are taken then.
    `lists` holds the values of which only the first could be taken, by the name of the parameter.
    """

    def __init__(self, root: object, choice: Choice, draw: random.Random, *, sparing: bool) -> None:
        self._root = root
        self._choice = choice
        self._draw = draw
        self._sparing = sparing
        self._open = Counter[str]()
        self.tries = 0
        self.lists: dict[str, Found] = {}
        self.found: set[str] = set()

    def make(self) -> object:
        """The whole value. Raises Unsatisfiable."""
        return self._value(self._root, Place(parameter("")))

    def _value(self, schema: object, place: Place) -> object:
        if place.depth > _DEEPEST:
            raise Unsatisfiable("$ref", "it goes deeper and deeper")
        references = references_of(schema)
        self._open.update(references)
        try:
            return self._of_plain(self._branch(schema, deep=place.depth > SHALLOW), place)
        finally:
            self._open.subtract(references)

    def _branch(self, schema: object, *, deep: bool) -> Schema:
        around = {"#", *(name for name, count in self._open.items() if count > 1)}
        way = Way(self._root, self.tries, deep=deep, around=frozenset(around))
        return branch_of(schema, way, self._choice)

    def _of_plain(self, plain: Schema, place: Place) -> object:
        if "const" in plain:
            return plain["const"] if place.must else NOTHING
        if "enum" in plain:
            return self._one_of(listed(plain["enum"]), plain, place)
        match type_of(plain, self.tries):
            case "object":
                return self._object(plain, place)
            case "array":
                return self._array(plain, place)
            case "string":
                return self._string(plain, place)
            case "boolean":
                return self._truth(plain, place)
            case "null":
                return None
            case kind:
                return self._number(plain, place, whole=kind == "integer")

    # -- values that stand alone

    def _one_of(self, values: Sequence[object], schema: Schema, place: Place) -> object:
        spoken = self._choice.mentioned(values)
        if spoken:
            self._choice.take_mention(spoken[0])
            return self._first(Found(tuple(spoken)), place)
        if not place.must:
            return NOTHING
        if "default" in schema and schema["default"] in values and not self.tries:
            return schema["default"]
        return values[self.tries % len(values)] if values else NOTHING

    def _string(self, schema: Schema, place: Place) -> object:
        found = texts_for(self._choice, place.wanted, schema, must=place.must)
        if found is not None:
            return self._first(found, place)
        if not place.must:
            return NOTHING
        default = schema.get("default")
        if isinstance(default, str) and not self.tries:
            return default
        return written(schema, self._topic(), self._draw)

    def _number(self, schema: Schema, place: Place, *, whole: bool) -> object:
        given = as_number(self._choice.given.get(place.wanted.name))
        if given is not None and fits_number(given, schema, whole=whole):
            return given
        facts = self._numbers(schema, place, whole=whole)
        if facts:
            row = in_a_list(
                self._choice.text, [one for one in facts if one.start >= facts[0].start]
            )
            values = tuple(whole_if_it_is(value) for value in numbers_in(row))
            return self._first(Found(values, tuple(row)), place)
        if not place.must:
            return NOTHING
        default = schema.get("default")
        if isinstance(default, int | float) and not self.tries:
            return default
        return some_number(schema, self.tries, whole=whole)

    def _numbers(self, schema: Schema, place: Place, *, whole: bool) -> list[Fact]:
        """Those of the text that fit; only near ones where they need not be there."""
        return [
            fact
            for fact in self._choice.numbers(place.wanted)
            if (place.must or self._choice.near(fact, place.wanted))
            and all(fits_number(value, schema, whole=whole) for value in numbers_in([fact]))
        ]

    def _truth(self, schema: Schema, place: Place) -> object:
        spoken = self._choice.truth(place.wanted)
        if spoken is not None:
            self.found.add(place.wanted.name)
            return spoken
        if not place.must:
            return NOTHING
        default = schema.get("default")
        return default if isinstance(default, bool) else bool(self.tries % 2)

    def _first(self, found: Found, place: Place) -> object:
        """The first value is taken; that there are more is kept in mind."""
        if len(found.values) > 1 and place.depth == 1:
            self.lists[place.wanted.name] = found
        self.found.add(place.wanted.name)
        self._choice.take(*found.stretches[:1])
        return next(iter(found.values))

    def _topic(self) -> str:
        subject = subject_of(self._choice.text, language_of(self._choice.text))
        return self._draw.choice(subject.words) if self.tries else subject.topic

    # -- values made of values

    def _object(self, schema: Schema, place: Place) -> object:
        schema, names = self._names(schema, place)
        made: dict[str, object] = {}
        for name in sorted(names, key=lambda name: self._looseness(schema, name)):
            part = _part(schema, name)
            value = self._value(part, self._under(place, name, part, must=names[name]))
            if value is not NOTHING:
                made[name] = value
        if not made and not place.must:
            return NOTHING
        self._add_dependents(made, schema, place)
        self._fill_up(made, schema, place)
        return {name: made[name] for name in (*names, *made) if name in made}

    def _under(self, place: Place, name: str, part: object, *, must: bool) -> Place:
        wanted = parameter(name, str(mapping(part).get("description", "")))
        return Place(wanted, place.depth + 1, must or not self._sparing)

    def _looseness(self, schema: Schema, name: str) -> int:
        """What has a form of its own chooses first, what takes any words last."""
        plain = mapping(_part(schema, name))
        wanted = parameter(name, str(plain.get("description", "")))
        if "enum" in plain or "format" in plain or plain.get("type") in ("boolean", "null"):
            return 0
        return 2 if self._choice.is_loose(wanted) else 1

    def _names(self, schema: Schema, place: Place) -> tuple[Schema, dict[str, bool]]:
        """Which properties there are to be, and whether they must; with what depends on them."""
        required = [str(name) for name in listed(schema.get("required"))]
        properties = mapping(schema.get("properties"))
        names = {
            name: name in required
            for name in (*properties, *required)
            if name in required
            or (properties[name] is not False and not self._goes_round(properties[name]))
        }
        if place.depth > SHALLOW:
            names = dict.fromkeys(required, True)
        waiting = [name for name, must in names.items() if must or not self._sparing]
        while waiting:
            name = waiting.pop()
            needed = listed(mapping(schema.get("dependentRequired")).get(name))
            dependent = mapping(schema.get("dependentSchemas"))
            if name in dependent:
                more = flat(dependent[name], self._root)
                rest = {key: each for key, each in dependent.items() if key != name}
                schema = {**merged(schema, more), "dependentSchemas": rest}
                needed = [*needed, *listed(more.get("required"))]
            fresh = [str(each) for each in needed if not names.get(str(each))]
            waiting += fresh
            names |= dict.fromkeys(fresh, True)
        return schema, names

    def _add_dependents(self, made: dict[str, object], schema: Schema, place: Place) -> None:
        """What must be there because something else is."""
        dependent = mapping(schema.get("dependentRequired"))
        waiting = list(made)
        while waiting:
            for name in map(str, listed(dependent.get(waiting.pop()))):
                if name not in made:
                    part = _part(schema, name)
                    made[name] = self._value(part, self._under(place, name, part, must=True))
                    waiting.append(name)

    def _fill_up(self, made: dict[str, object], schema: Schema, place: Place) -> None:
        """Properties without a name of their own, as many as there must be."""
        least = schema.get("minProperties", 0)
        for number in range(10 * _MOST_ITEMS):
            if not isinstance(least, int) or len(made) >= least:
                return
            name = some_name(schema, number + 1, self._draw)
            if name not in made:
                part = _part(schema, name)
                made[name] = self._value(part, self._under(place, name, part, must=True))

    def _array(self, schema: Schema, place: Place) -> object:
        first, rest = item_schemas(schema)
        least, most = item_counts(schema)
        below = Place(place.wanted, place.depth + 1)
        made = [self._value(part, below) for part in first[:most]]
        if rest is not False:
            made += self._items(rest, place, most - len(made))
        made += [self._value(part, below) for part in contained(schema)]
        if not made and not place.must:
            return NOTHING
        if not made and place.depth <= SHALLOW and not self._goes_round(rest):
            least = max(least, min(1, most))
        while len(made) < least and rest is not False:
            made.append(self._value(rest, below))
        return (
            self._all_different(made, rest, below) if schema.get("uniqueItems") is True else made
        )[:most]

    def _goes_round(self, schema: object) -> bool:
        """Whether the schema stands around itself here."""
        return any(name == "#" or self._open[name] for name in references_of(schema))

    def _all_different(self, made: list[object], rest: object, below: Place) -> list[object]:
        """No item twice; for each that was, another one is looked for."""
        kept: list[object] = []
        tries = self.tries
        for item in made:
            for _ in range(4 * _MOST_ITEMS):
                if item not in kept:
                    break
                self.tries += 1
                item = self._value(rest, below)
            kept.append(item)
        self.tries = tries
        return kept

    def _items(self, rest: object, place: Place, room: int) -> list[object]:
        """The things of a list in the text, as far as they fit."""
        plain = self._branch(rest, deep=False)
        match type_of(plain, self.tries):
            case _ if "enum" in plain:
                found: list[object] = self._choice.mentioned(listed(plain["enum"]))
            case "string" if "const" not in plain:
                texts = texts_for(self._choice, place.wanted, plain, must=place.must, all_of=True)
                self._choice.take(*(texts.stretches if texts else ()))
                found = list(texts.values) if texts else []
            case "integer" | "number" as kind if "const" not in plain:
                facts = self._numbers(plain, place, whole=kind == "integer")
                self._choice.take(*facts)
                found = [whole_if_it_is(value) for value in numbers_in(sorted(facts, key=_start))]
            case "object" if place.depth <= SHALLOW and not self._goes_round(rest):
                found = self._objects(rest, place, room)
            case _:
                found = []
        if found:
            self.found.add(place.wanted.name)
        return found[:room]

    def _objects(self, rest: object, place: Place, room: int) -> list[object]:
        """One object for each thing that the text names."""
        made: list[object] = []
        while len(made) < min(room, _MOST_ITEMS):
            left = self._names_left(place.wanted)
            if not left:
                break
            made.append(self._value(rest, Place(place.wanted, place.depth + 1)))
            if self._names_left(place.wanted) >= left:
                break
        return made

    def _names_left(self, wanted: Parameter) -> int:
        return sum(span.named for group in self._choice.spans(wanted) for span in group)


def as_number(value: object) -> float | None:
    """The value if it is a number, as JSON knows them."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole_if_it_is(value: float) -> float:
    """Without a fraction where there is none."""
    return int(value) if float(value).is_integer() else value


def _part(schema: Schema, name: str) -> object:
    """The schema of one property, wherever it is written."""
    properties = mapping(schema.get("properties"))
    parts = [*([properties[name]] if name in properties else []), *patterned(schema, name)]
    if len(parts) > 1:
        return {"allOf": parts}
    return parts[0] if parts else schema.get("additionalProperties", True)


def _start(fact: Fact | Span) -> int:
    return fact.start
