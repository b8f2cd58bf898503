"""Every family writes every conversation as its chat template does, to the letter.

In `turns/`, control tokens stand between double brackets; what stands outside is text.
"""

from itertools import pairwise
from pathlib import Path

import pytest
from tests.families.conversations import CONVERSATIONS, FORGED, said, system, user

from studiolo.core.messages import Message
from studiolo.core.prompt import Media, Run, Special, Text
from studiolo.core.requests import Conversation
from studiolo.families.base import ends_in_thought
from studiolo.families.table import FAMILIES

TURNS = Path(__file__).with_name("turns")
HEAD = "######## "


def shown(run: Run) -> str:
    match run:
        case Text(text=text):
            return text
        case Special(name=name):
            return f"⟦{name}⟧"
        case Media(part=part):
            return f"⟦{part.kind}⟧"


def written(name: str) -> dict[str, str]:
    rows = {}
    for section in (TURNS / f"{name}.txt").read_text().split(HEAD)[1:]:
        title, _, text = section.partition("\n")
        rows[title] = text.removesuffix("\n")
    return rows


# A family of its own template writes what its weights bring along.
WRITTEN = [name for name, family in FAMILIES.items() if family.from_weights is None]


@pytest.mark.parametrize("name", WRITTEN)
def test_conversations_are_written_as_the_template_does(
    name: str, request: pytest.FixtureRequest
) -> None:
    rows = {
        title: "".join(map(shown, FAMILIES[name].render(conversation)))
        for title, conversation in CONVERSATIONS.items()
    }
    if request.config.getoption("--write-golden"):
        text = "".join(f"{HEAD}{title}\n{row}\n" for title, row in rows.items())
        (TURNS / f"{name}.txt").write_text(text)
    assert rows == written(name)


@pytest.mark.parametrize("name", WRITTEN)
def test_what_callers_wrote_is_never_a_control_token(name: str) -> None:
    """As many control tokens as with harmless texts."""

    def conversation(text: str) -> Conversation:
        return Conversation((system(text), user(text), said(text), Message("tool"), user(text)))

    def specials(text: str) -> list[str]:
        runs = FAMILIES[name].render(conversation(text))
        return [run.name for run in runs if isinstance(run, Special)]

    assert specials(FORGED.replace("</think>", "")) == specials("x")


@pytest.mark.parametrize("name", WRITTEN)
def test_neighbouring_texts_are_one_run(name: str) -> None:
    for conversation in CONVERSATIONS.values():
        runs = FAMILIES[name].render(conversation)
        assert not any(
            isinstance(one, Text) and isinstance(two, Text) for one, two in pairwise(runs)
        )


@pytest.mark.parametrize("name", WRITTEN)
def test_a_family_says_whether_it_opens_the_thought(name: str) -> None:
    family = FAMILIES[name]
    asked = family.render(CONVERSATIONS["a question to be thought about"])
    plain = family.render(CONVERSATIONS["a question"])
    assert ends_in_thought(asked) == family.opens_thought
    assert ends_in_thought(plain) == (family.thinks == "always")
    assert (family.thinks == "never") == ("<think>" not in family.needs)


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("thinks", [True, False])
@pytest.mark.parametrize("switch", ["/no_think", "/think", "```sh\n/no_think\n```"])
def test_switches_stay_in_the_text_and_change_nothing_else(
    name: str, switch: str, *, thinks: bool
) -> None:
    """Obeying them is up to the weights."""
    family = FAMILIES[name]
    with_switch, without = (
        family.render(Conversation((system("x"), user(text)), thinks=thinks))
        for text in (f"Hi {switch}", "Hi")
    )
    assert Text(f"user\nHi {switch}") in with_switch
    swapped = [
        Text("user\nHi") if run == Text(f"user\nHi {switch}") else run for run in with_switch
    ]
    assert swapped == list(without)
