"""A value for a schema, checked against it before anybody sees it."""

import json
import random
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final, Protocol, cast

import msgspec
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import Draft202012Validator, validator_for

from studiolo.core.errors import EngineFailed
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.parameters import words_of
from studiolo.engines.scripted.double.values.instances import Maker
from studiolo.engines.scripted.double.values.merging import Unsatisfiable
from studiolo.engines.scripted.double.values.scalars import NOTHING
from studiolo.engines.scripted.double.values.texts import Found

_MOST_TRIES: Final = 24


class Validator(Protocol):
    """What checks a value."""

    def iter_errors(self, instance: object, /) -> Iterable[ValidationError]:
        """All that is wrong with it."""
        ...

    def is_valid(self, instance: object, /) -> bool:
        """Whether nothing is."""
        ...


class Instance(msgspec.Struct, frozen=True):
    """A value that satisfies its schema.

    `found` names the parts that the text has a value for; `lists` the values of which only the
    first was taken.
    """

    value: object
    found: frozenset[str]
    lists: Mapping[str, Found]


def instance(
    schema: str, choice: Callable[[], Choice], draw: random.Random, *, sparing: bool
) -> Instance:
    """A value for this JSON schema. Raises EngineFailed naming the keyword it fails at."""
    root, validator = _understood(schema)
    names = _words_of_names(schema)
    problem: tuple[str, str] | None = None
    for tries in range(_MOST_TRIES):
        chosen = choice()
        chosen.names = names
        maker = Maker(root, chosen, draw, sparing=sparing)
        maker.tries = tries
        try:
            value = maker.make()
        except Unsatisfiable as error:
            problem = (error.keyword, str(error))
            continue
        except RecursionError:
            problem = ("$ref", "it goes deeper and deeper")
            break
        if value is NOTHING:
            continue
        problem = _wrong(validator, value)
        if problem is None:
            return Instance(value, frozenset(maker.found), _left(maker, chosen))
    keyword, reason = problem or ("type", "no value was found")
    raise EngineFailed(f"the double finds no value for the schema's {keyword}: {reason}")


def _wrong(validator: Validator, value: object) -> tuple[str, str] | None:
    """The keyword a value fails at, and why; None if it satisfies everything."""
    worst = next(iter(sorted(validator.iter_errors(value), key=_depth)), None)
    return None if worst is None else (str(worst.validator), worst.message[:200])


def valid(schema: str, value: object) -> bool:
    """Whether a value satisfies the schema."""
    return _understood(schema)[1].is_valid(value)


def _left(maker: Maker, choice: Choice) -> dict[str, Found]:
    """Lists of which nothing but the first thing was used up in the end."""
    return {
        name: found
        for name, found in maker.lists.items()
        if all(choice.free(stretch) for stretch in found.stretches[1:])
    }


@lru_cache(128)
def _understood(schema: str) -> tuple[object, Validator]:
    try:
        root = cast("dict[str, object]", json.loads(schema))
        kind = validator_for(root, default=Draft202012Validator)
        kind.check_schema(root)
    except (ValueError, SchemaError, ValidationError, RecursionError) as error:
        raise EngineFailed(f"the double cannot read the schema: {str(error)[:200]}") from None
    return root, cast("Validator", kind(root, format_checker=kind.FORMAT_CHECKER))


@lru_cache(128)
def _words_of_names(schema: str) -> frozenset[str]:
    """The words of the names of all parts, however deep."""
    waiting, found = [_understood(schema)[0]], set[str]()
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += cast("list[object]", value)
        elif isinstance(value, dict):
            parts = cast("dict[str, object]", value)
            properties = parts.get("properties")
            if isinstance(properties, dict):
                names = cast("dict[str, object]", properties)
                found |= {word for name in names for word in words_of(name)}
            waiting += parts.values()
    return frozenset(found)


def _depth(error: ValidationError) -> int:
    return len(error.absolute_path)
