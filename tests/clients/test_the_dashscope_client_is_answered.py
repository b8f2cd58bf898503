"""The official `dashscope` package: both of its surfaces, sync and async, whole and streamed."""

from collections.abc import Generator
from http import HTTPStatus
from itertools import pairwise
from typing import Any

import dashscope
import pytest
from dashscope.aigc.generation import AioGeneration
from tests.servers import KEY

QUESTION = "Why does bread rise in the oven?"
MESSAGES = [{"role": "user", "content": QUESTION}]
MULTIMODAL = [{"role": "user", "content": [{"text": QUESTION}]}]


@pytest.fixture(autouse=True)
def address(url: str) -> Generator[None]:
    before = dashscope.base_http_api_url
    dashscope.base_http_api_url = f"{url}/api/v1"
    yield
    dashscope.base_http_api_url = before


def call(**arguments: Any) -> Any:
    given = {"model": "qwen-plus", "messages": MESSAGES, "temperature": 0, **arguments}
    return dashscope.Generation.call(api_key=KEY, **given)


def whole_text() -> str:
    return call(result_format="message").output.choices[0].message.content


def test_a_whole_answer_as_message() -> None:
    answer = call(result_format="message")
    assert answer.status_code == HTTPStatus.OK
    assert answer.output.choices[0].message.content
    assert answer.output.choices[0].message.role == "assistant"
    assert answer.output.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert answer.request_id


def test_a_whole_answer_as_text() -> None:
    answer = call()
    assert answer.output.text == whole_text()
    assert answer.output.choices is None


def test_prompt_and_history_are_a_conversation() -> None:
    answer = call(messages=None, prompt=QUESTION)
    assert answer.output.text == whole_text()
    later = call(messages=None, prompt=QUESTION, history=[{"user": "Hi", "bot": "Hello!"}])
    assert later.usage.input_tokens > answer.usage.input_tokens


def test_increments_add_up() -> None:
    pieces = list(call(result_format="message", stream=True, incremental_output=True))
    assert all(piece.status_code == HTTPStatus.OK for piece in pieces)
    text = "".join(piece.output.choices[0].message.content for piece in pieces)
    assert text == whole_text()
    reasons = [piece.output.choices[0].finish_reason for piece in pieces]
    assert reasons == ["null"] * (len(pieces) - 1) + ["stop"]
    assert all(piece.output.choices[0].message.reasoning_content == "" for piece in pieces)
    outputs = [piece.usage.output_tokens for piece in pieces]
    assert outputs == sorted(outputs)


@pytest.mark.parametrize("asked", [{}, {"incremental_output": False}], ids=["absent", "false"])
def test_cumulative_frames_repeat_themselves(asked: dict[str, bool]) -> None:
    pieces = list(call(result_format="message", stream=True, **asked))
    texts = [piece.output.choices[0].message.content for piece in pieces]
    assert texts[-1] == whole_text()
    assert all(later.startswith(sooner) for sooner, later in pairwise(texts))


def test_text_format_streams_too() -> None:
    pieces = list(call(stream=True))
    assert pieces[-1].output.text == whole_text()
    assert pieces[-1].output.finish_reason == "stop"


def test_several_choices_have_an_index() -> None:
    answer = call(n=3, seed=1, temperature=0.9, result_format="message")
    assert [choice.index for choice in answer.output.choices] == [0, 1, 2]


def test_parameters_reach_the_model() -> None:
    answer = call(max_tokens=5, top_k=20, repetition_penalty=1.1, result_format="message")
    assert answer.usage.output_tokens == 5
    assert answer.output.choices[0].finish_reason == "length"
    word = whole_text().split()[4]
    stopped = call(stop=[word], result_format="message").output.choices[0].message.content
    assert stopped == whole_text()[: whole_text().index(word)]


def test_the_multimodal_route_answers_in_parts() -> None:
    answer = dashscope.MultiModalConversation.call(
        api_key=KEY, model="qwen3.6-plus", messages=MULTIMODAL
    )
    assert answer.status_code == HTTPStatus.OK, answer
    assert answer.output.choices[0].message.content[0]["text"]
    pieces = list(
        dashscope.MultiModalConversation.call(
            api_key=KEY,
            model="qwen3.6-plus",
            messages=MULTIMODAL,
            stream=True,
            incremental_output=True,
        )
    )
    assert "".join(
        part["text"] for piece in pieces for part in piece.output.choices[0].message.content
    )


def test_errors_are_values() -> None:
    refused = call(temperature=2)
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert (refused.code, refused.output) == ("InvalidParameter", None)
    assert refused.message == "Temperature should be in [0.0, 2.0)"
    assert refused.request_id
    assert call(model="qwen-none").message == "Model not exist."
    stranger = dashscope.Generation.call(api_key="sk-wrong", model="qwen-plus", messages=MESSAGES)
    assert (stranger.status_code, stranger.code) == (HTTPStatus.UNAUTHORIZED, "InvalidApiKey")
    streamed = list(call(temperature=2, stream=True))
    assert [piece.code for piece in streamed] == ["InvalidParameter"]


@pytest.mark.anyio
async def test_the_async_client_whole_and_streamed() -> None:
    settings = {
        "api_key": KEY,
        "model": "qwen-plus",
        "messages": MESSAGES,
        "temperature": 0,
        "result_format": "message",
    }
    whole = await AioGeneration.call(**settings)
    stream = await AioGeneration.call(**settings, stream=True, incremental_output=True)
    pieces = [piece async for piece in stream]
    await dashscope.close_shared_aio_session()
    text = "".join(piece.output.choices[0].message.content for piece in pieces)
    assert text == whole.output.choices[0].message.content
