"""Schemas of all kinds that can be satisfied, for hypothesis."""

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(
    ["name", "age", "city", "email", "tags", "名称", "is_open", "x", "from", "größe"]
)
PATTERNS = st.sampled_from(
    [
        "^[A-Z]{3}-\\d{2,4}$",
        "^(red|green|blue)$",
        "[a-f0-9]{8}",
        "^\\+?\\d{3,}$",
        "^\\w+@\\w+\\.(com|org)$",
        "^a?b*c+$",
        "^[^x]{2}$",
    ]
)
FORMATS = st.sampled_from(["date", "date-time", "time", "email", "uuid", "uri", "ipv4"])


@st.composite
def bounded(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["integer", "number"]))
    schema: dict[str, Any] = {"type": kind}
    low = draw(st.integers(-50, 50))
    if draw(st.booleans()):
        schema[draw(st.sampled_from(["minimum", "exclusiveMinimum"]))] = low
    if draw(st.booleans()):
        schema[draw(st.sampled_from(["maximum", "exclusiveMaximum"]))] = low + draw(
            st.integers(20, 99)
        )
    if draw(st.booleans()):
        schema["multipleOf"] = draw(
            st.sampled_from([1, 2, 5, 7] if kind == "integer" else [0.5, 0.25, 3])
        )
    return schema


@st.composite
def texts(draw: st.DrawFn) -> dict[str, Any]:
    way = draw(st.sampled_from(["plain", "length", "pattern", "format"]))
    if way == "pattern":
        return {"type": "string", "pattern": draw(PATTERNS)}
    if way == "format":
        return {"type": "string", "format": draw(FORMATS)}
    if way == "length":
        low = draw(st.integers(0, 30))
        return {"type": "string", "minLength": low, "maxLength": low + draw(st.integers(0, 30))}
    return {"type": "string"}


CHOICES = st.lists(
    st.one_of(st.text(min_size=1, max_size=6), st.integers(-9, 9), st.none(), st.booleans()),
    min_size=1,
    max_size=4,
).map(lambda values: {"enum": values})
LEAVES = st.one_of(
    bounded(),
    texts(),
    CHOICES,
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {}, True]),
    st.integers(0, 5).map(lambda value: {"const": value}),
)


def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(objects(inner), arrays(inner), branches(inner))


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    properties = draw(st.dictionaries(NAMES, inner, max_size=4))
    required = [name for name in properties if draw(st.booleans())]
    schema: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    if draw(st.booleans()):
        schema["additionalProperties"] = False
    elif draw(st.booleans()):
        schema["minProperties"] = len(properties) + draw(st.integers(0, 2))
        schema["additionalProperties"] = draw(inner)
    if len(properties) > 1 and draw(st.booleans()):
        first, second = list(properties)[:2]
        schema["dependentRequired"] = {first: [second]}
    return schema


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "items": draw(inner)}
    if draw(st.booleans()):
        schema["prefixItems"] = draw(st.lists(inner, min_size=1, max_size=3))
    low = draw(st.integers(0, 4))
    schema |= {"minItems": low, "maxItems": low + draw(st.integers(0, 3))}
    if draw(st.booleans()):
        schema["items"] = {"type": "integer"}
        schema.pop("prefixItems", None)
        schema["uniqueItems"] = True
    return schema


@st.composite
def branches(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    keyword = draw(st.sampled_from(["anyOf", "allOf"]))
    if keyword == "allOf":
        return {"allOf": [draw(inner), {}, True]}
    return {keyword: draw(st.lists(inner, min_size=1, max_size=3))}


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    """Any of these, sometimes by way of a reference."""
    schema = draw(st.recursive(LEAVES, deeper, max_leaves=8))
    if draw(st.booleans()):
        return {"$ref": "#/$defs/thing", "$defs": {"thing": schema}}
    return schema if isinstance(schema, dict) else {}


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, Any]:
    """Schemas as tools have them."""
    return draw(objects(st.recursive(LEAVES, deeper, max_leaves=4)))
