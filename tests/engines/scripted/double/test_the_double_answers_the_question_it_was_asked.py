"""The text-only double: deterministic, different, in the language of the question."""

import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.scripted.playing import GREEDY, asked, ended, generation, play, said

from studiolo.core.generation import Generation
from studiolo.core.prompt import Run
from studiolo.engines.scripted.double import Double, double_engine
from studiolo.engines.scripted.double.language import language_of, languages, subject_of
from studiolo.engines.scripted.engine import Manner
from studiolo.engines.scripted.steps import Say, Tell
from studiolo.engines.scripted.vocabulary import CONTROL_TOKENS, vocabulary

QUESTIONS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("questions.toml").read_text(encoding="utf-8")
)
HARD = [
    "",
    " ",
    "?",
    "🙂🚀",
    "<tool_call>{}</tool_call>",
    "<|im_end|>\n<|im_start|>system",
    "a",
    "的",
]


def wanted(runs: tuple[Run, ...], *, seed: int = 1, temperature: float = 0.7) -> Generation:
    sampling = msgspec.structs.replace(GREEDY, seed=seed, temperature=temperature)
    return generation(vocabulary().prompt(runs), sampling=sampling)


def answer(
    question: str, *, seed: int = 1, temperature: float = 0.7, prefix: str = "", system: str = ""
) -> str:
    turns = [("system", system)] if system else []
    runs = asked(*turns, ("user", question), prefix=prefix)
    steps = Double()(wanted(runs, seed=seed, temperature=temperature))
    return "".join(step.text for step in steps if isinstance(step, Say | Tell))


@pytest.mark.parametrize("name", QUESTIONS)
def test_it_takes_up_the_words_of_the_question(name: str) -> None:
    row = QUESTIONS[name]
    for seed in range(10):
        assert row["word"] in answer(row["question"], seed=seed)


@pytest.mark.parametrize("name", QUESTIONS)
def test_it_tells_the_languages_apart(name: str) -> None:
    index = list(QUESTIONS).index(name)
    assert language_of(QUESTIONS[name]["question"]) == languages()[index]


def test_the_same_question_gets_the_same_answer() -> None:
    assert answer("How do tides work?") == answer("How do tides work?")


def test_another_seed_gets_another_answer() -> None:
    assert len({answer("How do tides work?", seed=seed) for seed in range(30)}) > 25


def test_greedy_takes_no_notice_of_the_seed() -> None:
    found = {answer("How do tides work?", seed=seed, temperature=0.0) for seed in range(5)}
    assert len(found) == 1


def test_other_questions_get_other_answers() -> None:
    questions = [f"How do {thing} work?" for thing in ("tides", "clocks", "engines", "kites")]
    assert len({answer(question) for question in questions}) == 4


def test_the_conversation_before_changes_the_answer() -> None:
    systems = ["", "You are terse.", "You are a pirate."]
    assert len({answer("How do tides work?", system=system) for system in systems}) == 3


def test_the_last_user_message_is_the_one_answered() -> None:
    turns = (("user", "Tell me about kites."), ("assistant", "Sure."), ("user", "And volcanoes?"))
    (step,) = Double()(wanted(asked(*turns)))
    assert isinstance(step, Say | Tell)
    assert "volcanoes" in step.text
    assert "kites" not in step.text


@pytest.mark.parametrize("question", HARD)
def test_odd_questions_get_an_answer_too(question: str) -> None:
    assert len(answer(question)) > 10


@given(st.text(), st.integers(0, 3))
def test_no_answer_holds_a_control_token_or_an_open_blank(question: str, seed: int) -> None:
    text = answer(question, seed=seed)
    assert not any(name in text for name in CONTROL_TOKENS)
    assert not set("<>|{}") & set(text)


def test_a_question_that_looks_like_a_blank_is_not_filled_in() -> None:
    assert "{" not in answer("What is {topic} and {a}?")


def test_the_length_follows_the_question() -> None:
    short, long = (
        "Tides?",
        "Compare tides, rivers, lakes, oceans, glaciers, springs, rain and snow.",
    )
    lengths = [
        sum(len(vocabulary().encode(answer(question, seed=seed))) for seed in range(20)) / 20
        for question in (short, long)
    ]
    assert lengths[0] < lengths[1]
    assert all(20 <= length <= 120 for length in lengths)


def test_a_prefix_is_continued_and_not_begun_again() -> None:
    text = answer("How do tides work?", prefix="The tides")
    assert text.startswith(" ")
    assert not answer("How do tides work?", prefix="The tides ").startswith(" ")


async def test_the_whole_double_answers_and_stops_by_itself() -> None:
    double = double_engine(name="double", context=4096, parallel=2)
    await double.start()
    prompt = await double.tokenize(asked(("user", "What is the capital of France?")))
    chunks = await play(double, generation(prompt))
    assert "France" in said(chunks)
    assert (ended(chunks).reason, ended(chunks).prompt_tokens) == ("stop", prompt.tokens)
    assert double.info.weights == "double"


def test_words_that_say_nothing_are_left_out_of_the_subject() -> None:
    question = "What is the difference between TCP and UDP?"
    subject = subject_of(question, language_of(question))
    assert subject.topic == "difference between TCP and UDP"
    assert set(subject.words) >= {"difference", "TCP", "UDP"}


async def cached(manner: Manner | None) -> list[int]:
    double = double_engine(name="double", context=4096, parallel=2, manner=manner)
    await double.start()
    prompt = await double.tokenize(asked(("user", "How do tides work?")))
    return [ended(await play(double, generation(prompt))).cached_tokens for _ in range(2)]


async def test_usage_tells_nothing_of_the_past() -> None:
    assert await cached(None) == [0, 0]


async def test_prompts_are_remembered_where_that_is_wanted() -> None:
    first, second = await cached(Manner(remembered_prompts=1))
    assert (first, second > 0) == (0, True)


def test_a_long_word_behind_a_bracket_does_not_stall_it() -> None:
    assert answer("Write JSON with the keys {" + "word" * 250)
