"""Questions of many languages and conversations with results, each with the calls it asks for."""

import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.engines.scripted.double.asking import answer, called, calls_of, said, tool

from studiolo.core.messages import Message

HERE = Path(__file__).parent
OFFERED: dict[str, Any] = tomllib.loads((HERE / "tools.toml").read_text("utf-8"))
QUESTIONS: list[Any] = tomllib.loads((HERE / "questions.toml").read_text("utf-8"))["questions"]
CONVERSATIONS: list[dict[str, Any]] = tomllib.loads(
    (HERE / "conversations.toml").read_text("utf-8")
)["conversations"]


def calls_for(together: str, messages: list[Message]) -> list[list[Any]]:
    """What is called; arguments that break their schema are an error at any rate."""
    known = {name: OFFERED["tools"][name] for name in OFFERED["together"][together]}
    tools = [tool(name, one["description"], one["parameters"]) for name, one in known.items()]
    found = calls_of(answer(messages, tools=tools))
    for name, arguments in found:
        jsonschema.validate(arguments, known[name]["parameters"])
    return [[name, arguments] for name, arguments in found]


def spoken(turn: dict[str, Any]) -> Message:
    role, value = next(iter(turn.items()))
    if role != "calls":
        return said(role, value)
    return called(*((name, arguments) for name, arguments in value))


@pytest.mark.parametrize(("together", "question", "calls"), QUESTIONS)
def test_a_question_is_called_for_with_all_it_says(
    together: str, question: str, calls: list[Any]
) -> None:
    assert calls_for(together, [said("user", question)]) == calls


@pytest.mark.parametrize("case", CONVERSATIONS, ids=lambda case: case["of"])
def test_a_conversation_goes_on_with_what_was_found(case: dict[str, Any]) -> None:
    assert calls_for(case["of"], [spoken(turn) for turn in case["turns"]]) == case["calls"]
