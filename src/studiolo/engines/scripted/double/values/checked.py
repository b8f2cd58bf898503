"""A value for a schema, checked against it before anybody sees it."""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, Protocol, cast

import msgspec
from jsonschema import FormatChecker, validators
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import Draft202012Validator, validator_for

from studiolo.core.errors import EngineFailed
from studiolo.core.schemas.nodes import WORDS, Keys
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.parameters import words_of
from studiolo.engines.scripted.double.values.alternatives.branches import Whole
from studiolo.engines.scripted.double.values.checking.notes import without_odd_notes
from studiolo.engines.scripted.double.values.instances import Maker
from studiolo.engines.scripted.double.values.inventing.inventor import Inventor
from studiolo.engines.scripted.double.values.making import Check
from studiolo.engines.scripted.double.values.members import fits_number
from studiolo.engines.scripted.double.values.merging import Schema, Unsatisfiable
from studiolo.engines.scripted.double.values.patterns.expressions import (
    Walker,
    formats,
    words_of_patterns,
)
from studiolo.engines.scripted.double.values.scalars import NOTHING, Place
from studiolo.engines.scripted.double.values.sizes import MOST_PARTS, Budget, Sizes, TooLarge
from studiolo.engines.scripted.double.values.texts import Found

_MOST_TRIES: Final = 12
# For all tries together; and of a check, of which each is much less.
_MOST_STEPS: Final = 3 * MOST_PARTS
_MOST_CHECKS: Final = 100_000
# So many count as one step of making a value.
_AT_ONCE: Final = 8


class NoValue(EngineFailed):
    """The schema has no value that is made here; `keys` lead to the part at fault."""

    def __init__(self, keys: Keys, keyword: str, reason: str) -> None:
        super().__init__(f"the double finds no value for the schema's {keyword}: {reason}")
        self.keys = (*keys, keyword) if keyword in WORDS else keys
        self.reason = f"the double finds no value for it: {reason}"


# How one keyword is checked.
_Check = Callable[..., object]


class Validator(Protocol):
    """What checks a value."""

    def iter_errors(self, instance: object, /) -> Iterable[ValidationError]:
        """All that is wrong with it."""
        ...

    def evolve(self, *, schema: object) -> "Validator":
        """The same for a part of the schema."""
        ...


class Checks:
    """Counts the steps of a check, for alternatives in alternatives take more than anybody has."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A value is checked from the beginning."""
        self._budget = Budget(_MOST_CHECKS)
        # What was found where a reference led to, by its text and the value.
        self._found: dict[tuple[object, int], tuple[ValidationError, ...]] = {}

    @property
    def made(self) -> int:
        """How many there were since."""
        return self._budget.used

    def counted(self, check: _Check) -> _Check:
        """The check of one keyword, which is one step."""

        def step(*about: object) -> object:
            self._budget.spend(1)
            return check(*about)

        return step

    def once(self, check: _Check) -> _Check:
        """The check of a reference, which is done once for each value."""

        def step(walker: object, reference: object, value: object, schema: object) -> object:
            key = (reference, id(value))
            if key not in self._found:
                errors = cast("Iterable[ValidationError]", check(walker, reference, value, schema))
                self._found[key] = (*errors,)
            return self._found[key]

        return step


class Instance(msgspec.Struct, frozen=True):
    """A value that satisfies its schema.

    `found` names the parts that the text has a value for; `lists` the values of which only the
    first was taken.
    """

    value: object
    found: frozenset[str]
    lists: Mapping[str, Found]


class _Known(msgspec.Struct, frozen=True):
    """A schema that was read, with what checks values and counts how long it takes."""

    whole: Whole
    validator: Validator
    checks: Checks


def instance(
    schema: str,
    choice: Callable[[], Choice],
    draw: random.Random,
    *,
    sparing: bool,
    inventor: Callable[[], Inventor] | None = None,
) -> Instance:
    """A value for this JSON schema. Raises NoValue naming the part it fails at.

    With an `inventor` it is made up.
    """
    known = _understood(schema)
    try:
        known.whole.sizes.check()
    except Unsatisfiable as error:
        raise _told(error) from None
    left, frugal = _MOST_STEPS, False
    problem: Unsatisfiable | None = None
    for tries in range(_MOST_TRIES):
        if left <= 0:
            break
        chosen = choice()
        chosen.parameters = _names_of_parts(schema)
        chosen.names = _words_of_names(schema)
        budget = Budget(min(left, MOST_PARTS))
        maker = Maker(known.whole, chosen, draw=draw, budget=budget, sparing=sparing)
        maker.tries, maker.frugal = tries, frugal
        maker.inventor = inventor() if inventor is not None else None
        maker.check = _look(known, budget) if tries else None
        try:
            value = maker.make()
            if value is NOTHING:
                continue
            _check(known.validator, known.checks, value)
            return Instance(value, frozenset(maker.found), _left(maker, chosen))
        except TooLarge as error:
            if frugal:
                raise _told(problem or error) from None
            frugal, problem = True, problem or error
        except Unsatisfiable as error:
            problem = problem or error
        except RecursionError:
            raise _told(Unsatisfiable("$ref", "it goes deeper and deeper")) from None
        left -= budget.used
    raise _told(problem or Unsatisfiable("type", "no value was found"))


def _told(problem: Unsatisfiable) -> NoValue:
    return NoValue(problem.keys or (), problem.keyword, problem.reason)


def _look(known: _Known, budget: Budget) -> Check:
    """How parts of a value are checked, which counts too."""

    def look(schema: object, value: object, place: Place) -> None:
        if value is NOTHING:
            return
        try:
            _check(known.validator.evolve(schema=schema), known.checks, value)
        except Unsatisfiable as error:
            error.keys = (*place.keys, *(error.keys or ()))
            raise
        finally:
            budget.spend(known.checks.made // _AT_ONCE)

    return look


def _check(validator: Validator, checks: Checks, value: object) -> None:
    """Raises Unsatisfiable for a value that is not right."""
    checks.begin()
    worst = next(iter(sorted(validator.iter_errors(value), key=_depth)), None)
    if worst is not None:
        raise Unsatisfiable(str(worst.validator), worst.message[:200], _keys_of(worst))


def valid(schema: str, value: object) -> bool:
    """Whether a value satisfies the schema."""
    try:
        known = _understood(schema)
        _check(known.validator, known.checks, value)
    except Unsatisfiable:
        return False
    return True


def _left(maker: Maker, choice: Choice) -> dict[str, Found]:
    """Lists of which nothing but the first thing was used up in the end."""
    return {
        name: found
        for name, found in maker.lists.items()
        if all(choice.free(stretch) for stretch in found.stretches[1:])
    }


@lru_cache(128)
def _understood(schema: str) -> _Known:
    try:
        root = without_odd_notes(cast("dict[str, object]", json.loads(schema)))
        kind = validator_for(root, default=Draft202012Validator)
        check = cast("Callable[..., None]", kind.check_schema)
        check(root, format_checker=FormatChecker(()))
    except (SchemaError, ValidationError) as error:
        raise NoValue(*_place_of(error), "it is not as JSON schemas have it") from None
    except (ValueError, RecursionError):
        raise NoValue((), "text", "it is no JSON, or nested too deep") from None
    checks = Checks()
    plain = cast("Mapping[str, _Check]", kind.VALIDATORS)
    words = {**words_of_patterns(root), "multipleOf": _multiple_of}
    ours = {word: check for word, check in words.items() if word in plain}
    each: dict[str, _Check] = {**plain, **ours}
    each |= {word: checks.once(check) for word, check in each.items() if word == "$ref"}
    counting = cast("Callable[..., Callable[..., Validator]]", validators.extend)
    counted = counting(kind, {word: checks.counted(check) for word, check in each.items()})
    validator = counted(root, format_checker=formats())
    return _Known(Whole(root, Sizes(root)), validator, checks)


@lru_cache(128)
def _words_of_names(schema: str) -> frozenset[str]:
    """The words of the names of all parts."""
    return frozenset(word for name in _names_of_parts(schema) for word in words_of(name))


@lru_cache(128)
def _names_of_parts(schema: str) -> frozenset[str]:
    """The names of all parts, however deep."""
    waiting, found = [_understood(schema).whole.root], set[str]()
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += cast("list[object]", value)
        elif isinstance(value, dict):
            parts = cast("dict[str, object]", value)
            properties = parts.get("properties")
            if isinstance(properties, dict):
                found |= {*cast("dict[str, object]", properties)}
            waiting += parts.values()
    return frozenset(found)


def _multiple_of(
    validator: Walker, step: object, value: object, schema: Schema
) -> Iterator[ValidationError]:
    """As numbers are written: three tenths are three times a tenth."""
    del validator, schema
    if isinstance(value, int | float) and not isinstance(value, bool):
        only = {"multipleOf": step}
        if not fits_number(value, only, whole=False):
            yield ValidationError(f"{value} is not a multiple of {step}")


def _place_of(error: SchemaError | ValidationError) -> tuple[Keys, str]:
    """The part of a schema that is none, and its word."""
    keys = tuple(map(str, error.absolute_path))
    word = next((place for place in reversed(range(len(keys))) if keys[place] in WORDS), None)
    return (keys, "text") if word is None else (keys[:word], keys[word])


def _keys_of(error: ValidationError) -> Keys:
    """The part that a value is wrong for, by the names that lead to it."""
    keys: list[str] = []
    for name in error.absolute_path:
        keys += ["properties", name] if isinstance(name, str) else ["items"]
    return tuple(keys)


def _depth(error: ValidationError) -> int:
    return len(error.absolute_path)
