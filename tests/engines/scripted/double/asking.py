"""Asking the double as a studio does: conversations rendered by a family, steps read as text."""

import json
import re
from collections.abc import Sequence
from typing import Any

from tests.engines.scripted.playing import generation

from studiolo.core.generation import Constraint
from studiolo.core.messages import Call, Message, TextPart
from studiolo.core.prompt import Run
from studiolo.core.requests import Conversation, Tool
from studiolo.engines.scripted.double import Double
from studiolo.engines.scripted.steps import Say, Sign, Step, Tell
from studiolo.engines.scripted.vocabulary import vocabulary
from studiolo.families.table import FAMILIES

CALL = re.compile(r"<tool_call>\n(.*?)\n</tool_call>", re.DOTALL)
FUNCTION = re.compile(r"<function=(.*?)>\n(.*?)</function>", re.DOTALL)
ELEMENT = re.compile(r"<parameter=(.*?)>\n(.*?)\n</parameter>\n", re.DOTALL)


def said(role: str, text: str) -> Message:
    return Message(role=role, parts=(TextPart(text),))


def called(*calls: tuple[str, dict[str, Any]]) -> Message:
    """An assistant's message with these calls."""
    made = [
        Call(f"call_{number}", name, json.dumps(arguments, ensure_ascii=False))
        for number, (name, arguments) in enumerate(calls)
    ]
    return Message(role="assistant", calls=tuple(made))


def tool(name: str, description: str = "", parameters: dict[str, Any] | None = None) -> Tool:
    function: dict[str, Any] = {"name": name, "description": description}
    if parameters is not None:
        function["parameters"] = parameters
    definition = json.dumps({"type": "function", "function": function}, ensure_ascii=False)
    return Tool(name, definition, json.dumps(parameters or {}))


def prompt(
    messages: Sequence[Message] | str, *, tools: Sequence[Tool] = (), family: str = "qwen3"
) -> tuple[Run, ...]:
    if isinstance(messages, str):
        messages = (said("user", messages),)
    return FAMILIES[family].render(Conversation(tuple(messages), tuple(tools)))


def steps(
    runs: tuple[Run, ...], *, constraint: Constraint | None = None, **sampling: Any
) -> list[Step]:
    wanted = generation(vocabulary().prompt(runs), constraint=constraint)
    return list(Double()(wanted))


def text(of: Sequence[Step]) -> str:
    return "".join(
        step.name if isinstance(step, Sign) else step.text
        for step in of
        if isinstance(step, Sign | Say | Tell)
    )


def answer(
    messages: Sequence[Message] | str,
    *,
    tools: Sequence[Tool] = (),
    family: str = "qwen3",
    constraint: Constraint | None = None,
) -> str:
    return text(steps(prompt(messages, tools=tools, family=family), constraint=constraint))


def calls_of(written: str) -> list[tuple[str, dict[str, Any]]]:
    """The calls in a text, in whichever way they are written; XML values as text or JSON."""
    found: list[tuple[str, dict[str, Any]]] = []
    for body in CALL.findall(written):
        element = FUNCTION.fullmatch(body)
        if element is None:
            call = json.loads(body)
            found.append((call["name"], call["arguments"]))
        else:
            found.append(
                (element[1], {key: _value(each) for key, each in ELEMENT.findall(element[2])})
            )
    return found


def _value(each: str) -> Any:
    try:
        return json.loads(each)
    except ValueError:
        return each
