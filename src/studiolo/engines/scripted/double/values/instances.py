"""Values that satisfy a JSON schema, taken from a text where it states something that fits."""

import random
from collections import Counter
from typing import Final

from msgspec.structs import replace

from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.numbers.amounts import numbers_in
from studiolo.engines.scripted.double.stated.parameters import Parameter, parameter, words_of
from studiolo.engines.scripted.double.stated.stretches.pieces import pieces_in
from studiolo.engines.scripted.double.values.branches import (
    Way,
    Whole,
    branch_of,
    references_of,
    type_of,
)
from studiolo.engines.scripted.double.values.members import (
    check_different,
    contained,
    item_counts,
    item_schemas,
    part_named,
    some_name,
)
from studiolo.engines.scripted.double.values.merging import (
    Schema,
    Unsatisfiable,
    flat,
    listed,
    mapping,
    merged,
)
from studiolo.engines.scripted.double.values.scalars import (
    NOTHING,
    Place,
    Scalars,
    start_of,
    whole_if_it_is,
)
from studiolo.engines.scripted.double.values.sizes import Budget
from studiolo.engines.scripted.double.values.texts import everything, texts_for

# Deeper than this only what must be there is written, and far deeper nothing can be.
_SHALLOW: Final = 4
_DEEPEST: Final = 40
_MOST_ITEMS: Final = 12
# So many values or names that are only looked at count as one step.
_AT_ONCE: Final = 16


class Maker(Scalars):
    """Makes one value. `sparing` leaves out what is optional and not spoken of.

    If `frugal`, nothing is written but what must be there, as small as it may be.
    """

    def __init__(
        self, whole: Whole, choice: Choice, *, draw: random.Random, budget: Budget, sparing: bool
    ) -> None:
        super().__init__(choice, draw, budget)
        self._whole = whole
        self._sparing = sparing
        self._open = Counter[str]()
        self.frugal = False

    def make(self) -> object:
        """The whole value. Raises Unsatisfiable."""
        return self._value(self._whole.root, Place(parameter("")))

    def _value(self, schema: object, place: Place) -> object:
        if place.depth > _DEEPEST:
            raise Unsatisfiable("$ref", "it goes deeper and deeper")
        self.budget.spend(1)
        references = references_of(schema)
        self._open.update(references)
        try:
            return self._of_plain(self._branch(schema, deep=self._deep(place)), place)
        except Unsatisfiable as error:
            error.keys = place.keys if error.keys is None else error.keys
            raise
        finally:
            self._open.subtract(references)

    def _deep(self, place: Place) -> bool:
        return self.frugal or place.depth > _SHALLOW

    def _branch(self, schema: object, *, deep: bool) -> Schema:
        around = {"#", *(name for name, count in self._open.items() if count > 1)}
        way = Way(self._whole, self.tries, self.budget, deep=deep, around=frozenset(around))
        return branch_of(schema, way, self.choice)

    def _of_plain(self, plain: Schema, place: Place) -> object:
        if "const" in plain:
            return plain["const"] if place.must else NOTHING
        if "enum" in plain:
            self.budget.spend(len(listed(plain["enum"])) // _AT_ONCE)
            return self.one_of(listed(plain["enum"]), plain, place)
        match type_of(plain, self.tries):
            case "object":
                return self._object(plain, place)
            case "array":
                return self._array(plain, place)
            case "string":
                return self.string(plain, place)
            case "boolean":
                return self.truth(plain, place)
            case "null":
                return None
            case kind:
                return self.number(plain, place, whole=kind == "integer")

    def _object(self, schema: Schema, place: Place) -> object:
        schema, names = self._names(schema, place)
        self.budget.spend(len(mapping(schema.get("properties"))) // _AT_ONCE)
        made: dict[str, object] = {}
        for name in sorted(names, key=lambda name: self.looseness(part_named(schema, name), name)):
            part = part_named(schema, name)
            value = self._value(part, self._under(schema, place, name, must=names[name]))
            if value is not NOTHING:
                made[name] = value
        if not made and not place.must:
            return NOTHING
        self._add_dependents(made, schema, place)
        self._fill_up(made, schema, place)
        return {name: made[name] for name in (*names, *made) if name in made}

    def _under(self, schema: Schema, place: Place, name: str, *, must: bool) -> Place:
        described = mapping(part_named(schema, name)).get("description", "")
        properties = mapping(schema.get("properties"))
        wanted = parameter(name, str(described))
        if "repo" in wanted.kinds and any("owner" in words_of(one) for one in properties):
            wanted = replace(wanted, halved=True)
        alone = len(properties) == 1
        keys = (*place.keys, "properties", name)
        return Place(wanted, place.depth + 1, must or not self._sparing, alone, keys)

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
        if self._deep(place):
            names = dict.fromkeys(required, True)
        waiting = [name for name, must in names.items() if must or not self._sparing]
        while waiting:
            name = waiting.pop()
            needed = listed(mapping(schema.get("dependentRequired")).get(name))
            dependent = mapping(schema.get("dependentSchemas"))
            if name in dependent:
                more = flat(dependent[name], self._whole.root)
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
                    part = part_named(schema, name)
                    made[name] = self._value(part, self._under(schema, place, name, must=True))
                    waiting.append(name)

    def _fill_up(self, made: dict[str, object], schema: Schema, place: Place) -> None:
        """Properties without a name of their own, as many as there must be."""
        least = schema.get("minProperties", 0)
        for number in range(10 * _MOST_ITEMS):
            if not isinstance(least, int) or len(made) >= least:
                return
            name = some_name(schema, number + 1, self.draw)
            if name not in made:
                part = part_named(schema, name)
                made[name] = self._value(part, self._under(schema, place, name, must=True))

    def _array(self, schema: Schema, place: Place) -> object:
        first, rest = item_schemas(schema)
        least, most = item_counts(schema)
        below = place.below()
        if schema.get("uniqueItems") is True and rest is not False:
            check_different(flat(rest, self._whole.root), least - len(first))
        made = [self._value(part, below) for part in first[:most]]
        if rest is not False:
            made += self._items(rest, place, most - len(made))
        made += [self._value(part, below) for part in contained(schema)]
        if not made and not place.must:
            return NOTHING
        if not made and not self._deep(place) and not self._goes_round(rest):
            least = max(least, min(1, most))
        while len(made) < least and rest is not False:
            made.append(self._another(made, rest, below))
        unique = schema.get("uniqueItems") is True
        return (self._all_different(made, rest, below) if unique else made)[:most]

    def _another(self, made: list[object], rest: object, below: Place) -> object:
        """One more item; another one than before where there are a few to choose from."""
        tries = self.tries
        value = self._value(rest, below)
        for _ in listed(self._branch(rest, deep=False).get("enum")):
            if value not in made:
                break
            self.tries += 1
            value = self._value(rest, below)
        self.tries = tries
        return value

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
            else:
                raise Unsatisfiable("uniqueItems", f"no item is found beside {len(kept)} others")
            kept.append(item)
        self.tries = tries
        return kept

    def _items(self, rest: object, place: Place, room: int) -> list[object]:
        """The things of a list in the text, as far as they fit."""
        plain = self._branch(rest, deep=False)
        match type_of(plain, self.tries):
            case _ if "enum" in plain:
                found: list[object] = self.choice.mentioned(listed(plain["enum"]))
            case "string" if "const" not in plain:
                texts = texts_for(self.choice, place.wanted, plain, must=place.must, all_of=True)
                if (
                    self._sparing
                    and place.alone
                    and texts
                    and len(texts.stretches) == len(texts.values)
                ):
                    texts = everything(self.choice, place.wanted, plain, texts)
                self.choice.take(*(texts.stretches if texts else ()))
                found = list(texts.values) if texts else []
            case "integer" | "number" as kind if "const" not in plain:
                facts = self.numbers(plain, place, whole=kind == "integer")
                self.choice.take(*facts)
                found = [whole_if_it_is(value) for value in numbers_in(sorted(facts, key=start_of))]
            case "object" if not self._deep(place) and not self._goes_round(rest):
                found = self._objects(rest, place, room)
            case _:
                found = []
        if found:
            self.found.add(place.wanted.name)
        return found[:room]

    def _objects(self, rest: object, place: Place, room: int) -> list[object]:
        """One object for each thing that the text counts, or that it names."""
        pieces = pieces_in(self.choice.text) if self._has_a_number(rest) else []
        if pieces:
            return [self._object_of(rest, place, piece) for piece in pieces[:room]]
        made: list[object] = []
        while len(made) < min(room, _MOST_ITEMS):
            left = self._names_left(place.wanted)
            if not left:
                break
            made.append(self._value(rest, place.below()))
            if self._names_left(place.wanted) >= left:
                break
        return made

    def _object_of(self, rest: object, place: Place, piece: tuple[int, int]) -> object:
        """An object out of one piece of the text."""
        choice = self.choice.within(*piece)
        maker = Maker(
            self._whole, choice, draw=self.draw, budget=self.budget, sparing=self._sparing
        )
        maker.tries, maker.frugal = self.tries, self.frugal
        return maker._value(rest, place.below())

    def _has_a_number(self, rest: object) -> bool:
        """Whether things of this kind are told how many they are, or how much."""
        parts = mapping(self._branch(rest, deep=False).get("properties")).values()
        kinds = {type_of(self._branch(part, deep=False), 0) for part in parts}
        return bool(kinds & {"integer", "number"}) and "string" in kinds

    def _names_left(self, wanted: Parameter) -> int:
        return sum(span.named for group in self.choice.spans(wanted) for span in group)
