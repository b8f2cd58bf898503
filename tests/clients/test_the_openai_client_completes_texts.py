"""The official `openai` package asks for completions: sync and async, whole and streamed."""

from collections.abc import Generator
from typing import Any

import openai
import pytest
from openai.types import Completion
from tests.servers import KEY

MODEL = "qwen2.5-coder-32b-instruct"
GAP = "<|fim_prefix|>def quick_sort(arr):<|fim_suffix|>"
QUESTIONS: dict[str, dict[str, Any]] = {
    "a prefix": {"prompt": GAP},
    "a prefix and a suffix": {"prompt": f"{GAP}    return result\n<|fim_middle|>"},
    "a suffix of its own": {"prompt": "def quick_sort(arr):\n", "suffix": "    return result\n"},
    "a plain text": {"prompt": "Once upon a time"},
}


@pytest.fixture(scope="module")
def client(url: str) -> Generator[openai.OpenAI]:
    with openai.OpenAI(api_key=KEY, base_url=f"{url}/compatible-mode/v1", max_retries=0) as client:
        yield client


def text_of(chunks: list[Completion]) -> str:
    return "".join(chunk.choices[0].text for chunk in chunks if chunk.choices)


@pytest.mark.parametrize("title", QUESTIONS)
def test_a_whole_completion(client: openai.OpenAI, title: str) -> None:
    answer = client.completions.create(model=MODEL, **QUESTIONS[title])
    (choice,) = answer.choices
    assert choice.text
    assert (choice.finish_reason, choice.index, choice.logprobs) == ("stop", 0, None)
    assert (answer.object, answer.model) == ("text_completion", MODEL)
    assert answer.id == f"cmpl-{answer._request_id}"
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


@pytest.mark.parametrize("title", QUESTIONS)
def test_a_stream_says_what_the_whole_completion_says(client: openai.OpenAI, title: str) -> None:
    settings = {"model": MODEL, "temperature": 0, "seed": 7, **QUESTIONS[title]}
    whole = client.completions.create(**settings)
    options = {"include_usage": True}
    chunks = list(client.completions.create(**settings, stream=True, stream_options=options))
    assert text_of(chunks) == whole.choices[0].text
    assert {chunk.object for chunk in chunks} == {"text_completion"}
    assert chunks[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert chunks[-1].usage.prompt_tokens == whole.usage.prompt_tokens


def test_usage_only_comes_when_it_is_asked_for(client: openai.OpenAI) -> None:
    chunks = list(client.completions.create(model=MODEL, prompt=GAP, stream=True))
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


def test_limits_and_stops_hold(client: openai.OpenAI) -> None:
    settings = {"model": MODEL, "prompt": GAP, "temperature": 0}
    free = client.completions.create(**settings).choices[0].text
    cut = client.completions.create(**settings, max_tokens=2)
    assert (cut.choices[0].finish_reason, cut.usage.completion_tokens) == ("length", 2)
    assert free.startswith(cut.choices[0].text)
    word = free.split()[-1]
    stopped = client.completions.create(**settings, stop=[word]).choices[0]
    assert stopped.text == free[: free.index(word)]


def test_errors_have_the_classes_of_the_client(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unable:
        client.completions.create(model="qwen-max", prompt=GAP)
    assert unable.value.code == "model_not_supported"
    with pytest.raises(openai.BadRequestError) as bad:
        client.completions.create(model=MODEL, prompt="", suffix="b")
    assert bad.value.code == "invalid_parameter_error"
    with pytest.raises(openai.BadRequestError):
        client.completions.create(model=MODEL, prompt=["a", "b"])


@pytest.mark.anyio
async def test_the_async_client_whole_and_streamed(url: str) -> None:
    async with openai.AsyncOpenAI(api_key=KEY, base_url=f"{url}/v1") as client:
        settings = {"model": MODEL, "prompt": GAP, "temperature": 0}
        whole = await client.completions.create(**settings)
        stream = await client.completions.create(**settings, stream=True)
        chunks = [chunk async for chunk in stream]
    assert text_of(chunks) == whole.choices[0].text
