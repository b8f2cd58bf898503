"""Parts of schemas get what the question says or what it comes to, in all languages."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer

from studiolo.core.generation import JsonSchema

# For each cause, rows of a question, the parts of the schema in short, and the answer.
ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    row
    for name in ("filled.json", "told.json")
    for rows in json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8")).values()
    for row in rows
]


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


# Questions for samples, how many they ask for, and a part in which all differ.
SAMPLES = [
    ("Generate 3 sample users.", 3, "name"),
    ("Create 2 fictional customers with an address", 2, "email"),
    ("Erzeuge 4 zufällige Benutzer", 4, "name"),
    ("Genera 2 usuarios ficticios", 2, "email"),
    ("生成3个示例用户", 3, "name"),
]


@pytest.mark.parametrize(("question", "count", "part"), SAMPLES, ids=[row[0] for row in SAMPLES])
def test_as_many_samples_are_made_up_as_are_asked_for(question: str, count: int, part: str) -> None:
    parts = {"users": [{"name": "string", "email": "string", "age": "integer"}]}
    users = written(question, parts)["users"]
    assert len(users) == count
    assert len({user[part] for user in users}) == count
    assert all("@example.com" in user["email"] and user["age"] > 17 for user in users)


def test_samples_of_an_array_asked_for_in_words_are_made_up() -> None:
    made = json.loads(answer("Generate a JSON array of 2 sample users with name, email and age."))
    assert [list(user) for user in made] == [["name", "email", "age"]] * 2
    assert made[0]["name"] != made[1]["name"]


def test_what_is_told_is_no_sample() -> None:
    question = "Create a sample user: Nora Lind, nora@lind.example"
    found = written(question, {"name": "string", "email": "string"})
    assert found == {"name": "Nora Lind", "email": "nora@lind.example"}


def test_days_of_answers_count_from_the_day_that_is_told() -> None:
    question = "The meeting is tomorrow at 10:00. Today is 2026-05-04."
    assert written(question, {"date": "date"}) == {"date": "2026-05-05"}


def test_an_optional_object_is_there_where_its_values_are_told() -> None:
    parts = {"address": {"street": "string", "city": "string"}, "name": "string"}
    schema = schema_of(parts)
    schema["properties"]["address"] = {"anyOf": [schema["properties"]["address"], {"type": "null"}]}
    asked = JsonSchema(json.dumps(schema))
    told = json.loads(answer("Ann Lee, 9 Hill Road, Dayton, OH 45402", constraint=asked))
    assert told["address"] == {"street": "9 Hill Road", "city": "Dayton"}
    assert json.loads(answer("Ann Lee is here.", constraint=asked))["address"] is None
