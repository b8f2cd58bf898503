"""Which tools the double calls, with which arguments, in every form in which they are declared."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.engines.scripted.double.asking import (
    answer,
    called,
    calls_of,
    prompt,
    said,
    steps,
    text,
    tool,
)

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.prompt import Text
from studiolo.engines.scripted.steps import Sign

DATA: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("calls.toml").read_text(encoding="utf-8")
)
CASES: dict[str, dict[str, Any]] = {case["title"]: case for case in DATA["cases"]}
TOOLS = {
    name: tool(name, fields["description"], fields.get("parameters"))
    for name, fields in DATA["tools"].items()
}
ENGLISH = [each for name, each in TOOLS.items() if name != "get_current_weather"]
WEATHER = [TOOLS["get_weather"]]
FAMILIES = ["qwen2.5", "qwen3", "qwen3-coder", "qwen3.5"]


def offered(case: dict[str, Any]) -> list[Any]:
    return [TOOLS[name] for name in case["only"]] if "only" in case else ENGLISH


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("title", CASES)
def test_the_calls_are_those_the_question_asks_for(title: str, family: str) -> None:
    case = CASES[title]
    written = answer(case["question"], tools=offered(case), family=family)
    wanted = [(name, arguments) for name, arguments in case.get("calls", [])]
    found = calls_of(written)
    assert json.dumps(found, sort_keys=True) == json.dumps(wanted, sort_keys=True) or _as_text(
        found
    ) == _as_text(wanted)
    assert ("<tool_call>" in written) is bool(wanted)


def _as_text(calls: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, str]]]:
    """In XML a text of digits looks like a number."""
    return [(name, {key: str(value) for key, value in values.items()}) for name, values in calls]


def test_nothing_is_called_that_is_not_offered() -> None:
    assert "<tool_call>" not in answer("What is the weather in Paris?")


def test_tags_of_calls_are_control_tokens() -> None:
    written = steps(prompt("Weather in Paris and Rome?", tools=WEATHER))
    signs = [step.name for step in written if isinstance(step, Sign)]
    assert signs == ["<tool_call>", "</tool_call>"] * 2


def test_a_call_is_gone_on_with_wherever_it_was_cut() -> None:
    runs = prompt("Weather in Paris and Rome?", tools=WEATHER)
    whole = text(steps(runs))
    for place in range(0, len(whole), 7):
        assert whole[:place] + text(steps((*runs, Text(whole[:place])))) == whole


ASKED = said("user", "What is the weather in Paris and in Oslo?")
PARIS, OSLO = ("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Oslo"})


@pytest.mark.parametrize("family", FAMILIES)
def test_results_are_told_and_not_asked_for_again(family: str) -> None:
    messages = [
        ASKED,
        called(PARIS, OSLO),
        said("tool", '{"temp_c": 21, "sky": "clear"}'),
        said("tool", "4 degrees, snow"),
    ]
    written = answer(messages, tools=WEATHER, family=family)
    assert "<tool_call>" not in written
    assert all(
        word in written for word in ("Paris", "temp c: 21", "clear", "Oslo", "4 degrees, snow")
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_still_open_is_called_next(family: str) -> None:
    messages = [ASKED, called(PARIS), said("tool", "21 degrees")]
    assert calls_of(answer(messages, tools=WEATHER, family=family)) == [OSLO]


def test_calls_with_other_arguments_come_to_an_end_too() -> None:
    other = ("get_weather", {"city": "Paris, France", "unit": "celsius"})
    messages = [ASKED, called(other, OSLO), said("tool", "a"), said("tool", "b")]
    assert "<tool_call>" not in answer(messages, tools=WEATHER)


def test_a_new_question_is_asked_anew() -> None:
    messages = [
        ASKED,
        called(PARIS, OSLO),
        said("tool", "1"),
        said("tool", "2"),
        said("assistant", "1 and 2."),
        said("user", "And in Lima?"),
    ]
    assert calls_of(answer(messages, tools=WEATHER)) == [("get_weather", {"city": "Lima"})]


def test_thanks_after_results_call_nothing() -> None:
    messages = [
        ASKED,
        called(PARIS, OSLO),
        said("tool", "1"),
        said("tool", "2"),
        said("assistant", "1 and 2."),
        said("user", "Thank you!"),
    ]
    assert "<tool_call>" not in answer(messages, tools=WEATHER)


FIND = tool(
    "find_user",
    "Find a user account by e-mail address",
    {"type": "object", "properties": {"email": {"type": "string"}}, "required": ["email"]},
)
CLOSE = tool(
    "close_tickets",
    "Close all tickets of a user",
    {"type": "object", "properties": {"user_id": {"type": "integer"}}, "required": ["user_id"]},
)
CHAIN = "Find the user with the email ann@example.org, then close the tickets of that user."


def test_what_one_call_finds_out_is_told_to_the_next() -> None:
    first = ("find_user", {"email": "ann@example.org"})
    assert calls_of(answer(CHAIN, tools=[FIND, CLOSE])) == [first]
    messages = [
        said("user", CHAIN),
        called(first),
        said("tool", '{"user_id": 4711, "name": "Ann"}'),
    ]
    assert calls_of(answer(messages, tools=[FIND, CLOSE])) == [("close_tickets", {"user_id": 4711})]


def form(name: str, style: str = "json") -> CallForm:
    schema = json.dumps(DATA["tools"][name].get("parameters", {}))
    if style == "xml":
        return CallForm(
            f"<tool_call>\n<function={name}>\n", schema, "</function>\n</tool_call>", "xml"
        )
    return CallForm(f'<tool_call>\n{{"name": "{name}", "arguments": ', schema, "}\n</tool_call>")


@pytest.mark.parametrize("style", ["json", "xml"])
def test_a_forced_call_is_the_one_that_fits_best(style: str) -> None:
    forced = ForcedCalls(
        tuple(form(name, style) for name in ("factorial", "get_weather", "set_light"))
    )
    written = answer("Weather in Paris and Rome?", tools=ENGLISH, constraint=forced)
    assert calls_of(written) == [PARIS]


def test_several_forced_calls_are_written_where_they_are_wanted() -> None:
    forced = ForcedCalls((form("get_weather"),), several=True)
    assert (
        len(calls_of(answer("Weather in Paris and Rome?", tools=WEATHER, constraint=forced))) == 2
    )


@pytest.mark.parametrize("name", DATA["tools"])
@pytest.mark.parametrize("question", ["Hello!", "你好", "What is the capital of France?", "", "7"])
def test_a_forced_call_is_valid_whatever_was_asked(question: str, name: str) -> None:
    written = answer(question, constraint=ForcedCalls((form(name),)))
    ((found, arguments),) = calls_of(written)
    assert found == name
    jsonschema.validate(arguments, DATA["tools"][name].get("parameters", {}))
