"""The tools that a prompt declares, read back from the two forms in which families write them."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal

import msgspec

from studiolo.engines.scripted.double.calls.tidying import tidied
from studiolo.engines.scripted.double.values.merging import mapping

_BLOCK: Final = re.compile(r"<tools>\n(.*?)\n</tools>", re.DOTALL)
_FUNCTION: Final = re.compile(r"<function>\n(.*?)\n</function>", re.DOTALL)
_PARAMETERS: Final = re.compile(r"<parameters>(.*)</parameters>", re.DOTALL)
_PARAMETER: Final = re.compile(r"<parameter>\n(.*?)\n</parameter>", re.DOTALL)
_FIELD: Final = re.compile(r"<([A-Za-z_$][\w$-]*)>(.*?)</\1>", re.DOTALL)
# How the instructions show a call that is to be written as elements.
_ELEMENTS: Final = "<function="
_PLAIN: Final[Mapping[str, object]] = {"True": True, "False": False, "None": None}


class Offered(msgspec.Struct, frozen=True):
    """A declared tool; `parameters` is a JSON schema as text."""

    name: str
    description: str
    parameters: str


class Offer(msgspec.Struct, frozen=True):
    """The declared tools, and how a call of them is to be written."""

    tools: tuple[Offered, ...] = ()
    style: Literal["json", "xml"] = "json"


@lru_cache(128)
def offer_in(system: str) -> Offer:
    """What a system message declares; the last declaration counts."""
    block = next(iter(reversed(_BLOCK.findall(system))), None)
    if block is None:
        return Offer()
    tools = tuple(_elements(block) if block.lstrip().startswith("<function>") else _lines(block))
    return Offer(tools, "xml" if _ELEMENTS in system.rpartition("</tools>")[2] else "json")


def _lines(block: str) -> Iterator[Offered]:
    """One definition on each line, whole or the function alone."""
    for line in block.splitlines():
        try:
            value: object = json.loads(line)
        except (ValueError, RecursionError):
            continue
        function = mapping(value)
        function = mapping(function.get("function", function))
        if isinstance(function.get("name"), str):
            parameters = mapping(function.get("parameters"))
            yield Offered(
                str(function["name"]),
                str(function.get("description", "")),
                tidied(json.dumps(parameters)),
            )


def _elements(block: str) -> Iterator[Offered]:
    """One element for each tool, and in it one for each parameter."""
    for function in _FUNCTION.findall(block):
        whole = _PARAMETERS.search(function)
        inner = whole[1] if whole else ""
        head = function[: whole.start()] if whole else function
        fields = dict(_FIELD.findall(head))
        properties: dict[str, object] = {}
        for element in _PARAMETER.findall(inner):
            parts = {key: _value(key, text) for key, text in _FIELD.findall(element)}
            properties[str(parts.pop("name", ""))] = parts
        schema: dict[str, object] = {"type": "object", "properties": properties}
        for key, text in _FIELD.findall(_PARAMETER.sub("", inner)):
            schema[key] = _value(key, text)
        yield Offered(
            fields.get("name", ""), fields.get("description", ""), tidied(json.dumps(schema))
        )


def _value(key: str, text: str) -> object:
    """What stands in a field: JSON where it is some, Python's words for the rest, else text."""
    if key in ("name", "description", "title", "pattern", "format"):
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return _listed_type(text) if key == "type" else text
    return value


def _listed_type(text: str) -> object:
    """A type, or Python's spelling of several."""
    names = re.findall(r"'(\w+)'", text)
    return names or text
