"""Tools and the choice among them, which all dialects spell alike (reference/05 section 1)."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from studiolo.core.card import ModelCard
from studiolo.core.errors import FieldMissing, OutOfRange, WrongType
from studiolo.core.mode_errors import (
    ForcedCallWhileThinking,
    ToolChoiceInvalid,
    ToolChoiceTypeInvalid,
    ToolNameForbidden,
    ToolNameInvalid,
    ToolNameRepeated,
    ToolNotDeclared,
    ToolsNotSupported,
    ToolTypeNotSupported,
)
from studiolo.core.requests import ChatRequest, Tool, ToolChoice
from studiolo.core.schemas.parameters import check_parameters
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import Document, as_object

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Upstream keeps this one for itself.
FORBIDDEN_NAMES = frozenset({"search"})
# Ours: the documents name no bound, and every definition is read by the model and may be compiled.
MOST_TOOLS = 128
MOST_DEFINITION_BYTES = 64 * 1024
# It marks what to cache and is not for the model to read.
UNREAD = "cache_control"
FORCED = frozenset({"required", "named"})

ToolReader = Callable[[Fields], Tool]


def nested_tool(row: Fields) -> Tool:
    """A function under `function`, as in all dialects but one (see `read_tools`)."""
    check_type(row)
    function = row.object("function")
    if function is None:
        raise FieldMissing(row.name("function"))
    return tool_of(function, beside=row)


def read_tools(
    fields: Fields, card: ModelCard, *, read_tool: ToolReader = nested_tool
) -> tuple[Tool, ...]:
    """The functions that may be called.

    Raises WrongType, FieldMissing, OutOfRange, ToolsNotSupported, ToolTypeNotSupported,
    ToolNameInvalid, ToolNameForbidden, ToolNameRepeated or ToolParametersInvalid.
    """
    rows = fields.objects("tools")
    if not rows:
        return ()
    if "tools" not in card.features:
        raise ToolsNotSupported
    if len(rows) > MOST_TOOLS:
        raise OutOfRange("tools", len(rows), MOST_TOOLS)
    tools: list[Tool] = []
    names: set[str] = set()
    for row in rows:
        tool = read_tool(row)
        if tool.name in names:
            raise ToolNameRepeated(tool.name)
        names.add(tool.name)
        tools.append(tool)
    return tuple(tools)


def read_tool_choice(fields: Fields, tools: Sequence[Tool]) -> ToolChoice:
    """Whether a call is wished for; without tools nothing is there to choose.

    Raises WrongType, FieldMissing, ToolChoiceInvalid, ToolChoiceTypeInvalid or ToolNotDeclared.
    """
    wanted: Any = fields.raw("tool_choice")
    chosen = as_object(wanted)
    if wanted is not None and chosen is None and not isinstance(wanted, str):
        raise WrongType(fields.name("tool_choice"), "String or Object")
    if wanted is None or not tools:
        return ToolChoice()
    if chosen is None:
        return choice_in_a_word(wanted)
    name = _chosen(Fields(chosen, fields.name("tool_choice")))
    if all(tool.name != name for tool in tools):
        raise ToolNotDeclared(name)
    return ToolChoice("named", name)


def check_tools(request: ChatRequest) -> None:
    """What does not go with tools. Raises OutOfRange or ForcedCallWhileThinking."""
    if not request.tools:
        return
    if request.n > 1:
        raise OutOfRange("n", request.n, 1)
    if request.thinking.enabled and request.tool_choice.kind in FORCED:
        raise ForcedCallWhileThinking


def check_type(row: Fields) -> None:
    """Raises FieldMissing, WrongType, or ToolTypeNotSupported for what is no function."""
    kind = row.text("type")
    if kind is None:
        raise FieldMissing(row.name("type"))
    if kind != "function":
        raise ToolTypeNotSupported(kind)


def tool_of(function: Fields, *, beside: Fields) -> Tool:
    """The function, with what stands `beside` it in the definition that the model reads.

    Raises as `read_tools` does.
    """
    function.text("description")
    function.object("parameters")
    name = _name(function)
    readable = _readable(beside.document | {"function": _readable(function.document)})
    definition = msgspec.json.encode(readable)
    if len(definition) > MOST_DEFINITION_BYTES:
        raise OutOfRange(f"{beside.path} length", len(definition), MOST_DEFINITION_BYTES)
    parameters = msgspec.json.encode(function.raw("parameters") or {}).decode()
    check_parameters(parameters, function=name)
    return Tool(name, definition.decode(), parameters)


def _name(function: Fields) -> str:
    name = function.text("name")
    if name is None:
        raise FieldMissing(function.name("name"))
    if not NAME.fullmatch(name):
        raise ToolNameInvalid(name, function.name("name"))
    if name in FORBIDDEN_NAMES:
        raise ToolNameForbidden(name)
    return name


def _readable(document: Document) -> Document:
    return {key: value for key, value in document.items() if key != UNREAD}


def choice_in_a_word(word: str) -> ToolChoice:
    """A choice that names no function. Raises ToolChoiceInvalid."""
    match word:
        case "auto" | "none" | "required":
            return ToolChoice(word)
        case _:
            raise ToolChoiceInvalid(word)


def _chosen(choice: Fields) -> str:
    """The name in `{"type": "function", "function": {"name": …}}`."""
    kind = choice.text("type")
    if kind is None:
        raise FieldMissing(choice.name("type"))
    if kind != "function":
        raise ToolChoiceTypeInvalid(kind)
    function = choice.object("function")
    name = function.text("name") if function else None
    if name is None:
        raise FieldMissing(choice.name("function.name"))
    return name
