"""What a schema says of the parts of objects and arrays, and of numbers."""

import math
import random
import re
from typing import Final

from studiolo.engines.scripted.double.values.merging import Schema, Unsatisfiable, listed, mapping
from studiolo.engines.scripted.double.values.strings import written

_MOST_ITEMS: Final = 10_000
_EPSILON: Final = 1e-9


def patterned(schema: Schema, name: str) -> list[object]:
    """The schemas for properties with such a name."""
    patterns = mapping(schema.get("patternProperties"))
    return [part for pattern, part in patterns.items() if re.search(pattern, name)]


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
    return [schema["contains"]] * (least if isinstance(least, int) else 1)


def item_counts(schema: Schema) -> tuple[int, int]:
    """How few and how many items there may be."""
    least, most = schema.get("minItems", 0), schema.get("maxItems", _MOST_ITEMS)
    low = int(least) if isinstance(least, int | float) else 0
    high = int(most) if isinstance(most, int | float) else _MOST_ITEMS
    if low > high or low > _MOST_ITEMS:
        raise Unsatisfiable("minItems", f"{low} items and at most {high}")
    return low, high


def item_schemas(schema: Schema) -> tuple[list[object], object]:
    """Those of the first items, one by one, and that of all others; False if there are none."""
    items = schema.get("items", True)
    if isinstance(items, list):
        return listed(schema["items"]), schema.get("additionalItems", True)
    return listed(schema.get("prefixItems")), items


def fits_number(value: float, schema: Schema, *, whole: bool) -> bool:
    """Whether a number satisfies what the schema says of numbers."""
    low, high = _bounds(schema, whole=whole)
    if (whole and not float(value).is_integer()) or not low <= value <= high:
        return False
    step = schema.get("multipleOf")
    if not isinstance(step, int | float) or not step:
        return True
    return abs(value / step - round(value / step)) < _EPSILON


def some_number(schema: Schema, number: int, *, whole: bool) -> float:
    """A number that fits, another for each `number`. Raises Unsatisfiable."""
    low, high = _bounds(schema, whole=whole)
    step = schema.get("multipleOf")
    size = float(step) if isinstance(step, int | float) and step else 1.0
    if whole and not size.is_integer():
        size = size * round(1 / (size % 1)) if size % 1 else 1.0
    first = (
        1.0
        if low <= 1 <= high and size <= 1
        else max(low, min(0.0, high))
        if low > -math.inf
        else min(0.0, high)
    )
    start = math.ceil(first / size - _EPSILON) * size
    value = start + number * size
    if value > high:
        value = start if start <= high else math.floor(high / size + _EPSILON) * size
    if value < low and size == 1.0 and not whole and "multipleOf" not in schema:
        value = (low + high) / 2
    if not low <= value <= high:
        if "multipleOf" not in schema and not whole and low <= high:
            return (low + high) / 2
        raise Unsatisfiable("minimum", f"no number from {low} to {high}")
    value = round(value, 9)
    return int(value) if value.is_integer() else value


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
    return (
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default
    )
