"""The caller's beginning of an answer, in every family: all of it is text, none of it is read."""

import pytest
from tests.families.conversations import TOOLS, said, system, user
from tests.prefixes import PREFIXES
from tests.qwen import SPECIALS, TEMPLATE

from studiolo.core.events import TextDelta
from studiolo.core.generation import Delta, Ended
from studiolo.core.messages import Message, TextPart
from studiolo.core.prompt import Run, Special, Text
from studiolo.core.requests import Conversation
from studiolo.families.base import CLOSE, OPEN, Family, Offer, ends_in_thought
from studiolo.families.foreign.template import template_family
from studiolo.families.runs import joined
from studiolo.families.table import FAMILIES

# Foreign templates: some can be asked to think, some always open a thought, some never do.
ALWAYS = (
    "{%- for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n<think>\\n' }}"
    "{%- endif %}"
)
NEVER = ALWAYS.replace("<think>\\n", "")
ALL: dict[str, Family] = {
    **{name: family for name, family in FAMILIES.items() if family.from_weights is None},
    "a template": template_family(TEMPLATE, frozenset(SPECIALS)),
    "a template that always thinks": template_family(ALWAYS, frozenset(SPECIALS)),
    "a template that never thinks": template_family(NEVER, frozenset(SPECIALS)),
}
PAST = (system("Be brief."), user("a"), said("b"), user("Write f"))
CONTINUATION = "\n\n    return n  # <\n"


def rendered(family: Family, prefix: str) -> tuple[Run, ...]:
    return family.render(Conversation((*PAST, said(prefix, partial=True))))


@pytest.mark.parametrize("title", PREFIXES)
@pytest.mark.parametrize("name", ALL)
def test_a_prefix_is_put_behind_the_opening_of_the_turn(name: str, title: str) -> None:
    family, prefix = ALL[name], PREFIXES[title]
    runs = rendered(family, prefix)
    assert isinstance(runs[-1], Text)
    assert runs[-1].text.endswith(prefix)
    assert runs == tuple(joined((*rendered(family, ""), Text(prefix))))


@pytest.mark.parametrize("name", ALL)
def test_no_thought_is_open_where_a_prefix_stands(name: str) -> None:
    runs = rendered(ALL[name], "")
    assert not ends_in_thought(runs)
    tags = [run.name for run in runs if isinstance(run, Special) and run.name in (OPEN, CLOSE)]
    assert tags in ([], [OPEN, CLOSE])


@pytest.mark.parametrize("name", ALL)
def test_parts_are_one_prefix(name: str) -> None:
    parts = Message(
        "assistant", (TextPart("def "), TextPart(""), TextPart("f(n):\n")), partial=True
    )
    runs = ALL[name].render(Conversation((*PAST, parts)))
    assert runs == rendered(ALL[name], "def f(n):\n")


@pytest.mark.parametrize("title", PREFIXES)
@pytest.mark.parametrize("with_tools", [False, True], ids=["plain", "with tools"])
@pytest.mark.parametrize("name", ALL)
def test_what_follows_is_text_whatever_the_prefix_says(
    name: str, title: str, with_tools: bool
) -> None:
    family = ALL[name]
    offer = Offer(TOOLS, lambda index: f"call_{index}") if with_tools else None
    parser = family.parser_after(rendered(family, PREFIXES[title]), 0, offer=offer, continues=True)
    events = [event for letter in CONTINUATION for event in parser.feed(Delta(letter, 1))]
    events += parser.flush(Ended("stop", 9, 0, len(CONTINUATION) + 1))
    told = [event for event in events if isinstance(event, TextDelta)]
    assert "".join(event.text for event in told) == CONTINUATION
    assert len(told) == len(events) - 1
    assert (
        sum(event.tokens for event in events if hasattr(event, "tokens")) == len(CONTINUATION) + 1
    )
