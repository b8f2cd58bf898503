"""Response formats that both dialects refuse, in the same words."""

from typing import Any

from tests.http.bad_parameters import USER, Bad

SCHEMA = "response_format.json_schema.schema"
NO_JSON_WORD = (
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
    "'json_object'."
)
THINKING = (
    "<400> InternalError.Algo.InvalidParameter: "
    "Json mode response is not supported when enable_thinking is true"
)
UNKNOWN = (
    "Unknown format of response_format, response_format should be a dict, includes 'type' and an "
    "optional key 'json_schema'. The response_format type from user is "
)
PARTIAL = "Partial mode is not supported with response_format json_object or json_schema."
THINKER = "qwen3.7-max-2026-05-17"
ASKED = {"role": "user", "content": "Answer in JSON."}
PERSON: dict[str, Any] = {"type": "object", "properties": {"age": {"type": "integer"}}}


def doubling(levels: int) -> dict[str, Any]:
    """Small, and unfolded it has as many parts as two to the power of its levels."""
    definitions: dict[str, Any] = {f"d{levels}": {"type": "object"}}
    for level in range(levels):
        more = {"$ref": f"#/$defs/d{level + 1}"}
        sides = {side: {"allOf": [more, {"required": [f"{side}{level}"]}]} for side in "lr"}
        definitions[f"d{level}"] = {"type": "object", "properties": sides}
    return {"$defs": definitions, "$ref": "#/$defs/d0"}


def a_format(**fields: Any) -> dict[str, Any]:
    return {"response_format": fields}


def a_schema(schema: Any, **fields: Any) -> dict[str, Any]:
    return a_format(type="json_schema", json_schema={"name": "it", "schema": schema, **fields})


def with_age(**words: Any) -> dict[str, Any]:
    return a_schema({"type": "object", "properties": {"age": words}, "required": ["age"]})


OBJECT = a_format(type="json_object")

BAD_FORMATS = [
    Bad("a format of another type", UNKNOWN + "yaml.", a_format(type="yaml")),
    Bad("a format of no type", UNKNOWN + "None.", a_format(json_schema={})),
    Bad("a format in a word", UNKNOWN + "json_object.", {"response_format": "json_object"}),
    Bad("a format like a book", UNKNOWN + "x" * 64 + ".", a_format(type="x" * 1000)),
    Bad("json that nobody speaks of", NO_JSON_WORD, OBJECT),
    Bad(
        "json that only the model spoke of",
        NO_JSON_WORD,
        OBJECT,
        messages=[USER, {"role": "assistant", "content": "JSON?"}, USER],
    ),
    Bad("json of a model that thinks in streams", THINKING, OBJECT, [ASKED], "qwq-plus"),
    Bad("json while thinking", THINKING, OBJECT | {"enable_thinking": True}, messages=[ASKED]),
    Bad("a schema while thinking", THINKING, a_schema(PERSON) | {"enable_thinking": True}),
    Bad("json of a model that must think", THINKING, OBJECT, messages=[ASKED], model=THINKER),
    Bad("a schema for a model that must think", THINKING, a_schema(PERSON), model=THINKER),
    Bad(
        "json after a prefix",
        PARTIAL,
        OBJECT,
        messages=[ASKED, {"role": "assistant", "content": "{", "partial": True}],
    ),
    Bad(
        "no json_schema",
        "Field required: response_format.json_schema",
        a_format(type="json_schema"),
    ),
    Bad(
        "a json_schema of text",
        "'response_format.json_schema' must be Object",
        a_format(type="json_schema", json_schema="person"),
    ),
    Bad("no schema", f"Field required: {SCHEMA}", a_format(type="json_schema", json_schema={})),
    Bad("a schema of text", f"'{SCHEMA}' must be Object", a_schema("{}")),
    Bad("a schema of truth", f"'{SCHEMA}' must be Object", a_schema(True)),
    Bad(
        "a name with spaces",
        "'response_format.json_schema.name' must be 1 to 64 letters, digits, underscores and "
        "dashes",
        a_schema(PERSON, name="a person"),
    ),
    Bad(
        "a name of 65 letters",
        "'response_format.json_schema.name' must be 1 to 64 letters, digits, underscores and "
        "dashes",
        a_schema(PERSON, name="a" * 65),
    ),
    Bad(
        "a name that is a number",
        "'response_format.json_schema.name' must be String",
        a_schema(PERSON, name=7),
    ),
    Bad(
        "a strict in a word",
        "'response_format.json_schema.strict' must be Boolean",
        a_schema(PERSON, strict="yes"),
    ),
    Bad(
        "a strict in a word beside the schema",
        "'response_format.strict' must be Boolean",
        a_format(type="json_schema", strict="yes", json_schema={"schema": PERSON}),
    ),
    Bad(
        "a type that is none",
        f"Invalid schema, {SCHEMA}.properties.age.type: Invalid enum value 'int', "
        "types are null, boolean, object, array, number, string, integer.",
        with_age(type="int"),
    ),
    Bad(
        "a bound that is text",
        f"Invalid schema, {SCHEMA}.properties.age.minimum: Expected `float`, got `str`.",
        with_age(minimum="5"),
    ),
    Bad(
        "bounds that cross",
        f"Invalid schema, {SCHEMA}.properties.age: nothing satisfies it, for nothing is between "
        "minimum 5 and maximum 3.",
        with_age(type="integer", minimum=5, maximum=3),
    ),
    Bad(
        "a reference to elsewhere",
        f"Invalid schema, {SCHEMA}.properties.age.$ref: 'https://x.test/age' is no part of this "
        "schema, and nothing is fetched.",
        with_age(**{"$ref": "https://x.test/age"}),
    ),
    Bad(
        "a word that cannot be kept",
        f'Invalid schema, {SCHEMA}.properties.age: it cannot be kept with ["not"].',
        with_age(**{"not": {"type": "string"}}),
    ),
    Bad(
        "a pattern that looks ahead",
        f"Invalid schema, {SCHEMA}.properties.age.pattern: in the pattern: look-around, including "
        "look-ahead and look-behind, is not supported.",
        with_age(type="string", pattern="(?=a)b"),
    ),
    Bad(
        "a control token of the model",
        f"Invalid schema, {SCHEMA}.properties.age.enum: '<|im_end|>' is a control token of the "
        "model and cannot be written.",
        with_age(enum=["old", "<|im_end|>"]),
    ),
    Bad(
        "a schema that is small and costs without end",
        f"Invalid schema, {SCHEMA}: it costs too much to be kept.",
        a_schema(doubling(14)),
    ),
    Bad(
        "a schema like a book",
        f"Invalid schema, {SCHEMA}: it is longer than 65536 bytes.",
        a_schema({"type": "object", "description": "x" * 70_000}),
    ),
]
