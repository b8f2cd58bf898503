"""The official clients see the same, to the letter, when a session with a server is played again.

The server that was recorded is gone by then.
"""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dashscope
import openai
from tests.functions import WEATHER
from tests.servers import KEY, server_process

CALLER = "sk-of-the-caller"
RULES = """
[[rule]]
user = "limit"
error = "Throttling.RateQuota"
retry_after_s = 3

[[rule]]
user = "break"
answer = "one two three four five"
break_after_chunks = 2

[[rule]]
user = "again"
answers = ["first", "second", "third"]

[[rule]]
user = "letters"
answer = "Grüße aus 北京 😀 \\u2028\\u0085 <|im_end|> \\"quoted\\""
"""
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "p", "schema": SCHEMA, "strict": True}}
THINKING = {"extra_body": {"enable_thinking": True}}


def messages(text: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": "Be kind."}, {"role": "user", "content": text}]


# What is asked of chat completions, beside the model and the text.
CHATS: list[tuple[str, dict[str, Any]]] = [
    ("Why does bread rise?", {}),
    ("Why does bread rise?", {"stream": True, "stream_options": {"include_usage": True}}),
    ("Why does bread rise?", {"n": 3, "temperature": 0.9, "seed": 5}),
    ("Why does bread rise?", {"n": 2, "stream": True}),
    ("Why does bread rise?", {"logprobs": True, "top_logprobs": 2, "max_tokens": 5}),
    ("What is the weather in Rome and Oslo?", {"tools": [WEATHER], "parallel_tool_calls": True}),
    ("What is the weather in Rome?", {"tools": [WEATHER], "stream": True}),
    ("How many legs have 7 spiders?", {"stream": True, **THINKING}),
    ("Ada is 36 years old.", {"response_format": FORMAT}),
    ("letters", {}),
    ("letters", {"stream": True}),
    ("again", {}),
    ("again", {}),
    ("again", {}),
    ("limit", {}),
    ("limit", {"stream": True}),
    ("break", {}),
    ("break", {"stream": True}),
    ("Too hot", {"temperature": 5}),
    ("Too hot", {"temperature": 5, "stream": True}),
]
NATIVE: list[tuple[str, dict[str, Any]]] = [
    ("Why does bread rise?", {}),
    ("Why does bread rise?", {"result_format": "message"}),
    ("Why does bread rise?", {"result_format": "message", "stream": True}),
    (
        "Why does bread rise?",
        {"result_format": "message", "stream": True, "incremental_output": True},
    ),
    ("What is the weather in Rome?", {"result_format": "message", "tools": [WEATHER]}),
    (
        "How many legs have 7 spiders?",
        {
            "result_format": "message",
            "stream": True,
            "incremental_output": True,
            "enable_thinking": True,
        },
    ),
    ("letters", {"result_format": "message"}),
    ("limit", {"result_format": "message"}),
    ("break", {"result_format": "message", "stream": True, "incremental_output": True}),
    ("Too hot", {"temperature": 5}),
]


def session(url: str) -> list[str]:
    """All that the clients see there."""
    with openai.OpenAI(
        api_key=CALLER, base_url=f"{url}/compatible-mode/v1", max_retries=0
    ) as client:
        return [
            *(_heard(lambda each=each: _chat(client, *each)) for each in CHATS),
            _heard(lambda: [client.models.list().to_json()]),
            _heard(lambda: [client.models.retrieve("qwen-plus").to_json()]),
            _heard(lambda: [client.models.retrieve("nobody").to_json()]),
            _heard(lambda: _completion(client, stream=False)),
            _heard(lambda: _completion(client, stream=True)),
            *_native(url),
        ]


def _chat(client: openai.OpenAI, text: str, more: dict[str, Any]) -> Iterator[str]:
    answer = client.chat.completions.with_raw_response.create(
        model="qwen-plus", messages=messages(text), **more
    )
    if not more.get("stream"):
        yield answer.text
        return
    for chunk in answer.parse():
        yield chunk.to_json()


def _completion(client: openai.OpenAI, *, stream: bool) -> Iterator[str]:
    answer = client.completions.create(
        model="qwen2.5-coder-7b-instruct", prompt="def add(a, b):", max_tokens=9, stream=stream
    )
    for each in answer if stream else [answer]:
        yield each.to_json()


def _native(url: str) -> list[str]:
    with _address(f"{url}/api/v1"):
        texts = [_heard(lambda each=each: _generation(*each)) for each in NATIVE]
        parts = [{"role": "user", "content": [{"text": "Why does bread rise?"}]}]
        answer = dashscope.MultiModalConversation.call(
            model="qwen-vl-plus", api_key=CALLER, messages=parts
        )
        return [*texts, _shown(answer)]


def _generation(text: str, more: dict[str, Any]) -> Iterator[str]:
    answer = dashscope.Generation.call(
        model="qwen-plus", api_key=CALLER, messages=messages(text), **more
    )
    for each in answer if more.get("stream") else [answer]:
        yield _shown(each)


def _shown(answer: Any) -> str:
    """All of it but the headers: the time and the request are those of whoever answers."""
    return json.dumps({**answer, "headers": None}, default=vars)


def _heard(ask: Callable[[], Any]) -> str:
    """What came, and the error at its end if there was one."""
    heard: list[str] = []
    try:
        heard.extend(ask())
    except openai.APIStatusError as error:
        heard += [str(error), error.response.text, error.response.headers.get("retry-after", "")]
    except openai.APIError as error:
        heard += [str(error), json.dumps(error.body)]
    return "\n".join(heard)


@contextmanager
def _address(url: str) -> Generator[None]:
    before = dashscope.base_http_api_url
    dashscope.base_http_api_url = url
    try:
        yield
    finally:
        dashscope.base_http_api_url = before


def test_the_clients_see_the_same_to_the_letter(tmp_path: Path) -> None:
    for name in ("upstream", "recorder", "player"):
        (tmp_path / name).mkdir()
    (tmp_path / "rules.toml").write_text(RULES, "utf-8")
    cassette = str(tmp_path / "c.jsonl")
    caller = {"STUDIOLO_API_KEY": CALLER, "STUDIOLO_UPSTREAM_KEY": KEY}
    rules = ("--double", "--rules", str(tmp_path / "rules.toml"))
    with server_process(tmp_path / "upstream", *rules) as upstream:
        flags = ("--double", "--record", cassette, "--upstream", upstream.url)
        with server_process(tmp_path / "recorder", *flags, environment=caller) as recorder:
            recorded = session(recorder.url)
    flags = ("--double", "--replay", cassette, "--replay-only")
    with server_process(tmp_path / "player", *flags, environment=caller) as player:
        played = session(player.url)
    assert recorder.process.returncode == player.process.returncode == 0
    assert played == recorded
    assert all(recorded)
    seen = "".join(played)
    assert "no recording" not in seen
    for word in ("get_weather", "reasoning_content", "limit_requests", "Throttling.RateQuota"):
        assert word in seen
    text = Path(cassette).read_text("utf-8")
    assert KEY not in text
    assert CALLER not in text
