"""Parts of schemas get what the question says or what it comes to, in all languages."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer

from studiolo.core.generation import JsonSchema

# For each cause, rows of a question, the parts of the schema in short, and the answer.
CASES: dict[str, list[tuple[str, dict[str, Any], dict[str, Any]]]] = json.loads(
    Path(__file__).with_name("filled.json").read_text(encoding="utf-8")
)
ROWS = [row for rows in CASES.values() for row in rows]


def schema_of(short: Any) -> dict[str, Any]:
    """A schema out of its short form.

    That is "integer", "string?" for a text or nothing, a date as "date", several values as an
    enum, one value in a list as a list of such, and names with their parts as an object.
    """
    match short:
        case "date":
            return {"type": "string", "format": "date"}
        case str():
            name = short.removesuffix("?")
            return {"type": [name, "null"] if name != short else name}
        case [one]:
            return {"type": "array", "items": schema_of(one)}
        case list():
            return {"type": "string", "enum": short}
        case _:
            parts = {name: schema_of(each) for name, each in short.items()}
            return {
                "type": "object",
                "properties": parts,
                "required": list(parts),
                "additionalProperties": False,
            }


def written(question: str, parts: Any) -> Any:
    schema = JsonSchema(json.dumps(schema_of(parts), ensure_ascii=False))
    return json.loads(answer(question, constraint=schema))


@pytest.mark.parametrize(("question", "parts", "value"), ROWS, ids=[row[0] for row in ROWS])
def test_each_part_gets_its_own(question: str, parts: Any, value: Any) -> None:
    found = written(question, parts)
    assert json.dumps(found, sort_keys=True) == json.dumps(value, sort_keys=True)
