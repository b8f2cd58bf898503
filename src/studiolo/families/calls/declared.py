"""Which of the parameters that a tool declares XML can carry."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, cast

from studiolo.core.mode_errors import ToolParametersInvalid
from studiolo.core.requests import Tool
from studiolo.core.schemas.kinds import kind_of
from studiolo.core.schemas.nodes import Keys
from studiolo.core.schemas.parameters import parameters_field
from studiolo.core.schemas.pointers import alike, parameters_of
from studiolo.families.calls.body import LONGEST_NAME

# What may stand in a tag. White space around it is nobody's.
NAME: Final = rf"[^<>\n]{{1,{LONGEST_NAME}}}"

_NAMED: Final = re.compile(rf"(?!\s){NAME}(?<!\s)")
# What ends a value for whoever reads it, with the end of its own element behind it, or begins an
# example of a call.
_ENDING: Final = re.compile(
    r"</parameter>\s*<(?:parameter=|/?function\b|/?tool_call>)"
    r"|</function>\s*</tool_call>\s*<(?:tool_call>|function=)"
    r"|<tool_call>\s*<function="
)
_ENDING_LINE: Final = re.compile(rf"\n(?:<parameter={NAME}>|</tool_call>\s*<tool_call>)")
_REMEMBERED: Final = 512
# Words that say which names there may be besides those that are declared.
_NAMING: Final = ("patternProperties", "propertyNames")


def check_written(tool: Tool) -> None:
    """Whether a call of this tool can be written as elements. Raises ToolParametersInvalid."""
    fault = _fault(tool.parameters)
    if fault is not None:
        keys, what = fault
        field = parameters_field(keys)
        raise ToolParametersInvalid(
            tool.name, field, f"the calls of this model cannot carry {what}"
        )


@lru_cache(maxsize=_REMEMBERED)
def _fault(parameters: str) -> tuple[Keys, str] | None:
    """The part that cannot be written, and what of it."""
    root: object = json.loads(parameters)
    if _needs_others(mapping(root)):
        return ("minProperties",), "parameters that are not declared by name"
    for name, schemas in parameters_of(root).items():
        if not _NAMED.fullmatch(name):
            return ("properties", name), "this name"
        for text in _named_texts(schemas, root):
            if _ENDING.search(text) or _ENDING_LINE.search(f"\n{text}"):
                return ("properties", name), "one of its values"
    return None


def _needs_others(root: Mapping[str, object]) -> bool:
    """Whether there must be parameters without a name of their own that are more than any text."""
    if not root.get("minProperties") or parameters_of(root):
        return False
    kind = kind_of(mapping(root.get("additionalProperties")).get("type", "string"))
    return kind != "string" or any(mapping(root.get(word)) for word in _NAMING)


def _named_texts(schemas: list[object], root: object) -> Iterator[str]:
    """The texts that are named in these schemas; what ends them is nothing within JSON."""
    for schema in schemas:
        for node in alike(schema, root):
            yield from (value for value in _values(node) if isinstance(value, str))


def _values(node: Mapping[str, object]) -> list[object]:
    return [*rows(node.get("enum")), *([node["const"]] if "const" in node else [])]


def mapping(value: object) -> Mapping[str, object]:
    """The object, or an empty one."""
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def rows(value: object) -> list[object]:
    """The list, or an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []
