"""Questions whose calls have every argument that they speak of, and no other."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.engines.scripted.double.asking import answer, calls_of, tool

DATA: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("arguments.toml").read_text(encoding="utf-8")
)
CASES = [
    (group, question, calls) for group in DATA["cases"] for question, *calls in group["questions"]
]


@pytest.mark.parametrize(("group", "question", "calls"), CASES)
def test_each_call_has_all_arguments_and_no_other(
    group: dict[str, Any], question: str, calls: list[list[Any]]
) -> None:
    offered = {name: DATA["tools"][name] for name in group["of"]}
    tools = [tool(name, one["description"], one["parameters"]) for name, one in offered.items()]
    found = calls_of(answer(question, tools=tools))
    for name, arguments in found:
        jsonschema.validate(arguments, offered[name]["parameters"])
    assert json.dumps(found, sort_keys=True) == json.dumps(calls, sort_keys=True)
