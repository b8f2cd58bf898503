"""Thinking over the scripted engine: the budget to the token, and the answer after it."""

from typing import Any

import pytest
from tests.sampling import GREEDY
from tests.studios import scripted
from tests.thinkers import HYBRID, OPENED, ThinkingScript

from studiolo.core.events import Event, Finished, ReasoningDelta, Started, TextDelta
from studiolo.core.fold import Answer, fold
from studiolo.core.generation import Generation
from studiolo.core.messages import Message, TextPart
from studiolo.core.requests import Conversation
from studiolo.engines.scripted.engine import ScriptedEngine
from studiolo.families.base import Family
from studiolo.service.writing.author import Author
from studiolo.service.writing.thinking import Allowance, Thinker

pytestmark = pytest.mark.anyio

THOUGHT = "First we look at the bread, then at the oven, and then at the yeast."
ANSWER = "The yeast makes gas, and the gas lifts the dough."
PLENTY = 10_000


async def told(
    script: ThinkingScript, family: Family = HYBRID, *, stop: tuple[str, ...] = (), **limits: int
) -> tuple[list[Event], ScriptedEngine]:
    engine = scripted(script)
    await engine.start()
    message = Message("user", (TextPart("Why does bread rise?"),))
    prompt = await engine.tokenize(family.render(Conversation((message,), thinks=True)))
    bounds = {"thought": PLENTY, "answer": PLENTY, "both": PLENTY, "context": 4096, **limits}
    generation = Generation(prompt, GREEDY, bounds["answer"], stop=stop)
    author = Author(engine, family.parser_after(prompt.runs, 0), prompt)
    thinker = Thinker(author, generation, family=family, allowance=Allowance(**bounds))
    return [event async for event in thinker.events()], engine


async def answered(script: ThinkingScript, family: Family = HYBRID, **more: Any) -> Answer:
    events, _ = await told(script, family, **more)
    check_order(events)
    return fold(events)


def check_order(events: list[Event]) -> None:
    """Started first, Finished last, reasoning before content, and every token told once."""
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    content = [n for n, each in enumerate(events) if isinstance(each, TextDelta) and each.text]
    thought = [n for n, each in enumerate(events) if isinstance(each, ReasoningDelta)]
    assert not content or not thought or max(thought) < min(content)


BOTH = pytest.mark.parametrize("family", [HYBRID, OPENED], ids=["model opens", "prompt opens"])
THINKS = ThinkingScript(THOUGHT, ANSWER)


@BOTH
async def test_without_a_budget_the_whole_thought_and_the_answer_come(family: Family) -> None:
    answer = await answered(THINKS, family)
    (choice,) = answer.choices
    assert (choice.reasoning, choice.text, choice.reason) == (THOUGHT, ANSWER, "stop")
    assert 0 < answer.usage.reasoning < answer.usage.output


@BOTH
async def test_a_budget_beyond_need_changes_nothing(family: Family) -> None:
    free = await answered(THINKS, family)
    needed = free.usage.reasoning
    for more in (1, 2, 50):
        assert await answered(THINKS, family, thought=needed + more) == free


@BOTH
@pytest.mark.parametrize("budget", [1, 2, 3, 7, 12])
async def test_a_budget_cuts_at_exactly_its_token(family: Family, budget: int) -> None:
    answer = await answered(THINKS, family, thought=budget)
    (choice,) = answer.choices
    assert answer.usage.reasoning == budget
    assert THOUGHT.startswith(choice.reasoning)
    assert choice.reasoning != THOUGHT
    assert (choice.text, choice.reason) == (ANSWER, "stop")
    assert answer.usage.injected > 0


@BOTH
async def test_max_tokens_are_for_the_answer_alone(family: Family) -> None:
    answer = await answered(THINKS, family, answer=3)
    (choice,) = answer.choices
    assert choice.reasoning == THOUGHT
    assert ANSWER.startswith(choice.text)
    assert choice.reason == "length"
    free = await answered(THINKS, family)
    assert answer.usage.reasoning == free.usage.reasoning


@BOTH
@pytest.mark.parametrize("both", [1, 4, 9])
async def test_max_completion_tokens_may_end_in_the_thought(family: Family, both: int) -> None:
    answer = await answered(THINKS, family, both=both)
    (choice,) = answer.choices
    assert answer.usage.output == both
    assert (choice.text, choice.reason) == ("", "length")
    assert THOUGHT.startswith(choice.reasoning)


@BOTH
async def test_a_smaller_budget_than_both_leaves_the_rest_to_the_answer(family: Family) -> None:
    answer = await answered(THINKS, family, thought=4, both=10)
    (choice,) = answer.choices
    assert answer.usage.reasoning == 4
    assert answer.usage.output == 10
    assert choice.text
    assert ANSWER.startswith(choice.text)
    assert choice.reason == "length"


@BOTH
async def test_stops_are_for_the_answer_alone(family: Family) -> None:
    answer = await answered(THINKS, family, stop=("oven", "gas"))
    (choice,) = answer.choices
    assert choice.reasoning == THOUGHT
    assert choice.text == ANSWER[: ANSWER.index("gas")]
    assert choice.reason == "stop"


async def test_a_model_that_does_not_think_just_answers() -> None:
    answer = await answered(ThinkingScript(None, ANSWER))
    (choice,) = answer.choices
    assert (choice.reasoning, choice.text) == ("", ANSWER)
    assert answer.usage.reasoning == 0


async def test_a_stop_in_the_first_word_of_a_plain_answer_still_stops() -> None:
    answer = await answered(ThinkingScript(None, ANSWER), stop=("The",))
    assert answer.choices[0].text == ""
    assert answer.choices[0].reason == "stop"


@BOTH
async def test_an_empty_thought_is_none(family: Family) -> None:
    answer = await answered(ThinkingScript("", ANSWER), family)
    (choice,) = answer.choices
    assert (choice.reasoning, choice.text) == ("", ANSWER)
    assert answer.usage.reasoning == 0


@BOTH
async def test_a_thought_that_opens_again_goes_on(family: Family) -> None:
    answer = await answered(ThinkingScript("Hm.", ANSWER, opens_again=1), family)
    (choice,) = answer.choices
    assert choice.text == ANSWER
    assert "think>" not in choice.reasoning


@BOTH
async def test_a_thought_that_opens_again_after_the_cut_is_cut_again(family: Family) -> None:
    answer = await answered(ThinkingScript(THOUGHT, ANSWER, opens_again=1), family, thought=5)
    (choice,) = answer.choices
    assert answer.usage.reasoning == 5
    assert "think>" not in choice.reasoning + choice.text


@BOTH
async def test_characters_of_many_bytes_are_cut_between_characters(family: Family) -> None:
    thought = "🤖🤖🤖 你好 🤖🤖🤖"
    for budget in range(1, 12):
        answer = await answered(ThinkingScript(thought, ANSWER), family, thought=budget)
        (choice,) = answer.choices
        assert thought.startswith(choice.reasoning)
        assert choice.text == ANSWER
        assert answer.usage.reasoning <= budget


@BOTH
async def test_a_small_context_keeps_room_for_the_answer(family: Family) -> None:
    events, _ = await told(ThinkingScript("word " * 400, ANSWER), family, context=120)
    answer = fold(events)
    assert answer.choices[0].text
    assert answer.usage.reasoning > 0


@BOTH
async def test_every_token_is_told_once(family: Family) -> None:
    for limits in ({}, {"thought": 3}, {"answer": 2}, {"both": 6}):
        events, _ = await told(THINKS, family, **limits)
        told_tokens = sum(getattr(event, "tokens", 0) for event in events)
        assert isinstance(events[-1], Finished)
        assert told_tokens <= events[-1].usage.output
        assert events[-1].usage.output - told_tokens <= 2
