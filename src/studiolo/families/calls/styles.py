"""The two ways to write calls: Hermes' JSON, and the XML of the coding models."""

import json
from typing import Final

from studiolo.core.generation import CallForm
from studiolo.core.requests import Tool
from studiolo.families.base import CallStyle, Offer, Parser
from studiolo.families.calls.body import CALL, CALL_END, Shapes
from studiolo.families.calls.hermes import HermesBody
from studiolo.families.calls.parser import CallParser

_HERMES: Final = Shapes(tagged=(("{", HermesBody),))


def _read_hermes(inner: Parser, offer: Offer, choice: int) -> Parser:
    return CallParser(inner, offer, choice=choice, shapes=_HERMES)


def _hermes_form(tool: Tool) -> CallForm:
    name = json.dumps(tool.name, ensure_ascii=False)
    return CallForm(
        begin=f'{CALL}\n{{"name": {name}, "arguments": ',
        parameters=tool.parameters,
        end=f"}}\n{CALL_END}",
    )


HERMES: Final = CallStyle(_read_hermes, _hermes_form, CALL_END)
