"""Schemas as people send them: what pydantic and zod write, and what strict modes ask for."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints
from pydantic.types import conint, conlist, constr


class Ordinary(msgspec.Struct, frozen=True):
    """A schema, and what is said of it where it is refused."""

    title: str
    schema: dict[str, Any]
    refused: str = ""


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Address(BaseModel):
    street: str = Field(max_length=9, description="Without the number.")
    number: int | None = None


class Person(BaseModel):
    """Somebody who lives somewhere."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=9)]
    address: Address
    former: list[Address] = Field(default_factory=list, max_length=2)


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    mood: Literal["good", "bad"]
    level: Level
    colour: Colour = Colour.RED
    sure: bool


class Moments(BaseModel):
    at: datetime
    on: date
    by: time
    lasting: timedelta
    id: UUID


class Numbers(BaseModel):
    share: float = Field(ge=0, le=1)
    count: conint(gt=0, lt=100)
    price: Decimal = Field(max_digits=6, decimal_places=2)
    step: int = Field(multiple_of=5, ge=0, le=50)


class Texts(BaseModel):
    code: constr(pattern=r"^[A-Z]{3}-\d{2}$")
    short: constr(min_length=2, max_length=4)
    tags: conlist(Colour, min_length=1, max_length=2)


class Counts(BaseModel):
    counts: dict[str, int]
    by_colour: dict[Colour, bool]


class Mixed(BaseModel):
    value: int | bool | None
    other: list[int] | Colour = Field(description="One or many.")
    anything: Any = None


class Places(BaseModel):
    where: tuple[int, bool]
    more: tuple[Colour, ...] = Field(max_length=2)


class Tree(BaseModel):
    label: Colour
    children: list["Tree"] = Field(default_factory=list, max_length=1)


class Chain(BaseModel):
    value: bool
    rest: "Chain | None" = None


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(ge=1, le=9)


class Dog(BaseModel):
    kind: Literal["dog"]
    loud: bool


class Owner(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]


class Pets(RootModel[list[Annotated[Cat | Dog, Field(discriminator="kind")]]]):
    pass


class Sets(BaseModel):
    members: set[int]


class Generic(BaseModel):
    model_config = ConfigDict(title="Something", json_schema_extra={"examples": [{"a": 1}]})
    a: int = Field(alias="theA", json_schema_extra={"x-order": 1, "nullable": False})
    b: Literal[1, "one", None, True]


def strict(**properties: Any) -> dict[str, Any]:
    """As strict modes want objects: closed, and everything required."""
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


STEP = strict(explanation={"type": "string", "maxLength": 9}, output={"type": "boolean"})
ZOD = {"$schema": "http://json-schema.org/draft-07/schema#"}
ZOD_4 = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
SAFE = {"type": "integer", "minimum": -(2**53) + 1, "maximum": 2**53 - 1}
CARD = {"type": "object", "properties": {"card": {"type": "integer"}, "bill": {"const": "x"}}}
DIALOG = {
    "$defs": {
        "node": strict(
            kind={"type": "string", "enum": ["div", "button"]},
            children={"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 1},
        )
    },
    **strict(root={"$ref": "#/$defs/node"}),
}


def deep(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "boolean"}
    for _ in range(levels):
        found = strict(a=found)
    return found


ORDINARY = [
    *(
        Ordinary(f"pydantic: {model.__name__}", model.model_json_schema())
        for model in (Person, Closed, Moments, Numbers, Texts, Counts, Mixed, Places, Tree, Chain)
    ),
    *(
        Ordinary(f"pydantic: {model.__name__}", model.model_json_schema())
        for model in (Owner, Pets, Generic)
    ),
    Ordinary("pydantic: as it is written", Numbers.model_json_schema(mode="serialization")),
    Ordinary(
        "pydantic: Sets",
        Sets.model_json_schema(),
        'properties.members: it cannot be kept with ["uniqueItems"]',
    ),
    Ordinary("strict: steps", strict(steps={"type": "array", "items": STEP, "maxItems": 2})),
    Ordinary("strict: nullable", strict(unit={"type": ["string", "null"], "enum": ["F", None]})),
    Ordinary("strict: recursive", DIALOG),
    Ordinary(
        "strict: recursive at the root", strict(next={"anyOf": [{"$ref": "#"}, {"type": "null"}]})
    ),
    Ordinary(
        "strict: one of many",
        strict(item={"anyOf": [strict(name={"const": "a"}), strict(n={"type": "null"})]}),
    ),
    Ordinary("strict: five levels", deep(5)),
    Ordinary("strict: forty levels", deep(40), "it is nested deeper than 16"),
    Ordinary(
        "zod: object", ZOD | strict(a={"type": "boolean"}, b={"type": "string", "minLength": 1})
    ),
    Ordinary(
        "zod: tuple",
        ZOD | {"type": "array", "minItems": 2, "maxItems": 2, "items": [{"type": "boolean"}, SAFE]},
    ),
    Ordinary(
        "zod: tuple with a rest",
        ZOD | {"type": "array", "items": [{"const": 1}], "additionalItems": {"type": "null"}},
    ),
    Ordinary("zod: exclusive", ZOD | {"type": "number", "exclusiveMinimum": 0, "maximum": 8}),
    Ordinary(
        "zod: union of literals",
        ZOD | strict(a={"anyOf": [{"type": "string", "const": "x"}, SAFE]}),
    ),
    Ordinary(
        "zod: optional and nullable",
        ZOD
        | {
            "type": "object",
            "properties": {"a": {"anyOf": [SAFE, {"type": "null"}]}, "b": {"type": "boolean"}},
            "additionalProperties": False,
        },
    ),
    Ordinary(
        "zod: record",
        ZOD_4
        | {
            "type": "object",
            "propertyNames": {"type": "string"},
            "additionalProperties": {"type": "boolean"},
        },
    ),
    Ordinary(
        "zod: record of some",
        ZOD_4 | {"propertyNames": {"enum": ["a", "b"]}, "additionalProperties": {"const": 1}},
    ),
    Ordinary(
        "names by a pattern",
        {"propertyNames": {"pattern": "^[a-c]{1,2}$"}, "additionalProperties": {"const": 1}},
    ),
    Ordinary(
        "names by their length",
        {"type": "object", "propertyNames": {"maxLength": 3}},
        'it cannot be kept with ["propertyNames"]',
    ),
    Ordinary(
        "zod: intersection",
        ZOD_4
        | {
            "allOf": [
                {"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]},
                {"type": "object", "properties": {"b": {"type": "null"}}, "required": ["b"]},
            ]
        },
    ),
    Ordinary(
        "zod: email",
        ZOD_4
        | strict(
            a={
                "type": "string",
                "format": "email",
                "pattern": r"^(?!\.)(?!.*\.\.)([\w'+\-\.]*)[\w+-]@([a-z][a-z\-]*\.)+[a-z]{2,}$",
            }
        ),
        "properties.a.pattern: in the pattern: look-around",
    ),
    Ordinary(
        "zod: address of a computer",
        ZOD_4
        | strict(
            a={
                "type": "string",
                "format": "ipv6",
                "pattern": "^("
                + "|".join(f"([0-9a-f]{{1,4}}:){{1,{n}}}:" for n in range(1, 8))
                + ")$",
            }
        ),
    ),
    Ordinary(
        "zod: lazy", ZOD_4 | strict(of={"type": "array", "items": {"$ref": "#"}, "maxItems": 1})
    ),
    Ordinary("dependencies", ZOD | CARD | {"dependencies": {"card": ["bill"]}}),
    Ordinary("dependent schemas", CARD | {"dependentSchemas": {"card": {"required": ["bill"]}}}),
    Ordinary("dependent names", CARD | {"dependentRequired": {"card": ["bill"], "bill": ["card"]}}),
    Ordinary("no type", {"properties": {"a": {"enum": [1]}}, "required": ["a"]}),
    Ordinary(
        "words of OpenAPI",
        strict(a={"type": "boolean", "nullable": True, "example": True, "xml": {"name": "a"}}),
    ),
    Ordinary(
        "tell apart by a constant", {"oneOf": [strict(k={"const": "a"}), strict(k={"const": "b"})]}
    ),
    Ordinary(
        "a condition",
        CARD | {"if": {"required": ["card"]}, "then": {"required": ["bill"]}},
        'it cannot be kept with ["if", "then"]',
    ),
    Ordinary(
        "negation", {"type": "string", "not": {"const": "a"}}, 'it cannot be kept with ["not"]'
    ),
    Ordinary(
        "at least so many of a kind",
        {"type": "array", "contains": {"const": 1}, "minContains": 2},
        'it cannot be kept with ["contains", "minContains"]',
    ),
    Ordinary(
        "a word by its bounds",
        {"type": "string", "pattern": r"\bfoo\b"},
        "in the pattern: a word b",
    ),
    Ordinary(
        "a number without end",
        {"type": "integer", "minimum": 2**64},
        "minimum: a number is too large",
    ),
]
