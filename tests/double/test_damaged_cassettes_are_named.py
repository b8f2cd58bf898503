"""Every damaged line of a cassette is named at the start, by its number and with its reason."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.doubles import question
from tests.recordings import playing, recording_of, send
from tests.studios import COMPATIBLE

from studiolo.service.double.cassette import CassetteInvalid, read_cassette

GOOD = {
    "version": 1,
    "method": "POST",
    "path": COMPATIBLE,
    "request": question("x"),
    "status": 200,
    "content_type": "application/json",
    "body": "{}",
}


def less(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


DEEP = b'{"version":1,"request":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
# A line, and what is said of it.
DAMAGED: list[tuple[Any, str]] = [
    ({**GOOD, "version": 2}, "Expected `int` <= 1 - at `$.version`"),
    ({**GOOD, "status": "200"}, "Expected `int`, got `str` - at `$.status`"),
    ({**GOOD, "status": 199}, "Expected `int` >= 200 - at `$.status`"),
    ({**GOOD, "status": 600}, "Expected `int` <= 599 - at `$.status`"),
    ({**GOOD, "status": 204}, "it has a body, and status 204 has none"),
    ({**GOOD, "status": 304}, "it has a body, and status 304 has none"),
    ({**GOOD, "colour": 1}, "Object contains unknown field `colour`"),
    ({"version": 1}, "Object missing required field `method`"),
    ([GOOD], "Expected `object`, got `array`"),
    (less("content_type"), "it has no content_type"),
    ({**GOOD, "content_type": 5}, "Expected `str`, got `int` - at `$.content_type`"),
    ({**GOOD, "content_type": "a\r\nb: c"}, "its content_type has characters that no header"),
    ({**GOOD, "retry_after": "1\x7f"}, "its retry_after has characters that no header"),
    (less("body"), "it has no body"),
    ({**GOOD, "chunks": ["a"]}, "it has a body and chunks"),
    ({**GOOD, "body": {"base64": "?"}}, ""),
    (b'{"version":1,"version":1}', "it has the key 'version' twice"),
    (json.dumps(GOOD)[:-2].encode() + b',"request":1}', "it "),
    (b"{", "it is no JSON: "),
    (b'{"a":NaN}', "NaN is no JSON"),
    (b'{"a":"\xff"}', "it is not UTF-8 at byte 7"),
    (b'{"a":"\\ud800"}', "it has half of a character"),
    (b'{"a":1e999}', "it has a number that is too large"),
    (b'{"a":%s}' % (b"9" * 5000), "it has a number that is too large"),
    (DEEP, "it is nested deeper than 129"),
    (b"[" * 300 + b"]" * 300, "it is nested deeper than 129"),
]


@pytest.mark.parametrize(("line", "told"), DAMAGED, ids=[row[1][:40] for row in DAMAGED])
def test_a_damaged_line_is_named(tmp_path: Path, line: Any, told: str) -> None:
    content = line if isinstance(line, bytes) else json.dumps(line).encode()
    path = tmp_path / "c.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b"\n" + content + b"\n\nnonsense\n")
    with pytest.raises(CassetteInvalid) as caught:
        read_cassette(path)
    head, first, second = str(caught.value).split("\n")
    assert head == f"cassette {path} is damaged:"
    assert first.startswith(f"  line 2: {told}")
    assert second.startswith("  line 4: it is no JSON")


WHOLE: list[Any] = [
    GOOD,
    {**less("body"), "status": 204, "content_type": ""},
    {**less("body"), "chunks": ["data: 1\n\n", {"base64": "/w=="}]},
    {**GOOD, "body": "", "status": 500},
    {**GOOD, "request": {"seed": 10**300, "a": 0.5}},
]


def test_whole_lines_are_read_with_either_line_end_and_with_empty_ones(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    for end in ("\n", "\r\n", "\n\n", "\n \r\n"):
        path.write_bytes(end.join(json.dumps(each) for each in WHOLE).encode())
        assert [each.exchange.request for each in read_cassette(path)] == [
            each["request"] for each in WHOLE
        ]


def test_all_damages_are_told_together_as_far_as_anybody_reads(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("{\n" * 25)
    with pytest.raises(CassetteInvalid) as caught:
        read_cassette(tmp_path / "c.jsonl")
    lines = str(caught.value).split("\n")
    assert len(lines) == 22
    assert lines[20].startswith("  line 20: ")
    assert lines[21] == "  … and 5 more"


async def test_of_a_line_that_was_cut_by_a_crash_the_way_out_is_told(tmp_path: Path) -> None:
    line = json.dumps(GOOD)
    path = tmp_path / "c.jsonl"
    path.write_text(f"{line}\n{line[:50]}")
    for start in (playing(tmp_path), recording_of(tmp_path, "http://127.0.0.1:9")):
        with pytest.raises(CassetteInvalid) as caught:
            async with start:
                pass
        told = str(caught.value)
        assert "  line 2: it is no JSON" in told
        assert "delete this line, and record its request again" in told
    path.write_text(f"{line}\n{line[:50]}\n")
    with pytest.raises(CassetteInvalid) as caught:
        read_cassette(path)
    assert "delete this line" not in str(caught.value)


async def test_a_line_of_a_status_without_a_body_is_played(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(json.dumps(WHOLE[1]))
    async with (
        playing(tmp_path) as server,
        server.client.post(COMPATIBLE, json=question("x")) as response,
    ):
        assert (response.status, await response.read()) == (204, b"")
        assert not {"content-length", "transfer-encoding"} & set(response.headers)


async def test_bytes_that_are_no_text_are_played_as_they_were(tmp_path: Path) -> None:
    exchange = {**GOOD, "body": {"base64": "/w=="}, "content_type": "application/octet-stream"}
    (tmp_path / "c.jsonl").write_text(json.dumps(exchange))
    async with playing(tmp_path) as server:
        status, kind, _, body = await send(server, COMPATIBLE, question("x"))
    assert (status, kind, body) == (200, "application/octet-stream", b"\xff")


async def test_a_cassette_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CassetteInvalid, match=r"c.jsonl cannot be read: No such file"):
        async with playing(tmp_path):
            pass


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(CassetteInvalid, match="cannot be read: it is no file"):
            read_cassette(path)
