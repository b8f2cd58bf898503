"""Thinking through HTTP: where reasoning stands, what is counted, and what becomes of the rest."""

from pathlib import Path
from typing import Any

import pytest
from tests.http import asking
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, Studio, scripted, studio
from tests.thinkers import HYBRID, OPENED, ThinkingScript

from studiolo.engines.scripted.vocabulary import vocabulary
from studiolo.families.base import Family
from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

THOUGHT = "First the bread, then the oven."
ANSWER = "The yeast makes gas."
THINKS = ThinkingScript(THOUGHT, ANSWER)
FAMILY = pytest.mark.parametrize("family", [HYBRID, OPENED], ids=["model opens", "prompt opens"])


async def compatible(here: Studio, **more: Any) -> Any:
    return await asking.compatible(here, MESSAGES, temperature=0, **more)


async def native(here: Studio, **parameters: Any) -> Any:
    return await asking.native(here, MESSAGES, temperature=0, **parameters)


@FAMILY
async def test_the_compatible_dialect_tells_the_thought_first(
    tmp_path: Path, family: Family
) -> None:
    async with studio(tmp_path, scripted(THINKS), family=family) as here:
        whole = await compatible(here, enable_thinking=True)
        message = whole["choices"][0]["message"]
        assert (message["reasoning_content"], message["content"]) == (THOUGHT, ANSWER)
        reasoning = whole["usage"]["completion_tokens_details"]["reasoning_tokens"]
        assert 0 < reasoning < whole["usage"]["completion_tokens"]
        chunks = await compatible(
            here, enable_thinking=True, stream=True, stream_options={"include_usage": True}
        )
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks[:-1]]
    assert deltas[0] == {"content": None, "role": "assistant", "reasoning_content": ""}
    assert "".join(delta["reasoning_content"] or "" for delta in deltas) == THOUGHT
    assert "".join(delta["content"] or "" for delta in deltas) == ANSWER
    assert all(
        (delta["content"] is None) != (delta["reasoning_content"] is None) for delta in deltas
    )
    usage = chunks[-1]["usage"]
    assert usage["completion_tokens"] == whole["usage"]["completion_tokens"]
    assert usage["completion_tokens_details"] == {"reasoning_tokens": reasoning}


@FAMILY
async def test_the_native_dialect_tells_the_thought_first(tmp_path: Path, family: Family) -> None:
    async with studio(tmp_path, scripted(THINKS), family=family) as here:
        whole = await native(here, enable_thinking=True)
        message = whole["output"]["choices"][0]["message"]
        assert (message["reasoning_content"], message["content"]) == (THOUGHT, ANSWER)
        frames = await native(here, enable_thinking=True, stream=True)
    said = [frame["output"]["choices"][0]["message"] for frame in frames]
    assert "".join(each["reasoning_content"] for each in said) == THOUGHT
    assert "".join(each["content"] for each in said) == ANSWER
    counts = [frame["usage"]["output_tokens_details"]["reasoning_tokens"] for frame in frames]
    assert counts == sorted(counts)
    assert frames[-1]["usage"] == {
        **whole["usage"],
        "prompt_tokens_details": frames[-1]["usage"]["prompt_tokens_details"],
    }


@FAMILY
@pytest.mark.parametrize("budget", [1, 3, 5])
async def test_a_budget_is_kept_to_the_token(tmp_path: Path, family: Family, budget: int) -> None:
    asked = {"enable_thinking": True, "thinking_budget": budget}
    async with studio(tmp_path, scripted(THINKS), family=family) as here:
        whole = await compatible(here, **asked)
        frames = await native(here, stream=True, **asked)
        rows = await here.rows(2)
    details = whole["usage"]["completion_tokens_details"]
    assert details["reasoning_tokens"] == budget
    assert frames[-1]["usage"]["output_tokens_details"]["reasoning_tokens"] == budget
    message = whole["choices"][0]["message"]
    assert THOUGHT.startswith(message["reasoning_content"])
    assert message["content"] == ANSWER
    assert {row["reasoning"] for row in rows} == {budget}
    assert {row["output"] for row in rows} == {whole["usage"]["completion_tokens"]}
    assert all(row["injected"] > 0 for row in rows)


@FAMILY
async def test_a_budget_that_cuts_a_character_is_kept_to_the_token(
    tmp_path: Path, family: Family
) -> None:
    thought = "\u9f98\u9750\u9f49"
    tokens = len(vocabulary().encode(thought))
    assert tokens > len(thought)
    async with studio(tmp_path, scripted(ThinkingScript(thought, ANSWER)), family=family) as here:
        for budget in range(1, tokens):
            asked = {"enable_thinking": True, "thinking_budget": budget}
            whole = await compatible(here, **asked)
            frames = await native(here, stream=True, **asked)
            details = whole["usage"]["completion_tokens_details"]
            assert details["reasoning_tokens"] == budget
            assert frames[-1]["usage"]["output_tokens_details"]["reasoning_tokens"] == budget
            message = whole["choices"][0]["message"]
            assert thought.startswith(message.get("reasoning_content", ""))
            assert message["content"] == ANSWER


WAYS: dict[str, dict[str, Any]] = {
    "at the top": {"enable_thinking": True},
    "in extra_body": {"extra_body": {"enable_thinking": True}},
    "in chat_template_kwargs": {"chat_template_kwargs": {"enable_thinking": True}},
    "by effort": {"reasoning_effort": "low"},
}


@pytest.mark.parametrize("way", WAYS)
async def test_the_wish_to_think_is_heard_wherever_it_stands(tmp_path: Path, way: str) -> None:
    async with studio(tmp_path, scripted(THINKS), family=HYBRID) as here:
        heard = await compatible(here, **WAYS[way])
        assert heard["choices"][0]["message"]["reasoning_content"] == THOUGHT
        answer = await native(here, **WAYS[way])
        assert answer["output"]["choices"][0]["message"]["reasoning_content"] == THOUGHT


@pytest.mark.parametrize("way", WAYS)
async def test_it_may_stand_beside_the_parameters_too(tmp_path: Path, way: str) -> None:
    async with studio(tmp_path, scripted(THINKS), family=HYBRID) as here:
        body = {"model": "qwen-plus", "input": {"messages": MESSAGES}, "parameters": {}}
        async with here.client.post(NATIVE, json={**body, **WAYS[way]}) as response:
            answer = await response.json()
    assert answer["output"]["choices"][0]["message"]["reasoning_content"] == THOUGHT


async def test_the_default_is_the_models(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(THINKS), family=HYBRID) as here:
        thinks = await compatible(here, model="qwen3.7-max")
        assert thinks["choices"][0]["message"]["reasoning_content"] == THOUGHT
        frames = await compatible(here, model="qwq-plus", stream=True)
        assert any(frame["choices"][0]["delta"].get("reasoning_content") for frame in frames)


async def test_weights_that_cannot_think_just_answer(tmp_path: Path) -> None:
    script = ThinkingScript(None, ANSWER)
    async with studio(tmp_path, scripted(script), family=FAMILIES["chatml"]) as here:
        whole = await compatible(here, enable_thinking=True, thinking_budget=5)
    message = whole["choices"][0]["message"]
    assert message["content"] == ANSWER
    assert "reasoning_content" not in message
    assert whole["usage"]["completion_tokens_details"] == {"reasoning_tokens": 0}


@FAMILY
async def test_max_tokens_are_for_the_answer(tmp_path: Path, family: Family) -> None:
    async with studio(tmp_path, scripted(THINKS), family=family) as here:
        answer = await compatible(here, enable_thinking=True, max_tokens=2)
        both = await compatible(here, enable_thinking=True, max_completion_tokens=4)
    choice = answer["choices"][0]
    assert choice["message"]["reasoning_content"] == THOUGHT
    assert choice["message"]["content"]
    assert ANSWER.startswith(choice["message"]["content"])
    assert choice["finish_reason"] == "length"
    assert both["usage"]["completion_tokens"] == 4
    assert both["choices"][0]["message"]["content"] == ""
    assert both["choices"][0]["finish_reason"] == "length"


async def test_whole_thoughts_can_be_allowed(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(THINKS), family=HYBRID) as here:
        body = {"model": "qwen3-32b", "messages": MESSAGES}
        async with here.client.post(COMPATIBLE, json=body) as response:
            assert response.status == 400
    server = {"allow_nonstream_thinking": True}
    async with studio(tmp_path, scripted(THINKS), family=HYBRID, server=server) as here:
        whole = await compatible(here, model="qwen3-32b")
    assert whole["choices"][0]["message"]["reasoning_content"] == THOUGHT
