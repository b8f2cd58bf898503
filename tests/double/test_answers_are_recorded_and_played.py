"""A double records another server over real HTTP, and plays it byte for byte."""

import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.doubles import Running, double, native_question, question
from tests.servers import KEY, server_process
from tests.studios import COMPATIBLE, NATIVE

from studiolo.core.errors import EngineFailed
from studiolo.http.double.known import upstream_path
from studiolo.service.double.cassette import CassetteInvalid
from studiolo.service.double.upstream import open_upstream

UPSTREAM_RULES = """
[[rule]]
user = "limit"
error = "Throttling.RateQuota"
retry_after_s = 9

[[rule]]
user = "cut"
answer = "one two three four five"
cut_after_chunks = 2

[[rule]]
user = "turns"
answers = ["first", "second"]

[[rule]]
user = "leak"
answer = "your key is sk-a-key-for-tests"

[[rule]]
answer = "Grüße aus 北京, in many small pieces"
"""
SSE = {"x-dashscope-sse": "enable"}
Sent = tuple[int, str, str | None, bytes]


async def send(
    server: Running, path: str, body: Any = None, *, headers: dict[str, str] | None = None
) -> Sent:
    method = "GET" if body is None else "POST"
    async with server.client.request(method, path, json=body, headers=headers) as response:
        again = response.headers.get("retry-after")
        return response.status, response.headers["content-type"], again, await response.read()


@asynccontextmanager
async def recording(tmp_path: Path, *, upstream: str = "{url}", rules: str = UPSTREAM_RULES):
    """A double that records another one, and that other one."""
    for name in ("upstream", "recorder"):
        (tmp_path / name).mkdir(exist_ok=True)
    async with double(tmp_path / "upstream", rules) as other:
        cassette = {"record": tmp_path / "c.jsonl", "upstream": upstream.format(url=other.url)}
        async with double(
            tmp_path / "recorder", api_key="sk-of-the-caller", upstream_key=KEY, double=cassette
        ) as server:
            server.client.headers["authorization"] = "Bearer sk-of-the-caller"
            yield server, other


@asynccontextmanager
async def playing(tmp_path: Path, **settings: Any):
    (tmp_path / "player").mkdir(exist_ok=True)
    cassette = {"replay": tmp_path / "c.jsonl", **settings}
    async with double(tmp_path / "player", double=cassette) as server:
        yield server


ASKED = [
    (COMPATIBLE, question("hello"), {}),
    (COMPATIBLE, question("hello", stream=True), {}),
    (NATIVE, native_question("hello"), {}),
    (NATIVE, native_question("hello", incremental_output=True), SSE),
    (COMPATIBLE, question("limit"), {}),
    (NATIVE, native_question("limit"), {}),
    (COMPATIBLE, {"model": "nobody"}, {}),
    ("/v1/completions", {"model": "qwen2.5-coder-7b-instruct", "prompt": "def add"}, {}),
    ("/compatible-mode/v1/models", None, {}),
    ("/compatible-mode/v1/models/qwen-plus", None, {}),
]


async def test_what_was_recorded_is_played_byte_for_byte(tmp_path):
    async with recording(tmp_path) as (server, _):
        recorded = [await send(server, path, body, headers=more) for path, body, more in ASKED]
    async with playing(tmp_path, replay_only=True) as server:
        played = [await send(server, path, body, headers=more) for path, body, more in ASKED]
    assert played == recorded
    assert [status for status, *_ in played] == [200] * 4 + [429, 429, 404] + [200] * 3
    assert played[4][2] == "9"
    assert "北京" in json.loads(played[0][3])["choices"][0]["message"]["content"]
    assert played[1][1].startswith("text/event-stream")


async def test_streams_are_recorded_frame_by_frame_and_played_in_chunks(tmp_path):
    async with recording(tmp_path) as (server, _):
        await send(server, COMPATIBLE, question("hello", stream=True))
    (line,) = (tmp_path / "c.jsonl").read_text("utf-8").splitlines()
    exchange = json.loads(line)
    assert exchange["version"] == 1
    assert exchange["request"] == question("hello", stream=True)
    assert all(chunk.endswith("\n\n") for chunk in exchange["chunks"])
    assert exchange["chunks"][-1] == "data: [DONE]\n\n"
    assert "body" not in exchange
    async with (
        playing(tmp_path) as server,
        server.client.post(COMPATIBLE, json=question("hello", stream=True)) as response,
    ):
        chunks = [chunk async for chunk, _ in response.content.iter_chunks() if chunk]
    assert b"".join(chunks).decode() == "".join(exchange["chunks"])


async def test_streams_are_passed_on_while_they_come(tmp_path):
    rules = '[[rule]]\nanswer = "one two"\ntokens_per_s = 0.001\n'
    async with (
        recording(tmp_path, rules=rules) as (server, _),
        server.client.post(COMPATIBLE, json=question("x", stream=True)) as response,
    ):
        first = await response.content.readuntil(b"one")
        assert first.startswith(b"data: ")
    # A client that went away leaves no recording.
    assert (tmp_path / "c.jsonl").read_text() == ""


async def test_keys_and_headers_never_get_into_the_cassette(tmp_path):
    async with recording(tmp_path) as (server, _):
        await send(server, COMPATIBLE, question("hello", user="sk-of-the-caller"))
        _, _, _, body = await send(server, COMPATIBLE, question("leak"))
    assert KEY in body.decode()
    text = (tmp_path / "c.jsonl").read_text()
    assert "your key is sk-..." in text
    for secret in (KEY, "sk-of-the-caller", "x-request-id", "authorization"):
        assert secret not in text


async def test_upstream_sees_its_own_key_and_what_dashscope_needs(tmp_path):
    async with recording(tmp_path) as (server, other):
        headers = {**SSE, "cookie": "a=b", "x-tenant": "7"}
        status, kind, _, _ = await send(server, NATIVE, native_question("x"), headers=headers)
        async with other.client.get("/double/requests/last") as response:
            seen = await response.json()
    assert (status, seen["status"]) == (200, 200)
    assert kind.startswith("text/event-stream")
    assert seen["headers"]["x-dashscope-sse"] == "enable"
    assert not {"cookie", "x-tenant"} & set(seen["headers"])


@pytest.mark.parametrize("end", ["", "/", "/compatible-mode/v1", "/api/v1"])
async def test_upstream_is_named_by_its_host_or_by_either_base_url(tmp_path, end):
    async with recording(tmp_path, upstream=f"{{url}}{end}") as (server, _):
        for path, body in ((COMPATIBLE, question("x")), (NATIVE, native_question("x"))):
            assert (await send(server, path, body))[0] == 200


async def test_each_of_the_paths_of_a_question_finds_its_recording(tmp_path):
    async with recording(tmp_path) as (server, _):
        recorded = await send(server, "/v1/chat/completions", question("hello"))
    async with playing(tmp_path, replay_only=True) as server:
        for base in ("/compatible-mode/v1", "/v1", "/api/v1"):
            assert await send(server, f"{base}/chat/completions", question("hello")) == recorded


async def test_the_same_question_gets_its_answers_in_turn_and_the_last_again(tmp_path):
    async with recording(tmp_path) as (server, _):
        for _ in range(2):
            await send(server, COMPATIBLE, question("turns"))
    async with playing(tmp_path) as server:
        assert [await server.says("turns") for _ in range(4)] == [
            "first",
            "second",
            "second",
            "second",
        ]


async def test_the_form_of_a_body_makes_no_difference(tmp_path):
    async with recording(tmp_path) as (server, _):
        recorded = await send(server, COMPATIBLE, question("hello", temperature=0.5, seed=3))
    turned = dict(reversed(question("hello", temperature=0.5, seed=3).items()))
    async with (
        playing(tmp_path, replay_only=True) as server,
        server.client.post(COMPATIBLE, data=json.dumps(turned, indent=4)) as response,
    ):
        assert await response.read() == recorded[3]


async def test_fields_that_are_ignored_make_no_difference(tmp_path):
    body = native_question("hello", seed=3)
    async with recording(tmp_path) as (server, _):
        recorded = await send(server, NATIVE, body)
    other = native_question("hello", seed=4)
    other["user"] = "somebody"
    async with playing(tmp_path, ignore="parameters.seed,user,a.b") as server:
        assert await send(server, NATIVE, other) == recorded
    async with playing(tmp_path, ignore="seed,user", replay_only=True) as server:
        assert (await send(server, NATIVE, other))[0] == 400


async def test_what_was_not_recorded_is_for_the_double(tmp_path):
    async with recording(tmp_path) as (server, _):
        await send(server, COMPATIBLE, question("hello"))
    async with playing(tmp_path) as server:
        assert "boats" in await server.says("Tell me of boats")
        assert "北京" not in await server.says("hello", seed=1)
        async with server.client.get("/double/requests") as response:
            seen = (await response.json())["requests"]
    assert seen[0]["body"]["messages"][0]["content"] == "Tell me of boats"
    assert seen[0]["usage"]["output"] > 0


async def test_with_replay_only_the_dialect_says_what_was_asked(tmp_path):
    (tmp_path / "c.jsonl").write_text("")
    async with playing(tmp_path, replay_only=True) as server:
        answer = await server.chat("Tell me of boats")
        status, body = await server.native("Tell me of boats")
        async with server.client.post(
            NATIVE, json=native_question("x" * 1000), headers=SSE
        ) as response:
            streamed = await response.json()
        async with server.client.get("/health/ready") as response:
            assert response.status == 200
    assert answer["error"]["code"] == "invalid_parameter_error"
    message = answer["error"]["message"]
    assert message.startswith("no recording of POST /compatible-mode/v1/chat/completions {")
    assert "Tell me of boats" in message
    assert (status, body["code"]) == (400, "InvalidParameter")
    assert body["message"].startswith(f"no recording of POST {NATIVE} {{")
    assert streamed["message"].startswith(f"no recording of POST {NATIVE} (streamed) {{")
    assert len(streamed["message"]) < 500


async def test_recordings_are_seen_in_the_inspection(tmp_path):
    async with recording(tmp_path) as (server, _):
        await send(server, COMPATIBLE, question("hello"))
    async with playing(tmp_path) as server:
        await server.chat("hello")
        async with server.client.get("/double/requests/last") as response:
            seen = await response.json()
    assert (seen["status"], seen["rule"]) == (200, "recording")
    assert seen["body"]["messages"][0]["content"] == "hello"


async def test_nobody_records_or_plays_without_a_key(tmp_path):
    async with recording(tmp_path) as (server, _):
        answer = await send(server, COMPATIBLE, question("x"), headers={"authorization": ""})
        assert answer[0] == 401
        assert (tmp_path / "c.jsonl").read_text() == ""
    async with playing(tmp_path) as server:
        answer = await send(server, COMPATIBLE, question("x"), headers={"authorization": ""})
    assert answer[0] == 401


async def test_an_upstream_that_breaks_off_breaks_this_answer_and_is_not_recorded(tmp_path):
    async with recording(tmp_path) as (server, _):
        chunks = await server.stream("cut")
        whole = await server.chat("cut")
    assert chunks[-1] == {"lost": True}
    assert whole["error"]["message"] == "Model is unavailable, please try again later."
    assert (tmp_path / "c.jsonl").read_text() == ""


async def test_an_upstream_that_is_not_there_is_unavailable(tmp_path):
    gone = {"record": tmp_path / "c.jsonl", "upstream": "http://127.0.0.1:9"}
    async with double(tmp_path, upstream_key="sk-other", double=gone) as server:
        answer = await server.chat("x")
        status, body = await server.native("x")
    assert answer["error"]["message"] == "Model is unavailable, please try again later."
    assert (status, body["code"]) == (503, "ModelUnavailable")


async def test_an_answer_that_never_ends_is_broken_off(tmp_path):
    async with double(tmp_path) as other, open_upstream(other.url, key=KEY, most_bytes=99) as up:
        content = json.dumps(question("x")).encode()
        async with up.ask("POST", COMPATIBLE, headers={}, body=content) as answer:
            assert answer.status == 200
            with pytest.raises(EngineFailed, match="larger than 99 bytes"):
                [piece async for piece in answer.pieces]


async def test_the_command_plays_a_cassette(tmp_path):
    async with recording(tmp_path) as (server, _):
        recorded = await send(server, COMPATIBLE, question("hello"))
    flags = ("--double", "--replay", str(tmp_path / "c.jsonl"), "--replay-only")
    headers = {"authorization": f"Bearer {KEY}"}
    with server_process(tmp_path, *flags) as running:
        async with (
            aiohttp.ClientSession(running.url, headers=headers) as client,
            client.post(COMPATIBLE, json=question("hello")) as response,
        ):
            assert await response.read() == recorded[3]


async def test_other_routes_are_answered_here_while_recording(tmp_path):
    async with recording(tmp_path) as (server, _):
        assert (await send(server, "/health/ready"))[0] == 200
        assert (await send(server, "/v1/embeddings", {"model": "x"}))[0] == 404


async def test_a_cassette_is_gone_on_with(tmp_path):
    for text in ("a", "b"):
        async with recording(tmp_path) as (server, _):
            await send(server, COMPATIBLE, question(text))
    lines = (tmp_path / "c.jsonl").read_text().splitlines()
    assert [json.loads(line)["request"]["messages"][0]["content"] for line in lines] == ["a", "b"]


GOOD = {"version": 1, "method": "POST", "path": "/x", "request": {}, "status": 200, "body": "{}"}
DAMAGED = [
    ({**GOOD, "version": 2}, "line 2: Expected `int` <= 1 - at `$.version`"),
    ({**GOOD, "status": "200"}, "line 2: Expected `int`, got `str` - at `$.status`"),
    ({**GOOD, "colour": 1}, "line 2: Object contains unknown field `colour`"),
    ({"version": 1}, "line 2: Object missing required field `method`"),
    ({**GOOD, "body": {"base64": "?"}}, "line 2: "),
    ("{", "line 2: Input data was truncated"),
]


@pytest.mark.parametrize(("line", "told"), DAMAGED, ids=[row[1][:40] for row in DAMAGED])
async def test_damaged_lines_are_named_at_the_start(tmp_path, line, told):
    text = line if isinstance(line, str) else json.dumps(line)
    (tmp_path / "c.jsonl").write_text(f"{json.dumps(GOOD)}\n{text}\n\nnonsense\n")
    with pytest.raises(CassetteInvalid) as caught:
        async with playing(tmp_path):
            pass
    assert f"cassette {tmp_path / 'c.jsonl'} is damaged:" in str(caught.value)
    assert told in str(caught.value)
    assert "line 4: " in str(caught.value)
    assert "line 1" not in str(caught.value)


async def test_a_cassette_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CassetteInvalid, match=r"c.jsonl cannot be read: No such file"):
        async with playing(tmp_path):
            pass


async def test_bytes_that_are_no_text_are_played_as_they_were(tmp_path):
    exchange = {
        **GOOD,
        "path": COMPATIBLE,
        "request": question("x"),
        "body": {"base64": "/w=="},
        "content_type": "application/octet-stream",
    }
    (tmp_path / "c.jsonl").write_text(json.dumps(exchange))
    async with playing(tmp_path) as server:
        status, kind, _, body = await send(server, COMPATIBLE, question("x"))
    assert (status, kind, body) == (200, "application/octet-stream", b"\xff")


PATHS = [
    ("GET", "/compatible-mode/v1/models", "/compatible-mode/v1/models"),
    ("GET", "/v1/models/qwen3-0.6b", "/compatible-mode/v1/models/qwen3-0.6b"),
    ("GET", "/v1/models/org:name@1", "/compatible-mode/v1/models/org:name@1"),
    ("GET", "/v1/models/..", None),
    ("GET", "/v1/models/.", None),
    ("GET", "/v1/models/../../../metrics", None),
    ("GET", "/v1/models/a/b", None),
    ("GET", "/v1/models/?x", None),
    ("GET", "/v1/models/%2e%2e", None),
    ("GET", "/v1/models/#", None),
    ("GET", "/v1/models/a b", None),
    ("GET", "/v1/models/a\r\nb", None),
    ("GET", "/v1/models/", None),
    ("GET", "/double/requests", None),
    ("POST", "/v1/models", None),
    ("POST", "/v1/chat/completions", "/compatible-mode/v1/chat/completions"),
    ("GET", "/v1/chat/completions", None),
]


@pytest.mark.parametrize(("method", "path", "told"), PATHS)
def test_no_other_path_goes_to_upstream(method: str, path: str, told: str | None) -> None:
    assert upstream_path(method, path) == told
