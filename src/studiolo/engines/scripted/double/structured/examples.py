"""Examples of objects in a text, and what things like them are."""

import json
import re
from collections.abc import Mapping
from typing import Final, cast

from studiolo.engines.scripted.double.values.merging import listed, mapping
from studiolo.engines.scripted.double.values.templates import template_in

# Words that stand for a value in an example.
TYPES: Final = {
    "int": "integer", "integer": "integer", "number": "number", "float": "number",
    "bool": "boolean", "boolean": "boolean", "string": "string", "str": "string",
}  # fmt: skip


def example_in(text: str) -> tuple[str, object] | None:
    """The first JSON object or list of objects that stands in a text."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"[{\[]", text):
        try:
            read = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        value, end = cast("tuple[object, int]", read)
        if _has_an_object(value):
            return text[match.start() : end], value
    return None


def _has_an_object(value: object) -> bool:
    return bool(mapping(value) or any(mapping(each) for each in listed(value)[:1]))


def schema_of(value: object) -> Mapping[str, object]:
    """A schema for things like this one; a schema is its own."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case str():
            kind = TYPES.get(value.strip("<>[] ").lower())
            if template_in(value) is not None:
                return {"type": "string", "description": value}
            if kind is None and "|" in value:
                return {"enum": [part.strip() for part in value.strip("<>").split("|")]}
            return {"type": kind or "string"}
        case list():
            items = cast("list[object]", value)
            return {"type": "array", "items": schema_of(items[0]) if items else {}}
        case dict():
            fields = cast("dict[str, object]", value)
            if isinstance(fields.get("properties"), dict) and "type" in fields:
                return fields
            return {
                "type": "object",
                "properties": {name: schema_of(each) for name, each in fields.items()},
                "required": list(fields),
            }
        case _:
            return {}
