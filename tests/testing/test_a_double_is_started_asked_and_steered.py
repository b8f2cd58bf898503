"""`studiolo.testing.double`: a server in its own process, what it was asked, and its rules."""

import json
import os
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from studiolo.testing import double
from studiolo.testing.server import RulesRefused, Server, ServerFailed

WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}
NATIVE = "/api/v1/services/aigc/text-generation/generation"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with double(rules=[{"user": "hi", "answer": "of the start"}]) as server:
        yield server


@pytest.fixture(autouse=True)
def afresh(server: Server) -> None:
    server.clear()
    server.restore_rules()


def ask(server: Server, path: str, body: dict[str, Any]) -> dict[str, Any]:
    connection = HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    headers = {"authorization": f"Bearer {server.api_key}", "x-trace": "7"}
    connection.request("POST", path, json.dumps(body), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def chat(server: Server, text: str, **more: Any) -> str:
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": text}]
    body = {"model": "qwen-plus", "messages": messages, **more}
    answer = ask(server, "/compatible-mode/v1/chat/completions", body)
    return answer["choices"][0]["message"]["content"]


def test_its_addresses_are_those_that_clients_want(server: Server) -> None:
    assert server.openai_base_url == f"{server.url}/compatible-mode/v1"
    assert server.dashscope_base_url == f"{server.url}/api/v1"
    assert server.environment == {
        "OPENAI_BASE_URL": server.openai_base_url,
        "OPENAI_API_KEY": server.api_key,
        "DASHSCOPE_API_KEY": server.api_key,
        "DASHSCOPE_HTTP_BASE_URL": server.dashscope_base_url,
        "DASHSCOPE_COMPATIBLE_BASE_URL": server.openai_base_url,
    }


def test_what_it_was_asked_is_read_the_same_from_both_dialects(server: Server) -> None:
    assert server.last_request() is None
    chat(server, "hi", tools=[WEATHER], temperature=0.5)
    parts = [{"text": "h"}, {"text": "i"}]
    body = {
        "model": "qwen-max",
        "input": {"messages": [{"role": "user", "content": parts}, {"role": "x", "content": 3}]},
        "parameters": {"tools": [WEATHER], "temperature": 0.5, "result_format": "message"},
    }
    ask(server, NATIVE, body)
    ask(server, "/v1/completions", {"model": "nobody", "prompt": "hi"})
    one, two, three = server.requests()
    assert [each.user for each in (one, two, three)] == ["hi"] * 3
    assert [each.tools for each in (one, two, three)] == [["get_weather"], ["get_weather"], []]
    assert [each.system for each in (one, two, three)] == ["Be kind.", None, None]
    assert [each.field("temperature") for each in (one, two, three)] == [0.5, 0.5, None]
    assert [each.model for each in (one, two, three)] == ["qwen-plus", "qwen-max", "nobody"]
    assert [each.rule for each in (one, two, three)] == ["rule 1", None, None]
    assert (one.status, one.stream, one.dialect) == (200, False, "openai")
    assert (two.body, two.path, two.headers["x-trace"]) == (body, NATIVE, "7")
    assert three.status == 404
    assert repr(one) == (
        "POST /compatible-mode/v1/chat/completions model='qwen-plus' user='hi' "
        "tools=['get_weather'] -> 200"
    )
    (last,) = server.requests(since=two.raw["number"])
    assert last.raw == three.raw == server.last_request().raw


def test_rules_are_tables_a_text_or_a_file(server: Server, tmp_path: Path) -> None:
    assert chat(server, "hi") == "of the start"
    server.rules({"user": "hi", "answers": ["a", "b"]}, {"answer": "else"})
    assert [chat(server, text) for text in ("hi", "ho", "hi")] == ["a", "else", "b"]
    server.rules('[[rule]]\nanswer = "of a text"\n')
    assert chat(server, "hi") == "of a text"
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nanswer = "of a file"\n')
    server.rules(path)
    assert chat(server, "hi") == "of a file"
    server.rules()
    assert "hi" in chat(server, "hi")
    server.restore_rules()
    assert chat(server, "hi") == "of the start"


def test_wrong_rules_are_told(server: Server) -> None:
    with pytest.raises(RulesRefused, match="did you mean answer"):
        server.rules({"anser": "x"})
    with pytest.raises(RulesRefused, match="must be text"):
        server.rules("[[rule]]\nanswer = 3\n")


def test_settings_of_other_servers_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOLO_SERVER__PORT", "no port")
    with double(environment={"STUDIOLO_DOUBLE__REQUESTS": "1"}) as server:
        for text in ("a", "b"):
            chat(server, text)
        assert [each.user for each in server.requests()] == ["b"]
        server.api_key = "sk-wrong"
        with pytest.raises(ServerFailed, match="was answered 401"):
            server.requests()


def test_one_that_does_not_start_says_why() -> None:
    with (
        pytest.raises(ServerFailed, match="did you mean answer"),
        double(rules=[{"anser": "x"}]),
    ):
        pass
    with pytest.raises(ServerFailed, match="No such option"), double(options=["--no-such"]):
        pass


def test_it_is_gone_after_the_block() -> None:
    with double() as server:
        pid = server._process.pid
        home = server._home.path
        assert home.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not home.exists()
    server.stop()
    with pytest.raises((ServerFailed, FileNotFoundError)):
        server.requests()
