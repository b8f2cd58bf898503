"""Answers that are JSON: `response_format`, which all dialects spell alike (reference/05)."""

import json
import re
from collections.abc import Callable, Sequence

from studiolo.core.card import ModelCard
from studiolo.core.errors import FieldMissing, ResponseFormatInvalid, WrongType
from studiolo.core.messages import Message, TextPart
from studiolo.core.mode_errors import (
    FormatNameInvalid,
    JsonAfterPrefix,
    JsonWordMissing,
    StructuredOutputNotSupported,
)
from studiolo.core.schemas.checks import check_schema
from studiolo.core.schemas.restated import restated
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import as_object

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
ANY_OBJECT = '{"type": "object"}'
# Of a made-up type, so much is said back.
LONGEST_TYPE = 64

SchemaReader = Callable[[Fields], str]


def nested_schema(answer: Fields) -> str:
    """The schema under `json_schema`, as in all dialects but one (see `read_answer_schema`)."""
    asked = answer.object("json_schema")
    if asked is None:
        raise FieldMissing(answer.name("json_schema"))
    # The documents have it in both places; the schema is kept either way.
    answer.flag("strict")
    return schema_of(asked)


def read_answer_schema(
    fields: Fields,
    *,
    messages: Sequence[Message],
    card: ModelCard,
    field: str = "response_format",
    read_schema: SchemaReader = nested_schema,
) -> str | None:
    """The JSON schema the answer must satisfy, by what stands in `field`; None for text.

    Raises ResponseFormatInvalid, StructuredOutputNotSupported, JsonAfterPrefix, JsonWordMissing,
    FormatNameInvalid, FieldMissing, WrongType or SchemaInvalid.
    """
    wanted = fields.raw(field)
    if wanted is None:
        return None
    found = as_object(wanted)
    kind = found.get("type") if found is not None else wanted
    if found is None or kind not in ("text", "json_object", "json_schema"):
        raise ResponseFormatInvalid(str(kind)[:LONGEST_TYPE])
    if kind == "text":
        return None
    if "structured_output" not in card.features:
        raise StructuredOutputNotSupported
    if messages[-1].partial:
        raise JsonAfterPrefix
    if kind == "json_schema":
        return read_schema(Fields(found, fields.name(field)))
    if not _says_json(messages):
        raise JsonWordMissing
    return ANY_OBJECT


def schema_of(asked: Fields) -> str:
    """The schema that stands here with its name, restated; raises as `read_answer_schema` does."""
    name = asked.text("name")
    if name is not None and not NAME.fullmatch(name):
        raise FormatNameInvalid(asked.name("name"))
    asked.text("description")
    asked.flag("strict")
    schema = asked.raw("schema")
    if schema is None:
        raise FieldMissing(asked.name("schema"))
    found = as_object(schema)
    if found is None:
        raise WrongType(asked.name("schema"), "Object")
    text = json.dumps(restated(dict(found)), ensure_ascii=False, separators=(",", ":"))
    check_schema(text, field=asked.name("schema"))
    return text


def _says_json(messages: Sequence[Message]) -> bool:
    return any(
        "json" in part.text.lower()
        for message in messages
        if message.role in ("system", "user")
        for part in message.parts
        if isinstance(part, TextPart)
    )
