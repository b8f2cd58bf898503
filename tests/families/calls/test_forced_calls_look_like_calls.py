"""How a call must be written, and that it is read as such, as are the calls of the past."""

import json
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.families.calls.cases import EVERYTHING, NOW, TOOLS, WEATHER

from studiolo.core.events import Event, Finished
from studiolo.core.fold import fold
from studiolo.core.generation import CallForm, Delta, Ended
from studiolo.core.messages import Call, Message, TextPart
from studiolo.core.mode_errors import ToolParametersInvalid
from studiolo.core.prompt import Run, Special, Text
from studiolo.core.requests import Conversation, Tool
from studiolo.core.usage import Usage
from studiolo.families.base import Family, Offer
from studiolo.families.foreign.template import template_family
from studiolo.families.spoken import spoken
from studiolo.families.table import FAMILIES

JSON = ["chatml", "smollm2", "qwen2.5", "qwen3", "qwen3-instruct", "qwen3-thinking", "qwq"]
XML = ["qwen3-coder", "qwen3.5"]


def calls_in(family: Family, text: str, *tools: Tool) -> tuple[Call, ...]:
    parser = family.parser_after((Text("assistant\n"),), 0, offer=Offer(tools or TOOLS, str))
    events: list[Event] = [*parser.feed(Delta(text, 1)), *parser.flush(Ended("stop", 1, 0, 2))]
    return fold([*events, Finished(Usage())]).choices[0].calls


def form(family: str, tool: Tool) -> CallForm:
    style = FAMILIES[family].calls
    assert style is not None
    assert style.end == "</tool_call>"
    return style.form(tool)


@pytest.mark.parametrize("family", JSON)
def test_a_call_in_json_has_its_form(family: str) -> None:
    assert form(family, WEATHER) == CallForm(
        '<tool_call>\n{"name": "get_weather", "arguments": ', WEATHER.parameters, "}\n</tool_call>"
    )


@pytest.mark.parametrize("family", XML)
def test_a_call_in_xml_has_its_form(family: str) -> None:
    assert form(family, WEATHER) == CallForm(
        "<tool_call>\n<function=get_weather>\n",
        WEATHER.parameters,
        "</function>\n</tool_call>",
        "xml",
    )


def test_every_family_but_that_of_templates_can_call() -> None:
    assert {*JSON, *XML} == {name for name, family in FAMILIES.items() if family.calls}


@pytest.mark.parametrize("family", JSON)
def test_a_call_that_was_forced_is_read(family: str) -> None:
    wanted = form(family, WEATHER)
    (call,) = calls_in(FAMILIES[family], f'{wanted.begin}{{"city":"Rome"}}{wanted.end}')
    assert call == Call("0", "get_weather", '{"city":"Rome"}')


@pytest.mark.parametrize("family", XML)
def test_an_element_that_was_forced_is_read(family: str) -> None:
    wanted = form(family, WEATHER)
    inside = "<parameter=city>\nRome\n</parameter>\n<parameter=days>\n2\n</parameter>\n"
    (call,) = calls_in(FAMILIES[family], f"{wanted.begin}{inside}{wanted.end}")
    assert call == Call("0", "get_weather", '{"city": "Rome", "days": 2}')


def test_a_form_names_the_function_as_json() -> None:
    assert form("qwen3", Tool('a"b', "{}")).begin.startswith('<tool_call>\n{"name": "a\\"b",')


NAMES = ("", " ", "a<b", "a>b", "a\nb", " a", "a ", "x" * 257)
VALUES_THAT_END = (
    "</parameter></function>",
    "a\n</parameter>\n<parameter=b>",
    "</parameter> </tool_call>",
    "</function>\n</tool_call>\n<tool_call>",
    "</function></tool_call><function=f>",
    "<tool_call>\n<function=f>\n",
    "a\n<parameter=b>",
    "<parameter=b>",
    "\n</tool_call>\n<tool_call>",
)
VALUES_THAT_LOOK_SO = (
    *("</parameter>", "a\n</parameter>\n", "</parameter>\n</parameter>", "</parameter>, <function"),
    *("</function>\n</tool_call>", "</function></tool_call> <p>", "<tool_call>", "<function=f>"),
)


def declaring(properties: object, **more: object) -> Tool:
    return Tool("f", "{}", json.dumps({"properties": properties, **more}))


def unwritten(tool: Tool) -> str:
    with pytest.raises(ToolParametersInvalid) as raised:
        form("qwen3-coder", tool)
    assert form("qwen3", tool).parameters == tool.parameters
    assert raised.value.value == "f"
    return f"{raised.value.field}: {raised.value.reason}"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_elements_cannot_carry_is_refused(name: str) -> None:
    shown = name[:64] or "''"
    why = f"parameters.properties.{shown}: the calls of this model cannot carry this name"
    assert unwritten(declaring({"a": {}, name: {}})) == why
    assert unwritten(declaring({}, required=[name])) == why
    top = {"top": {"properties": {name: {}}}}
    assert unwritten(declaring({}, allOf=[{"$ref": "#/$defs/top"}], **{"$defs": top})) == why


@pytest.mark.parametrize(
    "others",
    [
        {"additionalProperties": {"type": "integer"}},
        {"patternProperties": {"^x": {}}},
        {"propertyNames": {"pattern": "^x"}},
    ],
)
def test_parameters_that_are_not_declared_and_no_mere_texts_are_refused(
    others: dict[str, object],
) -> None:
    why = "parameters.minProperties: the calls of this model cannot carry "
    tool = declaring({}, minProperties=1, **others)
    assert unwritten(tool) == why + "parameters that are not declared by name"
    for kept in (declaring({}, **others), declaring({"a": {}}, minProperties=1, **others)):
        assert form("qwen3-coder", kept).parameters == kept.parameters
    for kind in ("string", "str"):
        texts = declaring({}, minProperties=1, additionalProperties={"type": kind})
        assert form("qwen3-coder", texts).parameters == texts.parameters


@pytest.mark.parametrize("value", VALUES_THAT_END)
def test_a_value_that_elements_cannot_carry_is_refused(value: str) -> None:
    why = "parameters.properties.a: the calls of this model cannot carry one of its values"
    assert unwritten(declaring({"a": {"enum": ["b", value]}})) == why
    assert unwritten(declaring({"a": {"anyOf": [{"const": value}, {"type": "null"}]}})) == why
    defined = {"b": {"const": value}}
    assert unwritten(declaring({"a": {"$ref": "#/$defs/b"}}, **{"$defs": defined})) == why


def test_within_json_no_value_ends_anything() -> None:
    reader = FAMILIES["qwen3-coder"]
    for value in (*VALUES_THAT_END, *VALUES_THAT_LOOK_SO):
        node = {"type": "array", "items": {"anyOf": [{"enum": [value]}]}}
        tool = declaring({"list": node, "text": {"enum": [[value]]}})
        wanted = form("qwen3-coder", tool)
        assert wanted.parameters == tool.parameters
        inside = f"<parameter=list>\n{json.dumps([value])}\n</parameter>\n"
        (call,) = calls_in(reader, f"{wanted.begin}{inside}{wanted.end}", tool)
        assert json.loads(call.arguments) == {"list": [value]}


def test_what_only_looks_odd_is_written() -> None:
    names = ('a"b', "a'b", "a b", "a/b", "天", "a=b", "x" * 256)
    looks = VALUES_THAT_LOOK_SO
    values = (*looks, "a\nb", "<b>", "</parameter >", "a <parameter=b>", "</function>", '"', "\n\n")
    tool = declaring({**{name: {} for name in names}, "v": {"enum": [*values, None, 1, ["<"]]}})
    assert form("qwen3-coder", tool).parameters == tool.parameters
    for value in values:
        inside = f"<parameter=v>\n{value}\n</parameter>\n"
        wanted = form("qwen3-coder", tool)
        (call,) = calls_in(FAMILIES["qwen3-coder"], f"{wanted.begin}{inside}{wanted.end}", tool)
        assert json.loads(call.arguments) == {"v": value}


# -- calls of the past


def written(runs: tuple[Run, ...]) -> str:
    """The last turn of the assistant, as text."""
    parts = [run.name if isinstance(run, Special) else getattr(run, "text", "") for run in runs]
    turn = "".join(parts).rpartition("<|im_start|>assistant\n")[0]
    return turn.rpartition("<|im_start|>assistant\n")[2].partition("<|im_end|>")[0]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="<"), max_size=12)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | NUMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ARGUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "text": TEXTS,
        "whole": st.integers(),
        "number": NUMBERS,
        "truth": st.booleans(),
        "nothing": st.none(),
        "object": st.dictionaries(TEXTS, VALUES, max_size=3),
        "list": st.lists(VALUES, max_size=3),
        "anything": TEXTS,
    },
)


@given(
    name=st.sampled_from([*JSON, *XML]),
    arguments=ARGUMENTS,
    text=TEXTS.map(str.strip),
    escaped=st.booleans(),
)
def test_a_call_of_the_past_reads_as_it_was(
    name: str, arguments: dict[str, object], text: str, *, escaped: bool
) -> None:
    family = FAMILIES[name]
    calls = (
        Call("0", EVERYTHING.name, json.dumps(arguments, ensure_ascii=escaped)),
        Call("1", NOW.name, "{}"),
    )
    asked = Message("user", (TextPart("?"),))
    past = Message("assistant", (TextPart(text),), calls)
    results = tuple(Message("tool", (TextPart("!"),), answers_call=call.id) for call in calls)
    runs = family.render(Conversation((asked, past, *results), TOOLS))
    first, second = calls_in(family, written(runs))
    assert (first.id, first.name, second) == ("0", EVERYTHING.name, calls[1])
    assert json.loads(first.arguments) == arguments
    if name in JSON:
        assert first == calls[0]


# -- weights that bring their own template


TURNS = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}"


@pytest.mark.parametrize(
    ("template", "tokens", "like"),
    [
        (TURNS + "{# <tool_call> #}", set[str](), "qwen3"),
        (TURNS, {"<tool_call>", "</tool_call>"}, "qwen3"),
        (TURNS + "{# <tool_call><function=x> #}", {"<tool_call>"}, "qwen3-coder"),
        (TURNS, set[str](), "template"),
    ],
    ids=["by the template", "by the control tokens", "in XML", "not at all"],
)
def test_a_template_shows_how_calls_are_written(template: str, tokens: set[str], like: str) -> None:
    assert template_family(template, tokens).calls is FAMILIES[like].calls


# -- what was written and is read on from


def test_what_was_said_has_control_tokens_for_its_tags() -> None:
    assert spoken('a<think>b</think>c<tool_call>\n{"x": "</tool"}\n</tool_call>') == (
        Text("a"),
        Special("<think>"),
        Text("b"),
        Special("</think>"),
        Text("c"),
        Special("<tool_call>"),
        Text('\n{"x": "</tool"}\n'),
        Special("</tool_call>"),
    )


@pytest.mark.parametrize("family", ["qwen2.5", "qwen3-coder"])
@pytest.mark.parametrize("forced", [False, True])
@pytest.mark.parametrize("reason", ["stop", "length"])
def test_half_a_tag_is_text_unless_a_call_had_to_come(
    family: str, forced: bool, reason: Literal["stop", "length"]
) -> None:
    offer = Offer(TOOLS, str, forced=forced)
    for half in ("<", "<tool", "<tool_call"):
        parser = FAMILIES[family].parser_after((Text("assistant\n"),), 0, offer=offer)
        events = [*parser.feed(Delta(half, 3)), *parser.flush(Ended(reason, 9, 0, 3))]
        (choice,) = fold([*events, Finished(Usage())]).choices
        assert (choice.text, choice.reason) == ("" if forced else half, reason)
        assert sum(event.tokens for event in events) == 3
