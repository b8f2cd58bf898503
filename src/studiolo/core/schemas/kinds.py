"""Types as languages and tools name them, and the types of JSON schemas that are meant."""

from typing import Final, cast

from studiolo.core.schemas.nodes import Mapping, mapped

KINDS: Final = {
    "string": "string",
    "str": "string",
    "text": "string",
    "integer": "integer",
    "int": "integer",
    "long": "integer",
    "number": "number",
    "float": "number",
    "double": "number",
    "boolean": "boolean",
    "bool": "boolean",
    "null": "null",
    "none": "null",
    "nonetype": "null",
    "object": "object",
    "dict": "object",
    "map": "object",
    "array": "array",
    "list": "array",
    "tuple": "array",
}
# Says that every value may stand.
ANY: Final = "any"
# What is deeper is refused, or says nothing.
_DEEPEST: Final = 128


def kind_of(name: object) -> str | None:
    """The type that is meant, whatever its parts are to be; None if nobody knows it."""
    word = str(name).lower().partition("[")[0].strip()
    return ANY if word == ANY else KINDS.get(word)


def said_plainly(schema: Mapping, level: int = 0) -> Mapping:
    """The schema with its types said as JSON schemas say them; those that nobody knows stay."""
    if level >= _DEEPEST:
        return schema
    return mapped(_plain(schema), lambda each: said_plainly(each, level + 1))


def _plain(node: Mapping) -> Mapping:
    said = node.get("type")
    names = cast("list[object]", said) if isinstance(said, list) else [said]
    if not names or not all(isinstance(name, str) for name in names):
        return node
    kinds = list(dict.fromkeys(kind_of(name) or name for name in names))
    if ANY in kinds:
        return {word: held for word, held in node.items() if word != "type"}
    return {**node, "type": kinds if isinstance(said, list) else kinds[0]}
