"""What two schemas ask for together, word by word.

Law: whatever satisfies what comes out satisfied both. What satisfies both may be lost, where names
are told by patterns alone.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import zip_longest
from typing import Final, cast

from studiolo.core.schemas.nodes import Keys

Schema = Mapping[str, object]

_INTEGER: Final = frozenset({"integer", "number"})
# What says something of names, and of places in lists: these words only mean it together.
_OF_NAMES: Final = frozenset(("properties", "patternProperties", "additionalProperties"))
_OF_PLACES: Final = frozenset(("prefixItems", "items", "additionalItems"))
_CHOICES: Final = ("anyOf", "oneOf")
_CONDITION: Final = ("if", "then", "else")
# Where choices meet others, those of the other schema stand here, one list beside the other.
MORE_CHOICES: Final = " choices"
# Patterns that a text must not match.
NEVER: Final = " never"
_NONE: Final = object()


class Unsatisfiable(ValueError):
    """No value can be made for this keyword; `keys` lead to the part where they are known.

    It is `sure` where every way to make one was tried.
    """

    sure = False

    def __init__(self, keyword: str, reason: str, keys: Keys | None = None) -> None:
        super().__init__(f"{keyword}: {reason}")
        self.keyword = keyword
        self.reason = reason
        self.keys = keys


def as_schema(value: object) -> Schema:
    """A schema as a mapping; `true` asks for nothing. Raises Unsatisfiable for `false`."""
    if value is False:
        raise Unsatisfiable("false", "nothing satisfies it")
    return cast("Schema", value) if isinstance(value, dict) else {}


def mapping(value: object) -> Schema:
    """A JSON object, or an empty one."""
    return cast("Schema", value) if isinstance(value, dict) else {}


def listed(value: object) -> list[object]:
    """A JSON array, or an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def merged(one: Schema, other: Schema) -> Schema:
    """A schema that asks for what both ask for. Raises Unsatisfiable where they exclude it."""
    if not one or not other:
        return other or one
    whole = dict(one)
    for word, held in other.items():
        if word in _CONDITION and "if" in one:
            continue
        if word not in whole:
            whole[word] = held
        elif word in _MERGES:
            whole[word] = _MERGES[word](whole[word], held)
    if not _OF_NAMES.isdisjoint(one) and not _OF_NAMES.isdisjoint(other):
        whole |= _named(one, other)
    if not _OF_PLACES.isdisjoint(one) and not _OF_PLACES.isdisjoint(other):
        whole = {word: held for word, held in whole.items() if word not in _OF_PLACES}
        whole |= _placed(one, other)
    more = [*_rows(one), *_rows(other), *_second_choices(one, other)]
    if more:
        whole[MORE_CHOICES] = tuple(more)
    return whole


def more_choices(schema: Schema) -> list[list[object]]:
    """The choices that stand beside `anyOf` and `oneOf`."""
    return _rows(schema)


def conditions(schema: Schema) -> list[object]:
    """`if` as a choice: it holds and so does `then`, or it does not and `else` holds."""
    unless = {"allOf": [{"not": schema["if"]}, schema.get("else", True)]}
    return [{"allOf": [schema["if"], schema.get("then", True)]}, unless]


def _rows(schema: Schema) -> list[list[object]]:
    return [*cast("tuple[list[object], ...]", schema.get(MORE_CHOICES, ()))]


def _second_choices(one: Schema, other: Schema) -> Iterator[list[object]]:
    """The choices of the other schema where the one has such as well."""
    for word in _CHOICES:
        if word in one and word in other and one[word] != other[word]:
            yield listed(other[word])
    if "if" in one and "if" in other:
        yield conditions(other)


# -- names and places


def _named(one: Schema, other: Schema) -> dict[str, object]:
    """What both say of properties; what only one has a name for is to the other one of all."""
    found: dict[str, object] = {}
    for word in ("properties", "patternProperties"):
        left, right = mapping(one.get(word)), mapping(other.get(word))
        if left or right:
            found[word] = {
                name: _both(_of_name(one, word, name), _of_name(other, word, name))
                for name in dict.fromkeys((*left, *right))
            }
    if "additionalProperties" in one or "additionalProperties" in other:
        rest = (each.get("additionalProperties", True) for each in (one, other))
        found["additionalProperties"] = _both(*rest)
    return found


def _of_name(schema: Schema, word: str, name: str) -> object:
    """What a schema says of a name beside what its patterns say of it."""
    known = mapping(schema.get(word))
    if name in known:
        return known[name]
    if word == "properties" and mapping(schema.get("patternProperties")):
        return True
    return schema.get("additionalProperties", True)


def _placed(one: Schema, other: Schema) -> dict[str, object]:
    """What both say of the first items, one by one, and of all others."""
    (left, left_rest), (right, right_rest) = places_of(one), places_of(other)
    first = [
        _both(
            left_rest if mine is _NONE else mine,
            right_rest if theirs is _NONE else theirs,
        )
        for mine, theirs in zip_longest(left, right, fillvalue=_NONE)
    ]
    found: dict[str, object] = {"items": _both(left_rest, right_rest)}
    return {**found, "prefixItems": first} if first else found


def places_of(schema: Schema) -> tuple[list[object], object]:
    """The schemas of the first items, one by one, and that of all others; False for none."""
    items = schema.get("items", True)
    if isinstance(items, list):
        return listed(schema["items"]), schema.get("additionalItems", True)
    return listed(schema.get("prefixItems")), items


# -- single words


def _types(one: object, other: object) -> object:
    left = [one] if isinstance(one, str) else listed(one)
    right = [other] if isinstance(other, str) else listed(other)
    both = [each for each in left if each in right]
    if "integer" not in both and any(
        "integer" in each and "number" in those for each, those in ((left, right), (right, left))
    ):
        both.append("integer")
    if not both:
        raise Unsatisfiable("type", f"{one!r} and {other!r} at once")
    return both[0] if len(both) == 1 else both


def _values(one: object, other: object) -> object:
    both = [each for each in listed(one) if each in listed(other)]
    if not both:
        raise Unsatisfiable("enum", "no value is in both")
    return both


def _constant(one: object, other: object) -> object:
    if one != other:
        raise Unsatisfiable("const", "it is two values at once")
    return one


def _together(one: object, other: object) -> object:
    return list(dict.fromkeys((*listed(one), *listed(other))))


def _both(one: object, other: object) -> object:
    if one is False or other is False:
        return False
    if one is True or one == other:
        return other
    return one if other is True else {"allOf": [one, other]}


def _by_name(one: object, other: object) -> object:
    left, right = mapping(one), mapping(other)
    return {
        name: _both(left.get(name, True), right.get(name, True))
        for name in dict.fromkeys((*left, *right))
    }


def _lists_by_name(one: object, other: object) -> object:
    left, right = mapping(one), mapping(other)
    return {
        name: _together(left.get(name), right.get(name)) for name in dict.fromkeys((*left, *right))
    }


def _side_by_side(one: object, other: object) -> object:
    """All of them, each by itself."""
    mine, theirs = _row(one), _row(other)
    both = [*mine, *(each for each in theirs if each not in mine)]
    return tuple(both) if len(both) > 1 else one


def _row(held: object) -> list[object]:
    return [*cast("tuple[object, ...]", held)] if isinstance(held, tuple) else [held]


def _multiple(one: object, other: object) -> object:
    steps = [Fraction(str(each)) for each in (one, other)]
    below = math.lcm(*(step.denominator for step in steps))
    step = Fraction(math.lcm(*(int(step * below) for step in steps)), below)
    return int(step) if step.denominator == 1 else float(step)


def _either(one: object, other: object) -> object:
    return one is True or other is True


def _most(one: object, other: object) -> object:
    return max(cast("float", one), cast("float", other))


def _least(one: object, other: object) -> object:
    return min(cast("float", one), cast("float", other))


_MERGES: Final[Mapping[str, Callable[[object, object], object]]] = {
    "type": _types,
    "enum": _values,
    "const": _constant,
    "required": _together,
    "dependentRequired": _lists_by_name,
    "dependentSchemas": _by_name,
    "propertyNames": _both,
    "uniqueItems": _either,
    "multipleOf": _multiple,
    **dict.fromkeys(("pattern", NEVER, "format", "contains", "not"), _side_by_side),
    **dict.fromkeys(
        (
            *("minimum", "exclusiveMinimum", "minLength"),
            *("minItems", "minProperties", "minContains"),
        ),
        _most,
    ),
    **dict.fromkeys(
        (
            *("maximum", "exclusiveMaximum", "maxLength"),
            *("maxItems", "maxProperties", "maxContains"),
        ),
        _least,
    ),
    # What comes later is told instead.
    **dict.fromkeys(("title", "description", "default", "examples"), lambda one, other: other),
}
