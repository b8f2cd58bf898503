"""Calls as a family writes them, JSON or XML between tags, or in a form that is forced."""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from msgspec.structs import replace

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.mode_errors import ToolParametersInvalid
from studiolo.core.schemas.bound import bound
from studiolo.core.schemas.nodes import shown
from studiolo.engines.scripted.double.calls.matching import score
from studiolo.engines.scripted.double.calls.offers import Offer, Offered
from studiolo.engines.scripted.double.calls.planning import Planned, arguments_for, plan
from studiolo.engines.scripted.double.calls.tidying import tidied
from studiolo.engines.scripted.double.quoting import in_element, in_element_of_json
from studiolo.engines.scripted.double.values.checked import NoValue
from studiolo.engines.scripted.steps import Say, Sign, Step
from studiolo.engines.scripted.vocabulary import CONTROL_TOKENS

BEGIN: Final = "<tool_call>"
END: Final = "</tool_call>"
# That only one of them holds is asked of no engine either.
_LET_GO: Final = "oneOf"
_CONTROL: Final = re.compile("(" + "|".join(map(re.escape, CONTROL_TOKENS)) + ")")
_NAMED: Final = re.compile(r'"name":\s*"([^"]+)"|<function=([^>\s]+)>')


def call_steps(calls: Sequence[Planned], style: Literal["json", "xml"]) -> Iterator[Step]:
    """The calls, one after the other."""
    for number, call in enumerate(calls):
        if number:
            yield Say("\n")
        yield Sign(BEGIN)
        yield Say(_json(call) if style == "json" else _xml(call))
        yield Sign(END)


def forced_calls(tools: Sequence[Offered], question: str, draw: random.Random) -> list[Planned]:
    """A call of the tool that fits the question best, or several where they are wanted.

    Raises ToolParametersInvalid where no arguments are found, naming the part.
    """
    calls = plan(question, tools, draw)
    if calls:
        return calls
    tool = max(tools, key=lambda tool: score(question, tool))
    return plan(question, [tool], draw, least=0) or [_told_anyway(tool, question, draw)]


def offered_in(forced: ForcedCalls, offer: Offer) -> list[Offered]:
    """The tools that may be called, with what the forms say of their parameters."""
    known = {tool.name: tool.description for tool in offer.tools}
    return [
        Offered(name, known.get(name, ""), tidied(form.parameters))
        for name, form in _forms(forced).items()
    ]


def steps_of(calls: Sequence[Planned], forced: ForcedCalls) -> Iterator[Step]:
    """The calls in their forms, but one where no more may be made at a time."""
    forms = _forms(forced)
    for number, call in enumerate(calls if forced.several else calls[:1]):
        if number:
            yield Say("\n")
        yield from _in_form(forms[call.name], call.arguments)


def _forms(forced: ForcedCalls) -> dict[str, CallForm]:
    return {_name(form): form for form in forced.forms}


def plain_steps(text: str) -> Iterator[Step]:
    """A text in which the names of control tokens stand for these."""
    for piece in _CONTROL.split(text):
        if piece:
            yield Sign(piece) if piece in CONTROL_TOKENS else Say(piece)


def _told_anyway(tool: Offered, question: str, draw: random.Random) -> Planned:
    """A call of a tool that the question does not ask for, or whose parameters are hard to keep."""
    try:
        return arguments_for(tool, question, draw)
    except NoValue as error:
        if error.keys[-1:] != (_LET_GO,):
            raise _refused(tool, error) from error
    looser = replace(tool, parameters=bound(tool.parameters))
    try:
        calls = plan(question, [looser], draw, least=0)
        return calls[0] if calls else arguments_for(looser, question, draw)
    except NoValue as error:
        raise _refused(tool, error) from error


def _refused(tool: Offered, error: NoValue) -> ToolParametersInvalid:
    field = ".".join(("parameters", *shown(error.keys)))
    return ToolParametersInvalid(tool.name, field, error.reason)


def _in_form(form: CallForm, arguments: Mapping[str, object]) -> Iterator[Step]:
    yield from plain_steps(form.begin)
    yield Say(_elements(arguments) if form.style == "xml" else _dumped(arguments))
    yield from plain_steps(form.end)


def _name(form: CallForm) -> str:
    found = _NAMED.search(form.begin)
    return next(filter(None, found.groups())) if found else form.begin


def _json(call: Planned) -> str:
    return f'\n{{"name": {_dumped(call.name)}, "arguments": {_dumped(call.arguments)}}}\n'


def _xml(call: Planned) -> str:
    return f"\n<function={call.name}>\n{_elements(call.arguments)}</function>\n"


def _elements(arguments: Mapping[str, object]) -> str:
    """Texts as they are, all else as JSON; but nothing that would end an element."""
    written = {
        name: in_element(value) if isinstance(value, str) else in_element_of_json(_dumped(value))
        for name, value in arguments.items()
    }
    return "".join(f"<parameter={key}>\n{text}\n</parameter>\n" for key, text in written.items())


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
