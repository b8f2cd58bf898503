"""A double records another server over real HTTP, and plays it byte for byte."""

import json

import aiohttp
import pytest
from tests.doubles import native_question, question
from tests.recordings import SSE, playing, recording, send
from tests.servers import KEY, server_process
from tests.studios import COMPATIBLE, NATIVE

from studiolo.http.double.known import upstream_path
from studiolo.http.routes import RESPONSES_BASES

RULES = """
[[rule]]
user = "limit"
error = "Throttling.RateQuota"
retry_after_s = 9

[[rule]]
user = "turns"
answers = ["first", "second"]

[[rule]]
answer = "Grüße aus 北京, in many small pieces"
"""
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
    async with recording(tmp_path, RULES) as (server, _):
        recorded = [await send(server, path, body, headers=more) for path, body, more in ASKED]
    async with playing(tmp_path, replay_only=True) as server:
        played = [await send(server, path, body, headers=more) for path, body, more in ASKED]
    assert played == recorded
    assert [status for status, *_ in played] == [200] * 4 + [429, 429, 404] + [200] * 3
    assert played[4][2] == "9"
    assert "北京" in json.loads(played[0][3])["choices"][0]["message"]["content"]
    assert played[1][1].startswith("text/event-stream")


async def test_streams_are_recorded_frame_by_frame_and_played_in_chunks(tmp_path):
    async with recording(tmp_path, RULES) as (server, _):
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
        recording(tmp_path, rules) as (server, _),
        server.client.post(COMPATIBLE, json=question("x", stream=True)) as response,
    ):
        first = await response.content.readuntil(b"one")
        assert first.startswith(b"data: ")
    # A client that went away leaves no recording.
    assert (tmp_path / "c.jsonl").read_text() == ""


async def test_upstream_sees_its_own_key_and_what_dashscope_needs(tmp_path):
    async with recording(tmp_path, RULES) as (server, other):
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
    async with recording(tmp_path, RULES, upstream=f"{{url}}{end}") as (server, _):
        for path, body in ((COMPATIBLE, question("x")), (NATIVE, native_question("x"))):
            assert (await send(server, path, body))[0] == 200


async def test_each_of_the_paths_of_a_question_finds_its_recording(tmp_path):
    async with recording(tmp_path, RULES) as (server, _):
        recorded = await send(server, "/v1/chat/completions", question("hello"))
    async with playing(tmp_path, replay_only=True) as server:
        for base in ("/compatible-mode/v1", "/v1", "/api/v1"):
            assert await send(server, f"{base}/chat/completions", question("hello")) == recorded


async def test_the_same_question_gets_its_answers_in_turn_and_the_last_again(tmp_path):
    async with recording(tmp_path, RULES) as (server, _):
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
    async with recording(tmp_path, RULES) as (server, _):
        recorded = await send(server, COMPATIBLE, question("hello", temperature=0.5, seed=3))
    turned = dict(reversed(question("hello", temperature=0.5, seed=3).items()))
    async with (
        playing(tmp_path, replay_only=True) as server,
        server.client.post(COMPATIBLE, data=json.dumps(turned, indent=4)) as response,
    ):
        assert await response.read() == recorded[3]


async def test_fields_that_are_ignored_make_no_difference(tmp_path):
    body = native_question("hello", seed=3)
    async with recording(tmp_path, RULES) as (server, _):
        recorded = await send(server, NATIVE, body)
    other = native_question("hello", seed=4)
    other["user"] = "somebody"
    async with playing(tmp_path, ignore="parameters.seed,user,a.b") as server:
        assert await send(server, NATIVE, other) == recorded
    async with playing(tmp_path, ignore="seed,user", replay_only=True) as server:
        assert (await send(server, NATIVE, other))[0] == 400


async def test_what_was_not_recorded_is_for_the_double(tmp_path):
    async with recording(tmp_path, RULES) as (server, _):
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
    async with recording(tmp_path, RULES) as (server, _):
        await send(server, COMPATIBLE, question("hello"))
    async with playing(tmp_path) as server:
        await server.chat("hello")
        async with server.client.get("/double/requests/last") as response:
            seen = await response.json()
    assert (seen["status"], seen["rule"]) == (200, "recording")
    assert seen["body"]["messages"][0]["content"] == "hello"


async def test_nobody_records_or_plays_without_a_key(tmp_path):
    async with recording(tmp_path, RULES) as (server, _):
        answer = await send(server, COMPATIBLE, question("x"), headers={"authorization": ""})
        assert answer[0] == 401
        assert (tmp_path / "c.jsonl").read_text() == ""
    async with playing(tmp_path) as server:
        answer = await send(server, COMPATIBLE, question("x"), headers={"authorization": ""})
    assert answer[0] == 401


async def test_the_command_plays_a_cassette(tmp_path):
    async with recording(tmp_path, RULES) as (server, _):
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
    async with recording(tmp_path, RULES) as (server, _):
        assert (await send(server, "/health/ready"))[0] == 200
        assert (await send(server, "/v1/embeddings", {"model": "x"}))[0] == 404


async def test_a_cassette_is_gone_on_with(tmp_path):
    for text in ("a", "b"):
        async with recording(tmp_path, RULES) as (server, _):
            await send(server, COMPATIBLE, question(text))
    lines = (tmp_path / "c.jsonl").read_text().splitlines()
    assert [json.loads(line)["request"]["messages"][0]["content"] for line in lines] == ["a", "b"]


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
    ("POST", "/v1/responses", "/compatible-mode/v1/responses"),
    (
        "POST",
        "/api/v2/apps/protocols/compatible-mode/v1/responses",
        "/compatible-mode/v1/responses",
    ),
    ("GET", "/v1/responses", None),
    ("POST", "/v1/responses/resp_1", None),
    ("POST", "/api/v2/apps/protocols/compatible-mode/v1/completions", None),
]


@pytest.mark.parametrize(("method", "path", "told"), PATHS)
def test_no_other_path_goes_to_upstream(method: str, path: str, told: str | None) -> None:
    assert upstream_path(method, path) == told


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_responses_are_recorded_and_played_at_each_of_their_paths(tmp_path, stream):
    asked = {"model": "qwen-plus", "input": "hello", "stream": stream}
    async with recording(tmp_path, RULES) as (server, _):
        recorded = await send(server, f"{RESPONSES_BASES[0]}/responses", asked)
    assert recorded[0] == 200
    async with playing(tmp_path, replay_only=True) as server:
        for base in RESPONSES_BASES:
            assert await send(server, f"{base}/responses", asked) == recorded
