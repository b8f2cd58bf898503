"""What the text between parameter tags is as JSON, by the schema the tool declares."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, NoReturn, cast

from studiolo.core.schemas.kinds import ANY, KINDS, kind_of
from studiolo.core.schemas.pointers import parameters_of, part_of
from studiolo.families.calls.declared import mapping, rows

TEXT: Final = frozenset({"string"})

# Truth and nothing in small letters, as Python calls them too.
WORDS: Final = {"true": "true", "false": "false", "null": "null", "none": "null"}
_NOTHING: Final = object()
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode
_CHOICES: Final = ("anyOf", "oneOf")
_UNIONS: Final = (*_CHOICES, "allOf")
# What a schema says of the type of a value with.
_TYPING: Final = frozenset(("type", "enum", "const", "properties", "items", "$ref", *_UNIONS))
# Schemas within schemas say what is needed early; deeper ones only cost time.
_DEEPEST: Final = 8


def kinds_of(parameters: str) -> dict[str, frozenset[str]]:
    """What each declared parameter may be; what says nothing of its type is text."""
    root = _read(parameters)
    return {
        name: frozenset(kind for each in schemas for kind in _Kinds(root).of(each)) or TEXT
        for name, schemas in parameters_of(root).items()
    }


def as_json(text: str, kinds: frozenset[str], *, escaped: str) -> str:
    """The text as JSON; what cannot be read as any of these kinds is a string.

    What is valid JSON stays as the model wrote it, and what would be if its texts were `escaped` is
    told so. Truth and nothing may be written as in Python.
    """
    written = text.strip()
    word = WORDS.get(written.lower())
    if word is not None:
        written = word
    value = _read(written)
    if value is _NOTHING and _read(written, strict=False) is not _NOTHING:
        written = escaped.strip()
        value = _read(written)
    if value is _NOTHING:
        return as_string(text)
    if "string" in kinds and not _kinds_of_value(value) & (kinds - TEXT):
        return as_string(text)
    return written


def as_string(text: str) -> str:
    """The text as a JSON string."""
    return _ENCODE(text)


class _Kinds:
    """Looks up what a part of this schema may be; every reference is followed once."""

    def __init__(self, root: object) -> None:
        self._root = root
        self._followed: set[str] = set()

    def of(self, schema: object, *, depth: int = 0) -> Iterator[str]:
        """The kinds, some of them perhaps more than once."""
        fields = mapping(schema)
        declared = fields.get("type")
        if declared is not None:
            names = cast("list[object]", declared) if isinstance(declared, list) else [declared]
            kinds = [kind_of(name) or "string" for name in names]
            yield from KINDS.values() if ANY in kinds else kinds
            return
        if depth < _DEEPEST:
            for each in self._within(fields):
                yield from self.of(each, depth=depth + 1)
            yield from ("string" for each in self._ways(fields) if _says_nothing(each))
        for value in (
            *rows(fields.get("enum")),
            *([fields["const"]] if "const" in fields else ()),
        ):
            yield from _kinds_of_value(value)
        if "properties" in fields:
            yield "object"
        if "items" in fields:
            yield "array"

    def _ways(self, fields: Mapping[str, object]) -> Iterator[object]:
        """The schemas of which one is enough."""
        for key in _CHOICES:
            yield from rows(fields.get(key))

    def _within(self, fields: Mapping[str, object]) -> Iterator[object]:
        """The schemas that this one stands for."""
        for key in _UNIONS:
            yield from rows(fields.get(key))
        reference = fields.get("$ref")
        if isinstance(reference, str) and reference not in self._followed:
            self._followed.add(reference)
            yield part_of(self._root, reference)


def _says_nothing(schema: object) -> bool:
    fields = mapping(schema)
    return schema is True or schema == {} or (bool(fields) and _TYPING.isdisjoint(fields))


def _kinds_of_value(value: object) -> frozenset[str]:
    match value:
        case None:
            return frozenset({"null"})
        case bool():
            return frozenset({"boolean"})
        case int():
            return frozenset({"integer", "number"})
        case float():
            return frozenset({"integer", "number"} if value.is_integer() else {"number"})
        case str():
            return TEXT
        case list():
            return frozenset({"array"})
        case _:
            return frozenset({"object"})


def _read(text: str, *, strict: bool = True) -> object:
    """The value of this JSON; `_NOTHING` if it is none or too deep.

    Unless it is strict, there may be newlines and tabs in its texts.
    """
    try:
        value: object = json.loads(text, parse_constant=_refuse, parse_int=_integer, strict=strict)
    except (ValueError, RecursionError):
        return _NOTHING
    return value


def _integer(digits: str) -> int:
    """Only its kind matters, and Python does not like numbers of thousands of digits."""
    return int(digits[:18])


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)
