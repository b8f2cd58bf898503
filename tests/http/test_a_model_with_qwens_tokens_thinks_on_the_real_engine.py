"""Thinking on llama.cpp, in every family that thinks: budgets to the token, tags nowhere."""

from pathlib import Path
from typing import Any

import pytest
from tests.http.asking import posted
from tests.studios import MESSAGES, Borrowed, Studio, studio

from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

FAMILY = pytest.mark.parametrize("family", ["qwen3", "qwen3-thinking", "qwq", "qwen3.5"])


async def ask(here: Studio, **more: Any) -> Any:
    return await posted(here, {"messages": MESSAGES, "temperature": 0, **more})


def said(answer: Any) -> tuple[str, str, str, int]:
    """Reasoning, content, why it ended, and the tokens of the reasoning."""
    choice, usage = answer["choices"][0], answer["usage"]
    message = choice["message"]
    return (
        message.get("reasoning_content", ""),
        message["content"],
        choice["finish_reason"],
        usage["completion_tokens_details"]["reasoning_tokens"],
    )


@FAMILY
async def test_thoughts_and_answers_are_told_apart(
    tmp_path: Path, qwen_engine: LlamaCppEngine, family: str
) -> None:
    async with studio(tmp_path, Borrowed(qwen_engine), family=FAMILIES[family]) as here:
        whole = await ask(here, enable_thinking=True)
        reasoning, content, reason, tokens = said(whole)
        assert reasoning
        assert content
        assert reason == "stop"
        assert "think>" not in reasoning + content
        assert 0 < tokens < whole["usage"]["completion_tokens"]
        chunks = await ask(here, enable_thinking=True, stream=True)
        deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
        assert "".join(delta.get("reasoning_content") or "" for delta in deltas) == reasoning
        assert "".join(delta["content"] or "" for delta in deltas) == content
        rows = await here.rows(2)
    assert {row["output"] for row in rows} == {whole["usage"]["completion_tokens"]}
    assert {row["reasoning"] for row in rows} == {tokens}


@FAMILY
async def test_a_budget_is_kept_to_the_token(
    tmp_path: Path, qwen_engine: LlamaCppEngine, family: str
) -> None:
    async with studio(tmp_path, Borrowed(qwen_engine), family=FAMILIES[family]) as here:
        free, content, _, needed = said(await ask(here, enable_thinking=True))
        assert needed > 3
        for budget in range(1, needed):
            reasoning, after, reason, tokens = said(
                await ask(here, enable_thinking=True, thinking_budget=budget)
            )
            assert tokens == budget
            assert free.startswith(reasoning)
            assert after
            assert reason == "stop"
            assert "think>" not in reasoning + after
        for budget in (needed + 1, needed + 2, needed + 30):
            same = said(await ask(here, enable_thinking=True, thinking_budget=budget))
            assert same == (free, content, "stop", needed)


@FAMILY
async def test_without_thinking_there_is_no_thought(
    tmp_path: Path, qwen_engine: LlamaCppEngine, family: str
) -> None:
    async with studio(tmp_path, Borrowed(qwen_engine), family=FAMILIES[family]) as here:
        reasoning, content, _, tokens = said(await ask(here, enable_thinking=False))
    assert (reasoning, tokens) == ("", 0)
    assert content
    assert "think>" not in content


@FAMILY
async def test_limits_and_stops_are_for_the_answer(
    tmp_path: Path, qwen_engine: LlamaCppEngine, family: str
) -> None:
    async with studio(tmp_path, Borrowed(qwen_engine), family=FAMILIES[family]) as here:
        free, content, _, needed = said(await ask(here, enable_thinking=True))
        reasoning, cut, reason, tokens = said(await ask(here, enable_thinking=True, max_tokens=2))
        assert (reasoning, tokens, reason) == (free, needed, "length")
        assert content.startswith(cut)
        assert cut != content
        word = free.split()[-1]
        assert said(await ask(here, enable_thinking=True, stop=[word]))[0] == free
        both = await ask(here, enable_thinking=True, max_completion_tokens=3)
        assert both["usage"]["completion_tokens"] == 3
        assert both["choices"][0]["finish_reason"] == "length"
        assert both["choices"][0]["message"]["content"] == ""


async def test_the_template_counts(tmp_path: Path, qwen_engine: LlamaCppEngine) -> None:
    """ "Hi" to a model whose template opens the thought is 11 tokens (the documents' oracle)."""
    family = FAMILIES["qwen3.5"]
    hi = [{"role": "user", "content": "Hi"}]
    async with studio(tmp_path, Borrowed(qwen_engine), family=family) as here:
        answer = await ask(here, model="qwen3.7-max", messages=hi)
    assert answer["usage"]["prompt_tokens"] == 11
