"""What a case of a call is: what a model wrote, and what it means."""

from typing import Literal, NamedTuple

from studiolo.core.prompt import Special, Text
from studiolo.core.requests import Tool
from studiolo.families.base import Offer, Parser
from studiolo.families.table import FAMILIES

WEATHER = Tool(
    "get_weather",
    "{}",
    '{"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},'
    ' "required": ["city"]}',
)
EVERYTHING = Tool(
    "everything",
    "{}",
    """{"type": "object", "$defs": {"Point": {"type": "object"}, "Loop": {"$ref": "#/$defs/Loop"},
        "Maze": {"anyOf": [MAZE]}},
    "properties": {
        "text": {"type": "string"},
        "whole": {"type": "integer"},
        "number": {"type": "number"},
        "truth": {"type": "boolean"},
        "nothing": {"type": "null"},
        "object": {"type": "object"},
        "list": {"type": "array", "items": {"type": "integer"}},
        "maybe": {"type": ["string", "null"]},
        "either": {"anyOf": [{"type": "string"}, {"type": "array"}]},
        "some": {"oneOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]},
        "thing": {"type": ["string", "object"]},
        "count": {"type": ["string", "integer"]},
        "point": {"$ref": "#/$defs/Point"},
        "maze": {"$ref": "#/$defs/Maze"},
        "deep": DEEP,
        "loop": {"$ref": "#/$defs/Loop"},
        "chosen": {"enum": [1, 2]},
        "named": {"enum": ["1", "2"]},
        "always": {"const": 7},
        "shaped": {"properties": {"a": {}}},
        "rows": {"items": {}},
        "anything": {"description": "no type at all"},
        "python": {"type": "dict"},
        "row": {"type": "list[int]"},
        "whatever": {"type": "any"},
        "unknown": {"type": "strng"},
        "open": {"anyOf": [{"description": "whatever"}, {"type": "object"}]},
        "ajar": {"oneOf": [true, false, {"type": "object"}]},
        "closed": {"anyOf": [false, {"allOf": [{}, {"type": "object"}]}]}
    }}""".replace("MAZE", ", ".join(['{"$ref": "#/$defs/Maze"}'] * 50)).replace(
        "DEEP", '{"anyOf": [' * 20 + '{"type": "integer"}' + "]}" * 20
    ),
)
NOW = Tool("now", "{}", "{}")
REFERRING = Tool(
    "referring",
    "{}",
    """{"$ref": "#/$defs/a%20b", "required": ["more"], "$defs": {
        "a b": {"properties": {"count": {"type": "integer"}},
                "allOf": [{"properties": {"list": {"type": "array"}}}]}}}""",
)
ODD = Tool("odd", "{}", """{"properties": {"'a'": {"type": "integer"}, "a": {}}}""")
TOOLS = (WEATHER, EVERYTHING, NOW, REFERRING, ODD)


class Case(NamedTuple):
    """One answer of a model of this family; with `opened`, the prompt ends inside `<think>`.

    `ended` is the engine's reason, `stop` the caller's stop that ended the text; `calls` are names
    and arguments, the last of them `broken` off by that stop.
    """

    title: str
    text: str
    content: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    reasoning: str = ""
    family: str = "qwen2.5"
    opened: bool = False
    ended: Literal["stop", "length"] = "stop"
    stop: str | None = None
    broken: bool = False

    @property
    def reason(self) -> str:
        """How the choice must end."""
        called = self.calls and self.ended == "stop" and not self.broken
        return "tool_calls" if called else self.ended


def parser_of(family: str, *, opened: bool = False) -> Parser:
    """What reads the answer of the third choice, with all the tools on offer."""
    prompt = (Special("<think>"), Text("\n")) if opened else (Text("assistant\n"),)
    offer = Offer(TOOLS, lambda index: f"call_{index}")
    return FAMILIES[family].parser_after(prompt, 2, offer=offer)
