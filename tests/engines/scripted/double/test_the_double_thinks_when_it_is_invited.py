"""A thought before the answer: where the prompt invites one, and the same however it is cut."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.scripted.playing import asked, generation

from studiolo.core.prompt import Run, Special, Text
from studiolo.engines.scripted.double import Double
from studiolo.engines.scripted.double.language import SCRIPTS, language_of
from studiolo.engines.scripted.steps import Say, Sign, Tell
from studiolo.engines.scripted.vocabulary import vocabulary

QUESTIONS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("questions.toml").read_text(encoding="utf-8")
)
HYBRID, PLAIN = Double(thinks=True), Double()
OPEN, CLOSE = Special("<think>"), Special("</think>")
EMPTY = (OPEN, Text("\n\n"), CLOSE, Text("\n\n"))
SHORT = "Why is the sky blue?"
LONG = "Compare rail, road, ships and planes: which of the 4 moved 900 tons in 2019, and why?"


def written(double: Double, runs: tuple[Run, ...]) -> str:
    steps = double(generation(vocabulary().prompt(runs)))
    return "".join(
        step.name if isinstance(step, Sign) else step.text
        for step in steps
        if isinstance(step, Sign | Say | Tell)
    )


def parts(text: str) -> tuple[str, str]:
    """The thought with its tags, and the answer."""
    thought, close, answer = text.partition("</think>\n\n")
    assert thought.startswith("<think>\n")
    assert close
    return thought + close, answer


def tokens(text: str) -> int:
    return len(vocabulary().encode(text))


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_thought_is_in_the_language_of_the_question_and_in_its_words(name: str) -> None:
    thought, answer = parts(written(HYBRID, asked(("user", QUESTIONS[name]["question"]))))
    assert QUESTIONS[name]["word"] in thought
    assert QUESTIONS[name]["word"] in answer
    assert tokens(thought) > 60
    assert language_of(thought).script == language_of(QUESTIONS[name]["question"]).script


def test_weights_that_do_not_think_just_answer() -> None:
    runs = asked(("user", SHORT))
    assert "think>" not in written(PLAIN, runs)
    assert parts(written(HYBRID, runs))[1] == written(PLAIN, runs)


@pytest.mark.parametrize("double", [HYBRID, PLAIN])
def test_a_thought_that_the_prompt_opened_is_gone_on_with(double: Double) -> None:
    text = written(double, (*asked(("user", SHORT)), OPEN, Text("\n")))
    thought, close, answer = text.partition("\n</think>\n\n")
    assert tokens(thought) > 60
    assert close
    assert "sky" in answer


@pytest.mark.parametrize("double", [HYBRID, PLAIN])
@pytest.mark.parametrize("before", [EMPTY, (OPEN, Text("\nShort thought.\n"), CLOSE, Text("\n\n"))])
def test_after_a_thought_that_is_over_comes_the_answer(
    double: Double, before: tuple[Run, ...]
) -> None:
    assert written(double, (*asked(("user", SHORT)), *before)) == written(
        PLAIN, asked(("user", SHORT))
    )


def test_right_after_the_closing_tag_comes_the_line_between() -> None:
    runs = (*asked(("user", SHORT)), OPEN, Text("\nYes.\n"), CLOSE)
    assert written(HYBRID, runs) == "\n\n" + written(PLAIN, asked(("user", SHORT)))


@given(st.integers(0, 2_000))
def test_what_was_written_is_gone_on_with_to_the_letter(place: int) -> None:
    before = asked(("user", SHORT))
    whole = written(HYBRID, before)
    thought = whole.removeprefix("<think>").partition("</think>")[0]
    begun = thought[: place % (len(thought) + 1)]
    rest = written(HYBRID, (*before, OPEN, Text(begun)))
    assert f"<think>{begun}{rest}" == whole


def test_a_thought_that_was_cut_and_closed_is_answered_all_the_same() -> None:
    before = asked(("user", SHORT))
    closed = (OPEN, Text("\nOkay, the qu"), Text("\n"), CLOSE, Text("\n\n"))
    assert written(HYBRID, (*before, *closed)) == written(PLAIN, before)


def test_a_thought_begun_by_another_is_brought_to_its_end() -> None:
    text = written(HYBRID, (*asked(("user", SHORT)), OPEN, Text("\nMy own plan is")))
    assert text.startswith(" ")
    assert text.count("</think>") == 1


def test_more_to_think_about_is_thought_about_longer() -> None:
    thoughts = [parts(written(HYBRID, asked(("user", each))))[0] for each in (SHORT, LONG)]
    assert tokens(thoughts[0]) * 1.5 < tokens(thoughts[1])


def test_numbers_are_taken_into_account() -> None:
    assert "900" in parts(written(HYBRID, asked(("user", LONG))))[0]


SWITCHES = {
    "in the question": ([("user", f"{SHORT} /no_think")], False),
    "before the question": ([("user", f"/no_think {SHORT}")], False),
    "in the system message": ([("system", "Be brief. /no_think"), ("user", SHORT)], False),
    "a later one wins": ([("system", "/no_think"), ("user", f"{SHORT} /think")], True),
    "the later of two": ([("user", f"/think {SHORT} /no_think")], False),
    "of an earlier turn": (
        [("user", "Hi /no_think"), ("assistant", "Hello."), ("user", SHORT)],
        False,
    ),
    "not what the assistant says": (
        [("user", "Hi"), ("assistant", "Say /no_think"), ("user", SHORT)],
        True,
    ),
    "not in a block of code": ([("user", f"{SHORT}\n```\n/no_think\n```\n")], True),
    "not part of a path": ([("user", f"{SHORT} /no_think/now")], True),
    "right behind the last word": ([("user", "What is a canoe/no_think")], False),
    "right behind the last mark": ([("user", "What is a canoe?/no_think\n")], False),
    "not behind another word": ([("user", "Is it run/no_think or walk")], True),
    "not the end of a path": ([("user", "Open docs/drafts/no_think")], True),
    "not the end of an address": ([("user", "Open example.org/no_think")], True),
}


@pytest.mark.parametrize("title", SWITCHES)
def test_the_latest_switch_in_the_texts_wins(title: str) -> None:
    turns, thinks = SWITCHES[title]
    text = written(HYBRID, asked(*turns))
    assert text.startswith("<think>\n\n</think>\n\n") is not thinks


def test_a_switch_closes_no_thought_that_the_prompt_has_opened() -> None:
    text = written(HYBRID, (*asked(("user", f"{SHORT} /no_think")), OPEN, Text("\n")))
    assert tokens(text.partition("</think>")[0]) >= 60


def test_the_empty_thought_is_gone_on_with_too() -> None:
    before = asked(("user", f"{SHORT} /no_think"))
    whole = written(HYBRID, before)
    for begun in ((OPEN,), (OPEN, Text("\n\n")), (OPEN, Text("\n\n"), CLOSE)):
        names = "".join(run.name if isinstance(run, Special) else run.text for run in begun)
        assert names + written(HYBRID, (*before, *begun)) == whole


def test_switches_are_no_words_of_the_question() -> None:
    for switch in (" /no_think", "/no_think"):
        text = written(HYBRID, asked(("user", f"{SHORT}{switch}")))
        assert "no_think" not in text


def test_a_tag_written_as_text_opens_no_thought() -> None:
    runs = asked(("user", SHORT), prefix="The tag <think> is")
    assert "</think>" not in written(PLAIN, runs)


def test_scripts_without_letters_of_their_own_are_thought_about_in_the_first_language() -> None:
    thought, _ = parts(written(HYBRID, asked(("user", "12 * 34"))))
    assert not any(script.search(thought) for script in SCRIPTS.values())
