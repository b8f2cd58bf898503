"""Whether a text is JSON that satisfies a schema, in time that grows with the two and no faster.

Law: a caller's pattern is never matched by backtracking, and no reference is fetched.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final, Protocol, cast

from jsonschema import ValidationError, validators
from jsonschema.validators import Draft202012Validator, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from studiolo.core.schemas.grammar import string_matches

# So many references may be followed for one text: schemas that branch at every one of them would
# take longer than the answer did.
_MOST_FOLLOWED: Final = 20_000
_MOST_DIGITS: Final = 30

_Object = Mapping[str, object]
_Faults = Iterator[ValidationError]


class _Walker(Protocol):
    """The part of a validator of jsonschema that is used."""

    def iter_errors(self, instance: object) -> _Faults: ...

    def descend(
        self, instance: object, schema: object, path: str, schema_path: str | None = None
    ) -> _Faults: ...


_Word = Callable[[_Walker, object, object, _Object], _Faults]


class _GivenUpError(Exception):
    """The check took too many steps."""


def fault_in(text: str, schema: str) -> str:
    """Which part of the schema this text does not satisfy; empty if it satisfies them all."""
    try:
        value = _read(text)
    except (ValueError, RecursionError):
        return "it is no JSON"
    try:
        fault = next(_Check(schema).faults(value), None)
    except (RecursionError, ArithmeticError, Unresolvable, _GivenUpError):
        return "it cannot be checked"
    return "" if fault is None else f"it breaks {'/'.join(map(str, fault.absolute_schema_path))}"


class _Check:
    """One text against one schema."""

    def __init__(self, schema: str) -> None:
        root = cast("_Object", _read(schema))
        draft = validator_for(root, default=Draft202012Validator)
        self._follow = cast("_Word", draft.VALIDATORS["$ref"])
        words: dict[str, _Word] = {
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
            "$ref": self._reference,
        }
        extend = cast("Callable[..., Callable[..., _Walker]]", validators.extend)
        self._walker = extend(draft, words)(root, registry=Registry[object]())
        self._followed = 0

    def faults(self, value: object) -> _Faults:
        """In the order of the schema."""
        return self._walker.iter_errors(value)

    def _reference(self, walker: _Walker, ref: object, value: object, node: _Object) -> _Faults:
        self._followed += 1
        if self._followed > _MOST_FOLLOWED:
            raise _GivenUpError
        return self._follow(walker, ref, value, node)


def _pattern(walker: _Walker, pattern: object, value: object, node: _Object) -> _Faults:
    if isinstance(value, str) and not string_matches(str(pattern), value):
        yield ValidationError("it does not match")


def _pattern_properties(walker: _Walker, patterns: object, value: object, node: _Object) -> _Faults:
    if not isinstance(value, dict):
        return
    schemas = cast("_Object", patterns)
    for name, held in cast("_Object", value).items():
        for pattern, schema in schemas.items():
            if string_matches(pattern, name):
                yield from walker.descend(held, schema, path=name, schema_path=pattern)


def _additional_properties(
    walker: _Walker, schema: object, value: object, node: _Object
) -> _Faults:
    if not isinstance(value, dict):
        return
    known = cast("_Object", node.get("properties", {}))
    patterns = cast("_Object", node.get("patternProperties", {}))
    for name, held in cast("_Object", value).items():
        if name in known or any(string_matches(pattern, name) for pattern in patterns):
            continue
        yield from walker.descend(held, schema, path=name)


def _read(text: str) -> object:
    return json.loads(text, parse_float=_number, parse_constant=_no_number)


def _number(text: str) -> Decimal | int:
    """Exact, so that 0.3 is three times 0.1; whole if it is."""
    number = Decimal(text)
    whole = number.adjusted() < _MOST_DIGITS and number == number.to_integral_value()
    return int(number) if whole else number


def _no_number(text: str) -> None:
    raise ValueError(text)
