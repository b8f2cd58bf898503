"""How tools and calls are written: Hermes' JSON, and the XML of the coding models.

Law: what a caller wrote is text; the tags of the instructions are control tokens, as in the
templates.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from studiolo.core.messages import Call
from studiolo.core.prompt import Run, Special, Text
from studiolo.core.requests import Tool

CALL: Final = Special("<tool_call>")
CALL_END: Final = Special("</tool_call>")

_HERMES_HEAD: Final = """\
# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>"""
_HERMES_TAIL: Final = """
</tools>

For each function call, return a json object with function name and arguments within """

_XML_HEAD: Final = """\
# Tools

You have access to the following functions:

<tools>"""
_XML_TAIL: Final = """
</tools>

If you choose to call a function ONLY reply in the following format with NO suffix:

"""
_XML_EXAMPLE: Final = """
<function=example_function_name>
<parameter=example_parameter_1>
value_1
</parameter>
<parameter=example_parameter_2>
This is the value for the second parameter
that can span
multiple lines
</parameter>
</function>
"""
_XML_RULE: Final = """

<IMPORTANT>
Reminder:
- Function calls MUST follow the specified format: an inner <function=...></function> block \
must be nested within """
_XML_RULES: Final = """ XML tags
- Required parameters MUST be specified
- You may provide optional reasoning for your function call in natural language BEFORE the \
function call, but NOT after
- If there is no function call available, answer the question like normal with your current \
knowledge and do not tell the user about function calls
</IMPORTANT>"""


# -- tools


def hermes_tools(tools: Sequence[Tool], *, braces: tuple[str, str] = ("{", "}")) -> Iterator[Run]:
    """One line of JSON for each tool; `braces` stand around the example of a call."""
    yield Text(_HERMES_HEAD)
    yield from _json_lines(tools)
    yield Text(_HERMES_TAIL)
    yield CALL
    yield CALL_END
    yield Text(" XML tags:\n")
    yield CALL
    first, last = braces
    yield Text(f'\n{first}"name": <function-name>, "arguments": <args-json-object>{last}\n')
    yield CALL_END


def qwen25_tools(tools: Sequence[Tool]) -> Iterator[Run]:
    """Hermes' way, with the doubled braces that Qwen2.5 was trained with."""
    return hermes_tools(tools, braces=("{{", "}}"))


def coder_tools(tools: Sequence[Tool]) -> Iterator[Run]:
    """One XML element for each tool."""
    yield Text(_XML_HEAD)
    for tool in tools:
        yield Text(_element(tool))
    yield from _xml_tail()


def qwen35_tools(tools: Sequence[Tool]) -> Iterator[Run]:
    """One line of JSON for each tool, to be called in XML."""
    yield Text(_XML_HEAD)
    yield from _json_lines(tools)
    yield from _xml_tail()


def _json_lines(tools: Sequence[Tool]) -> Iterator[Run]:
    for tool in tools:
        value = _read(tool.definition)
        yield Text("\n" + (tool.definition if value is None else _json(value)))


def _xml_tail() -> Iterator[Run]:
    yield Text(_XML_TAIL)
    yield CALL
    yield Text(_XML_EXAMPLE)
    yield CALL_END
    yield Text(_XML_RULE)
    yield CALL
    yield CALL_END
    yield Text(_XML_RULES)


def _element(tool: Tool) -> str:
    definition = _mapping(_read(tool.definition))
    function = _mapping(definition.get("function", definition))
    lines = ["\n<function>", f"<name>{function.get('name', tool.name)}</name>"]
    if "description" in function:
        lines.append(f"<description>{str(function['description']).strip()}</description>")
    lines.append("<parameters>")
    parameters = _mapping(function.get("parameters"))
    for name, fields in _mapping(parameters.get("properties")).items():
        lines += _parameter(name, _mapping(fields))
    lines += _others(parameters, "type", "properties")
    lines.append("</parameters>")
    lines += _others(function, "type", "name", "description", "parameters")
    lines.append("</function>")
    return "\n".join(lines)


def _parameter(name: str, fields: Mapping[str, object]) -> Iterator[str]:
    yield "<parameter>"
    yield f"<name>{name}</name>"
    if "type" in fields:
        yield f"<type>{fields['type']}</type>"
    if "description" in fields:
        yield f"<description>{str(fields['description']).strip()}</description>"
    yield from _others(fields, "name", "type", "description")
    yield "</parameter>"


def _others(fields: Mapping[str, object], *known: str) -> Iterator[str]:
    for key, value in fields.items():
        if key not in known:
            yield f"<{key}>{coder_value(value)}</{key}>"


# -- calls


def hermes_call(call: Call) -> Iterator[Run]:
    """A JSON object between the tags; the arguments as the model wrote them."""
    yield CALL
    yield Text(f'\n{{"name": {_json(call.name)}, "arguments": {call.arguments}}}\n')
    yield CALL_END


def coder_call(call: Call) -> Iterator[Run]:
    """XML between the tags; numbers, truth and nothing as Python writes them."""
    return _xml_call(call, {key: coder_value(each) for key, each in _arguments(call).items()})


def qwen35_call(call: Call) -> Iterator[Run]:
    """XML between the tags; all but strings as JSON."""
    return _xml_call(
        call,
        {
            key: each if isinstance(each, str) else _json(each)
            for key, each in _arguments(call).items()
        },
    )


def _xml_call(call: Call, values: Mapping[str, str]) -> Iterator[Run]:
    written = "".join(f"<parameter={key}>\n{each}\n</parameter>\n" for key, each in values.items())
    yield CALL
    yield Text(f"\n<function={call.name}>\n{written}</function>\n")
    yield CALL_END


def coder_value(value: object) -> str:
    """Objects and lists as JSON, everything else as Python writes it."""
    return _json(cast("object", value)) if isinstance(value, dict | list) else str(value)


def _arguments(call: Call) -> Mapping[str, object]:
    """The arguments by name; what is no JSON object has none."""
    return _mapping(_read(call.arguments))


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _read(text: str) -> object:
    """The value of this JSON, None if it is none or too deep."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
