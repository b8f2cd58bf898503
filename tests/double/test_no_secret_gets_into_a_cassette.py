"""Keys are looked for in everything that is written, whoever said them and in whichever form."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from tests.double.hostile import JSON, STREAM, hostile, whole
from tests.doubles import question
from tests.recordings import CALLER, playing, recording_of, send
from tests.servers import KEY
from tests.studios import COMPATIBLE

from studiolo.service.double.exchange import Said, exchange_in, line_of
from studiolo.service.double.question import Question
from studiolo.service.double.recorder import RecordingsLost
from studiolo.service.double.secrets import MASK, Mask, is_secret_name, secrets_in

SECRET = "sk-0123456789abcdef"
ASKED = Question("POST", COMPATIBLE, {"model": "m"})

DONE = b"data: [DONE]\n\n"


def line(content: bytes, kind: str = "application/json", *, asked: Question = ASKED) -> bytes:
    """The line of an answer; empty where it is not kept."""
    return line_of(asked, Said(200, kind, "", content), Mask((SECRET,))) or b""


KEPT = [
    (b'{"a":"%s"}', b'{"a":"sk-..."}'),
    (b'{"a":"\xff%s"}', b'{"a":"\xffsk-..."}'),
    (b"%s\xff%s", b"sk-...\xffsk-..."),
    (b'{"b":"{\\"a\\":\\"%s\\"}"}', b'{"b":"{\\"a\\":\\"sk-...\\"}"}'),
]


@pytest.mark.parametrize(("said", "kept"), KEPT)
def test_answers_are_kept_without_keys_also_those_that_are_no_text(said: bytes, kept: bytes):
    content = said.replace(b"%s", SECRET.encode())
    written = line(content)
    assert b"".join(exchange_in(written).pieces) == kept
    assert SECRET.encode() not in written


def test_frames_are_kept_without_keys_and_each_where_it_was():
    stream = f'data: {{"a":"{SECRET}"}}\n\nevent: x\ndata: \udcff{SECRET}\n\n'
    written = line(stream.encode(errors="surrogateescape"), "text/event-stream")
    pieces = list(exchange_in(written).pieces)
    assert pieces == [b'data: {"a":"sk-..."}\n\n', b"event: x\ndata: \xffsk-...\n\n"]
    assert SECRET.encode() not in written


def deltas(*texts: str, index: int = 0, name: str = "content") -> bytes:
    """A stream that says these texts, a frame each."""
    choices = [[{"index": index, "delta": {name: text}}] for text in texts]
    frames = (json.dumps({"choices": choice}) for choice in choices)
    return "".join(f"data: {frame}\n\n" for frame in frames).encode()


SPELLED = [
    ("escaped", json.dumps({"a": SECRET}).replace("-", "\\u002d").encode(), "application/json"),
    (
        "escaped twice",
        json.dumps({"a": json.dumps(SECRET).replace("-", "\\u002d")}).encode(),
        "application/json",
    ),
    (
        "escaped and deep",
        b"[" * 200 + json.dumps(SECRET).replace("k", "\\u006b").encode() + b"]" * 200,
        "application/json",
    ),
    ("in two frames", deltas("It is sk-01234", "56789abcdef."), "text/event-stream"),
    ("letter by letter", deltas(*SECRET), "text/event-stream"),
    (
        "while another choice speaks",
        deltas("sk-0123") + deltas("no", index=1) + deltas("456789abcdef"),
        "text/event-stream",
    ),
    ("in a field of its own", deltas(*SECRET, name="reasoning_content"), "text/event-stream"),
]


@pytest.mark.parametrize(
    ("content", "kind"), [row[1:] for row in SPELLED], ids=[row[0] for row in SPELLED]
)
def test_an_answer_that_spells_a_key_is_not_kept(content: bytes, kind: str):
    assert SECRET.encode() not in content
    assert line(content, kind) == b""
    assert line(content[: len(content) // 2] + b"\n\n", kind) != b""


def test_a_question_that_spells_a_key_is_not_kept():
    hidden = json.dumps({"a": SECRET}).replace("-", "\\u002d")
    asked = Question("POST", COMPATIBLE, {"messages": [{"content": hidden}]})
    assert line(b"{}", asked=asked) == b""


def test_rows_of_backslashes_take_no_time():
    assert not Mask((SECRET,)).is_in("\\" * 2**22)


def test_a_figure_that_is_a_key_is_not_kept():
    said = Said(200, "application/json", "", b"{}")
    asked = Question("POST", COMPATIBLE, {"seed": 12345678901})
    assert line_of(asked, said, Mask(("12345678901",))) is None
    assert line_of(asked, said, Mask(("12345678902",))) is not None


QUESTIONS: list[tuple[Any, Any]] = [
    ({"user": SECRET}, {"user": MASK}),
    ({SECRET: [f"<{SECRET}>"]}, {MASK: [f"<{MASK}>"]}),
    ({"api_key": "of another", "max_tokens": 5}, {"api_key": MASK, "max_tokens": 5}),
    ({"metadata": {"Password": "x", "key": "y"}}, {"metadata": {"Password": MASK, "key": "y"}}),
    ({"properties": {"password": {"type": "string"}}},) * 2,
    (f"no JSON {SECRET}", f"no JSON {MASK}"),
]


@pytest.mark.parametrize(("body", "kept"), QUESTIONS)
def test_questions_are_kept_without_keys(body: Any, kept: Any):
    asked = Question("POST", COMPATIBLE, body)
    assert exchange_in(line(b"{}", asked=asked)).request == kept


NAMES = (
    "api-key apikey x-api-key x-auth-token x-dashscope-security-token set-cookie cookie "
    "authorization proxy-authorization x-my-secret x-password2 secretary-access-key"
)
OTHERS = "x-request-id content-type x-dashscope-sse user-agent retry-after"


def test_headers_are_secret_by_their_names():
    assert all(is_secret_name(name) for name in NAMES.split())
    assert not any(is_secret_name(name) for name in OTHERS.split())


FOUND: list[tuple[Sequence[tuple[str, str]], str, set[str]]] = [
    ([("Authorization", "Bearer abcdefghij")], "", {"Bearer abcdefghij", "abcdefghij"}),
    ([("X-Api-Key", "key-1234")], "", {"key-1234"}),
    ([("X-Password", "correcthorse")], "", {"correcthorse"}),
    ([("x-request-id", "abcdefgh-1")], "", set()),
    ([], "api_key=abcd%2Fefgh&model=abcdefgh-1&api_key=ijklmnop-2", {"abcd/efgh", "ijklmnop-2"}),
    (
        [("set-cookie", "sid=0a1b2c3d4e; HttpOnly; lang=deutsch")],
        "",
        {"sid=0a1b2c3d4e; HttpOnly; lang=deutsch", "HttpOnly; lang=deutsch"}
        | {"sid=0a1b2c3d4e", "0a1b2c3d4e", "lang=deutsch"}
        | {"0a1b2c3d4e; HttpOnly; lang=deutsch"},
    ),
    # Figures and words would be found everywhere.
    ([("x-ratelimit-limit-tokens", "10000000"), ("cookie", "assistant")], "", set()),
    ([("x-token", "short")], "", set()),
]


@pytest.mark.parametrize(("headers", "query", "found"), FOUND)
def test_values_of_secret_headers_and_parameters_are_secret(
    headers: Sequence[tuple[str, str]], query: str, found: set[str]
):
    assert set(secrets_in(headers, query)) <= found
    assert {each for each in found if ";" not in each} <= set(secrets_in(headers, query))


async def test_what_a_real_exchange_holds_of_keys_is_not_in_its_line(tmp_path):
    tokens = {"x-auth-token": "auth-1234", "X-DashScope-Security-Token": "dash-1234"}
    more = {**tokens, "Cookie": "a=cook-1234", "apikey": "apik-1234"}
    said = [KEY, CALLER, *(value.removeprefix("a=") for value in more.values()), "quer-1234"]
    said.append("setc-1234")
    head = JSON.replace(b"\r\n\r\n", b"\r\n") + b"set-cookie: b=setc-1234; Path=/\r\n"
    content = "\u00e9".join(said).encode()
    answers = {
        "whole": lambda: [whole(json.dumps({"a": content.decode()}).encode(), head)],
        "stream": lambda: [
            piece
            for each in (STREAM + b"set-cookie: b=setc-1234\r\n\r\ndata: " + content + b"\n\n",)
            for piece in (each[:-60], each[-60:], DONE)
        ],
    }
    async with hostile(answers) as (url, asked), recording_of(tmp_path, url) as server:
        for name in answers:
            path = f"{COMPATIBLE}?api_key=quer-1234"
            await send(server, path, question(name, user=" ".join(said)), headers=more)
    lines = (tmp_path / "c.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 2
    for each in (*said, "cookie", "authorization"):
        assert each not in "".join(lines)
    # The caller's secrets are for nobody else.
    for head in asked.heads:
        assert KEY in head.decode()
        assert not any(value in head.decode() for value in (CALLER, *more.values()))


async def test_a_question_with_a_key_finds_its_recording_also_with_another_key(tmp_path):
    answers = {"x": lambda: [whole(b'{"a":1}')]}
    async with hostile(answers) as (url, _), recording_of(tmp_path, url) as server:
        recorded = await send(server, COMPATIBLE, question("x", user=CALLER))
    async with playing(tmp_path, replay_only=True) as server:
        assert await send(server, COMPATIBLE, question("x", user=KEY)) == recorded


async def test_a_key_that_cannot_be_taken_out_is_told_at_the_end(tmp_path, capsys):
    answers = {"x": lambda: [STREAM + b"\r\n" + deltas(*KEY) + DONE]}
    async with hostile(answers) as (url, _):
        with pytest.raises(RecordingsLost, match=r"1 answer is not in cassette .* spells a key"):
            async with recording_of(tmp_path, url) as server:
                _, _, _, body = await send(server, COMPATIBLE, question("x", stream=True))
    assert body == deltas(*KEY) + DONE
    assert (tmp_path / "c.jsonl").read_text() == ""
    assert "cassette.unwritten" in capsys.readouterr().out
