"""Tools and JSON in one request: what is open is called, and then the answer holds the results."""

import json
from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer, called, calls_of, said, tool

from studiolo.core.generation import ForcedCalls, JsonSchema
from studiolo.core.messages import Message
from studiolo.core.mode_errors import SchemaInvalid
from studiolo.families.table import FAMILIES

TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}


def whole(**parts: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": parts,
        "required": list(parts),
        "additionalProperties": False,
    }


def taking(name: str, description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "description": description}},
        "required": [name],
    }


TOOLS = {
    "weather": tool("get_weather", "Weather in a city", taking("city", "City")),
    "tides": tool("get_tides", "Tides at a harbour", taking("harbour", "Name of the harbour")),
    "orders": tool(
        "list_orders", "List the orders of a customer", taking("customer_id", "e.g. cus_12")
    ),
    "flight": tool("flight_status", "Status of a flight", taking("flight_number", "e.g. LH 454")),
}
ORDER = whole(id=TEXT, total=NUMBER)
# The question, the tool, what every call gives back, the schema, and the answer in the end.
LOOPS: dict[str, tuple[str, str, Any, dict[str, Any], Any]] = {
    "names that are the same": (
        "What is the weather in Turku?",
        "weather",
        {"temp_c": 3, "sky": "sleet"},
        whole(city=TEXT, temp_c=NUMBER, sky=TEXT),
        {"city": "Turku", "temp_c": 3, "sky": "sleet"},
    ),
    "other words for them": (
        "Wie ist das Wetter in Husum?",
        "weather",
        {"temp": 9, "humidity": 88},
        whole(stadt=TEXT, temperatur=NUMBER),
        {"stadt": "Husum", "temperatur": 9},
    ),
    "an object for each result": (
        "Weather in Porto and Faro?",
        "weather",
        {"temp_c": 19},
        whole(cities={"type": "array", "items": whole(city=TEXT, temp_c=WHOLE)}),
        {"cities": [{"city": "Porto", "temp_c": 19}, {"city": "Faro", "temp_c": 19}]},
    ),
    "an object for each thing of a result, and how many": (
        "List the orders of cus_77.",
        "orders",
        {"orders": [{"id": "o1", "total": 12.5}, {"id": "o2", "total": 40}]},
        whole(orders={"type": "array", "items": ORDER}, count=WHOLE),
        {"orders": [{"id": "o1", "total": 12.5}, {"id": "o2", "total": 40}], "count": 2},
    ),
    "parts of parts, and none": (
        "What is the weather in Lviv?",
        "weather",
        {"now": {"temp_c": -4, "wind": "12"}},
        whole(
            place=whole(city=TEXT),
            now=whole(temp_c={"anyOf": [{"type": "null"}, NUMBER]}),
            wind=WHOLE,
        ),
        {"place": {"city": "Lviv"}, "now": {"temp_c": -4}, "wind": 12},
    ),
    "a result in words": (
        "What is the status of flight LH 730?",
        "flight",
        "LH 730 is delayed by 25 minutes",
        whole(flight=TEXT, status={"enum": ["on time", "delayed"]}, minutes=WHOLE),
        {"flight": "LH 730", "status": "delayed", "minutes": 25},
    ),
    "told in a sentence": (
        "¿Qué tiempo hace en Vigo?",
        "weather",
        {"cielo": "niebla"},
        whole(ciudad=TEXT, resumen=TEXT),
        {"ciudad": "Vigo", "resumen": "Este es el resultado. Vigo: cielo: niebla."},
    ),
    "any object": (
        "Weather in Bari? Reply in JSON.",
        "weather",
        {"temp_c": 21},
        {"type": "object"},
        {"city": "Bari", "temp_c": 21},
    ),
    "any object, of several results": (
        "用JSON返回大连和青岛的天气",
        "weather",
        {"temp_c": 8},
        {"type": "object"},
        {"results": [{"city": "大连", "temp_c": 8}, {"city": "青岛", "temp_c": 8}]},
    ),
    "any object, of a result in words": (
        "Give me the tides at Whitby as JSON",
        "tides",
        "high at 4, low at 10",
        {"type": "object"},
        {"harbour": "Whitby", "result": "high at 4, low at 10"},
    ),
    "parts that the words name": (
        "Weather in Split? Answer in JSON with the keys town and sky.",
        "weather",
        {"sky": "clear", "temp_c": 24},
        {"type": "object"},
        {"town": "Split", "sky": "clear"},
    ),
    "nothing to be called": (
        "Extract: Ada Byron, 36",
        "weather",
        {},
        whole(name=TEXT, age=WHOLE),
        {"name": "Ada Byron", "age": 36},
    ),
}


def asked(messages: list[Message], title: str, family: str, *, several: bool) -> str:
    _, name, _, schema, _ = LOOPS[title]
    style = FAMILIES[family].calls
    assert style is not None
    forms = (style.form(TOOLS[name]),)
    either = ForcedCalls(forms, several=several, or_schema=json.dumps(schema))
    return answer(messages, tools=[TOOLS[name]], family=family, constraint=either)


@pytest.mark.parametrize("several", [True, False])
@pytest.mark.parametrize("family", ["qwen3", "qwen3-coder"])
@pytest.mark.parametrize("title", LOOPS)
def test_every_loop_ends_with_what_was_found(title: str, family: str, several: bool) -> None:
    question, _, result, _, last = LOOPS[title]
    messages = [said("user", question)]
    for _ in range(3):
        written = asked(messages, title, family, several=several)
        calls = calls_of(written)
        if not calls:
            break
        back = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
        messages += [called(*calls), *(said("tool", back) for _ in calls)]
    assert json.loads(written) == last


def test_an_answer_without_tools_holds_what_they_found_before() -> None:
    weather = called(("get_weather", {"city": "Turku"}))
    messages = [said("user", "Weather in Turku?"), weather, said("tool", '{"sky": "sleet"}')]
    schema = JsonSchema(json.dumps(whole(city=TEXT, sky=TEXT)))
    assert json.loads(answer(messages, constraint=schema)) == {"city": "Turku", "sky": "sleet"}
    messages += [said("assistant", "Sleet."), said("user", "Give me that as JSON.")]
    assert json.loads(answer(messages, constraint=schema)) == {"city": "Turku", "sky": "sleet"}


def test_what_no_value_satisfies_is_refused_beside_tools_too() -> None:
    broken = ForcedCalls((), or_schema='{"type": "integer", "minimum": 5, "maximum": 3}')
    with pytest.raises(SchemaInvalid, match="minimum"):
        answer("Hello", constraint=broken)


SAID_BEFORE = {
    "English": (
        ["My name is Greta Holt and I am 58.", "Put what you know about me into JSON."],
        {"name": "Greta Holt", "age": 58},
    ),
    "German": (
        ["Ich heiße Uwe Brandt und bin 44 Jahre alt.", "Fasse das als JSON zusammen."],
        {"name": "Uwe Brandt", "age": 44},
    ),
    "Chinese": (
        ["我叫陈晓东。今年31岁。", "把我的信息整理成JSON。"],
        {"name": "陈晓东", "age": 31},
    ),
    "the latest counts": (
        ["I am Tom Reed, 20.", "Sorry, Tim Reed, 21.", "Save that as JSON."],
        {"name": "Tim Reed", "age": 21},
    ),
    "the question brings its own": (
        ["I am Tom Reed, 20.", "Put Ivy Moss, 33, into JSON."],
        {"name": "Ivy Moss", "age": 33},
    ),
}


@pytest.mark.parametrize("title", SAID_BEFORE)
def test_what_was_said_before_is_written_down_where_a_question_goes_back_to_it(title: str) -> None:
    turns, wanted = SAID_BEFORE[title]
    messages = [said("user", turns[0])]
    for turn in turns[1:]:
        messages += [said("assistant", "All right."), said("user", turn)]
    schema = JsonSchema(json.dumps(whole(name=TEXT, age=WHOLE)))
    assert json.loads(answer(messages, constraint=schema)) == wanted
