"""Values that stand alone: texts, numbers, truth, and one of a few."""

import random
from collections.abc import Sequence
from typing import Final

import msgspec

from studiolo.core.schemas.nodes import Keys
from studiolo.engines.scripted.double.language import language_of, subject_of
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.facts import Fact
from studiolo.engines.scripted.double.stated.kinds import CHOOSES_FIRST
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.numbers.amounts import numbers_in
from studiolo.engines.scripted.double.stated.parameters import Parameter, parameter
from studiolo.engines.scripted.double.stated.relations.classes import is_of_class
from studiolo.engines.scripted.double.stated.relations.labels import is_labelled
from studiolo.engines.scripted.double.stated.relations.ratings import rating_for
from studiolo.engines.scripted.double.stated.relations.telling import is_told
from studiolo.engines.scripted.double.stated.stretches.spans import in_a_list
from studiolo.engines.scripted.double.stated.truth import truth_in
from studiolo.engines.scripted.double.values.inventing.inventor import Inventor
from studiolo.engines.scripted.double.values.members import fits_number, some_number
from studiolo.engines.scripted.double.values.merging import Schema, mapping
from studiolo.engines.scripted.double.values.sizes import LETTERS, Budget
from studiolo.engines.scripted.double.values.strings import EXAMPLES, fits, keeps, written
from studiolo.engines.scripted.double.values.texts import Found, named_thing, texts_for

NOTHING: Final = object()
_LONGEST: Final = 24
_THOUSAND: Final = 1_000
_PLACES: Final = 9


class Place(msgspec.Struct, frozen=True):
    """Where a value is to stand: for what, how deep, and whether it must be there.

    Where it is `alone`, nothing else can be told. `keys` lead to it.
    """

    wanted: Parameter
    depth: int = 0
    must: bool = True
    alone: bool = False
    keys: Keys = ()

    def below(self) -> "Place":
        """The place of an item."""
        return Place(self.wanted, self.depth + 1, keys=(*self.keys, "items"))


class Scalars:
    """Makes values that stand alone out of what a text states.

    `tries` says how often values made before turned out wrong: other ways are taken then.
    `lists` holds the values of which only the first could be taken, by the name of the parameter;
    `found` names the parameters that the text had a value for.
    """

    def __init__(self, choice: Choice, draw: random.Random, budget: Budget) -> None:
        self.choice = choice
        self.draw = draw
        self.budget = budget
        self.tries = 0
        self.lists: dict[str, Found] = {}
        self.found: set[str] = set()
        # Where samples are asked for: what makes them up.
        self.inventor: Inventor | None = None

    def one_of(self, values: Sequence[object], schema: Schema, place: Place) -> object:
        """One of a few values."""
        spoken = self.choice.mentioned(values, place.wanted.side)
        if len(spoken) > 1 and len(spoken) == len(values):
            # A text that names them all asks which it is.
            spoken = self.choice.meant(values) or spoken
        if spoken:
            self.choice.take_mention(spoken[0])
            return self._first(Found(tuple(spoken)), place)
        if not place.must:
            return NOTHING
        if self.inventor is not None and values:
            return values[(self.inventor.turn + self.tries) % len(values)]
        if "default" in schema and schema["default"] in values and not self.tries:
            return schema["default"]
        return values[self.tries % len(values)] if values else NOTHING

    def string(self, schema: Schema, place: Place) -> object:
        """A text."""
        if self.inventor is not None and not self.tries:
            invented = self.inventor.text(place.wanted, self.choice.parameters)
            if fits(invented, schema):
                return invented
        found = texts_for(self.choice, place.wanted, schema, must=place.must)
        if found is None and place.alone:
            found = named_thing(self.choice, place.wanted, schema)
        if found is not None:
            return self._first(found, place)
        if not place.must:
            return NOTHING
        default = schema.get("default")
        if isinstance(default, str) and not self.tries and keeps(default, schema):
            return default
        moment = EXAMPLES.get(next(iter(place.wanted.kinds), "")) if not self.tries else None
        if moment is not None and fits(moment, schema):
            return moment
        text = written(schema, self._topic(), self.draw)
        self.budget.spend(len(text) // LETTERS)
        return text

    def number(self, schema: Schema, place: Place, *, whole: bool) -> object:
        """A number."""
        given = as_number(self.choice.given.get(place.wanted.name))
        if given is not None and fits_number(given, schema, whole=whole):
            return given
        likely = self.inventor.number(place.wanted) if self.inventor is not None else None
        likely = round(likely) if whole and likely is not None else likely
        if likely is not None and fits_number(likely, schema, whole=whole):
            return whole_if_it_is(likely)
        rated = rating_for(self.choice.text, place.wanted) if self.choice.judges else None
        if rated is not None and fits_number(rated, schema, whole=whole):
            self.found.add(place.wanted.name)
            return whole_if_it_is(rated)
        facts = self.numbers(schema, place, whole=whole)
        if facts:
            row = self._row_of(facts[0], sorted(facts, key=start_of))
            size = scale_of(place.wanted) if self.choice.judges else 1
            counted = (value / size if value >= size else value for value in numbers_in(row))
            values = tuple(whole_if_it_is(round(value, _PLACES)) for value in counted)
            return self._first(Found(values, tuple(row)), place)
        if not place.must:
            return NOTHING
        default = schema.get("default")
        if isinstance(default, int | float) and not self.tries:
            return default
        return some_number(schema, self.tries, whole=whole)

    def looseness(self, part: object, name: str) -> int:
        """What has a form of its own chooses first, what takes any words last."""
        plain = mapping(part)
        wanted = parameter(name, str(plain.get("description", "")))
        if "enum" in plain or "format" in plain or plain.get("type") in ("boolean", "null"):
            return 0
        if wanted.kinds and (wanted.kinds[0] in CHOOSES_FIRST or "address" in wanted.words):
            return 0
        if "pattern" in plain or self._formed(wanted) or self._is_told(wanted):
            return 0
        if plain.get("type") in ("integer", "number"):
            return 1
        return 3 if self.choice.is_loose(wanted) else 2

    def _formed(self, wanted: Parameter) -> list[Fact]:
        """Things by which others are known, for a parameter that wants such."""
        return self.choice.formed(wanted, clearly=True) if "id" in wanted.kinds else []

    def _is_told(self, wanted: Parameter) -> bool:
        """Whether a sentence tells just this of an answer."""
        return self.choice.judges and is_told(self.choice.text, wanted)

    def _row_of(self, fact: Fact, facts: Sequence[Fact]) -> Sequence[Fact]:
        """The list that a number stands in."""
        rows = (in_a_list(self.choice.text, facts[place:]) for place in range(len(facts)))
        return next((row for row in rows if fact in row), [fact])

    def numbers(self, schema: Schema, place: Place, *, whole: bool) -> list[Fact]:
        """Those of the text that fit; only near ones where they need not be there."""
        found = self.choice.numbers(place.wanted)
        if self.choice.judges:
            found.sort(key=lambda fact: not is_labelled(self.choice.text, fact, place.wanted))
        return [
            fact
            for fact in found
            if (place.must or self.choice.near(fact, place.wanted))
            and all(fits_number(value, schema, whole=whole) for value in numbers_in([fact]))
        ]

    def truth(self, schema: Schema, place: Place) -> object:
        """Yes or no."""
        spoken = truth_in(self.choice.text, place.wanted)
        if spoken is None and self.choice.judges and is_of_class(self.choice.text, place.wanted):
            spoken = True
        if spoken is not None:
            self.found.add(place.wanted.name)
            return spoken
        if not place.must:
            return NOTHING
        default = schema.get("default")
        turn = self.tries + (self.inventor.turn if self.inventor is not None else 0)
        return default if isinstance(default, bool) else bool(turn % 2)

    def _first(self, found: Found, place: Place) -> object:
        """The first value is taken; that there are more is kept in mind."""
        if len(found.values) > 1 and place.depth == 1:
            self.lists[place.wanted.name] = found
        if not found.guessed:
            self.found.add(place.wanted.name)
        self.choice.take(*found.stretches[:1])
        return next(iter(found.values))

    def _topic(self) -> str:
        subject = subject_of(self.choice.text, language_of(self.choice.text))
        short = len(subject.topic) <= _LONGEST and not self.tries
        said = subject.topic if short else self.draw.choice(subject.words)
        return said.strip("\u201c\u201d")


def scale_of(wanted: Parameter) -> float:
    """In what a number is counted that its name says: a million, a thousand; else 1."""
    scales = lexicon().scales
    known = (scales[one] for word in wanted.words for one in (word, word[:-1]) if one in scales)
    return next((size for size in known if size >= _THOUSAND), 1)


def as_number(value: object) -> float | None:
    """The value if it is a number, as JSON knows them."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole_if_it_is(value: float) -> float:
    """Without a fraction where there is none."""
    return int(value) if float(value).is_integer() else value


def start_of(fact: Fact) -> int:
    """Where it stands."""
    return fact.start
