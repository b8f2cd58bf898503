"""Objects for a schema: which properties there are, and what each of them is."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from msgspec.structs import replace

from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter, parameter, words_of
from studiolo.engines.scripted.double.stated.relations.scopes import others_than
from studiolo.engines.scripted.double.stated.wording import Span
from studiolo.engines.scripted.double.values.alternatives.exclusions import may_be
from studiolo.engines.scripted.double.values.alternatives.flattening import flat
from studiolo.engines.scripted.double.values.making import Making
from studiolo.engines.scripted.double.values.members import may_be_null, part_named, some_name
from studiolo.engines.scripted.double.values.merging import (
    Schema,
    Unsatisfiable,
    listed,
    mapping,
    merged,
)
from studiolo.engines.scripted.double.values.scalars import NOTHING, Place
from studiolo.engines.scripted.double.values.sizes import TooLarge

# So many names that are only looked at count as one step.
_AT_ONCE: Final = 16
_MOST_NAMES: Final = 120
_MOST: Final = 12


class Records(Making):
    """Makes objects."""

    def record(self, schema: Schema, place: Place) -> object:
        """An object; NOTHING where none need be there."""
        schema, names = self._names(schema, place)
        self.budget.spend(len(mapping(schema.get("properties"))) // _AT_ONCE)
        made: dict[str, object] = {}
        for name in sorted(names, key=lambda name: self.looseness(part_named(schema, name), name)):
            value = self._part(schema, place, name, must=names[name])
            if value is not NOTHING:
                made[name] = value
        if not made and not place.must:
            return NOTHING
        self._add_dependents(made, schema, place)
        self._fill_up(made, schema, place)
        return {name: made[name] for name in (*names, *made) if name in made}

    def _part(self, schema: Schema, place: Place, name: str, *, must: bool) -> object:
        """The value of a property; NOTHING for one that need not be there and cannot be."""
        part = part_named(schema, name)
        below = self._under(schema, place, name, must=must)
        try:
            with self._apart_from_others(schema, name):
                if self.choice.judges and may_be_null(part) and self.check is None:
                    return self._or_null(part, below)
                return self.value(part, below)
        except TooLarge:
            raise
        except Unsatisfiable:
            if must:
                raise
            return NOTHING

    @contextmanager
    def _apart_from_others(self, schema: Schema, name: str) -> Generator[None]:
        """While an object is made, what the text says of the objects beside it is not free."""
        held = schema.get("properties") if self.choice.judges else None
        parts = mapping(held)
        several = tuple(one for one, part in parts.items() if self._is_object(part))
        others = others_than(self.choice.text, name, several) if name in several[:_MOST] else ()
        hidden = [Span("", start, end) for start, end in others]
        before = self.choice.taken
        self.choice.take(*hidden)
        try:
            yield
        finally:
            kept = self.choice.taken - {(one.start, one.end) for one in hidden}
            self.choice.taken = frozenset(kept | before)

    def _is_object(self, part: object) -> bool:
        """Whether a part is an object with parts of its own, also by reference."""
        held = mapping(part)
        if "$ref" in held or "anyOf" in held:
            held = self.branch(part)
        return "properties" in held

    def _or_null(self, part: object, place: Place) -> object:
        """The value of a part that the text clearly speaks of, else `null`."""
        plain = self.branch(part)
        loosely = replace(place, must=False)
        if "properties" in plain and not self._speaks_of(plain, loosely):
            return None
        value = self.value(part, place if "properties" in plain else loosely)
        return None if value is NOTHING else value

    def _speaks_of(self, schema: Schema, place: Place) -> bool:
        """Whether the text has a value for one of an object's parts."""
        for name, part in mapping(schema.get("properties")).items():
            taken, found, lists = self.choice.taken, {*self.found}, {**self.lists}
            under = replace(self._under(schema, place, name, must=False), must=False)
            value = self.value(part, under)
            self.choice.taken, self.found, self.lists = taken, found, lists
            if value is not NOTHING and value is not None:
                return True
        return False

    def _under(self, schema: Schema, place: Place, name: str, *, must: bool) -> Place:
        described = mapping(part_named(schema, name)).get("description", "")
        properties = mapping(schema.get("properties"))
        wanted = self._called(parameter(name, str(described)), place, str(described))
        if "repo" in wanted.kinds and any("owner" in words_of(one) for one in properties):
            wanted = replace(wanted, halved=True)
        alone = len(properties) == 1
        keys = (*place.keys, "properties", name)
        return Place(wanted, place.depth + 1, must or not self._sparing, alone, keys)

    def _called(self, wanted: Parameter, place: Place, described: str) -> Parameter:
        """A bare name is that of what it stands in: in a company it is the company's."""
        outer = place.wanted.name if self.choice.judges and place.keys[-1:] != ("items",) else ""
        if not outer or wanted.words.isdisjoint(lexicon().labels["names"]) or len(wanted.parts) > 1:
            return wanted
        return replace(parameter(f"{outer}_{wanted.name}", described), name=wanted.name)

    def _names(self, schema: Schema, place: Place) -> tuple[Schema, dict[str, bool]]:
        """Which properties there are to be, and whether they must; with what depends on them."""
        required = [str(name) for name in listed(schema.get("required"))]
        properties = mapping(schema.get("properties"))
        names = {
            name: name in required
            for name in (*properties, *required)
            if name in required
            or (properties[name] is not False and not self.goes_round(properties[name]))
        }
        if self.deep(place):
            names = dict.fromkeys(required, True)
        names = self._allowed(schema, names)
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

    def _allowed(self, schema: Schema, names: dict[str, bool]) -> dict[str, bool]:
        """Those that the rule for names allows, and no more than there may be."""
        rule, most = schema.get("propertyNames", True), schema.get("maxProperties")
        none: Schema = {"enum": list[object]()}
        plain = flat(rule, self._whole.root) if rule is not False else none
        kept = {name: must for name, must in names.items() if must or may_be(name, plain)}
        if not isinstance(most, int | float):
            return kept
        room = max(0, int(most) - sum(kept.values()))
        optional = [name for name, must in kept.items() if not must][:room]
        return {name: must for name, must in kept.items() if must or name in optional}

    def _add_dependents(self, made: dict[str, object], schema: Schema, place: Place) -> None:
        """What must be there because something else is."""
        dependent = mapping(schema.get("dependentRequired"))
        waiting = list(made)
        while waiting:
            for name in map(str, listed(dependent.get(waiting.pop()))):
                if name not in made:
                    part = part_named(schema, name)
                    made[name] = self.value(part, self._under(schema, place, name, must=True))
                    waiting.append(name)

    def _fill_up(self, made: dict[str, object], schema: Schema, place: Place) -> None:
        """Properties without a name of their own, as many as there must be."""
        least = schema.get("minProperties", 0)
        least = least if isinstance(least, int) else 0
        for name in [*mapping(schema.get("properties"))] if len(made) < least else []:
            if name not in made and len(made) < least:
                value = self._part(schema, place, name, must=False)
                made |= {name: value} if value is not NOTHING else {}
        for number in range(_MOST_NAMES + 2 * least):
            if len(made) >= least:
                return
            self.budget.spend(1)
            name = some_name(schema, number + 1, self.draw)
            if name not in made:
                part = part_named(schema, name)
                made[name] = self.value(part, self._under(schema, place, name, must=True))
