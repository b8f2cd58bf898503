"""The loop of the documents with the official `dashscope` package, in both of its surfaces."""

import json
from collections.abc import Callable, Generator
from contextlib import closing
from http import HTTPStatus
from typing import Any

import dashscope
import pytest
from dashscope.aigc.generation import AioGeneration
from tests.callers import SCRIPTS, calling_server
from tests.functions import TOOLS, perform
from tests.servers import KEY

Message = dict[str, Any]
Ask = Callable[..., Message]
QUESTION = {"role": "user", "content": "What is the weather in Rome and Oslo?"}
ANSWER = "I heard: get_weather of Rome, get_weather of Oslo."
MODELS = {"qwen3": "qwen-plus", "qwen3-coder": "qwen3-coder-plus"}
INCREMENTAL = {"stream": True, "incremental_output": True}


@pytest.fixture(scope="module", params=SCRIPTS)
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def url(family: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with calling_server(tmp_path_factory.mktemp("home"), family) as url:
        yield url


@pytest.fixture(autouse=True)
def address(url: str) -> Generator[None]:
    before = dashscope.base_http_api_url
    dashscope.base_http_api_url = f"{url}/api/v1"
    yield
    dashscope.base_http_api_url = before


@pytest.fixture
def settings(family: str) -> dict[str, Any]:
    return {"api_key": KEY, "model": MODELS[family], "tools": TOOLS, "seed": 7}


def plain(value: Any) -> Any:
    """Without the client's own kinds of dictionaries."""
    return json.loads(json.dumps(value))


def said(response: Any) -> tuple[str, Message]:
    """The reason of the end, and the message."""
    assert response.status_code == HTTPStatus.OK, response
    choice = response.output.choices[0]
    return choice.finish_reason, plain(choice.message)


def check(reason: str, message: Message) -> Message:
    assert reason == ("tool_calls" if message.get("tool_calls") else "stop")
    return message


def put_together(frames: list[tuple[str, Message]]) -> Message:
    """As the documents do it by hand."""
    whole: Message = {"role": "assistant", "content": "", "tool_calls": []}
    calls: list[Message] = whole["tool_calls"]
    for _, message in frames:
        whole["content"] += message["content"]
        for piece in message.get("tool_calls", ()):
            while len(calls) <= piece["index"]:
                function = {"name": "", "arguments": ""}
                calls.append({"function": function, "index": len(calls), "id": ""})
            call = calls[piece["index"]]
            call["id"] += piece["id"]
            call["type"] = piece["type"]
            call["function"]["name"] += piece["function"].get("name", "")
            call["function"]["arguments"] += piece["function"].get("arguments", "")
    if not calls:
        del whole["tool_calls"]
    reasons = [reason for reason, _ in frames]
    assert reasons[:-1] == ["null"] * (len(frames) - 1)
    return check(reasons[-1], whole)


def whole(**asked: Any) -> Message:
    return check(*said(dashscope.Generation.call(**asked)))


def in_increments(**asked: Any) -> Message:
    frames = dashscope.Generation.call(**asked, **INCREMENTAL, result_format="message")
    return put_together([said(frame) for frame in frames])


def repeated_by_the_server(**asked: Any) -> Message:
    frames = [said(frame) for frame in dashscope.Generation.call(**asked, stream=True)]
    sizes = [len(json.dumps(message)) for _, message in frames]
    assert sizes == sorted(sizes)
    return check(*frames[-1])


def repeated_by_the_client(**asked: Any) -> Message:
    frames = dashscope.Generation.call(**asked, stream=True, incremental_output=False)
    return check(*[said(frame) for frame in frames][-1])


WAYS = {
    "whole": whole,
    "in increments": in_increments,
    "repeated by the server": repeated_by_the_server,
    "repeated by the client": repeated_by_the_client,
}


def results(calls: list[Message]) -> list[Message]:
    return [
        {"role": "tool", "tool_call_id": call["id"], "content": perform(**call["function"])}
        for call in calls
    ]


def loop(ask: Ask, **settings: Any) -> list[Message]:
    """Everything that was said until the answer came without a call."""
    messages: list[Message] = [QUESTION]
    while len(messages) < 10:
        messages.append(ask(messages=messages, **settings))
        calls = messages[-1].get("tool_calls")
        if not calls:
            return messages
        messages += results(calls)
    raise AssertionError(messages)


def roles(messages: list[Message]) -> list[str]:
    return [message["role"] for message in messages]


@pytest.mark.parametrize("way", WAYS)
def test_one_call_at_a_time(settings: dict[str, Any], way: str) -> None:
    messages = loop(WAYS[way], **settings)
    assert roles(messages) == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert messages[-1]["content"] == ANSWER
    calls = [messages[at]["tool_calls"][0]["function"] for at in (1, 3)]
    cities = [json.loads(call["arguments"]) for call in calls]
    assert cities == [{"city": "Rome"}, {"city": "Oslo"}]


@pytest.mark.parametrize("way", WAYS)
def test_calls_side_by_side(settings: dict[str, Any], way: str) -> None:
    messages = loop(WAYS[way], **settings, parallel_tool_calls=True)
    assert roles(messages) == ["user", "assistant", "tool", "tool", "assistant"]
    assert messages[-1]["content"] == ANSWER
    calls = messages[1]["tool_calls"]
    assert [call["index"] for call in calls] == [0, 1]
    assert all(call["type"] == "function" for call in calls)
    assert len({call["id"] for call in calls}) == 2


def test_every_way_calls_the_same(settings: dict[str, Any]) -> None:
    asked = {**settings, "messages": [QUESTION], "parallel_tool_calls": True}
    messages = [way(**asked) for way in WAYS.values()]
    assert all(each["tool_calls"] == messages[0]["tool_calls"] for each in messages)
    assert all(each["content"] == messages[0]["content"] for each in messages)


@pytest.mark.parametrize("way", WAYS)
def test_a_call_that_is_required(settings: dict[str, Any], way: str) -> None:
    hello = [{"role": "user", "content": "Hello!"}]
    message = WAYS[way](messages=hello, **settings, tool_choice="required")
    (call,) = message["tool_calls"]
    assert call["function"]["name"] in {"get_weather", "get_time"}
    assert json.loads(call["function"]["arguments"]) == {"city": "Rome"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["get_weather", "get_time"])
def test_a_call_that_is_named(settings: dict[str, Any], way: str, name: str) -> None:
    choice = {"type": "function", "function": {"name": name}}
    message = WAYS[way](messages=[QUESTION], **settings, tool_choice=choice)
    (call,) = message["tool_calls"]
    assert call["function"]["name"] == name
    assert json.loads(call["function"]["arguments"]) == {"city": "Rome"}


@pytest.mark.parametrize("way", WAYS)
def test_no_call_where_none_may_be(settings: dict[str, Any], way: str) -> None:
    message = WAYS[way](messages=[QUESTION], **settings, tool_choice="none")
    assert message["content"] == "I cannot look."
    assert not message.get("tool_calls")


def test_frames_with_calls_have_an_index(settings: dict[str, Any]) -> None:
    asked = {**settings, "messages": [QUESTION]}
    frames = list(dashscope.Generation.call(**asked, stream=True))
    assert [frame.output.choices[0].index for frame in frames] == [0] * len(frames)
    assert "index" not in dashscope.Generation.call(**asked).output.choices[0]


@pytest.mark.anyio
@pytest.mark.parametrize("parallel", [False, True], ids=["one at a time", "side by side"])
async def test_the_loop_of_the_async_client(settings: dict[str, Any], parallel: bool) -> None:
    asked = {**settings, "parallel_tool_calls": parallel, "result_format": "message"}
    messages: list[Message] = [QUESTION]
    while len(messages) == 1 or messages[-1].get("tool_calls"):
        if len(messages) > 1:
            messages += results(messages[-1]["tool_calls"])
        answer = check(*said(await AioGeneration.call(messages=messages, **asked)))
        stream = await AioGeneration.call(messages=messages, **asked, **INCREMENTAL)
        increments = put_together([said(frame) async for frame in stream])
        stream = await AioGeneration.call(messages=messages, **asked, stream=True)
        repeated = [said(frame) async for frame in stream][-1][1]
        assert increments.get("tool_calls") == answer.get("tool_calls")
        assert repeated.get("tool_calls") == answer.get("tool_calls")
        assert increments["content"] == repeated["content"] == answer["content"]
        messages.append(answer)
    await dashscope.close_shared_aio_session()
    assert messages[-1]["content"] == ANSWER


@pytest.mark.parametrize("family", ["qwen3"], indirect=True)
def test_a_thought_before_a_call(settings: dict[str, Any]) -> None:
    asked = {**settings, "messages": [QUESTION], "enable_thinking": True}
    frames = [said(frame) for frame in dashscope.Generation.call(**asked, **INCREMENTAL)]
    thoughts = [message["reasoning_content"] for _, message in frames]
    assert "".join(thoughts) == "The weather is asked for."
    first_call = next(at for at, (_, message) in enumerate(frames) if message.get("tool_calls"))
    assert not any(thoughts[first_call:])
    message = put_together(frames)
    assert [call["function"]["name"] for call in message["tool_calls"]] == ["get_weather"]


@pytest.mark.parametrize("repeats", [False, True], ids=["in increments", "repeated"])
def test_the_loop_on_the_multimodal_route(settings: dict[str, Any], repeats: bool) -> None:
    def ask(**asked: Any) -> Message:
        call = dashscope.MultiModalConversation.call
        message = check(*said(call(**asked)))
        frames = [said(each) for each in call(**asked, stream=True, incremental_output=not repeats)]
        if not repeats:
            parts = [part["text"] for _, each in frames for part in each["content"]]
            assert "".join(parts) == "".join(part["text"] for part in message["content"])
            for _, each in frames:
                each["content"] = ""
            assert put_together(frames).get("tool_calls") == message.get("tool_calls")
        else:
            assert frames[-1][1].get("tool_calls") == message.get("tool_calls")
        return message

    asked = {**settings, "model": "qwen3.6-plus", "enable_thinking": False}
    messages = loop(ask, **asked, parallel_tool_calls=True)
    assert roles(messages) == ["user", "assistant", "tool", "tool", "assistant"]
    assert messages[-1]["content"] == [{"text": ANSWER}]


def test_calls_have_no_place_in_the_text_format(settings: dict[str, Any]) -> None:
    refused = dashscope.Generation.call(**settings, messages=[QUESTION], result_format="text")
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert 'must be "message" when tools are used' in refused.message


# -- the newer surface


@pytest.fixture(
    params=[("native", "/api/v1"), ("openai", "/compatible-mode/v1")], ids=lambda p: p[0]
)
def client(url: str, request: pytest.FixtureRequest) -> Generator[dashscope.Client]:
    protocol, base = request.param
    with closing(
        dashscope.Client(api_key=KEY, base_url=url + base, protocol=protocol, max_retries=0)
    ) as client:
        yield client


def message_of(completion: Any) -> Message:
    choice = completion.choices[0]
    message = choice.message.model_dump(exclude_none=True)
    for call in message.get("tool_calls", ()):
        call.pop("index", None)  # the client drops it itself when it puts a stream together
    return check(choice.finish_reason, message)


def test_the_loop_of_the_newer_client(client: dashscope.Client, settings: dict[str, Any]) -> None:
    del settings["api_key"]

    def ask(**asked: Any) -> Message:
        whole = message_of(client.chat.completions.create(**asked))
        stream = client.chat.completions.create(**asked, stream=True)
        streamed = message_of(stream.get_final_message())
        assert streamed.get("tool_calls") == whole.get("tool_calls")
        assert (streamed.get("content") or "") == (whole.get("content") or "")
        return whole

    for parallel, turns in ((False, 6), (True, 5)):
        messages = loop(ask, **settings, parallel_tool_calls=parallel)
        assert len(messages) == turns
        assert messages[-1]["content"] == ANSWER
