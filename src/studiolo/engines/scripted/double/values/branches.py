"""Which alternative of a schema is taken, and of which type its value is."""

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.values.merging import (
    Schema,
    Unsatisfiable,
    flat,
    listed,
    mapping,
    merged,
)
from studiolo.engines.scripted.double.values.sizes import Budget, Sizes

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
    """Which way to take: at which try, whether deep down, and around which references."""

    whole: Whole
    tries: int
    budget: Budget
    deep: bool = False
    around: frozenset[str] = frozenset()


def branch_of(schema: object, way: Way, choice: Choice) -> Schema:
    """The schema with one of its alternatives laid over it. Raises Unsatisfiable."""
    found = flat(schema, way.whole.root)
    for keyword in ("anyOf", "oneOf"):
        if keyword in found:
            rest = {key: each for key, each in found.items() if key != keyword}
            branches = listed(found[keyword])
            way.budget.spend(len(branches) // _AT_ONCE)
            ranked = sorted(branches, key=lambda one: _rank(one, way, choice))
            return branch_of(_first_that_fits(rest, ranked, way), way, choice)
    if "if" in found:
        rest = {key: each for key, each in found.items() if key not in ("if", "then", "else")}
        holds = way.tries % 2 == 0
        more = [found["if"], found.get("then", True)] if holds else [found.get("else", True)]
        return branch_of({"allOf": [rest, *more]}, way, choice)
    if "enum" in found and "type" in found:
        return {
            **found,
            "enum": [each for each in listed(found["enum"]) if _is_of(each, found["type"])],
        }
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


def _first_that_fits(rest: Schema, ranked: list[object], way: Way) -> Schema:
    turn = way.tries % max(1, len(ranked))
    problem = Unsatisfiable("anyOf", "it has no branches")
    for branch in (*ranked[turn:], *ranked[:turn]):
        try:
            return flat(merged(rest, flat(branch, way.whole.root)), way.whole.root)
        except Unsatisfiable as error:
            problem = error
    raise problem


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


def _is_of(value: object, kind: object) -> bool:
    kinds = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    names = [kind] if isinstance(kind, str) else listed(kind)
    return any(isinstance(value, cast("type", kinds.get(str(name), object))) for name in names)
