"""Whether a text is JSON that satisfies a schema, in time that grows with the two and no faster.

Law: a caller's pattern is never matched by backtracking, and no reference is fetched. Faults name
the word that was broken and nothing a caller wrote, for they are logged.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from math import isfinite
from typing import Final, Protocol, cast

from jsonschema import ValidationError, validators
from jsonschema.validators import Draft202012Validator, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from studiolo.core.schemas.bound import bound
from studiolo.core.schemas.checks import is_schema
from studiolo.core.schemas.grammar import TooHard, Unreadable, string_matches
from studiolo.core.schemas.patterns.formats import FORMAT_PATTERNS
from studiolo.core.schemas.prefixes import progress

# So many references may be followed for one text, each once for each value.
_MOST_FOLLOWED: Final = 100_000
_MOST_DIGITS: Final = 30
_LONG: Final = 4000
# Of an exponent.
_MOST_FIGURES: Final = 6
_NO_JSON: Final = "it is no JSON"
ANY_OBJECT: Final = '{"type": "object"}'

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


# What is wrong with a number too long to be shown is a ValueError.
_NO_CHECK: Final = (
    *(RecursionError, ArithmeticError, ValueError),
    *(Unresolvable, TooHard, _GivenUpError),
)


def fault_in(text: str, schema: str) -> str:
    """Which word of the schema this text does not satisfy; empty if it satisfies them all."""
    try:
        value = _read(text)
    except (ValueError, RecursionError):
        return _NO_JSON
    try:
        fault = next(_Check(schema).faults(value), None)
    except _NO_CHECK:
        return "it cannot be checked"
    # A schema that is just `false` has no word.
    return "" if fault is None else f"it breaks {fault.validator or 'false'}"


def satisfying(values: Sequence[object], schema: str) -> list[object]:
    """Those of the values that satisfy a schema; none where that cannot be said."""
    try:
        check = _Check(schema)
        return [
            each for each in values if next(check.faults(_read(json.dumps(each))), None) is None
        ]
    except _NO_CHECK:
        return []


def fault_in_cut(text: str, schema: str) -> str:
    """The same for a text that may have been cut: what is not whole need only begin like JSON."""
    match progress(text):
        case "none":
            return _NO_JSON
        case "begun":
            return ""
        case "whole":
            return fault_in(text, schema)


def arguments_fault(text: str, parameters: str, *, cut: bool) -> str:
    """The same for the arguments of a call, which are an object by the schema of its function.

    Of that schema holds what engines were held to. Those that are `cut` need only begin like JSON.
    """
    if cut:
        return _NO_JSON if progress(text) == "none" else ""
    fault = fault_in(text, ANY_OBJECT)
    schema = bound(parameters)
    return fault or (fault_in(text, schema) if is_schema(schema) else "")


class _Check:
    """One text against one schema."""

    def __init__(self, schema: str) -> None:
        root = cast("_Object", _read(schema, _double))
        draft = validator_for(root, default=Draft202012Validator)
        self._follow = cast("_Word", draft.VALIDATORS["$ref"])
        words: dict[str, _Word] = {
            "pattern": _pattern,
            "format": _format,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
            "unevaluatedProperties": _unevaluated_properties,
            "multipleOf": _multiple_of,
            "$ref": self._reference,
        }
        extend = cast("Callable[..., Callable[..., _Walker]]", validators.extend)
        self._walker = extend(draft, words)(root, registry=Registry[object]())
        self._followed = 0
        # What was found where a reference led to, by its text and the value.
        self._found: dict[tuple[object, int], tuple[ValidationError, ...]] = {}

    def faults(self, value: object) -> _Faults:
        """In the order of the schema."""
        self._found.clear()
        return self._walker.iter_errors(value)

    def _reference(self, walker: _Walker, ref: object, value: object, node: _Object) -> _Faults:
        key = (ref, id(value))
        if key not in self._found:
            self._followed += 1
            if self._followed > _MOST_FOLLOWED:
                raise _GivenUpError
            self._found[key] = tuple(islice(self._follow(walker, ref, value, node), 1))
        yield from self._found[key]


def _pattern(walker: _Walker, pattern: object, value: object, node: _Object) -> _Faults:
    if isinstance(value, str) and not _matches(str(pattern), value):
        yield ValidationError("it does not match")


def _format(walker: _Walker, name: object, value: object, node: _Object) -> _Faults:
    """Only those that engines are given as patterns."""
    if pattern := FORMAT_PATTERNS.get(str(name)):
        yield from _pattern(walker, pattern, value, node)


def _multiple_of(walker: _Walker, step: object, value: object, node: _Object) -> _Faults:
    """However many digits there are."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return
    figures, places = _parts(value)
    unit, unit_places = _parts(cast("int | Decimal", step))
    shift = places - unit_places
    if shift >= 0:
        rest = figures * pow(10, shift, unit) % unit
    elif -shift > _digits(value):
        rest = figures
    else:
        rest = figures % (unit * 10**-shift)
    if rest:
        yield ValidationError("it is no multiple")


def _parts(number: int | Decimal) -> tuple[int, int]:
    """Its digits as a whole number, and the power of ten that they are multiplied by."""
    _, digits, exponent = Decimal(number).as_tuple()
    return int(Decimal((0, digits, 0))), int(exponent)


def _digits(number: int | Decimal) -> int:
    return len(Decimal(number).as_tuple().digits)


def _pattern_properties(walker: _Walker, patterns: object, value: object, node: _Object) -> _Faults:
    if not isinstance(value, dict):
        return
    schemas = cast("_Object", patterns)
    for name, held in cast("_Object", value).items():
        for pattern, schema in schemas.items():
            if _matches(pattern, name):
                yield from walker.descend(held, schema, path=name, schema_path=pattern)


def _additional_properties(
    walker: _Walker, schema: object, value: object, node: _Object
) -> _Faults:
    if not isinstance(value, dict):
        return
    known = cast("_Object", node.get("properties", {}))
    patterns = cast("_Object", node.get("patternProperties", {}))
    for name, held in cast("_Object", value).items():
        if name in known or any(_matches(pattern, name) for pattern in patterns):
            continue
        yield from walker.descend(held, schema, path=name)


def _unevaluated_properties(
    walker: _Walker, schema: object, value: object, node: _Object
) -> _Faults:
    """No schema with this word is kept, and to find out what it speaks of takes all others."""
    if isinstance(value, dict) and value:
        raise _GivenUpError
    yield from ()


def _matches(pattern: str, text: str) -> bool:
    """What cannot be read says nothing; only the schemas of tools may have it."""
    try:
        return string_matches(pattern, text)
    except Unreadable:
        return True


def _read(text: str, real: "Callable[[str], Decimal | int] | None" = None) -> object:
    """JSON; `real` reads what has a point or an exponent."""
    return json.loads(
        text, parse_float=real or _number, parse_int=_whole, parse_constant=_no_number
    )


def _double(text: str) -> Decimal | int:
    """As engines are told it."""
    number = float(text)
    return _number(repr(number) if isfinite(number) else text)


def _whole(text: str) -> int:
    """However long, for Python reads no more than some thousand digits by itself."""
    return int(text) if len(text) < _LONG else int(Decimal(text))


def _number(text: str) -> Decimal | int:
    """Exact, so that 0.3 is three times 0.1; whole if it is.

    An exponent beyond all reckoning is as good as the largest.
    """
    digits, _, exponent = text.lower().partition("e")
    sign = "-" if exponent.startswith("-") else ""
    figures = exponent.lstrip("+-0")
    size = figures if len(figures) < _MOST_FIGURES else 10**_MOST_FIGURES
    number = Decimal(f"{digits}e{sign}{size or 0}")
    whole = number.adjusted() < _MOST_DIGITS and number == number.to_integral_value()
    return int(number) if whole else number


def _no_number(text: str) -> None:
    raise ValueError(text)
