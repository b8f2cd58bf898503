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
from studiolo.families.qwen import switch_of
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


SWITCHES = (
    ("none", ["Hi"], None),
    ("off", ["Hi /no_think"], False),
    ("on", ["/think about it"], True),
    ("the latest of a text wins", ["/no_think or /think"], True),
    ("the latest message wins", ["/think", "/no_think", "and so on"], False),
    ("part of a path", ["see /think/tank, a/think, /thinking and /think.py"], None),
    ("before a full stop", ["Be quick: /no_think."], False),
    ("in a block of code", ["```sh\ncat /no_think /no_think\n```\nWhat is this?"], None),
    ("in an old block of code", ["~~~\n/no_think\n~~~", "/think", "```\n/no_think"], True),
    ("beside a block of code", ["/no_think\n```\n/think\n```\n"], False),
    ("after a block of code", ["````\n```\n/think\n````\n/no_think"], False),
    ("in quotes of code", ["What does `/no_think` do?"], None),
)


@pytest.mark.parametrize(("title", "texts", "thinks"), SWITCHES, ids=[row[0] for row in SWITCHES])
def test_the_latest_switch_counts(title: str, texts: list[str], *, thinks: bool | None) -> None:
    del title
    assert switch_of(Conversation(tuple(map(user, texts)))) is thinks


def test_only_users_and_the_system_can_switch() -> None:
    assert switch_of(Conversation((system("/no_think"), user("Hi")))) is False
    assert switch_of(Conversation((user("Hi"), said("/no_think"), user("a")))) is None


def test_switches_stay_in_the_text() -> None:
    runs = FAMILIES["qwen3"].render(Conversation((user("Hi /no_think"),), thinks=True))
    assert Text("user\nHi /no_think") in runs
