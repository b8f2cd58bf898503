"""Tools as this API writes them: flat, and a choice that may allow some of them (reference/07)."""

from collections.abc import Sequence
from typing import Any

import msgspec

from studiolo.core.errors import FieldMissing, OutOfRange, WrongType
from studiolo.core.mode_errors import ToolChoiceInvalid, ToolChoiceTypeInvalid, ToolNotDeclared
from studiolo.core.requests import Tool, ToolChoice
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import as_object
from studiolo.protocols.tools import check_type, choice_in_a_word, tool_of


class Choosing(msgspec.Struct, frozen=True):
    """The tools that may be called, and whether one of them must be."""

    tools: tuple[Tool, ...]
    choice: ToolChoice


def flat_tool(row: Fields) -> Tool:
    """A function whose name and parameters stand beside its type. Raises as `read_tools` does."""
    check_type(row)
    function = {
        name: value for name, value in row.document.items() if name != "type" and value is not None
    }
    return tool_of(Fields(function, row.path), beside=Fields({"type": "function"}, row.path))


def read_choosing(fields: Fields, tools: tuple[Tool, ...]) -> Choosing:
    """What `tool_choice` makes of the tools; without tools nothing is there to choose.

    Raises WrongType, FieldMissing, OutOfRange, ToolChoiceInvalid, ToolChoiceTypeInvalid,
    ToolTypeNotSupported or ToolNotDeclared.
    """
    wanted: Any = fields.raw("tool_choice")
    chosen = as_object(wanted)
    if wanted is not None and chosen is None and not isinstance(wanted, str):
        raise WrongType(fields.name("tool_choice"), "String or Object")
    if wanted is None or not tools:
        return Choosing(tools, ToolChoice())
    if chosen is None:
        return Choosing(tools, choice_in_a_word(wanted))
    choice = Fields(chosen, fields.name("tool_choice"))
    match choice.text("type"):
        case "function":
            return Choosing(tools, ToolChoice("named", _declared(choice, tools)))
        case "allowed_tools":
            return _allowed(choice, tools)
        case None:
            raise FieldMissing(choice.name("type"))
        case kind:
            raise ToolChoiceTypeInvalid(kind)


def _allowed(choice: Fields, tools: tuple[Tool, ...]) -> Choosing:
    """The model is told of no others."""
    mode = choice.text("mode") or "auto"
    if mode not in ("auto", "required"):
        raise ToolChoiceInvalid(mode)
    rows = choice.objects("tools")
    if rows is None:
        raise FieldMissing(choice.name("tools"))
    if not rows:
        raise OutOfRange(choice.name("tools"), 0, len(tools))
    names: set[str] = set()
    for row in rows:
        check_type(row)
        names.add(_declared(row, tools))
    return Choosing(tuple(tool for tool in tools if tool.name in names), ToolChoice(mode))


def _declared(named: Fields, tools: Sequence[Tool]) -> str:
    name = named.text("name")
    if name is None:
        raise FieldMissing(named.name("name"))
    if all(tool.name != name for tool in tools):
        raise ToolNotDeclared(name)
    return name
