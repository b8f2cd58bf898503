"""What a double was asked can be read, and its rules set, while it runs."""

import asyncio
import json

import aiohttp
import pytest
from tests.doubles import double, native_question, question
from tests.functions import WEATHER
from tests.servers import KEY, server_process
from tests.studios import COMPATIBLE, NATIVE

from studiolo.core.usage import Usage

ANONYMOUS = {"authorization": ""}


async def _seen(server, query=""):
    async with server.client.get(f"/double/requests{query}") as response:
        assert response.status == 200
        return (await response.json())["requests"]


async def test_requests_are_kept_with_all_that_became_of_them(tmp_path):
    rules = '[[rule]]\nname = "greeting"\nuser = "hi"\nanswer = "hello"\n'
    async with double(tmp_path, rules) as server:
        headers = {"X-Trace": "7", "Cookie": "secret=1"}
        await server.client.post(COMPATIBLE, json=question("hi", tools=[WEATHER]), headers=headers)
        await server.native_stream("Tell me of boats")
        first, second = await _seen(server)
        async with server.client.get("/double/requests/last") as response:
            assert await response.json() == second
    assert first["method"] == "POST"
    assert first["path"] == COMPATIBLE
    assert first["body"] == question("hi", tools=[WEATHER])
    assert first["headers"]["x-trace"] == "7"
    assert not {"cookie", "authorization"} & set(first["headers"])
    assert KEY not in json.dumps(first)
    assert (first["number"], second["number"]) == (1, 2)
    assert (first["model"], first["dialect"], first["status"]) == ("qwen-plus", "openai", 200)
    assert (first["streamed"], first["rule"], first["usage"]["output"]) == (False, "greeting", 4)
    assert (second["dialect"], second["streamed"], second["rule"]) == ("dashscope", True, None)
    assert second["body"]["input"]["messages"][0]["content"] == "Tell me of boats"
    assert second["usage"]["input"] > 0


async def test_refused_and_broken_requests_are_kept_too(tmp_path):
    async with double(tmp_path, '[[rule]]\nerror = "Arrearage"\n') as server:
        await server.client.post(COMPATIBLE, json={"model": "nobody"})
        await server.client.post(COMPATIBLE, data=b"{no json \xff")
        await server.client.post(COMPATIBLE, json=question("x"), headers=ANONYMOUS)
        await server.chat("x")
        await server.client.get("/v1/models")
        seen = await _seen(server)
    assert [each["status"] for each in seen] == [404, 400, 401, 400, 200]
    assert seen[1]["body"] == "{no json \ufffd"
    assert [each["rule"] for each in seen] == [None, None, None, "rule 1", None]
    assert (seen[4]["method"], seen[4]["body"]) == ("GET", None)


async def test_a_request_is_seen_while_it_waits_for_its_answer(tmp_path):
    rules = '[[rule]]\nanswer = "x"\nfirst_token_s = 60\n'
    async with double(tmp_path, rules) as server:
        waiting = asyncio.create_task(server.chat("slow"))
        async with asyncio.timeout(10):
            while not (seen := await _seen(server)) or seen[0]["body"] is None:
                await asyncio.sleep(0.001)
        assert seen[0]["status"] is None
        waiting.cancel()


async def test_the_latest_are_kept_and_can_be_asked_for_from_a_number_on(tmp_path):
    async with double(tmp_path, double={"requests": 3}) as server:
        for number in range(5):
            await server.chat(f"question {number}")
        assert [each["number"] for each in await _seen(server)] == [3, 4, 5]
        assert [each["number"] for each in await _seen(server, "?since=4")] == [5]
        for number in (10**18, 10**30, 10**4000):
            assert await _seen(server, f"?since={number}") == []
        async with server.client.delete("/double/requests") as response:
            assert response.status == 200
        assert await _seen(server) == []
        async with server.client.get("/double/requests/last") as response:
            assert await response.json() is None
        await server.chat("one more")
        assert [each["number"] for each in await _seen(server)] == [6]


HIDDEN = [
    "Authorization",
    "Proxy-Authorization",
    "Api-Key",
    "apikey",
    "X-API-Key",
    "X-Auth-Token",
    "X-DashScope-Token",
    "X-DashScope-Security-Token",
    "Cookie",
    "Set-Cookie",
    "X-Client-Secret",
    "X-Password",
]


async def test_headers_that_may_be_secrets_are_hidden(tmp_path):
    async with double(tmp_path) as server:
        headers = dict.fromkeys(HIDDEN, "Bearer hush-hush") | {"X-Tenant": "acme"}
        await server.client.get("/v1/models", headers=headers)
        (seen,) = await _seen(server)
    assert "hush-hush" not in json.dumps(seen)
    assert seen["headers"]["x-tenant"] == "acme"
    assert not {name.lower() for name in HIDDEN} & set(seen["headers"])


EVENTS = {"X-DashScope-SSE": "enable"}
OPENAI, DASHSCOPE = "openai", "dashscope"
STREAMED = {**question("x"), "model": "nobody", "stream": True}
# method, path, options; then status, model, dialect, streamed, and whether there is usage
FACTS = [
    ("POST", COMPATIBLE, {"json": STREAMED}, (404, "nobody", OPENAI, True, True)),
    ("POST", COMPATIBLE, {"json": question("x", n=99)}, (400, "qwen-plus", OPENAI, False, True)),
    ("POST", COMPATIBLE, {"data": b"[1]"}, (400, None, OPENAI, None, True)),
    ("POST", COMPATIBLE, {"data": b"{"}, (400, None, OPENAI, None, True)),
    ("POST", COMPATIBLE, {"json": {"model": 5}}, (400, None, OPENAI, False, True)),
    (
        "POST",
        COMPATIBLE,
        {"json": STREAMED, "headers": ANONYMOUS},
        (401, None, OPENAI, None, False),
    ),
    ("POST", NATIVE, {"json": {}, "headers": ANONYMOUS}, (401, None, DASHSCOPE, False, False)),
    ("POST", NATIVE, {"headers": ANONYMOUS | EVENTS}, (401, None, DASHSCOPE, True, False)),
    ("POST", NATIVE, {"json": native_question("x")}, (200, "qwen-plus", DASHSCOPE, False, True)),
    ("POST", NATIVE, {"json": {"model": "nobody"}}, (400, "nobody", DASHSCOPE, False, True)),
    ("GET", "/v1/models", {}, (200, None, OPENAI, None, False)),
    ("POST", "/v1/nothing", {"json": STREAMED}, (404, None, OPENAI, None, False)),
    ("POST", "/api/v1/nothing", {}, (404, None, DASHSCOPE, False, False)),
]


@pytest.mark.parametrize(("method", "path", "options", "facts"), FACTS)
async def test_what_is_known_of_a_refused_request_is_there(tmp_path, method, path, options, facts):
    *known, used = facts
    async with double(tmp_path) as server:
        async with server.client.request(method, path, **options) as response:
            await response.read()
        (seen,) = await _seen(server)
    told = [seen[name] for name in ("status", "model", "dialect", "streamed")]
    assert told == known
    assert (seen["usage"] is not None) == used
    if used:
        assert set(seen["usage"]) == set(Usage.__struct_fields__)


BODIES = [
    b"[" * 100_000,
    b'{"a":' * 300 + b"1" + b"}" * 300,
    b'{"a": "\\ud800"}',
    b'{"a": NaN}',
    b'{"a": 1e999}',
    b"\xef\xbb\xbf{}",
    b'{"model": {"a": 1}, "stream": "yes", "messages": 3}',
    b"null",
    b'"text"',
    b"\x00\xff",
    b'{"a": ' + b"9" * 5000 + b"}",
]


async def test_every_body_can_be_looked_at(tmp_path):
    async with double(tmp_path) as server:
        for body in BODIES:
            await server.client.post(COMPATIBLE, data=body)
        seen = await _seen(server)
    assert len(seen) == len(BODIES)
    assert {each["model"] for each in seen} == {None}
    assert seen[6]["body"] == {"model": {"a": 1}, "stream": "yes", "messages": 3}


async def test_what_a_recording_answers_is_known_too(tmp_path):
    cassette = tmp_path / "cassette.jsonl"
    for name in ("real", "one", "two"):
        (tmp_path / name).mkdir()
    async with double(tmp_path / "real") as real:
        recording = {"record": cassette, "upstream": real.url}
        async with double(tmp_path / "one", double=recording, upstream_key=KEY) as server:
            recorded = await _asked_both(server)
    async with double(tmp_path / "two", double={"replay": cassette}) as server:
        played = await _asked_both(server)
    for seen, rule in ((recorded, None), (played, "recording")):
        assert [each["rule"] for each in seen] == [rule, rule, rule]
        assert [each["status"] for each in seen] == [200, 200, 200]
        assert [each["model"] for each in seen] == ["qwen-plus", "qwen-plus", None]
        assert [each["dialect"] for each in seen] == [OPENAI, DASHSCOPE, OPENAI]
        assert [each["streamed"] for each in seen[:2]] == [False, True]
        assert [each["usage"]["output"] > 0 for each in seen[:2]] == [True, True]
        assert seen[2]["usage"] is None


async def _asked_both(server):
    await server.chat("Tell me of boats")
    await server.native_stream("Tell me of boats")
    await server.client.get("/v1/models/qwen-plus")
    return await _seen(server)


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/double/requests", {"headers": ANONYMOUS}, 401),
        ("PUT", "/double/rules", {"headers": ANONYMOUS, "data": ""}, 401),
        ("GET", "/double/requests?since=x", {}, 400),
        ("GET", "/double/requests?since=", {}, 400),
        ("GET", "/double/requests?since=-1", {}, 400),
        ("GET", "/double/requests?since=1.0", {}, 400),
        ("GET", "/double/requests?since=%D9%A3", {}, 400),
        ("GET", "/double/requests?since=1&since=2", {}, 400),
        ("GET", "/double/requests?sinc=1", {}, 400),
        ("GET", "/double/requests/last?since=1", {}, 400),
        ("DELETE", "/double/requests?since=1", {}, 400),
        ("DELETE", "/double/rules?x", {}, 400),
        ("POST", "/double/requests", {}, 400),
        ("GET", "/double/rules", {}, 400),
        ("PUT", "/double/rules", {"data": "[[rule]]\nanswr = 1"}, 400),
        ("GET", "/double/other", {}, 404),
    ],
)
async def test_what_is_wrong_is_refused(tmp_path, method, path, options, status):
    async with (
        double(tmp_path) as server,
        server.client.request(method, path, **options) as response,
    ):
        assert response.status == status
        assert (await response.json())["error"]["message"]


async def test_rules_are_set_while_it_runs_and_go_back_to_those_of_the_start(tmp_path):
    async with double(tmp_path, '[[rule]]\nanswer = "of the file"\n') as server:
        told = [await server.says("x")]
        for content in (
            '[[rule]]\nanswer = "of the test"\n',
            '{"rule": [{"answer": "json"}]}',
            '[{"answer": "list"}]',
        ):
            async with server.client.put("/double/rules", data=content) as response:
                assert await response.json() == {"rules": 1}
            told.append(await server.says("x"))
        async with server.client.put("/double/rules", data="[[rule]]\nanswr = 1") as response:
            message = (await response.json())["error"]["message"]
        assert "rule[1].answr (line 2) is unknown here; did you mean answer?" in message
        told.append(await server.says("x"))
        async with server.client.delete("/double/rules") as response:
            assert await response.json() == {"rules": 1}
        told.append(await server.says("x"))
    assert told == ["of the file", "of the test", "json", "list", "list", "of the file"]


async def test_without_inspection_there_is_no_such_route(tmp_path):
    async with double(tmp_path, double={"inspect": False}) as server:
        await server.client.post(NATIVE, json=native_question("x"))
        for path in ("/double/requests", "/double/requests/last", "/double/rules"):
            async with server.client.get(path) as response:
                assert response.status == 404


async def test_the_log_says_nothing_of_what_was_asked(tmp_path):
    log = tmp_path / "log"
    with (
        log.open("w") as file,
        server_process(tmp_path, "--double", stderr=file) as running,
    ):
        async with (
            aiohttp.ClientSession(headers={"authorization": f"Bearer {KEY}"}) as client,
            client.post(f"{running.url}{COMPATIBLE}", json=question("hush-hush")) as response,
        ):
            assert response.status == 200
    text = log.read_text()
    assert "request.ended" in text
    assert "hush-hush" not in text
