"""What a double was asked can be read, and its rules set, while it runs."""

import asyncio
import json

import aiohttp
import pytest
from tests.doubles import WEATHER, double, native_question, question
from tests.servers import KEY, server_process
from tests.studios import COMPATIBLE, NATIVE

from studiolo.service.double.inspection import MOST_BYTES, Inspection

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
        async with server.client.delete("/double/requests") as response:
            assert response.status == 200
        assert await _seen(server) == []
        async with server.client.get("/double/requests/last") as response:
            assert await response.json() is None
        await server.chat("one more")
        assert [each["number"] for each in await _seen(server)] == [6]


def test_of_large_requests_fewer_are_kept():
    inspection = Inspection(100, rule_of=lambda _: None)
    for number in range(5):
        inspection.begin(f"r{number}", method="POST", path="/", headers=())
        inspection.asked(f"r{number}", json.dumps("x" * (MOST_BYTES // 3)).encode())
    assert [seen.number for seen in inspection.since(0)] == [4, 5]
    inspection.clear()
    inspection.begin("r", method="POST", path="/", headers=())
    inspection.asked("r", json.dumps("x" * MOST_BYTES).encode())
    assert [seen.number for seen in inspection.since(0)] == [6]


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/double/requests", {"headers": ANONYMOUS}, 401),
        ("PUT", "/double/rules", {"headers": ANONYMOUS, "data": ""}, 401),
        ("GET", "/double/requests?since=x", {}, 400),
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
        for content in ('[[rule]]\nanswer = "of the test"\n', '{"rule": [{"answer": "json"}]}'):
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
    assert told == ["of the file", "of the test", "json", "json", "of the file"]


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
