"""`studiolo.testing.double`: a server in its own process, what it was asked, and its rules."""

import json
import re
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


def test_its_addresses_are_those_that_clients_want(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert server.openai_base_url == f"{server.url}/compatible-mode/v1"
    assert server.dashscope_base_url == f"{server.url}/api/v1"
    assert server.environment == {
        "OPENAI_BASE_URL": server.openai_base_url,
        "OPENAI_API_KEY": server.api_key,
        "DASHSCOPE_API_KEY": server.api_key,
        "DASHSCOPE_HTTP_BASE_URL": server.dashscope_base_url,
        "DASHSCOPE_COMPATIBLE_BASE_URL": server.openai_base_url,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


DIRECT = [
    ({}, "127.0.0.1,localhost"),
    ({"NO_PROXY": "a.example"}, "a.example,127.0.0.1,localhost"),
    (
        {"NO_PROXY": "a.example", "no_proxy": "b.example, localhost"},
        "b.example,localhost,127.0.0.1",
    ),
    ({"no_proxy": "*"}, "*"),
]


@pytest.mark.parametrize(("variables", "direct"), DIRECT)
def test_no_proxy_stands_between(
    server: Server, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], direct: str
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert server.environment["NO_PROXY"] == server.environment["no_proxy"] == direct


def test_our_own_questions_go_by_no_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.rules({"answer": "x"})
    assert server.requests() == []


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


def test_rules_are_tables_a_text_or_a_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chat(server, "hi") == "of the start"
    server.rules({"user": "hi", "answers": ["a", "b"]}, {"answer": "else"})
    assert [chat(server, text) for text in ("hi", "ho", "hi")] == ["a", "else", "b"]
    server.rules('[[rule]]\nanswer = "of a text"\n')
    assert chat(server, "hi") == "of a text"
    server.rules({"user_matches": re.compile("^H", re.IGNORECASE), "answer": "of a pattern"})
    assert chat(server, "hi") == "of a pattern"
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nanswer = "of a file"\n')
    monkeypatch.chdir(tmp_path)
    for given in (path, str(path), "rules.toml", [path]):
        server.rules()
        server.rules(given)
        assert chat(server, "hi") == "of a file"
    server.rules()
    assert "hi" in chat(server, "hi")
    server.restore_rules()
    assert chat(server, "hi") == "of the start"


def test_a_document_brings_its_seed(server: Server) -> None:
    def answers(seed: int) -> list[bool]:
        server.rules({"seed": seed, "rule": [{"probability": 0.5, "answer": "!"}]})
        return [chat(server, "hi") == "!" for _ in range(12)]

    one, other = answers(1), answers(2)
    assert one == answers(1)
    assert one != other


def test_wrong_rules_are_told(server: Server, tmp_path: Path) -> None:
    with pytest.raises(RulesRefused, match="did you mean answer"):
        server.rules({"anser": "x"})
    with pytest.raises(RulesRefused, match="must be text"):
        server.rules("[[rule]]\nanswer = 3\n")
    path = tmp_path / "rules.toml"
    path.write_text("[[rule]]\nanser = 3\n")
    with pytest.raises(RulesRefused, match=f"in {path}:\n(.*\n)*.*did you mean answer"):
        server.rules(path)


def test_settings_of_other_servers_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOLO_SERVER__PORT", "no port")
    with double(environment={"STUDIOLO_DOUBLE__REQUESTS": "1"}) as server:
        for text in ("a", "b"):
            chat(server, text)
        assert [each.user for each in server.requests()] == ["b"]
        server.api_key = "sk-wrong"
        with pytest.raises(ServerFailed, match="was answered 401"):
            server.requests()
