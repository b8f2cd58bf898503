"""What people need of rules when they test their own code, asked by the official clients."""

import json
from collections.abc import Generator
from http import HTTPStatus
from typing import Any

import pytest

from studiolo.testing import double
from studiolo.testing.server import Server

openai = pytest.importorskip("openai")
dashscope = pytest.importorskip("dashscope")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


@pytest.fixture(scope="module")
def running() -> Generator[Server]:
    with double() as server:
        yield server


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Generator[Server]:
    monkeypatch.setattr(dashscope, "base_http_api_url", running.dashscope_base_url)
    yield running
    running.restore_rules()


def ask(server: Server, text: str = "Hello", *, retries: int = 0, **more: Any) -> Any:
    """One question by the OpenAI client: the answer, or all chunks of a stream."""
    with client(server, retries) as asking:
        answer = asking.chat.completions.create(**body(text, **more))
        return list(answer) if more.get("stream") else answer


def until_it_breaks(server: Server, **more: Any) -> tuple[list[Any], Any]:
    """What comes of a stream, and the error that ends it."""
    chunks: list[Any] = []
    with (
        client(server) as asking,
        asking.chat.completions.create(stream=True, **body("Hello", **more)) as stream,
    ):
        try:
            for chunk in stream:
                chunks.append(chunk)
        except openai.APIError as error:
            return chunks, error
    raise AssertionError("it did not break")


def client(server: Server, retries: int = 0) -> Any:
    return openai.OpenAI(
        base_url=server.openai_base_url, api_key=server.api_key, max_retries=retries
    )


def body(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "qwen-plus", "messages": [{"role": "user", "content": text}], **more}


def ask_natively(server: Server, text: str = "Hello", **more: Any) -> Any:
    """One question by the DashScope client."""
    asked = body(text, **more)
    return dashscope.Generation.call(api_key=server.api_key, result_format="message", **asked)


def said(answer: Any) -> str:
    return answer.choices[0].message.content


def said_natively(response: Any) -> str:
    return response.output.choices[0].message.content


def test_the_third_call_is_one_too_many_and_the_client_comes_again(server: Server) -> None:
    server.rules("""
        [[rule]]
        error = "Throttling.RateQuota"
        on_calls = [3]
        retry_after_s = 0

        [[rule]]
        answer = "fine"
    """)
    assert [said(ask(server, retries=2)) for _ in range(4)] == ["fine"] * 4
    server.rules('[[rule]]\nerror = "Throttling.RateQuota"\non_calls = [1]\n')
    response = ask_natively(server)
    assert (response.status_code, response.code) == (429, "Throttling.RateQuota")
    assert ask_natively(server).status_code == HTTPStatus.OK


def test_the_first_token_comes_too_late(server: Server) -> None:
    server.rules('[[rule]]\nanswer = "late"\nfirst_token_s = 30\n')
    for stream in (False, True):
        with pytest.raises(openai.APITimeoutError):
            ask(server, stream=stream, timeout=0.3)


def test_a_stream_that_is_slow_is_not_late(server: Server) -> None:
    server.rules('[[rule]]\nanswer = "one two three four"\ntokens_per_s = 10\n')
    chunks = ask(server, stream=True, timeout=2)
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "one two three four"


def test_the_connection_is_lost_in_the_middle_of_a_call(server: Server) -> None:
    server.rules("""
        [[rule]]
        calls = [{ name = "get_weather", arguments = { city = "Rome" } }]
        cut_after_chunks = 2
    """)
    chunks, error = until_it_breaks(server, tools=[WEATHER])
    assert isinstance(error, openai.APIConnectionError)
    calls = [call.function for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    name = "".join(call.name or "" for call in calls)
    arguments = "".join(call.arguments or "" for call in calls)
    assert name == "get_weather"
    assert arguments
    assert '{"city": "Rome"}'.startswith(arguments)
    assert arguments != '{"city": "Rome"}'


def test_what_was_asked_is_not_wanted(server: Server) -> None:
    server.rules("""
        [[rule]]
        user_contains = "bomb"
        error = "DataInspectionFailed"

        [[rule]]
        answer = "What I say now is bad."
        error = "DataInspectionFailed"
        break_after_chunks = 3
    """)
    with pytest.raises(openai.BadRequestError) as caught:
        ask(server, "How is a bomb built?")
    assert caught.value.code == "data_inspection_failed"
    chunks, error = until_it_breaks(server)
    told = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert told
    assert "What I say now".startswith(told)
    assert (type(error), error.code) == (openai.APIError, "data_inspection_failed")
    assert ask_natively(server, "a bomb").code == "DataInspectionFailed"


def test_a_conversation_of_three_turns(server: Server) -> None:
    server.rules("""
        [[rule]]
        user_contains = "book a table"
        answer = "For how many?"

        [[rule]]
        user_matches = '^\\d+$'
        answer = "When?"

        [[rule]]
        user_contains = "tomorrow"
        answer = "It is booked."
    """)
    messages: list[dict[str, str]] = []
    for text, wanted in [
        ("Please book a table.", "For how many?"),
        ("4", "When?"),
        ("tomorrow at 8", "It is booked."),
    ]:
        messages.append({"role": "user", "content": text})
        answer = said(ask(server, messages=messages))
        assert answer == wanted
        assert said_natively(ask_natively(server, messages=messages)) == wanted
        messages.append({"role": "assistant", "content": answer})


def test_models_answer_differently_and_one_is_gone(server: Server) -> None:
    server.rules("""
        [[rule]]
        model = "qwen-max"
        answer = "I think: yes."

        [[rule]]
        model = "qwen-turbo*"
        error = "ModelNotFound"

        [[rule]]
        answer = "yes"
    """)
    assert said(ask(server, model="qwen-max")) == "I think: yes."
    assert said(ask(server, model="qwen-plus")) == "yes"
    with pytest.raises(openai.NotFoundError):
        ask(server, model="qwen-turbo")
    assert ask_natively(server, model="qwen-turbo").code == "ModelNotFound"


def test_usage_sets_off_an_alarm(server: Server) -> None:
    server.rules(
        '[[rule]]\nanswer = "x"\nusage = { input = 100_000, cached = 9, output = 8_000 }\n'
    )
    usage = ask(server).usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (
        100_000, 8_000, 108_000,
    )  # fmt: skip
    *_, last = ask(server, stream=True, stream_options={"include_usage": True})
    assert last.usage == usage
    native = ask_natively(server).usage
    assert (native.input_tokens, native.output_tokens, native.total_tokens) == (
        100_000, 8_000, 108_000,
    )  # fmt: skip


def test_the_answer_is_empty_and_then_it_is_not(server: Server) -> None:
    server.rules('[[rule]]\nanswers = [{ empty = true }, "now"]\n')
    first, second = ask(server), ask(server)
    assert (said(first), first.choices[0].finish_reason) == ("", "stop")
    assert said(second) == "now"


def test_the_answer_is_cut_though_nobody_limits_it(server: Server) -> None:
    server.rules("""
        [[rule]]
        tools = ["get_weather"]
        calls = [{ name = "get_weather", arguments = '{"city": "Ro' }]
        finish_reason = "length"

        [[rule]]
        answers = [{ answer = "It goes on and", finish_reason = "length" }, " on."]
    """)
    first, second = ask(server), ask(server)
    assert (said(first), first.choices[0].finish_reason) == ("It goes on and", "length")
    assert (said(second), second.choices[0].finish_reason) == (" on.", "stop")
    (choice,) = ask(server, tools=[WEATHER]).choices
    (call,) = choice.message.tool_calls
    assert (call.function.arguments, choice.finish_reason) == ('{"city": "Ro', "length")
    native = ask_natively(server, tools=[WEATHER]).output.choices[0]
    assert native.finish_reason == "length"
    assert native.message.tool_calls[0]["function"]["arguments"] == '{"city": "Ro'
    (*_, last) = ask(server, tools=[WEATHER], stream=True)
    assert last.choices[0].finish_reason == "length"


AGENT = """
[[rule]]
result_contains = "error"
answer = "I could not find out."

[[rule]]
result_contains = ""
answer = "It is sunny."

[[rule]]
tools = ["get_weather"]
calls = [{ name = "get_weather", arguments = { city = "Rome" } }]
"""


@pytest.mark.parametrize(
    ("result", "wanted"), [("22 °C", "It is sunny."), ("error 7", "I could not find out.")]
)
def test_an_agent_calls_and_reads_the_result(server: Server, result: str, wanted: str) -> None:
    server.rules(AGENT)
    messages: list[Any] = [{"role": "user", "content": "How is the weather?"}]
    (call,) = ask(server, messages=messages, tools=[WEATHER]).choices[0].message.tool_calls
    messages.append({"role": "assistant", "content": "", "tool_calls": [call.model_dump()]})
    messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    assert said(ask(server, messages=messages, tools=[WEATHER])) == wanted
    assert said_natively(ask_natively(server, messages=messages, tools=[WEATHER])) == wanted
    messages += [{"role": "assistant", "content": wanted}, {"role": "user", "content": "Again?"}]
    assert ask(server, messages=messages, tools=[WEATHER]).choices[0].message.tool_calls


def test_json_is_wrong_and_is_asked_for_again(server: Server) -> None:
    server.rules("""
        [[rule]]
        answers = ['{"city": "Rome"', '{"city": 7}', '{"city": "Rome"}']
    """)
    told = [said(ask(server, "json", response_format={"type": "json_object"})) for _ in range(3)]
    with pytest.raises(json.JSONDecodeError):
        json.loads(told[0])
    assert [json.loads(text) for text in told[1:]] == [{"city": 7}, {"city": "Rome"}]


def test_a_thought_is_streamed_before_the_answer(server: Server) -> None:
    server.rules('[[rule]]\nreasoning = "Let me see."\nanswer = "42"\n')
    thought = answer = ""
    for chunk in ask(server, stream=True, extra_body={"enable_thinking": True}):
        delta = chunk.choices[0].delta
        thought += getattr(delta, "reasoning_content", None) or ""
        answer += delta.content or ""
    assert (thought, answer) == ("Let me see.", "42")
    thought = answer = ""
    for response in ask_natively(
        server, stream=True, incremental_output=True, enable_thinking=True
    ):
        message = response.output.choices[0].message
        thought += message.reasoning_content or ""
        answer += message.content or ""
    assert (thought, answer) == ("Let me see.", "42")


def test_a_tenant_has_used_up_its_quota(server: Server) -> None:
    server.rules("""
        [[rule]]
        header = { X-Tenant = "small-*" }
        error = "Throttling.AllocationQuota"
        message = "This month is over for you."
    """)
    with pytest.raises(openai.RateLimitError, match="This month is over for you") as caught:
        ask(server, extra_headers={"X-Tenant": "small-7"})
    assert caught.value.code == "insufficient_quota"
    assert said(ask(server, extra_headers={"X-Tenant": "large"}))


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("InvalidApiKey", "AuthenticationError"),
        ("AccessDenied.Unpurchased", "PermissionDeniedError"),
        ("Arrearage", "BadRequestError"),
        ("ModelUnavailable", "InternalServerError"),
    ],
)
def test_an_account_or_a_service_is_in_trouble(server: Server, code: str, raised: str) -> None:
    server.rules({"error": code})
    with pytest.raises(getattr(openai, raised)):
        ask(server)
    assert ask_natively(server).code == code


def test_one_in_ten_fails_at_random_and_the_same_every_time(server: Server) -> None:
    told: list[list[int]] = []
    for _ in range(2):
        server.rules('seed = 3\n[[rule]]\nprobability = 0.1\nerror = "InternalError"\n')
        told.append([ask_natively(server).status_code for _ in range(60)])
    assert told[0] == told[1]
    assert 0 < told[0].count(500) < 15
    assert set(told[0]) == {200, 500}


def test_a_fallback_model_is_asked_when_the_first_one_is_down(server: Server) -> None:
    server.rules("""
        [[rule]]
        model = "qwen-max"
        answers = [{ error = "ModelServingError" }, { error = "ModelServingError" }, "back again"]
        retry_after_s = 0

        [[rule]]
        answer = "the small one"
    """)
    told: list[str] = []
    for _ in range(3):
        try:
            told.append(said(ask(server, model="qwen-max")))
        except openai.InternalServerError:
            told.append(said(ask(server)))
    assert told == ["the small one", "the small one", "back again"]
