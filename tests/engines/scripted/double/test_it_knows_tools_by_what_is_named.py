"""Calls that are told by the form of what a question names, and arguments of their own form."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer, called, calls_of, said, tool

DATA: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("named.toml").read_text(encoding="utf-8")
)
CASES: dict[str, dict[str, Any]] = {case["title"]: case for case in DATA["cases"]}
TOOLS = {
    name: tool(name, fields["description"], fields["parameters"])
    for name, fields in DATA["tools"].items()
}


@pytest.mark.parametrize("title", CASES)
def test_the_calls_are_those_the_question_asks_for(title: str) -> None:
    case = CASES[title]
    found = calls_of(answer(case["question"], tools=list(TOOLS.values())))
    assert [list(call) for call in found] == case.get("calls", [])


def test_a_tool_for_an_address_waits_for_what_the_other_finds() -> None:
    asked = said("user", "Email the weather in Rome to kim@example.com")
    tools = [TOOLS["get_weather"], TOOLS["send_email"]]
    first = ("get_weather", {"location": "Rome"})
    assert calls_of(answer([asked], tools=tools)) == [first]
    messages = [asked, called(first), said("tool", '{"degrees": 24, "sky": "clear"}')]
    assert calls_of(answer(messages, tools=tools)) == [
        ("send_email", {"to": "kim@example.com", "body": "degrees: 24; sky: clear"})
    ]
