"""Cases of questions, and whether the double does for each what a sensible model would do."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
from tests.engines.scripted.double.asking import answer, calls_of, tool

HERE = Path(__file__).parent
SETS: dict[str, dict[str, dict[str, Any]]] = {
    name: offered
    for file in ("tools", "more_tools", "ninth_tools")
    for name, offered in tomllib.loads((HERE / f"{file}.toml").read_text("utf-8")).items()
}
Calls = list[tuple[str, dict[str, Any]]]


def cases_of(name: str) -> list[dict[str, Any]]:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))["cases"]


def calls_for(case: dict[str, Any]) -> Calls:
    """What the double calls; arguments that break their schema are an error at any rate."""
    offered = SETS[case["of"]]
    tools = [tool(name, one["description"], one["parameters"]) for name, one in offered.items()]
    found = calls_of(answer(case["question"], tools=tools))
    for name, arguments in found:
        jsonschema.validate(arguments, offered[name]["parameters"])
    return found


def is_right(found: Calls, wanted: list[list[Any]]) -> bool:
    """The same tools in the same order, with the arguments that matter."""
    return [name for name, _ in found] == [name for name, _ in wanted] and all(
        _same(arguments, expected)
        for (_, arguments), (_, expected) in zip(found, wanted, strict=True)
    )


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and "any" in wanted:
        return any(_same(value, one) for one in wanted["any"])
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(
            key in value and _same(value[key], one) for key, one in wanted.items()
        )
    if isinstance(wanted, list):
        return json.dumps(value).lower() == json.dumps(wanted).lower()
    if isinstance(wanted, str):
        return isinstance(value, str) and value.lower() == wanted.lower()
    return type(value) in (int, float, bool) and value is not None and value == wanted
