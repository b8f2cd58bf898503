"""Lists for a schema: how many items there are, and what each of them is."""

from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.numbers.amounts import numbers_in
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.relations.phrases import relations_of
from studiolo.engines.scripted.double.stated.relations.ratings import clauses_of, side_of
from studiolo.engines.scripted.double.stated.stretches.labels import several_behind
from studiolo.engines.scripted.double.stated.stretches.pieces import (
    bracketed_in,
    formed_alike,
    numbered_in,
    pieces_in,
    without_joint,
)
from studiolo.engines.scripted.double.stated.wording import Span
from studiolo.engines.scripted.double.values.alternatives.branches import type_of
from studiolo.engines.scripted.double.values.alternatives.flattening import flat
from studiolo.engines.scripted.double.values.making import Making
from studiolo.engines.scripted.double.values.members import (
    check_different,
    contained,
    item_counts,
)
from studiolo.engines.scripted.double.values.merging import (
    Schema,
    Unsatisfiable,
    listed,
    mapping,
    places_of,
)
from studiolo.engines.scripted.double.values.scalars import (
    NOTHING,
    Place,
    start_of,
    whole_if_it_is,
)
from studiolo.engines.scripted.double.values.sizes import TooLarge
from studiolo.engines.scripted.double.values.strings import fits
from studiolo.engines.scripted.double.values.texts import everything, texts_for

_MOST_ITEMS: Final = 12
_FEW: Final = 2


class Lists(Making):
    """Makes arrays."""

    def list_of(self, schema: Schema, place: Place) -> object:
        """An array; NOTHING where none need be there."""
        first, rest = places_of(schema)
        if "items" not in schema and "unevaluatedItems" in schema:
            rest = schema["unevaluatedItems"]
        least, most = item_counts(schema)
        if least <= len(first) and not self._may_be(rest):
            rest = False
        below, wanted = place.below(), contained(schema)
        if wanted and first and (rest is False or len(first) >= most):
            first, wanted = self._among_first(first, wanted), []
        if schema.get("uniqueItems") is True and rest is not False:
            check_different(flat(rest, self._whole.root), least - len(first))
        made = self._first_items(first, below, bounds=(least, most))
        whole = len(made) == len(first)
        if rest is not False and whole:
            made += self._items(rest, place, max(0, most - len(made) - len(wanted)))
        made += self._among(wanted, rest, below) if whole and len(made) < most else []
        if not made and not place.must:
            return NOTHING
        more = min(1, most) if not (made or self.deep(place) or self.goes_round(rest)) else 0
        if rest is not False and whole:
            self._fill(made, rest, below, bounds=(least, more))
        unique = schema.get("uniqueItems") is True
        return (self._all_different(made, rest, below) if unique else made)[:most]

    def _may_be(self, item: object) -> bool:
        """Whether there may be such an item, as far as its types and values say."""
        try:
            self.branch(item)
        except TooLarge:
            raise
        except Unsatisfiable:
            return False
        return True

    def _first_items(
        self, first: list[object], below: Place, *, bounds: tuple[int, int]
    ) -> list[object]:
        """The items that have a schema of their own; none behind one that cannot be."""
        made: list[object] = []
        least, most = bounds
        for part in first[: max(least, 0) if self.frugal else most]:
            try:
                made.append(self.value(part, below))
            except TooLarge:
                raise
            except Unsatisfiable:
                if len(made) < least:
                    raise
                break
        return made

    def _among_first(self, first: list[object], wanted: list[object]) -> list[object]:
        """What must be among the items where no others can be; at each try in another place."""
        kinds = [*first]
        for number, each in enumerate(wanted, self.tries):
            kinds[number % len(kinds)] = {"allOf": [kinds[number % len(kinds)], each]}
        return kinds

    def _among(self, wanted: list[object], rest: object, below: Place) -> list[object]:
        """Items that must be among the others, and are of their kind too."""
        kinds = [each if rest is True else {"allOf": [rest, each]} for each in wanted]
        return [self.value(kind, below) for kind in kinds] if rest is not False else []

    def _fill(
        self, made: list[object], rest: object, below: Place, *, bounds: tuple[int, int]
    ) -> None:
        """As many more as there must be, and some where that is possible."""
        least, wanted = bounds
        while len(made) < max(least, wanted):
            try:
                made.append(self._another(made, rest, below))
            except TooLarge:
                raise
            except Unsatisfiable:
                if len(made) < least:
                    raise
                return

    def _another(self, made: list[object], rest: object, below: Place) -> object:
        """One more item; another one than before where there are a few to choose from."""
        tries = self.tries
        value = self.value(rest, below)
        for _ in listed(self.branch(rest).get("enum")):
            if value not in made:
                break
            self.tries += 1
            value = self.value(rest, below)
        self.tries = tries
        return value

    def _all_different(self, made: list[object], rest: object, below: Place) -> list[object]:
        """No item twice; for each that was, another one is looked for."""
        kept: list[object] = []
        tries = self.tries
        for item in made:
            for _ in range(4 * _MOST_ITEMS):
                if item not in kept:
                    break
                self.tries += 1
                item = self.value(rest, below)
            else:
                raise Unsatisfiable("uniqueItems", f"no item is found beside {len(kept)} others")
            kept.append(item)
        self.tries = tries
        return kept

    def _items(self, rest: object, place: Place, room: int) -> list[object]:
        """The things of a list in the text, as far as they fit."""
        plain = self.branch(rest)
        match type_of(plain, self.tries):
            case _ if "enum" in plain:
                found: list[object] = self.choice.mentioned(listed(plain["enum"]))
            case "string" if (said := self._told_as_texts(place)) is not None:
                found = said
            case "string" if "const" not in plain:
                known = self._known_before(plain, place)
                if known:
                    return known[:room]
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
            case "object" if not self.deep(place) and not self.goes_round(rest):
                found = self._objects(rest, place, room)
            case _:
                found = []
        if found:
            self.found.add(place.wanted.name)
        return found[:room]

    def _told_as_texts(self, place: Place) -> list[object] | None:
        """What the text counts or measures out, or praises or blames, for a list of that."""
        text, wanted = self.choice.text, place.wanted
        if self.inventor is not None:
            counted, others = self._samples_at(place), self.choice.parameters
            return [self.inventor.text(wanted, others, number) for number in range(counted)]
        if not self.choice.judges:
            return None
        if side_of(wanted):
            return [*clauses_of(text, side_of(wanted))]
        numbered = numbered_in(text) if "steps" in relations_of(wanted.words) else []
        if numbered:
            return [*numbered]
        if several_behind(text, wanted.name) is not None:
            return None
        counts = not wanted.words.isdisjoint(lexicon().lists["counted_things"])
        pieces = pieces_in(text) if counts else []
        self.choice.take(*(Span("", start, end) for start, end in pieces))
        return [without_joint(text[start:end]) for start, end in pieces] or None

    def _known_before(self, plain: Schema, place: Place) -> list[object]:
        """Several texts that were found out for a part that must be there."""
        given = self.choice.given.get(place.wanted.name) if place.must else None
        texts = listed(given)
        found: list[object] = [one for one in texts if isinstance(one, str) and fits(one, plain)]
        self.found.update([place.wanted.name] if found else [])
        return found

    def _objects(self, rest: object, place: Place, room: int) -> list[object]:
        """One object for each thing that the text counts, or that it names."""
        if self.inventor is not None:
            counted = min(room, self._samples_at(place))
            return [self._sample(rest, place, number) for number in range(counted)]
        counted = self._has_a_number(rest)
        text = self.choice.text
        pieces = pieces_in(text) if counted else bracketed_in(text) or formed_alike(text)
        if pieces:
            return [self._object_of(rest, place, piece) for piece in pieces[:room]]
        made: list[object] = []
        while len(made) < min(room, _MOST_ITEMS):
            left = self._names_left(place.wanted)
            if not left:
                break
            made.append(self.value(rest, place.below()))
            if self._names_left(place.wanted) >= left:
                break
        return made

    def _samples_at(self, place: Place) -> int:
        """How many samples stand in a list: as many as are asked for, and a few in inner ones."""
        outermost = self.inventor is not None and place.depth <= 1
        return self.inventor.count if self.inventor is not None and outermost else _FEW

    def _sample(self, rest: object, place: Place, number: int) -> object:
        if self.inventor is None:
            return self.value(rest, place.below())
        if place.depth <= 1:
            self.inventor.go_on()
        else:
            self.inventor.inner = number
        try:
            return self.value(rest, place.below())
        finally:
            self.inventor.inner = 0

    def _object_of(self, rest: object, place: Place, piece: tuple[int, int]) -> object:
        """An object out of one piece of the text."""
        choice = self.choice.within(*piece)
        maker = type(self)(
            self._whole, choice, draw=self.draw, budget=self.budget, sparing=self._sparing
        )
        maker.tries, maker.frugal, maker.check = self.tries, self.frugal, self.check
        return maker.value(rest, place.below())

    def _has_a_number(self, rest: object) -> bool:
        """Whether things of this kind are told how many they are, or how much."""
        parts = mapping(self.branch(rest).get("properties")).values()
        kinds = {type_of(self.branch(part), 0) for part in parts}
        return bool(kinds & {"integer", "number"}) and ("string" in kinds or len(parts) > 1)

    def _names_left(self, wanted: Parameter) -> int:
        return sum(span.named for group in self.choice.spans(wanted) for span in group)
