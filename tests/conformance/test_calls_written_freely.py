"""Calls that a model writes by itself, behind its thought or inside of it, wherever it is cut."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.conformance.calling import choice_of
from tests.conformance.players import desk
from tests.conformance.reciters import BEHIND, INSIDE, NOTED, RECITERS, Reciter, reciter
from tests.conformance.told import check_abandoned, told

from studiolo.core.events import Event, Finished, ReasoningDelta, TextDelta, ToolCallStart
from studiolo.core.fold import Choice
from studiolo.core.requests import ChatRequest
from studiolo.core.usage import Usage

pytestmark = pytest.mark.anyio


def rows(*places: str) -> list[object]:
    return [pytest.param(row, id="-".join(row)) for row in RECITERS if row[2] in places]


@pytest.fixture(scope="module", params=rows(INSIDE, BEHIND))
async def model(
    anyio_backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Reciter]:
    """Each of them."""
    async with reciter(*request.param, tmp_path_factory.mktemp("run")) as found:
        yield found


async def answered(
    model: Reciter, home: Path, request: ChatRequest, chunking: str = "as it comes"
) -> tuple[Choice, Usage, list[Event]]:
    """The answer, checked, what it used, and its events."""
    async with desk(model.writer.player, home, chunking) as here:
        events = await told(here, request)
        end = events[-1]
        assert isinstance(end, Finished)
        return choice_of(events, here), end.usage, events


def check_call(choice: Choice) -> None:
    """It is the one call, whole."""
    assert [(call.name, json.loads(call.arguments)) for call in choice.calls] == [("note", NOTED)]


def squeezed(text: str) -> str:
    """White space around calls is nobody's."""
    return "".join(text.split())


async def test_a_call_inside_the_thought_is_told(model: Reciter, tmp_path: Path) -> None:
    """And one behind it, with the text before it; the first call ends the answer."""
    choice, _, events = await answered(model, tmp_path, model.asked())
    check_call(choice)
    assert choice.reason == "tool_calls"
    kinds = [type(event) for event in events if getattr(event, "text", "")]
    if model.place == INSIDE:
        assert choice.text == ""
        assert choice.reasoning
        assert squeezed(model.thought).startswith(squeezed(choice.reasoning))
    else:
        assert choice.text == model.answer
        assert choice.reasoning == model.thought.strip()
        assert kinds == sorted(kinds, key=[ReasoningDelta, TextDelta].index)


async def test_where_several_calls_are_allowed_all_else_is_told_too(
    model: Reciter, tmp_path: Path
) -> None:
    choice, _, _ = await answered(model, tmp_path, model.asked(parallel_calls=True))
    check_call(choice)
    assert squeezed(choice.reasoning) == squeezed(model.thought)
    assert squeezed(choice.text) == squeezed(model.answer)
    assert choice.reason == "tool_calls"


async def test_a_budget_never_cuts_a_call(model: Reciter, tmp_path: Path) -> None:
    _, free, _ = await answered(model, tmp_path / "free", model.asked(parallel_calls=True))
    seen: set[int] = set()
    for budget in range(1, free.output):
        request = model.asked(budget=budget)
        choice, usage, _ = await answered(model, tmp_path / f"{budget}", request)
        assert usage.reasoning <= budget
        assert squeezed(model.thought).startswith(squeezed(choice.reasoning))
        if choice.calls:
            check_call(choice)
            assert choice.reason == "tool_calls"
        else:
            assert (choice.text, choice.reason) == (model.answer, "stop")
        seen.add(len(choice.calls))
    assert seen == ({0, 1} if model.place == INSIDE else {1})


@pytest.mark.parametrize("field", ["max_answer_tokens", "max_total_tokens"])
async def test_a_limit_anywhere_ends_as_length(model: Reciter, field: str, tmp_path: Path) -> None:
    whole, used, _ = await answered(model, tmp_path / "free", model.asked())
    most = used.output if field == "max_total_tokens" else used.output - used.reasoning
    reasons: set[str] = set()
    for limit in range(1, most):
        request = model.asked(**{field: limit})
        choice, usage, _ = await answered(model, tmp_path / f"{limit}", request)
        reasons.add(choice.reason)
        if field == "max_total_tokens":
            assert usage.output <= limit + 1  # one that was looked at in vain
        assert squeezed(whole.reasoning).startswith(squeezed(choice.reasoning))
        assert whole.text.startswith(choice.text)
        for call in choice.calls:
            assert whole.calls[0].arguments.startswith(call.arguments)
    assert "length" in reasons or (model.place, field) == (INSIDE, "max_answer_tokens")


@pytest.mark.parametrize("chunking", ["letters", "pairs", "runs"])
async def test_the_pieces_do_not_matter(model: Reciter, chunking: str, tmp_path: Path) -> None:
    choice, used, _ = await answered(model, tmp_path / "a", model.asked(parallel_calls=True))
    cut, same, _ = await answered(model, tmp_path / "b", model.asked(parallel_calls=True), chunking)
    assert (cut.calls, cut.text, cut.reasoning) == (choice.calls, choice.text, choice.reasoning)
    assert (same.input, same.output) == (used.input, used.output)


async def test_a_stop_of_the_caller_is_for_the_answer(model: Reciter, tmp_path: Path) -> None:
    choice, _, _ = await answered(
        model, tmp_path, model.asked(stop=("user", "upon"), parallel_calls=True)
    )
    assert squeezed(choice.reasoning) == squeezed(model.thought)
    assert choice.text == "Once "
    assert len(choice.calls) == (1 if model.place == INSIDE else 0)


async def test_a_model_that_is_not_to_think_calls_behind_its_words(
    model: Reciter, tmp_path: Path
) -> None:
    choice, usage, _ = await answered(model, tmp_path, model.asked(thinks=False))
    assert (choice.text, choice.reasoning, usage.reasoning) == (model.answer, "", 0)
    assert len(choice.calls) == (0 if model.place == INSIDE else 1)


async def test_wherever_a_client_goes_away_all_is_counted(model: Reciter, tmp_path: Path) -> None:
    request = model.asked(budget=5)
    _, _, whole = await answered(model, tmp_path / "whole", request)
    assert any(isinstance(event, ToolCallStart) for event in whole) == (model.place == BEHIND)
    for count in range(2, len(whole) - 1, 3):
        async with desk(model.writer.player, tmp_path / f"after {count}") as here:
            await check_abandoned(here, request, after=count)
