"""Models that call: every engine, with calls in JSON and in XML, asked as a dialect would ask."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

import jsonschema
import msgspec
from tests.conformance.players import CARD, Desk, Player

from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    Started,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.core.fold import Choice, fold
from studiolo.core.messages import Message, TextPart
from studiolo.core.requests import ChatRequest, Stop, Tool, ToolChoice, Wishes
from studiolo.engines.base import Engine
from studiolo.families.table import FAMILIES

ID: Final = re.compile(r"call_[0-9a-f]{24}")
# What only stands in calls; none of it may be told as text.
OF_CALLS: Final = ("tool_call>", "<function", "<parameter", '"arguments"', '{"name"', "think>")

# Fixtures that give an engine, with families that write JSON and families that write XML. What
# Qwen's tokens are taught to write begins with a thought, which only some families know.
QUICK: Final = (
    ("double", "qwen3"),
    ("double", "qwen3-coder"),
    ("roomy_qwen_engine", "qwen3"),
    ("roomy_qwen_engine", "qwen3.5"),
)
SLOW: Final = (("roomy_smollm2_engine", "qwen2.5"), ("roomy_smollm2_engine", "qwen3-coder"))


class Writer(msgspec.Struct, frozen=True, eq=False):
    """An engine and how its calls are written; a slow one is not asked for everything."""

    engine: Engine
    family: str
    quick: bool

    @property
    def player(self) -> Player:
        """As a desk wants it."""
        return Player(self.engine, FAMILIES[self.family], (), (), 0, 0)

    def asked(self, **fields: Any) -> ChatRequest:
        """A greedy question with all functions on offer, without a thought."""
        return ChatRequest(
            CARD.name,
            fields.pop("messages", (QUESTION,)),
            wishes=Wishes(temperature=0.0, repetition_penalty=1.0, presence_penalty=0.0, seed=7),
            stop=Stop(fields.pop("stop", ()), fields.pop("stop_ids", ())),
            tools=fields.pop("tools", TOOLS if self.quick else FEW_TOOLS),
            **{"max_answer_tokens": 400, **fields},
        )


class Function(msgspec.Struct, frozen=True):
    """A function on offer; `title` says what is hard about its parameters."""

    title: str
    name: str
    parameters: dict[str, Any]

    @property
    def tool(self) -> Tool:
        """As a request has it."""
        function = {"name": self.name, "parameters": self.parameters}
        definition = {"type": "function", "function": function}
        return Tool(
            self.name,
            json.dumps(definition, ensure_ascii=False),
            json.dumps(self.parameters, ensure_ascii=False),
        )


def closed(**properties: Any) -> dict[str, Any]:
    """An object of just these properties, all of them required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


PLACE: Final = closed(city={"enum": ["Paris", "Rome"]}, near={"type": "boolean"})
# All are on offer at once, so that a model reads them once; a slow one reads the first two.
FUNCTIONS: Final = (
    Function("words and whole numbers", "get_weather", closed(
        city={"enum": ["Paris", "Rome"]}, days={"type": "integer", "minimum": 1, "maximum": 9})),
    Function("references", "fly", {"$defs": {"place": PLACE}, **closed(
        start={"$ref": "#/$defs/place"}, end={"$ref": "#/$defs/place"})}),
    Function("values of all kinds", "set", closed(
        a={"type": "null"}, b={"type": "boolean"}, c={"enum": [1.5, -2]}, d={"const": "é"})),
    Function("no parameters", "now", {}),
    Function("only optional parameters", "tick", {
        "type": "object", "properties": {"on": {"type": "boolean"}},
        "additionalProperties": False}),
    Function("objects in objects", "go", closed(to=closed(the=PLACE))),
    Function("lists", "mix", closed(
        parts={"type": "array", "items": {"enum": ["x", "y"]}, "minItems": 2, "maxItems": 3})),
    Function("one thing or another", "wait", closed(
        until={"anyOf": [{"type": "null"}, closed(n={"type": "boolean"})]})),
    Function("names of the world", "greet", closed(
        名前={"enum": ["雪", "月"]}, grün={"type": "boolean"})),
    Function("a pattern", "code", closed(id={"type": "string", "pattern": "^[A-C]{2}-[0-9]{3}$"})),
    Function("quotes, braces, tags and lines in texts", "say", closed(
        text={"enum": ['a "b" {c', "\\x</p>", "one\ntwo <tool_calls>"]})),
    Function("a long text", "write", closed(text={"type": "string", "pattern": "^[a-e]{200}$"})),
)  # fmt: skip
BY_NAME: Final = {each.name: each for each in FUNCTIONS}
TOOLS: Final = tuple(each.tool for each in FUNCTIONS)
FEW_TOOLS: Final = TOOLS[:2]
WEATHER: Final = ToolChoice("named", "get_weather")
QUESTION: Final = Message("user", (TextPart("What is the weather in Paris for 3 days?"),))


def choice_of(events: Sequence[Event], here: Desk, *, stopped: bool = False) -> Choice:
    """The answer, after what must hold of any answer to whoever offers functions.

    Only the caller's own stop may have `stopped` it within a call.
    """
    assert isinstance(events[0], Started)
    assert isinstance(events[-2], ChoiceFinished)
    assert isinstance(events[-1], Finished)
    _check_counts(events, events[-1], here)
    _check_calls([each for each in events if isinstance(each, ToolCallStart | ToolCallDelta)])
    (choice,) = fold(events).choices
    said = choice.text + choice.reasoning
    assert not any(mark in said for mark in OF_CALLS), said
    assert choice.calls or choice.reason != "tool_calls"
    assert stopped or choice.reason != "stop" or not choice.calls
    return choice


def _check_counts(events: Sequence[Event], end: Finished, here: Desk) -> None:
    """Every token of every run is told once, and stands in the row."""
    assert end.usage.output == sum(here.watched.counted)
    assert end.usage.output == sum(getattr(event, "tokens", 0) for event in events)
    assert end.usage.input == here.watched.read[0].prompt_tokens
    (row,) = here.rows
    assert (row.status, row.usage) == ("completed", end.usage)


def _check_calls(row: Sequence[ToolCallStart | ToolCallDelta]) -> None:
    """Calls come one after the other; each begins with its number, id and name."""
    open_call = -1
    ids: set[str] = set()
    for event in row:
        if isinstance(event, ToolCallStart):
            open_call += 1
            assert event.name
            assert ID.fullmatch(event.id)
            assert event.id not in ids
            ids.add(event.id)
        else:
            assert event.arguments
        assert event.index == open_call


def check_arguments(choice: Choice) -> None:
    """Every call is of a function on offer, with arguments that its schema allows."""
    for call in choice.calls:
        jsonschema.validate(json.loads(call.arguments), BY_NAME[call.name].parameters)
