"""Thinking through the official clients, on weights: reasoning first, budgets kept, all counted."""

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path
from typing import Any

import dashscope
import openai
import pytest
from dashscope.aigc.generation import AioGeneration
from tests.qwen import ANSWER, THOUGHT
from tests.servers import KEY, server_process

MESSAGES = [{"role": "user", "content": "Why does bread rise?"}]
REASONING = "".join(THOUGHT).rstrip("\n")
CONTENT = "".join(ANSWER)
NEEDED = len(THOUGHT)
# A budget, and what is thought under it.
BUDGETS = ((None, REASONING, NEEDED), (5, "".join(THOUGHT[:5]), 5), (1, THOUGHT[0], 1))
EVERY_BUDGET = pytest.mark.parametrize(("budget", "reasoning", "tokens"), BUDGETS)


@pytest.fixture(scope="module")
def url(qwen_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A server on Qwen's tokens; it answers to every name."""
    deployment = {"name": "qwen", "weights": str(qwen_path), "family": "qwen3", "context": 512}
    variables = {"STUDIOLO_DEPLOYMENTS": json.dumps([deployment])}
    with server_process(tmp_path_factory.mktemp("home"), environment=variables) as running:
        yield running.url


def check_order(pairs: Sequence[tuple[str, str]], reasoning: str) -> None:
    """Reasoning and content of each piece: both whole, and nothing of one after the other."""
    assert "".join(thought for thought, _ in pairs) == reasoning
    assert "".join(text for _, text in pairs) == CONTENT
    kinds = ["thought" if thought else "text" for thought, text in pairs if thought or text]
    assert kinds == sorted(kinds, reverse=True)
    assert all(not (thought and text) for thought, text in pairs)


# -- openai


@pytest.fixture
def client(url: str) -> Generator[openai.OpenAI]:
    with openai.OpenAI(api_key=KEY, base_url=f"{url}/compatible-mode/v1", max_retries=0) as client:
        yield client


def asked(budget: int | None, **more: Any) -> dict[str, Any]:
    wish = {"enable_thinking": True}
    if budget is not None:
        wish["thinking_budget"] = budget
    return {"messages": MESSAGES, "temperature": 0, "extra_body": wish, **more}


@EVERY_BUDGET
def test_openai_whole(
    client: openai.OpenAI, budget: int | None, reasoning: str, tokens: int
) -> None:
    answer = client.chat.completions.create(model="qwen-plus", **asked(budget))
    (choice,) = answer.choices
    assert choice.message.reasoning_content == reasoning
    assert (choice.message.content, choice.finish_reason) == (CONTENT, "stop")
    assert answer.usage.completion_tokens_details.reasoning_tokens == tokens
    assert answer.usage.completion_tokens > tokens + len(ANSWER)


@EVERY_BUDGET
def test_openai_streamed(
    client: openai.OpenAI, budget: int | None, reasoning: str, tokens: int
) -> None:
    *chunks, last = client.chat.completions.create(
        model="qwen-plus",
        **asked(budget, stream=True, stream_options={"include_usage": True}),
    )
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert deltas[0].role == "assistant"
    pairs = [(getattr(each, "reasoning_content", "") or "", each.content or "") for each in deltas]
    check_order(pairs, reasoning)
    assert last.usage.completion_tokens_details.reasoning_tokens == tokens


@pytest.mark.anyio
async def test_openai_async(url: str) -> None:
    async with openai.AsyncOpenAI(api_key=KEY, base_url=f"{url}/compatible-mode/v1") as client:
        whole = await client.chat.completions.create(model="qwen-plus", **asked(7))
        stream = await client.chat.completions.create(model="qwen-plus", **asked(7, stream=True))
        deltas = [chunk.choices[0].delta async for chunk in stream]
    reasoning = "".join(THOUGHT[:7])
    assert whole.choices[0].message.reasoning_content == reasoning
    pairs = [(getattr(each, "reasoning_content", "") or "", each.content or "") for each in deltas]
    check_order(pairs, reasoning)


def test_openai_effort_and_defaults(client: openai.OpenAI) -> None:
    """A model that thinks unless it is told not to, in a call that is not streamed."""
    free = client.chat.completions.create(model="qwen3.7-max", messages=MESSAGES, temperature=0)
    assert free.choices[0].message.reasoning_content == REASONING
    none = client.chat.completions.create(
        model="qwen3.7-max", messages=MESSAGES, temperature=0, reasoning_effort="none"
    )
    assert getattr(none.choices[0].message, "reasoning_content", None) is None
    assert none.choices[0].message.content == CONTENT


def test_openai_no_think(client: openai.OpenAI) -> None:
    """The weights write an empty thought; it is output, and no reasoning."""
    messages = [{"role": "user", "content": "Why? /no_think"}]
    *chunks, last = client.chat.completions.create(
        model="qwen-plus",
        **asked(None, stream=True, stream_options={"include_usage": True}) | {"messages": messages},
    )
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert not any(getattr(each, "reasoning_content", None) for each in deltas)
    assert "".join(each.content or "" for each in deltas) == CONTENT
    assert last.usage.completion_tokens_details.reasoning_tokens == 0
    assert last.usage.completion_tokens > len(ANSWER)


def test_openai_stream_only(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="qwen3-32b", messages=MESSAGES)
    assert "only support stream call" in str(refused.value)
    chunks = client.chat.completions.create(model="qwen3-32b", messages=MESSAGES, stream=True)
    assert any(getattr(c.choices[0].delta, "reasoning_content", None) for c in chunks if c.choices)


# -- dashscope


@pytest.fixture
def native(url: str) -> Generator[None]:
    before = dashscope.base_http_api_url
    dashscope.base_http_api_url = f"{url}/api/v1"
    yield
    dashscope.base_http_api_url = before


def called(budget: int | None, **more: Any) -> dict[str, Any]:
    wish = {} if budget is None else {"thinking_budget": budget}
    return {
        "api_key": KEY,
        "model": "qwen-plus",
        "messages": MESSAGES,
        "temperature": 0,
        "result_format": "message",
        "enable_thinking": True,
        **wish,
        **more,
    }


def pairs_of(frames: Sequence[Any]) -> list[tuple[str, str]]:
    messages = [frame.output.choices[0].message for frame in frames]
    return [(each.reasoning_content, each.content) for each in messages]


@EVERY_BUDGET
def test_dashscope_whole(native: None, budget: int | None, reasoning: str, tokens: int) -> None:
    answer = dashscope.Generation.call(**called(budget))
    assert answer.status_code == HTTPStatus.OK, answer
    message = answer.output.choices[0].message
    assert (message.reasoning_content, message.content) == (reasoning, CONTENT)
    assert answer.usage.output_tokens_details["reasoning_tokens"] == tokens
    assert answer.usage.output_tokens > tokens + len(ANSWER)


@EVERY_BUDGET
def test_dashscope_incremental(
    native: None, budget: int | None, reasoning: str, tokens: int
) -> None:
    frames = list(dashscope.Generation.call(**called(budget, stream=True, incremental_output=True)))
    check_order(pairs_of(frames), reasoning)
    counts = [frame.usage.output_tokens_details["reasoning_tokens"] for frame in frames]
    assert counts == sorted(counts)
    assert counts[-1] == tokens


@EVERY_BUDGET
def test_dashscope_cumulative(
    native: None, budget: int | None, reasoning: str, tokens: int
) -> None:
    """This client asks for pieces, and adds them up itself."""
    frames = list(
        dashscope.Generation.call(**called(budget, stream=True, incremental_output=False))
    )
    pairs = pairs_of(frames)
    assert pairs[-1] == (reasoning, CONTENT)
    for (thought, text), (more_thought, more_text) in pairwise(pairs):
        assert more_thought.startswith(thought)
        assert more_text.startswith(text)
        assert more_thought == thought or not text
    assert frames[-1].usage.output_tokens_details["reasoning_tokens"] == tokens


@pytest.mark.anyio
async def test_dashscope_async(native: None) -> None:
    whole = await AioGeneration.call(**called(4))
    stream = await AioGeneration.call(**called(4, stream=True, incremental_output=True))
    frames = [frame async for frame in stream]
    await dashscope.close_shared_aio_session()
    reasoning = "".join(THOUGHT[:4])
    assert whole.output.choices[0].message.reasoning_content == reasoning
    check_order(pairs_of(frames), reasoning)


def test_dashscope_multimodal(native: None) -> None:
    parts = [{"role": "user", "content": [{"text": "Why does bread rise?"}]}]
    frames = list(
        dashscope.MultiModalConversation.call(
            api_key=KEY,
            model="qwen3.6-plus",
            messages=parts,
            temperature=0,
            enable_thinking=True,
            thinking_budget=5,
            stream=True,
            incremental_output=True,
        )
    )
    messages = [frame.output.choices[0].message for frame in frames]
    pairs = [
        (each.reasoning_content or "", "".join(part["text"] for part in each.content or []))
        for each in messages
    ]
    check_order(pairs, "".join(THOUGHT[:5]))


@pytest.mark.parametrize(
    ("protocol", "base"), [("native", "/api/v1"), ("openai", "/compatible-mode/v1")]
)
def test_the_newer_dashscope_client(url: str, protocol: str, base: str) -> None:
    with closing(
        dashscope.Client(api_key=KEY, base_url=url + base, protocol=protocol, max_retries=0)
    ) as client:
        settings = {
            "model": "qwen-plus",
            "messages": MESSAGES,
            "temperature": 0,
            "enable_thinking": True,
            "thinking_budget": 6,
        }
        whole = client.chat.completions.create(**settings)
        chunks = list(client.chat.completions.create(**settings, stream=True))
    reasoning = "".join(THOUGHT[:6])
    message = whole.choices[0].message
    assert (message.reasoning_content, message.content) == (reasoning, CONTENT)
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    pairs = [(getattr(each, "reasoning_content", "") or "", each.content or "") for each in deltas]
    check_order(pairs, reasoning)
