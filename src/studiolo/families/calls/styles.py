"""The two ways to write calls: Hermes' JSON, and the XML of the coding models."""

import json
from collections.abc import Set
from typing import Final

from studiolo.core.generation import CallForm
from studiolo.core.requests import Tool
from studiolo.families.base import CallStyle, Offer, Parser
from studiolo.families.calls.body import CALL, CALL_END, Shapes
from studiolo.families.calls.coder import BareCoderBody, CoderBody, LooseCoderBody
from studiolo.families.calls.declared import check_written
from studiolo.families.calls.elements.ends import FUNCTION, FUNCTIONS
from studiolo.families.calls.hermes import HermesBody
from studiolo.families.calls.objects.lines import LineBody
from studiolo.families.calls.parser import CallParser

# Behind the tag both are read: models of one kind now and then write like the other. Some forget
# the first bracket of JSON.
_TAGGED: Final = (
    ("{", HermesBody),
    ('"name"', HermesBody),
    ("'name'", HermesBody),
    (FUNCTION, CoderBody),
    *((tag, LooseCoderBody) for tag in FUNCTIONS[1:]),
)
_HERMES: Final = Shapes(_TAGGED, line=LineBody)
# The coding models often forget the tag.
_CODER: Final = Shapes(_TAGGED, bare=((FUNCTION, BareCoderBody),), line=LineBody)


def _read_hermes(inner: Parser, offer: Offer, choice: int) -> Parser:
    return CallParser(inner, offer, choice=choice, shapes=_HERMES)


def _read_coder(inner: Parser, offer: Offer, choice: int) -> Parser:
    return CallParser(inner, offer, choice=choice, shapes=_CODER)


def _hermes_form(tool: Tool) -> CallForm:
    name = json.dumps(tool.name, ensure_ascii=False)
    return CallForm(
        begin=f'{CALL}\n{{"name": {name}, "arguments": ',
        parameters=tool.parameters,
        end=f"}}\n{CALL_END}",
    )


def _coder_form(tool: Tool) -> CallForm:
    check_written(tool)
    return CallForm(
        begin=f"{CALL}\n{FUNCTION}{tool.name}>\n",
        parameters=tool.parameters,
        end=f"</function>\n{CALL_END}",
        style="xml",
    )


HERMES: Final = CallStyle(_read_hermes, _hermes_form, CALL_END)
CODER: Final = CallStyle(_read_coder, _coder_form, CALL_END)


def style_in(chat_template: str, special_tokens: Set[str]) -> CallStyle | None:
    """How weights with this template write their calls; None if they know none."""
    if FUNCTION in chat_template:
        return CODER
    return HERMES if CALL in chat_template or CALL in special_tokens else None
