"""The official packages in partial mode: only the continuation comes back."""

import dashscope
import openai
import pytest
from tests.servers import KEY

PREFIX = "def generate_prime_number"
MESSAGES = [
    {"role": "user", "content": "Write a Python function that lists the primes up to 100."},
    {"role": "assistant", "content": PREFIX, "partial": True},
]
MODEL = "qwen3-coder-plus"


def open_client(url: str) -> openai.OpenAI:
    return openai.OpenAI(api_key=KEY, base_url=f"{url}/compatible-mode/v1", max_retries=0)


def test_the_openai_client_whole_and_streamed(url: str) -> None:
    with open_client(url) as client:
        settings = {"model": MODEL, "messages": MESSAGES, "temperature": 0}
        whole = client.chat.completions.create(**settings)
        chunks = list(client.chat.completions.create(**settings, stream=True))
        alone = client.chat.completions.create(model=MODEL, messages=MESSAGES[:1])
    text = whole.choices[0].message.content
    assert text
    assert not text.startswith("def")
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text
    assert whole.usage.prompt_tokens > alone.usage.prompt_tokens


@pytest.mark.anyio
async def test_the_async_openai_client(url: str) -> None:
    async with openai.AsyncOpenAI(api_key=KEY, base_url=f"{url}/v1") as client:
        settings = {"model": MODEL, "messages": MESSAGES, "temperature": 0}
        whole = await client.chat.completions.create(**settings)
        stream = await client.chat.completions.create(**settings, stream=True)
        deltas = [chunk.choices[0].delta.content or "" async for chunk in stream]
    assert "".join(deltas) == whole.choices[0].message.content


def test_the_dashscope_client_whole_and_streamed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashscope, "base_http_api_url", f"{url}/api/v1")
    settings = {
        "api_key": KEY,
        "model": MODEL,
        "messages": MESSAGES,
        "temperature": 0,
        "result_format": "message",
    }
    whole = dashscope.Generation.call(**settings)
    assert whole.status_code == 200
    text = whole.output.choices[0].message.content
    assert text
    assert not text.startswith("def")
    pieces = dashscope.Generation.call(**settings, stream=True, incremental_output=True)
    assert "".join(piece.output.choices[0].message.content for piece in pieces) == text
    *_, last = dashscope.Generation.call(**settings, stream=True)
    assert last.output.choices[0].message.content == text
    with open_client(url) as client:
        other = client.chat.completions.create(model=MODEL, messages=MESSAGES, temperature=0)
    assert other.choices[0].message.content == text
    assert other.usage.prompt_tokens == whole.usage.input_tokens


def test_a_thought_and_a_prefix_do_not_go_together(url: str) -> None:
    with open_client(url) as client, pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(
            model="qwen-plus", messages=MESSAGES, extra_body={"enable_thinking": True}
        )
    assert "Partial mode is not supported when enable_thinking is true." in str(refused.value)
