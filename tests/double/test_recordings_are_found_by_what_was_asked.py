"""Questions are the same where they are the same JSON; the nth gets the nth recording."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.double.hostile import hostile, whole
from tests.doubles import question
from tests.recordings import playing, recording_of
from tests.studios import COMPATIBLE

from studiolo.service.double.cassette import Cassette, NotRecorded, Recorded
from studiolo.service.double.exchange import Exchange
from studiolo.service.double.question import DEEPEST, Question, body_of

SAME = [
    ('{"a":5}', '{"a":5.0}'),
    ('{"a":1e2}', '{"a":100}'),
    ('{"a":-0}', '{"a":0.0}'),
    ('{"a":0.1}', '{"a":1.0E-1}'),
    ('{"a":12345678901234567890}', '{"a":12345678901234567890.0}'),
    ('{"a":[1,{"b":2,"c":3}]}', ' { "a" : [ 1.0 , {"c":3,"b":2} ] }\r\n'),
    ('{"a":"\\u00e9\\ud83d\\ude00\\/"}', '{"a":"é😀/"}'),
    ("no JSON", "no JSON"),
    ("", ""),
]
DIFFERENT = [
    ('{"a":1}', '{"a":true}'),
    ('{"a":0}', '{"a":false}'),
    ('{"a":1}', '{"a":"1"}'),
    ('{"a":null}', "{}"),
    ('{"a":[1,2]}', '{"a":[2,1]}'),
    ('{"a":[]}', '{"a":{}}'),
    ('{"a":1e-400}', '{"a":1}'),
    ('{"a":12345678901234567890}', '{"a":12345678901234567891}'),
    # Both look alike; their code points differ.
    ('{"a":"\\u00e9"}', '{"a":"e\\u0301"}'),
    ('{"a":"a"}', '{"a":"A"}'),
    ("no JSON", "no JSON "),
    ("\udcff", "\udcfe"),
    ("[" * 300 + "1" + "]" * 300, "[" * 300 + "2" + "]" * 300),
    ('{"a":1e999}', '{"a":2e999}'),
    ('{"a":"\\ud800"}', '{"a":"\\ud801"}'),
]


def asked(text: str, *, events: bool = False) -> Question:
    """The question with this body."""
    body = body_of(text.encode(errors="surrogateescape"))
    return Question("POST", COMPATIBLE, body, events)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_json_is_the_same_question(one: str, other: str) -> None:
    assert asked(one).key == asked(other).key


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_json_is_another_question(one: str, other: str) -> None:
    assert asked(one).key != asked(other).key


def test_other_headers_are_another_question() -> None:
    assert asked("{}").key != asked("{}", events=True).key


IGNORED = [
    ("user", '{"user":1}', "{}"),
    ("parameters.seed", '{"parameters":{"seed":1,"a":2}}', '{"parameters":{"a":2}}'),
    ("messages.*.name", '{"messages":[{"name":1},{"name":2}]}', '{"messages":[{},{"name":3}]}'),
    ("messages.0.name", '{"messages":[{"name":1},{}]}', '{"messages":[{},{}]}'),
    ("tools.*", '{"tools":[1,2]}', '{"tools":[]}'),
    ("tools.1", '{"tools":[1,2,3]}', '{"tools":[1,9,3]}'),
    ("a.b.c", '{"a":{"b":5}}', '{"a":{"b":5}}'),
    ("a", "[1]", "[1]"),
]
HEEDED = [
    ("seed", '{"parameters":{"seed":1}}', '{"parameters":{"seed":2}}'),
    ("messages.0.name", '{"messages":[{},{"name":1}]}', '{"messages":[{},{"name":2}]}'),
    ("a.*.b", '{"a":{"b":1}}', '{"a":{"b":2}}'),
    ("a.b", '{"a":"b"}', '{"a":"c"}'),
]


@pytest.mark.parametrize(("path", "one", "other"), IGNORED)
def test_what_is_ignored_makes_no_difference(path: str, one: str, other: str) -> None:
    steps = [path.split(".")]
    assert asked(one).without(steps).key == asked(other).without(steps).key


@pytest.mark.parametrize(("path", "one", "other"), HEEDED)
def test_what_stands_elsewhere_makes_one(path: str, one: str, other: str) -> None:
    steps = [path.split(".")]
    assert asked(one).without(steps).key != asked(other).without(steps).key


def line(body: Any, answer: str = "{}", **more: Any) -> str:
    """A line of a cassette."""
    given = {"method": "POST", "path": COMPATIBLE, "status": 200, "content_type": "text/plain"}
    return json.dumps({"version": 1, **given, "request": body, "body": answer, **more})


async def test_of_many_at_once_each_gets_an_answer_of_its_own(tmp_path: Path) -> None:
    answers = [f"answer {number}" for number in range(40)]
    (tmp_path / "c.jsonl").write_text("\n".join(line(question("x"), each) for each in answers))
    async with playing(tmp_path, replay_only=True) as server:

        async def ask() -> str:
            async with server.client.post(COMPATIBLE, json=question("x")) as response:
                return await response.text()

        told = await asyncio.gather(*(ask() for _ in answers))
        assert sorted(told) == sorted(answers)
        assert await ask() == answers[-1]


def cassette(bodies: Iterable[Any], ignored: tuple[str, ...] = ()) -> Cassette:
    """A complete one, with a line for each of these."""
    return Cassette(
        [
            Recorded(number, Exchange(1, "POST", COMPATIBLE, body, 200, body=""))
            for number, body in enumerate(bodies, 1)
        ],
        ignored=ignored,
        complete=True,
    )


LONG = "The quick brown fox jumps over the lazy dog and the lazy dog sleeps on"
BOTH = "a (recorded 1, asked 3), b (recorded 2, asked 4)"
NEAREST = [
    ([], {"a": 1}, None),
    ([{"a": 1}], {"a": 2}, "line 1 and differs in a (recorded 1, asked 2)"),
    ([{"a": 1}], {"a": True}, "line 1 and differs in a (recorded 1, asked true)"),
    ([{"a": 1}], {"a": 1, "b": 2}, "line 1 and differs in b (recorded nothing, asked 2)"),
    ([{"a": [1, 2]}], {"a": [1]}, "line 1 and differs in a.1 (recorded 2, asked nothing)"),
    ([{"a": [1]}], {"a": {"0": 1}}, 'line 1 and differs in a (recorded [1], asked {"0": 1})'),
    (["{a", {"a": 1, "b": 2}], {"a": 3, "b": 4}, f"line 2 and differs in {BOTH}"),
    ([None, [1], {"a": 1, "b": 2}], {"a": 3, "b": 4}, f"line 3 and differs in {BOTH}"),
    (["{a"], {"a": 1}, None),
    (["{a", None], {"a": 1}, 'line 2 and differs in the body (recorded null, asked {"a": 1})'),
    ([{"a": 1}, "{a"], "{b", 'line 2 and differs in the body (recorded "{a", asked "{b")'),
    ([{}], "text", 'line 1 and differs in the body (recorded {}, asked "text")'),
    (
        [{"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2}],
        {"a": 1, "b": 3},
        "line 2 and differs in b (recorded 2, asked 3)",
    ),
    (
        [dict.fromkeys("abcde", 1)],
        dict.fromkeys("abcde", 2),
        "line 1 and differs in a (recorded 1, asked 2), b (recorded 1, asked 2), "
        "c (recorded 1, asked 2) and 2 more",
    ),
    (
        [{"a": LONG}],
        {"a": f"{LONG}!"},
        'line 1 and differs in a (recorded "…og sleeps on", asked "…og sleeps on!")',
    ),
    (
        [{"a": "x" * 99}],
        {"a": "y" * 99},
        f'line 1 and differs in a (recorded "{"x" * 39}…, asked "{"y" * 39}…)',
    ),
]


@pytest.mark.parametrize(("recorded", "body", "told"), NEAREST)
def test_a_refusal_names_the_nearest_recording_and_what_differs(
    recorded: list[Any], body: Any, told: str | None
) -> None:
    with pytest.raises(NotRecorded) as caught:
        cassette(recorded).play(Question("POST", COMPATIBLE, body))
    start, _, rest = str(caught.value).partition("; the nearest is in ")
    assert start.startswith(f"no recording of POST {COMPATIBLE} ")
    assert (rest or None) == told


def test_what_is_ignored_is_not_named_and_other_paths_are_not_near() -> None:
    with pytest.raises(NotRecorded) as caught:
        cassette([{"a": 1, "seed": 1}], ("seed",)).play(
            Question("POST", COMPATIBLE, {"a": 1, "seed": 2}, events=True)
        )
    assert str(caught.value).endswith("differs in whether its headers ask for a stream")
    with pytest.raises(NotRecorded) as caught:
        cassette([{}]).play(Question("GET", "/compatible-mode/v1/models"))
    assert str(caught.value) == "no recording of GET /compatible-mode/v1/models"


async def test_the_caller_reads_what_differs(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(f"\n{line(question('hello', temperature=0.5))}\n")
    async with playing(tmp_path, replay_only=True) as server:
        told = await server.chat("hello", temperature=0.7)
        odd = await server.chat("\ud800")
    assert told["error"]["message"].endswith(
        "the nearest is in line 2 and differs in temperature (recorded 0.5, asked 0.7)"
    )
    assert "no recording" in odd["error"]["message"]


@pytest.mark.parametrize("shape", ['{"a":%s}', "[%s]"])
@pytest.mark.parametrize("depth", [DEEPEST, DEEPEST + 1, 100_000])
async def test_what_is_nested_deeply_is_recorded_and_found(
    tmp_path: Path, shape: str, depth: int
) -> None:
    opening, closing = shape.split("%s")
    body = opening * depth + "1" + closing * depth
    async with (
        hostile({}, whole(b"{}")) as (url, _),
        recording_of(tmp_path, url) as server,
        server.client.post(COMPATIBLE, data=body) as response,
    ):
        assert (response.status, await response.read()) == (200, b"{}")
    async with playing(tmp_path, replay_only=True) as server:
        async with server.client.post(COMPATIBLE, data=body) as response:
            assert (response.status, await response.read()) == (200, b"{}")
        async with server.client.post(COMPATIBLE, data=body.replace("1", "2")) as response:
            assert response.status == 400
            assert "no recording of " in await response.text()
