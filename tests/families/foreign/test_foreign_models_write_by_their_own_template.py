"""Foreign chat templates: messages, thoughts, tools and pictures come out as they are meant."""

import pytest
from tests.families.conversations import (
    CONVERSATIONS,
    NOW,
    TOOLS,
    result,
    said,
    user,
)
from tests.families.foreign.headed import headed
from tests.qwen import SPECIALS, TEMPLATE

from studiolo.core.messages import MediaPart, Message, TextPart
from studiolo.core.prompt import Media, Special, Text
from studiolo.core.requests import Conversation
from studiolo.families.foreign.template import template_family
from studiolo.families.plain import PlainParser
from studiolo.families.table import FAMILIES
from studiolo.families.thought import ThoughtParser


def written(template: str, conversation: Conversation) -> str:
    runs = template_family(template, frozenset(SPECIALS)).render(conversation)
    return "".join(
        run.name if isinstance(run, Special) else getattr(run, "text", "") for run in runs
    )


def test_the_text_is_split_at_the_control_tokens() -> None:
    assert headed(user(" Hi ")) == (
        Special("<|bos|>"),
        Special("<|head|>"),
        Text("user"),
        Special("<|/head|>"),
        Text("\n\nHi"),
        Special("<|eot|>"),
        Special("<|head|>"),
        Text("assistant"),
        Special("<|/head|>"),
        Text("\n\n"),
    )


def test_pictures_stay_in_their_place() -> None:
    part = MediaPart("image", ("x.png",))
    runs = headed(Message("user", (TextPart("a"), part, TextPart("<|eot|>b"))))
    place = runs.index(Media(part))
    assert runs[place - 1 : place + 2] == (Text("\n\na"), Media(part), Text("<|eot|>b"))


def test_a_partial_answer_is_left_open_to_the_byte() -> None:
    runs = headed(user("Write f"), said("def f(n):<|eot|> \n", partial=True))
    assert runs[-1] == Text("\n\ndef f(n):<|eot|> \n")


@pytest.mark.parametrize(
    "title",
    ["a question", "a system message", "turns", "parts of a message", "a partial answer"],
)
def test_the_same_conversation_comes_out_as_by_our_own_hand(title: str) -> None:
    family = template_family(TEMPLATE, frozenset(SPECIALS))
    conversation = CONVERSATIONS[title]
    own = FAMILIES["qwen3"].render(conversation)
    if title == "a partial answer":
        assert own[-1] == family.render(conversation)[-1]
    else:
        assert own == family.render(conversation)


def test_tools_calls_and_results_are_handed_over() -> None:
    template = (
        "{% for tool in tools or [] %}{{ tool.function.name }} {{ tool | tojson }} {% endfor %}"
        "{% for m in messages %}{% for c in m.tool_calls or [] %}"
        "{{ c.id }}={{ c.function.name }}({{ c.function.arguments | tojson }}) {% endfor %}"
        "{% if m.role == 'tool' %}{{ m.tool_call_id }}={{ m.name }}:{{ m.content }}{% endif %}"
        "{% if m.reasoning_content %}[{{ m.reasoning_content }}]{% endif %}{% endfor %}"
    )
    told = (user("a"), said("", NOW, reasoning="hm"), result("noon", NOW))
    assert written(template, Conversation(told, TOOLS[1:])) == (
        'now {"type": "function", "function": {"name": "now"}} call_1=now({}) [hm]call_1=now:noon'
    )


def test_a_thought_in_the_text_is_handed_over_as_a_thought() -> None:
    template = "{% for m in messages[1:2] %}{{ m.reasoning_content }}|{{ m.content }}{% endfor %}"
    told = (user("a"), said("<think>\nhm\n</think>\n\nb"), user("c"))
    assert written(template + "{# <think> #}", Conversation(told)) == "hm|b"


THINKING = (
    ("no thoughts", "{{ messages[0].content }}", "never", False),
    ("thoughts on demand", TEMPLATE, "hybrid", False),
    ("always a thought", "Hi\n<think>\n", "always", True),
    ("a thought the template opens", "{% if enable_thinking %}<think>{% endif %}", "hybrid", True),
)


@pytest.mark.parametrize(("title", "template", "thinks", "opens"), THINKING)
def test_a_template_tells_whether_its_model_thinks(
    title: str, template: str, thinks: str, *, opens: bool
) -> None:
    del title
    family = template_family(template, frozenset(SPECIALS))
    assert (family.thinks, family.opens_thought) == (thinks, opens)
    assert family.parser is (PlainParser if thinks == "never" else ThoughtParser)
