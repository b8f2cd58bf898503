"""Answers in JSON through the official clients: whole, streamed, and read into models."""

import json
from collections.abc import Generator
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Literal

import dashscope
import openai
import pytest
from pydantic import BaseModel, Field
from tests.servers import KEY

MESSAGES: list[Any] = [{"role": "user", "content": "Who wrote the first program? Answer in JSON."}]


class Art(StrEnum):
    """What somebody is known for."""

    MATHEMATICS = "mathematics"
    POETRY = "poetry"


class Work(BaseModel):
    """Something somebody made."""

    title: str = Field(max_length=40)
    year: int = Field(ge=1800, le=1900)


class Circle(BaseModel):
    """One kind of sign."""

    kind: Literal["circle"]


class Cross(BaseModel):
    """Another kind of sign."""

    kind: Literal["cross"]


class Person(BaseModel):
    """Nested, with lists, choices, references and what may be missing."""

    name: str = Field(min_length=1, max_length=40)
    field: Art
    works: list[Work] = Field(max_length=2)
    sign: Circle | Cross
    born: int | None


SCHEMA: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {"name": "person", "strict": True, "schema": Person.model_json_schema()},
}


@pytest.fixture(scope="module")
def client(url: str) -> Generator[openai.OpenAI]:
    base_url = f"{url}/compatible-mode/v1"
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        yield client


def test_an_object_is_an_object(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(
        model="qwen-plus", messages=MESSAGES, response_format={"type": "json_object"}
    )
    assert completion.choices[0].finish_reason == "stop"
    assert isinstance(json.loads(completion.choices[0].message.content or ""), dict)


def test_a_schema_is_kept_whole_and_streamed(client: openai.OpenAI) -> None:
    asked: dict[str, Any] = {"model": "qwen-plus", "messages": MESSAGES, "seed": 5}
    whole = client.chat.completions.create(**asked, response_format=SCHEMA)
    chunks = client.chat.completions.create(**asked, response_format=SCHEMA, stream=True)
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
    Person.model_validate_json("".join(pieces))
    assert "".join(pieces) == whole.choices[0].message.content
    assert len(pieces) > 3


@pytest.mark.parametrize("model", ["qwen-plus", "qwen3.7-max", "qwen-max", "qwen3-coder-plus"])
def test_an_answer_is_read_into_a_model(client: openai.OpenAI, model: str) -> None:
    completion = client.chat.completions.parse(
        model=model, messages=MESSAGES, response_format=Person
    )
    assert isinstance(completion.choices[0].message.parsed, Person)
    assert getattr(completion.choices[0].message, "reasoning_content", None) is None


def test_a_streamed_answer_is_read_into_a_model(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(
        model="qwen-plus", messages=MESSAGES, response_format=Person
    ) as stream:
        completion = stream.get_final_completion()
    assert isinstance(completion.choices[0].message.parsed, Person)


def test_json_that_is_cut_is_told_by_the_client(client: openai.OpenAI) -> None:
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(
            model="qwen-plus", messages=MESSAGES, response_format=Person, max_tokens=3
        )


def test_a_schema_that_cannot_be_kept_is_told_by_its_part(client: openai.OpenAI) -> None:
    schema = {"type": "object", "properties": {"tags": {"type": "array", "uniqueItems": True}}}
    wanted: Any = {"type": "json_schema", "json_schema": {"name": "tags", "schema": schema}}
    with pytest.raises(openai.BadRequestError, match=r"schema\.properties\.tags: .*uniqueItems"):
        client.chat.completions.create(model="qwen-plus", messages=MESSAGES, response_format=wanted)


def test_a_schema_that_is_too_deep_is_told_so_and_not_the_body(client: openai.OpenAI) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(40):
        schema = {"type": "object", "properties": {"a": schema}}
    wanted: Any = {"type": "json_schema", "json_schema": {"name": "deep", "schema": schema}}
    with pytest.raises(openai.BadRequestError, match=r"\.a: it is nested deeper than 16"):
        client.chat.completions.create(model="qwen-plus", messages=MESSAGES, response_format=wanted)


@pytest.mark.parametrize("wanted", [SCHEMA, {"type": "json_object"}], ids=["schema", "object"])
def test_the_dashscope_client_is_answered_in_json(
    url: str, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any]
) -> None:
    monkeypatch.setattr(dashscope, "base_http_api_url", f"{url}/api/v1")
    asked: dict[str, Any] = {
        "api_key": KEY,
        "model": "qwen-plus",
        "messages": MESSAGES,
        "result_format": "message",
        "response_format": wanted,
        "seed": 5,
    }
    whole = dashscope.Generation.call(**asked)
    assert whole.status_code == HTTPStatus.OK, whole
    text = whole.output.choices[0].message.content
    frames = dashscope.Generation.call(**asked, stream=True, incremental_output=True)
    assert "".join(frame.output.choices[0].message.content for frame in frames) == text
    if wanted is SCHEMA:
        Person.model_validate_json(text)
    assert isinstance(json.loads(text), dict)
