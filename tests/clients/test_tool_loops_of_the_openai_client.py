"""The loop of the documents with the official `openai` package: ask, call, give back, hear."""

import json
from collections.abc import Callable, Generator
from typing import Any

import openai
import pytest
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk
from pydantic import BaseModel
from tests.callers import SCRIPTS, calling_server
from tests.functions import TOOLS, perform
from tests.servers import KEY

Message = dict[str, Any]
Ask = Callable[..., Message]
QUESTION = {"role": "user", "content": "What is the weather in Rome and Oslo?"}
ANSWER = "I heard: get_weather of Rome, get_weather of Oslo."
# Both are on by their catalogue card; the first family writes JSON, the second XML.
MODELS = {"qwen3": "qwen-plus", "qwen3-coder": "qwen3-coder-plus"}


@pytest.fixture(scope="module", params=SCRIPTS)
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def base_url(family: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with calling_server(tmp_path_factory.mktemp("home"), family) as url:
        yield f"{url}/compatible-mode/v1"


@pytest.fixture(scope="module")
def client(base_url: str) -> Generator[openai.OpenAI]:
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        yield client


@pytest.fixture
def settings(family: str) -> dict[str, Any]:
    return {"model": MODELS[family], "tools": TOOLS, "seed": 7}


def whole(client: openai.OpenAI, **asked: Any) -> Message:
    choice = client.chat.completions.create(**asked).choices[0]
    assert choice.finish_reason == ("tool_calls" if choice.message.tool_calls else "stop")
    return choice.message.model_dump(exclude_none=True)


def put_together(chunks: list[ChatCompletionChunk]) -> Message:
    """As the documents do it by hand."""
    message: Message = {"role": "assistant", "content": "", "tool_calls": []}
    calls: list[Message] = message["tool_calls"]
    for chunk in chunks:
        delta = chunk.choices[0].delta
        message["content"] += delta.content or ""
        for piece in delta.tool_calls or []:
            while len(calls) <= piece.index:
                calls.append({"id": "", "name": "", "arguments": ""})
            calls[piece.index]["id"] += piece.id or ""
            calls[piece.index]["name"] += piece.function.name or ""
            calls[piece.index]["arguments"] += piece.function.arguments or ""
    for index, call in enumerate(calls):
        function = {"name": call["name"], "arguments": call["arguments"]}
        calls[index] = {
            "id": call["id"],
            "type": "function",
            "function": function,
            "index": index,
        }
    if not calls:
        del message["tool_calls"]
    return message


def streamed(client: openai.OpenAI, **asked: Any) -> Message:
    chunks = list(client.chat.completions.create(**asked, stream=True))
    message = put_together(chunks)
    reason = "tool_calls" if message.get("tool_calls") else "stop"
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1].choices[0].finish_reason == reason
    return message


def helped(client: openai.OpenAI, **asked: Any) -> Message:
    done: list[str] = []
    with client.chat.completions.stream(**asked) as stream:
        for event in stream:
            if event.type == "tool_calls.function.arguments.done":
                done.append(event.arguments)
        message = stream.get_final_completion().choices[0].message
    dumped = message.model_dump(exclude_none=True)
    assert done == [call["function"]["arguments"] for call in dumped.get("tool_calls", [])]
    for call in dumped.get("tool_calls", []):
        call["function"].pop("parsed_arguments", None)
    return dumped


WAYS = {"whole": whole, "streamed": streamed, "the helper": helped}


def loop(client: openai.OpenAI, ask: Ask, **settings: Any) -> list[Message]:
    """Everything that was said until the answer came without a call."""
    messages: list[Message] = [QUESTION]
    while len(messages) < 10:
        messages.append(ask(client, messages=messages, **settings))
        calls = messages[-1].get("tool_calls")
        if not calls:
            return messages
        messages += results(calls)
    raise AssertionError(messages)


def results(calls: list[Message]) -> list[Message]:
    return [
        {"role": "tool", "tool_call_id": call["id"], "content": perform(**call["function"])}
        for call in calls
    ]


def roles(messages: list[Message]) -> list[str]:
    return [message["role"] for message in messages]


@pytest.mark.parametrize("way", WAYS)
def test_one_call_at_a_time(client: openai.OpenAI, settings: dict[str, Any], way: str) -> None:
    said = loop(client, WAYS[way], **settings)
    assert roles(said) == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert said[-1]["content"] == ANSWER
    arguments = [json.loads(said[at]["tool_calls"][0]["function"]["arguments"]) for at in (1, 3)]
    assert arguments == [{"city": "Rome"}, {"city": "Oslo"}]
    assert said[1]["content"].startswith("Let me look.")


@pytest.mark.parametrize("way", WAYS)
def test_calls_side_by_side(client: openai.OpenAI, settings: dict[str, Any], way: str) -> None:
    said = loop(client, WAYS[way], **settings, parallel_tool_calls=True)
    assert roles(said) == ["user", "assistant", "tool", "tool", "assistant"]
    assert said[-1]["content"] == ANSWER
    calls = said[1]["tool_calls"]
    assert [call["index"] for call in calls] == [0, 1]
    assert len({call["id"] for call in calls}) == 2
    assert all(len(call["id"]) == len("call_") + 24 for call in calls)


def test_a_stream_calls_what_the_whole_answer_calls(
    client: openai.OpenAI, settings: dict[str, Any]
) -> None:
    asked = {**settings, "messages": [QUESTION], "parallel_tool_calls": True}
    one, two, three = (way(client, **asked) for way in WAYS.values())
    assert one["tool_calls"] == two["tool_calls"] == three["tool_calls"]
    assert one["content"] == two["content"] == three["content"]


def test_results_may_come_in_another_order(client: openai.OpenAI, settings: dict[str, Any]) -> None:
    asked = {**settings, "parallel_tool_calls": True}
    called = whole(client, messages=[QUESTION], **asked)
    later = [QUESTION, {**called, "content": None}, *reversed(results(called["tool_calls"]))]
    answer = whole(client, messages=later, **asked)
    assert answer["content"] == ANSWER


@pytest.mark.parametrize("way", WAYS)
def test_a_call_that_is_required(client: openai.OpenAI, settings: dict[str, Any], way: str) -> None:
    hello = [{"role": "user", "content": "Hello!"}]
    message = WAYS[way](client, messages=hello, **settings, tool_choice="required")
    (call,) = message["tool_calls"]
    assert call["function"]["name"] in {"get_weather", "get_time"}
    assert json.loads(call["function"]["arguments"]) == {"city": "Rome"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["get_weather", "get_time"])
def test_a_call_that_is_named(
    client: openai.OpenAI, settings: dict[str, Any], way: str, name: str
) -> None:
    choice = {"type": "function", "function": {"name": name}}
    message = WAYS[way](client, messages=[QUESTION], **settings, tool_choice=choice)
    (call,) = message["tool_calls"]
    assert call["function"] == {"name": name, "arguments": call["function"]["arguments"]}
    assert json.loads(call["function"]["arguments"]) == {"city": "Rome"}


@pytest.mark.parametrize("way", WAYS)
def test_no_call_where_none_may_be(
    client: openai.OpenAI, settings: dict[str, Any], way: str
) -> None:
    message = WAYS[way](client, messages=[QUESTION], **settings, tool_choice="none")
    assert message["content"] == "I cannot look."
    assert not message.get("tool_calls")


def test_arguments_come_into_a_model_of_the_callers(
    client: openai.OpenAI, settings: dict[str, Any]
) -> None:
    class Weather(BaseModel):
        city: str

    tool = openai.pydantic_function_tool(Weather, name="get_weather")
    asked = {**settings, "messages": [QUESTION], "tools": [tool]}
    answer = client.chat.completions.parse(**asked)
    assert [call.function.parsed_arguments for call in answer.choices[0].message.tool_calls] == [
        Weather(city="Rome")
    ]
    with client.chat.completions.stream(**asked) as stream:
        final = stream.get_final_completion()
    assert [call.function.parsed_arguments for call in final.choices[0].message.tool_calls] == [
        Weather(city="Rome")
    ]


def test_a_stream_that_is_looked_at_before_its_end(
    client: openai.OpenAI, settings: dict[str, Any]
) -> None:
    state: ChatCompletionStreamState[None] = ChatCompletionStreamState()
    seen: list[str] = []
    for chunk in client.chat.completions.create(
        **settings, messages=[QUESTION], stream=True, stream_options={"include_usage": True}
    ):
        state.handle_chunk(chunk)
        calls = state.current_completion_snapshot.choices[0].message.tool_calls
        if calls:
            seen.append(calls[0].function.arguments)
    assert len(set(seen)) >= 3
    assert all(seen[-1].startswith(arguments) for arguments in seen)
    assert state.current_completion_snapshot.usage.completion_tokens > 0


def test_a_call_that_is_cut_is_told_as_far_as_it_goes(
    client: openai.OpenAI, settings: dict[str, Any]
) -> None:
    asked = {**settings, "messages": [QUESTION]}
    free = client.chat.completions.create(**asked)
    whole_arguments = free.choices[0].message.tool_calls[0].function.arguments
    seen: set[str] = set()
    for limit in range(1, free.usage.completion_tokens):
        cut = client.chat.completions.create(**asked, max_tokens=limit).choices[0]
        stream = client.chat.completions.create(**asked, max_tokens=limit, stream=True)
        chunks = list(stream)
        told = put_together(chunks)
        assert {cut.finish_reason, chunks[-1].choices[0].finish_reason} == {"length"}
        assert told == {"role": "assistant", **cut.message.model_dump(exclude_none=True)}
        assert "<" not in (told["content"] or "")
        for call in told.get("tool_calls", ()):
            assert told["content"] == free.choices[0].message.content
            assert whole_arguments.startswith(call["function"]["arguments"])
            seen.add(call["function"]["arguments"])
    assert len(seen - {whole_arguments}) >= 3


@pytest.mark.anyio
@pytest.mark.parametrize("parallel", [False, True], ids=["one at a time", "side by side"])
async def test_the_loop_of_the_async_client(
    base_url: str, settings: dict[str, Any], parallel: bool
) -> None:
    async with openai.AsyncOpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        asked = {**settings, "parallel_tool_calls": parallel}
        messages: list[Message] = [QUESTION]
        while len(messages) == 1 or messages[-1].get("tool_calls"):
            if len(messages) > 1:
                messages += results(messages[-1]["tool_calls"])
            answer = await client.chat.completions.create(messages=messages, **asked)
            stream = await client.chat.completions.create(messages=messages, **asked, stream=True)
            told = put_together([chunk async for chunk in stream])
            messages.append(answer.choices[0].message.model_dump(exclude_none=True))
            assert told == {"role": "assistant", **messages[-1]}
    assert messages[-1]["content"] == ANSWER


@pytest.mark.parametrize("family", ["qwen3"], indirect=True)
def test_a_thought_before_a_call(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="qwen-plus",
            messages=[QUESTION],
            tools=TOOLS,
            stream=True,
            extra_body={"enable_thinking": True},
        )
    )
    deltas = [chunk.choices[0].delta for chunk in chunks]
    thought = [getattr(delta, "reasoning_content", None) or "" for delta in deltas]
    assert "".join(thought) == "The weather is asked for."
    first_call = next(at for at, delta in enumerate(deltas) if delta.tool_calls)
    assert not any(thought[first_call:])
    message = put_together(chunks)
    assert [call["function"]["name"] for call in message["tool_calls"]] == ["get_weather"]
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_a_forced_call_cannot_follow_a_thought(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="required or object in thinking mode"):
        client.chat.completions.create(
            model="qwen-plus",
            messages=[QUESTION],
            tools=TOOLS,
            tool_choice="required",
            extra_body={"enable_thinking": True},
        )
