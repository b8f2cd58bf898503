"""The official `openai` package, sync and async, whole and streamed."""

from collections.abc import Generator

import openai
import pytest
from openai.types.chat import ChatCompletionChunk
from tests.servers import KEY

QUESTION = "Why does bread rise in the oven?"
MESSAGES = [{"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def client(url: str) -> Generator[openai.OpenAI]:
    with openai.OpenAI(api_key=KEY, base_url=f"{url}/compatible-mode/v1", max_retries=0) as client:
        yield client


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_a_whole_answer(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="qwen-plus", messages=MESSAGES)
    choice = answer.choices[0]
    assert choice.message.role == "assistant"
    assert choice.message.content
    assert choice.finish_reason == "stop"
    assert answer.model == "qwen-plus"
    assert answer.id == f"chatcmpl-{answer._request_id}"
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_a_stream_says_what_the_whole_answer_says(client: openai.OpenAI) -> None:
    settings = {"model": "qwen-plus", "messages": MESSAGES, "temperature": 0, "seed": 7}
    whole = client.chat.completions.create(**settings)
    chunks = list(
        client.chat.completions.create(
            **settings, stream=True, stream_options={"include_usage": True}
        )
    )
    assert text_of(chunks) == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage.model_copy(
        update={"prompt_tokens_details": chunks[-1].usage.prompt_tokens_details}
    )


def test_usage_only_comes_when_it_is_asked_for(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="qwen-plus", messages=MESSAGES, stream=True))
    assert all(chunk.usage is None for chunk in chunks)
    assert all(chunk.choices for chunk in chunks)


def test_max_tokens_cuts(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="qwen-plus", messages=MESSAGES, max_tokens=5)
    assert answer.usage.completion_tokens == 5
    assert answer.choices[0].finish_reason == "length"
    newer = client.chat.completions.create(
        model="qwen-plus", messages=MESSAGES, max_completion_tokens=4, max_tokens=5
    )
    assert newer.usage.completion_tokens == 4


def test_several_choices_differ_and_the_prompt_counts_once(client: openai.OpenAI) -> None:
    one = client.chat.completions.create(model="qwen-plus", messages=MESSAGES, seed=1)
    four = client.chat.completions.create(model="qwen-plus", messages=MESSAGES, seed=1, n=4)
    texts = [choice.message.content for choice in four.choices]
    assert [choice.index for choice in four.choices] == [0, 1, 2, 3]
    assert texts[0] == one.choices[0].message.content
    assert len(set(texts)) > 1
    assert four.usage.prompt_tokens == one.usage.prompt_tokens
    assert four.usage.completion_tokens > one.usage.completion_tokens


def test_streamed_choices_are_told_apart_by_their_index(client: openai.OpenAI) -> None:
    settings = {"model": "qwen-plus", "messages": MESSAGES, "n": 3, "seed": 5}
    whole = client.chat.completions.create(**settings)
    texts = {0: "", 1: "", 2: ""}
    for chunk in client.chat.completions.create(**settings, stream=True):
        texts[chunk.choices[0].index] += chunk.choices[0].delta.content or ""
    assert texts == {choice.index: choice.message.content for choice in whole.choices}


def test_stop_texts_end_the_answer_and_are_left_out(client: openai.OpenAI) -> None:
    settings = {"model": "qwen-plus", "messages": MESSAGES, "temperature": 0}
    free = client.chat.completions.create(**settings).choices[0].message.content
    word = free.split()[4]
    stopped = client.chat.completions.create(**settings, stop=[word]).choices[0]
    assert stopped.finish_reason == "stop"
    assert stopped.message.content == free[: free.index(word)]


def test_log_probabilities_come_for_every_token(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="qwen-plus", messages=MESSAGES, logprobs=True, top_logprobs=3, max_tokens=6
    )
    rows = answer.choices[0].logprobs.content
    assert "".join(row.token for row in rows) == answer.choices[0].message.content
    assert all(row.logprob <= 0 and len(row.top_logprobs) == 3 for row in rows)
    chunks = client.chat.completions.create(
        model="qwen-plus", messages=MESSAGES, logprobs=True, max_tokens=6, stream=True
    )
    assert any(chunk.choices[0].logprobs for chunk in chunks)


def test_parts_and_developer_messages_are_read(client: openai.OpenAI) -> None:
    parts = [{"type": "text", "text": "Why does bread "}, {"type": "text", "text": "rise?"}]
    answer = client.chat.completions.create(
        model="qwen3-coder-plus",
        messages=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": parts},
        ],
        extra_body={"top_k": 20, "repetition_penalty": 1.05, "enable_thinking": False},
    )
    assert answer.model == "qwen3-coder-plus"
    assert answer.choices[0].message.content


def test_models_are_listed(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert {"qwen-plus", "qwen3-coder-plus", "qwen3.6-plus"} <= set(names)
    assert client.models.retrieve("qwen-plus").owned_by == "system"
    with pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("qwen-none")
    assert missing.value.code == "model_not_found"


def test_errors_have_the_classes_of_the_client(client: openai.OpenAI, url: str) -> None:
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(model="qwen-plus", messages=MESSAGES, temperature=2)
    assert bad.value.code == "invalid_parameter_error"
    assert bad.value.request_id
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="qwen-none", messages=MESSAGES)
    stranger = client.with_options(api_key="sk-wrong")
    with pytest.raises(openai.AuthenticationError) as unknown:
        stranger.chat.completions.create(model="qwen-plus", messages=MESSAGES)
    assert unknown.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    "base", ["/v1", "/api/v1", "/compatible-mode/v1/", "//compatible-mode//v1"]
)
def test_other_base_urls_lead_there_too(url: str, base: str) -> None:
    with openai.OpenAI(api_key=KEY, base_url=url + base, max_retries=0) as client:
        answer = client.chat.completions.create(model="qwen-plus", messages=MESSAGES)
    assert answer.choices[0].message.content


@pytest.mark.anyio
async def test_the_async_client_whole_and_streamed(url: str) -> None:
    async with openai.AsyncOpenAI(api_key=KEY, base_url=f"{url}/compatible-mode/v1") as client:
        settings = {"model": "qwen-plus", "messages": MESSAGES, "temperature": 0}
        whole = await client.chat.completions.create(**settings)
        stream = await client.chat.completions.create(**settings, stream=True)
        chunks = [chunk async for chunk in stream]
    assert text_of(chunks) == whole.choices[0].message.content
