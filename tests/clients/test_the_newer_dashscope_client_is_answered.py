"""`dashscope.Client`, speaking both of the protocols it knows for chat."""

from collections.abc import Generator
from contextlib import closing

import dashscope
import pytest
from dashscope.v2 import errors
from tests.servers import KEY

MESSAGES = [{"role": "user", "content": "Why does bread rise in the oven?"}]


# The last row is how it goes when only the base URL of the native protocol was changed.
@pytest.fixture(
    params=[("native", "/api/v1"), ("openai", "/compatible-mode/v1"), ("openai", "/api/v1")],
    ids=["native", "openai", "openai on the native base"],
)
def client(url: str, request: pytest.FixtureRequest) -> Generator[dashscope.Client]:
    protocol, base = request.param
    with closing(
        dashscope.Client(api_key=KEY, base_url=url + base, protocol=protocol, max_retries=0)
    ) as client:
        yield client


def test_a_stream_says_what_the_whole_answer_says(client: dashscope.Client) -> None:
    settings = {"model": "qwen-plus", "messages": MESSAGES, "temperature": 0, "seed": 3}
    whole = client.chat.completions.create(**settings)
    text = whole.choices[0].message.content
    assert text
    assert whole.choices[0].finish_reason == "stop"
    chunks = list(client.chat.completions.create(**settings, stream=True))
    deltas = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(deltas) == text


def test_errors_are_typed(client: dashscope.Client) -> None:
    with pytest.raises(errors.DashScopeError) as refused:
        client.chat.completions.create(model="qwen-plus", messages=MESSAGES, temperature=2)
    assert refused.value.status_code == 400
    assert "Temperature should be in [0.0, 2.0)" in str(refused.value)
