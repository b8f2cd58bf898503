"""Which alternative of a schema is taken, and of which type its value is."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

import msgspec

from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.values.alternatives.exclusions import excluded, may_be
from studiolo.engines.scripted.double.values.alternatives.flattening import flat
from studiolo.engines.scripted.double.values.merging import (
    MORE_CHOICES,
    Schema,
    Unsatisfiable,
    conditions,
    listed,
    mapping,
    merged,
    more_choices,
)
from studiolo.engines.scripted.double.values.sizes import Budget, Sizes, TooLarge

# So many branches that are only compared count as one step.
_AT_ONCE: Final = 4
_CHOICES: Final = ("anyOf", "oneOf", "allOf")
# What a keyword says of the type where the schema does not.
_HINTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("properties", "required", "additionalProperties", "minProperties"), "object"),
    **dict.fromkeys(("patternProperties", "propertyNames", "dependentRequired"), "object"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "contains", "uniqueItems"), "array"),
    **dict.fromkeys(("pattern", "minLength", "maxLength", "format"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "multipleOf"), "number"),
}


class Whole(msgspec.Struct, frozen=True):
    """A schema, with how large the values of its parts are."""

    root: object
    sizes: Sizes


class Way(msgspec.Struct, frozen=True):
    """Which way to take: at which try, whether deep down, and around which references.

    Where a value turned out wrong before, it is `careful`: then it takes what `not` leaves too.
    """

    whole: Whole
    tries: int
    budget: Budget
    deep: bool = False
    careful: bool = False
    around: frozenset[str] = frozenset()


def branch_of(schema: object, way: Way, choice: Choice) -> Schema:
    """The schema with the likeliest of its alternatives laid over it. Raises Unsatisfiable."""
    return next(branches_of(schema, way, choice))


def branches_of(schema: object, way: Way, choice: Choice) -> Iterator[Schema]:
    """The schema with each of its alternatives laid over it, the likeliest first.

    Raises Unsatisfiable where there are none.
    """
    found = flat(schema, way.whole.root)
    chosen = _choices_of(found, way, choice)
    if chosen is None:
        yield _consistent(found)
        return
    rest, branches = chosen
    problem, none = Unsatisfiable("anyOf", "it has no branches"), True
    for branch in branches:
        way.budget.spend(not none)
        try:
            whole = merged(rest, flat(branch, way.whole.root))
            for each in branches_of(whole, way, choice):
                none = False
                yield each
        except TooLarge:
            raise
        except Unsatisfiable as error:
            problem = error
    if none:
        raise problem


def _choices_of(found: Schema, way: Way, choice: Choice) -> tuple[Schema, list[object]] | None:
    """The first choice of a schema, the likeliest first, with the rest; None if it has none."""
    for word in ("anyOf", "oneOf"):
        if word in found:
            branches = listed(found[word])
            return _without(found, word), _in_turn(_ranked(branches, way, choice), way)
    rows = more_choices(found)
    if rows:
        rest = {
            **_without(found, MORE_CHOICES),
            **({MORE_CHOICES: (*rows[1:],)} if rows[1:] else {}),
        }
        return rest, _in_turn(_ranked(rows[0], way, choice), way)
    if "if" in found:
        return _without(found, "if", "then", "else"), _in_turn(conditions(found), way)
    kinds = listed(found.get("type"))
    if way.careful and len(kinds) > 1:
        return _without(found, "type"), _in_turn([{"type": kind} for kind in kinds], way)
    dependent = mapping(found.get("dependentSchemas"))
    if way.careful and dependent:
        name, held = next(iter(dependent.items()))
        left = {each: part for each, part in dependent.items() if each != name}
        there = {"allOf": [{"required": [name]}, held]}
        rest = {**found, "dependentSchemas": left}
        return rest, _in_turn([there, {"properties": {name: False}}], way)
    return _left_by_not(found, way) if way.careful and "not" in found else None


def _left_by_not(found: Schema, way: Way) -> tuple[Schema, list[object]] | None:
    """What the first `not` leaves of which that can be told."""
    held = found["not"]
    several = cast("tuple[object, ...]", held) if isinstance(held, tuple) else (held,)
    for each in several:
        left = excluded(each, way.whole.root)
        if left is not None:
            others = tuple(one for one in several if one is not each)
            rest = _without(found, "not")
            return ({**rest, "not": others} if others else rest), _in_turn(left, way)
    return None


def _ranked(branches: list[object], way: Way, choice: Choice) -> list[object]:
    way.budget.spend(len(branches) // _AT_ONCE)
    return sorted(branches, key=lambda one: _rank(one, way, choice))


def _in_turn(ranked: list[object], way: Way) -> list[object]:
    turn = way.tries % max(1, len(ranked))
    return [*ranked[turn:], *ranked[:turn]]


def _without(schema: Schema, *words: str) -> dict[str, object]:
    return {word: held for word, held in schema.items() if word not in words}


def _consistent(found: Schema) -> Schema:
    """The schema with those of its values that may be right. Raises Unsatisfiable for none."""
    if "const" in found and "enum" in found:
        found = (
            _without({**found, "enum": [found["const"]]}, "const")
            if (found["const"] in listed(found["enum"]))
            else {**found, "enum": []}
        )
    if "enum" in found:
        values = listed(found["enum"])
        kept = [each for each in values if may_be(each, found)]
        if not kept:
            raise Unsatisfiable("enum", "none of its values is right")
        return {**found, "enum": kept} if len(kept) < len(values) else found
    return found


def references_of(schema: object) -> list[str]:
    """The references a schema begins with."""
    plain = mapping(schema)
    parts = [plain, *(mapping(one) for key in _CHOICES for one in listed(plain.get(key)))]
    return [str(part["$ref"]) for part in parts if "$ref" in part]


def type_of(schema: Schema, tries: int) -> str:
    """The type of the value; where there are several, another one at each try."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kinds = [str(each) for each in cast("list[object]", kind) if each != "null"] or ["null"]
        return kinds[tries % len(kinds)]
    if isinstance(kind, str):
        return kind
    return next((_HINTS[key] for key in schema if key in _HINTS), "string")


def _rank(branch: object, way: Way, choice: Choice) -> tuple[bool, bool, int]:
    """What goes round comes last, before it null; what the text speaks of comes first."""
    plain = mapping(branch)
    round_again = str(plain.get("$ref")) in way.around or (way.deep and "$ref" in plain)
    nothing = plain.get("type") == "null"
    if way.deep:
        return round_again, not nothing, way.whole.sizes.of(branch)
    parts = [plain, *(mapping(part) for part in mapping(plain.get("properties")).values())]
    values = [each for part in parts for each in (*listed(part.get("enum")), part.get("const"))]
    return round_again, nothing, -len(choice.mentioned(values) if values else ())
