"""Whoever has a key leaves a row, also where upstream or a recording answers."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.double.hostile import JSON, STREAM, forever, hostile, whole
from tests.doubles import Running, native_question, question
from tests.recordings import SSE, playing, recording, recording_of, send
from tests.studios import COMPATIBLE, NATIVE

from studiolo.core.usage import Usage
from studiolo.http.double.said import usage_in
from studiolo.storage.database import open_database
from studiolo.storage.ledger import LedgerStore

FRAME = b'data: {"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\n'
USED = [
    (
        [b'{"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}'],
        Usage(input=5, output=7),
    ),
    (
        [
            b'{"usage":{"input_tokens":5,"output_tokens":7,"image_tokens":2,'
            b'"prompt_tokens_details":{"cached_tokens":1},'
            b'"output_tokens_details":{"reasoning_tokens":6}}}'
        ],
        Usage(input=5, cached=1, output=7, reasoning=6, image=2),
    ),
    (
        [
            b'{"usage":{"prompt_tokens":5,"completion_tokens":7,"prompt_tokens_details":'
            b'{"cached_tokens":1,"cache_creation_input_tokens":2},'
            b'"completion_tokens_details":{"reasoning_tokens":6}}}'
        ],
        Usage(input=5, cached=1, cache_created=2, output=7, reasoning=6),
    ),
    ([FRAME, b'data: {"usage":null}\n\n', b"data: [DONE]\n\n"], Usage(input=3, output=4)),
    ([b'id:1\nevent:result\ndata:{"usage":{"input_tokens":1}}\n\n'], Usage(input=1)),
    (
        [
            b'{"usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":2},'
            b'"output_tokens":7,"output_tokens_details":{"reasoning_tokens":6}}}'
        ],
        Usage(input=5, cached=2, output=7, reasoning=6),
    ),
    (
        [
            b'id:1\nevent:response.created\ndata:{"response":{"usage":null}}\n\n',
            b"id:2\nevent:response.completed\n:HTTP_STATUS/200\n"
            b'data:{"response":{"usage":{"input_tokens":5,"output_tokens":7}}}\n\n',
        ],
        Usage(input=5, output=7),
    ),
    ([b'{"response":{"usage":"a lot"}}'], Usage()),
    ([b'{"usage":{"prompt_tokens":-5}}'], Usage()),
    ([b'{"usage":{"prompt_tokens":1e99}}'], Usage()),
    ([b'{"usage":"a lot"}'], Usage()),
    ([b'{"usage"'], Usage()),
    ([b'{"a":"\xff","usage":{"prompt_tokens":2}}'], Usage(input=2)),
    ([b'[{"usage":{}}]'], Usage()),
    ([b"{}"], Usage()),
    ([], Usage()),
]


@pytest.mark.parametrize(("pieces", "usage"), USED)
def test_what_an_answer_used_is_what_it_says(pieces: list[bytes], usage: Usage) -> None:
    assert usage_in(pieces) == usage


async def rows(server: Running, count: int) -> list[dict[str, Any]]:
    """The ledger of a double, once it has so many rows."""
    async with open_database(server.settings.home) as database, asyncio.timeout(10):
        store = LedgerStore(database)
        while len(found := [row async for row in store.rows()]) < count:
            await asyncio.sleep(0.01)  # the database has no event for it
    return found


TOLD = ("status", "error", "dialect", "streamed", "model", "input", "output")
RULES = """
[[rule]]
user = "limit"
error = "Throttling.RateQuota"

[[rule]]
user = "broken"
error = "InternalError"

[[rule]]
user = "gone"
error = "ModelUnavailable"

[[rule]]
answer = "hello"
usage = { input = 11, output = 3 }
"""
ASKED: list[tuple[str, Any, dict[str, str], tuple[Any, ...]]] = [
    (
        COMPATIBLE,
        question("hi"),
        {},
        ("completed", None, "openai", False, "qwen-plus", 11, 3),
    ),
    (
        COMPATIBLE,
        question("hi", stream=True, stream_options={"include_usage": True}),
        {},
        ("completed", None, "openai", True, "qwen-plus", 11, 3),
    ),
    (
        NATIVE,
        native_question("hi"),
        {},
        ("completed", None, "dashscope", False, "qwen-plus", 11, 3),
    ),
    (
        NATIVE,
        native_question("hi"),
        SSE,
        ("completed", None, "dashscope", True, "qwen-plus", 11, 3),
    ),
    (
        COMPATIBLE,
        question("limit"),
        {},
        ("refused", "PlayedError", "openai", False, "qwen-plus", 0, 0),
    ),
    (
        COMPATIBLE,
        question("gone"),
        {},
        ("refused", "PlayedError", "openai", False, "qwen-plus", 0, 0),
    ),
    (
        NATIVE,
        native_question("broken"),
        {},
        ("failed", "PlayedError", "dashscope", False, "qwen-plus", 0, 0),
    ),
    (
        COMPATIBLE,
        {"model": "sk-0123456789"},
        {},
        ("refused", "PlayedError", "openai", False, "sk-…", 0, 0),
    ),
]


async def test_recorded_and_played_answers_leave_the_same_rows(tmp_path: Path) -> None:
    expected = sorted((told for *_, told in ASKED), key=str)
    async with recording(tmp_path, RULES) as (server, _):
        for path, body, headers, _ in ASKED:
            await send(server, path, body, headers=headers)
        await send(server, "/v1/models")
        recorded = await rows(server, len(ASKED))
    async with playing(tmp_path, replay_only=True) as server:
        for path, body, headers, _ in ASKED:
            await send(server, path, body, headers=headers)
        await send(server, "/v1/models")
        played = await rows(server, len(ASKED))
        async with server.client.get("/double/requests") as response:
            seen = (await response.json())["requests"]
    for found in (recorded, played):
        told = [tuple(row[name] for name in TOLD) for row in found]
        assert sorted(told, key=str) == expected
    assert all(row["first_token_us"] is not None for row in recorded if row["streamed"])
    assert [each["rule"] for each in seen] == ["recording"] * (len(ASKED) + 1)
    assert seen[0]["usage"]["input"] == 11
    assert seen[0]["dialect"] == "openai"


async def test_what_was_not_recorded_leaves_one_row(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").touch()
    async with playing(tmp_path) as server:
        await server.chat("hi")
        await rows(server, 1)
    async with playing(tmp_path, replay_only=True) as server:
        await server.chat("hi")
        await send(server, COMPATIBLE, question("hi"), headers={"authorization": ""})
        first, second = await rows(server, 2)
    assert {(row["status"], row["error"], row["deployment"]) for row in (first, second)} == {
        ("completed", None, "double"),
        ("refused", "NotRecorded", ""),
    }


async def test_where_upstream_fails_the_row_says_so(tmp_path: Path) -> None:
    answers = {
        "no answer": lambda: [b""],
        "cut": lambda: [STREAM + b"content-length: 99\r\n\r\n" + FRAME],
        "half": lambda: [JSON + b"content-length: 99\r\n\r\n{"],
        "odd": lambda: [whole(b"{}")],
    }
    async with hostile(answers) as (url, _), recording_of(tmp_path, url) as server:
        for name in answers:
            await send(server, COMPATIBLE, question(name))
        found = await rows(server, 4)
    assert sorted((row["status"], row["error"]) for row in found) == [
        ("completed", None),
        ("failed", "UpstreamFailed"),
        ("failed", "UpstreamFailed"),
        ("refused", "UpstreamFailed"),
    ]


async def test_whoever_goes_away_leaves_a_row_and_no_recording(tmp_path: Path) -> None:
    answers = {"on and on": lambda: forever(STREAM + b"\r\n" + FRAME, b": on\n\n" * 100)}
    async with hostile(answers) as (url, asked), recording_of(tmp_path, url) as server:
        host, _, port = server.url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        body = json.dumps(question("on and on", stream=True)).encode()
        key = server.client.headers["authorization"]
        head = f"POST {COMPATIBLE} HTTP/1.1\r\nhost: x\r\nauthorization: {key}\r\n"
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        await reader.readuntil(b"prompt_tokens")
        writer.close()
        (row,) = await rows(server, 1)
        async with asyncio.timeout(10):
            while not asked.gone:
                await asyncio.sleep(0.001)
    assert row["status"] == "abandoned"
    assert (tmp_path / "c.jsonl").read_text() == ""


async def test_a_body_that_is_too_large_leaves_its_row(tmp_path: Path) -> None:
    async with recording_of(tmp_path, "http://127.0.0.1:9", limits={"body_bytes": 1024}) as server:
        await send(server, COMPATIBLE, question("x" * 2000))
        (row,) = await rows(server, 1)
    assert (row["status"], row["error"]) == ("refused", "BodyTooLarge")
