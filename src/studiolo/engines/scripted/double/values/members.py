"""What a schema says of the parts of objects and arrays, and of numbers."""

import math
import random
from collections.abc import Iterator
from typing import Final, cast

from studiolo.core.schemas.kept.multiples import exact, multiples_of
from studiolo.engines.scripted.double.values.merging import Schema, Unsatisfiable, listed, mapping
from studiolo.engines.scripted.double.values.patterns.expressions import found_in
from studiolo.engines.scripted.double.values.strings import written

_MOST_ITEMS: Final = 10_000
_FAR: Final = 64
_ENDLESS: Final = 10**300
# Items may be of one alternative here and of another there.
_CHOICES: Final = frozenset(("anyOf", "oneOf", "if"))
_LIMITS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def patterned(schema: Schema, name: str) -> list[object]:
    """The schemas for properties with such a name."""
    patterns = mapping(schema.get("patternProperties"))
    return [part for pattern, part in patterns.items() if found_in(pattern, name)]


def may_be_null(part: object) -> bool:
    """Whether a part says by itself that it may be `null`."""
    known = mapping(part)
    ways = [*listed(known.get("anyOf")), *listed(known.get("oneOf"))]
    return "null" in listed(known.get("type")) or any(
        mapping(way).get("type") == "null" for way in ways
    )


def part_named(schema: Schema, name: str) -> object:
    """The schema of one property, wherever it is written."""
    properties = mapping(schema.get("properties"))
    parts = [*([properties[name]] if name in properties else []), *patterned(schema, name)]
    if len(parts) > 1:
        return {"allOf": parts}
    return parts[0] if parts else schema.get("additionalProperties", True)


def some_name(schema: Schema, number: int, draw: random.Random) -> str:
    """The name of a property that may be there, another for each number."""
    patterns = list(mapping(schema.get("patternProperties")))
    names = mapping(schema.get("propertyNames"))
    if names:
        if "enum" in names:
            values = listed(names["enum"])
            return str(values[number % len(values)])
        return written(names, f"key{number}", draw)
    if patterns and schema.get("additionalProperties", True) is False:
        return written({"pattern": patterns[number % len(patterns)]}, "", draw)
    if schema.get("additionalProperties", True) is False:
        raise Unsatisfiable("minProperties", "more properties than may be there")
    return f"key{number}"


def contained(schema: Schema) -> list[object]:
    """The schemas of items that must be among the others."""
    if "contains" not in schema:
        return []
    least = schema.get("minContains", 1)
    if isinstance(least, int) and least > _MOST_ITEMS:
        raise Unsatisfiable("minContains", f"no more than {_MOST_ITEMS:,} items are written")
    held = schema["contains"]
    wanted = cast("tuple[object, ...]", held) if isinstance(held, tuple) else (held,)
    return [*wanted] * (least if isinstance(least, int) else 1)


def item_counts(schema: Schema) -> tuple[int, int]:
    """How few and how many items there may be."""
    least, most = schema.get("minItems", 0), schema.get("maxItems", _MOST_ITEMS)
    low = int(least) if isinstance(least, int | float) else 0
    high = int(most) if isinstance(most, int | float) else _MOST_ITEMS
    if low > high or low > _MOST_ITEMS:
        raise Unsatisfiable("minItems", f"{low} items and at most {high}")
    return low, high


def check_different(schema: Schema, least: int) -> None:
    """Raises Unsatisfiable where it is plain to see that there are no so many different values."""
    if _CHOICES.isdisjoint(schema) and _different(schema) < least:
        raise Unsatisfiable("uniqueItems", f"there are no {least} different items")


def _different(schema: Schema) -> float:
    if "enum" in schema:
        return len(listed(schema["enum"]))
    if "const" in schema:
        return 1
    match schema.get("type"):
        case "integer":
            low, high = _bounds(schema, whole=True)
            return high - low + 1
        case kind:
            return {"boolean": 2, "null": 1}.get(str(kind), math.inf)


def fits_number(value: float, schema: Schema, *, whole: bool) -> bool:
    """Whether a number satisfies what the schema says of numbers."""
    low, high = _bounds(schema, whole=whole)
    if (whole and not float(value).is_integer()) or not low <= value <= high:
        return False
    step = schema.get("multipleOf")
    if not isinstance(step, int | float) or not step:
        return True
    return (exact(value) / exact(step)).denominator == 1


def some_number(schema: Schema, number: int, *, whole: bool) -> float:
    """A number that fits, another for each `number`. Raises Unsatisfiable."""
    found: list[float] = []
    for value in _candidates(schema, whole=whole):
        if fits_number(value, schema, whole=whole) and value not in found:
            found.append(value)
            if len(found) > number:
                break
    if not found:
        keyword = next((key for key in _LIMITS if key in schema), "type")
        raise Unsatisfiable(keyword, "no number fits")
    value = found[number % len(found)]
    return int(value) if float(value).is_integer() else value


def _candidates(schema: Schema, *, whole: bool) -> Iterator[float]:
    """Small numbers first, then those around the bounds, all in the steps of the schema."""
    low, high = _bounds(schema, whole=whole)
    step = schema.get("multipleOf")
    size = float(step) if isinstance(step, int | float) and step else 1.0
    edges = [edge for edge in (1.0, low, high, (low + high) / 2) if math.isfinite(edge)]
    for edge in edges:
        first = round(edge / size) * size
        for away in range(_FAR):
            yield round(first + away * size, 9)
            yield round(first - away * size, 9)
    yield from edges
    yield from _multiples(schema, whole=whole)


def _multiples(schema: Schema, *, whole: bool) -> Iterator[float]:
    """The first or the last multiples between the bounds, reckoned exactly."""
    words = {word: held for word, held in schema.items() if word in _LIMITS}
    found = multiples_of([{**words, "type": "integer" if whole else "number"}])
    if found is None:
        return
    edge = found.first if found.first is not None else found.last or 0
    sign = 1 if found.first is not None else -1
    for away in range(_FAR):
        number = found.step * (edge + sign * away)
        yield int(number) if number.denominator == 1 else float(number)


def _bounds(schema: Schema, *, whole: bool) -> tuple[float, float]:
    low, high = _number(schema.get("minimum"), -math.inf), _number(schema.get("maximum"), math.inf)
    least, most = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if least is not None and least is not False:
        edge = low if least is True else _number(least, -math.inf)
        low = max(low, math.floor(edge) + 1 if whole else math.nextafter(edge, math.inf))
    if most is not None and most is not False:
        edge = high if most is True else _number(most, math.inf)
        high = min(high, math.ceil(edge) - 1 if whole else math.nextafter(edge, -math.inf))
    return (
        (math.ceil(low), math.floor(high))
        if whole and math.isfinite(low) and math.isfinite(high)
        else (low, high)
    )


def _number(value: object, default: float) -> float:
    """As it is written, for a double has not all whole numbers; endless where no double is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return value if abs(value) < _ENDLESS else math.copysign(math.inf, value > 0 or -1)
