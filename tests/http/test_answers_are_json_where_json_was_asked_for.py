"""Answers held to JSON by an engine that keeps nothing: what passes and what does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.http.asking import choice_in, either
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, Studio, scripted, studio

from studiolo.engines.scripted.steps import Recital, Say

pytestmark = pytest.mark.anyio

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "person", "schema": PERSON}}
OBJECT = {"type": "json_object"}
ADA = '{"name": "Ada", "age": 36}'
WORDS = "The model's answer does not match response_format, please try again later."
ASKED = [*MESSAGES, {"role": "user", "content": "in JSON"}]


async def answered(
    here: Studio, path: str, *, stream: bool = False, **parameters: Any
) -> tuple[int, str]:
    return await either(here, path, ASKED, stream=stream, **parameters)


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize("wanted", [SCHEMA, OBJECT], ids=["schema", "object"])
async def test_json_is_passed_on(tmp_path: Path, path: str, wanted: dict[str, Any]) -> None:
    async with studio(tmp_path, scripted(Recital(Say(ADA)))) as here:
        status, text = await answered(here, path, response_format=wanted)
        streamed, frames = await answered(here, path, response_format=wanted, stream=True)
    choice = choice_in(path, text)
    assert (status, streamed) == (200, 200)
    assert (choice["message"]["content"], choice["finish_reason"]) == (ADA, "stop")
    assert '"finish_reason":"stop"' in frames


@pytest.mark.parametrize("said", ["Here you are.", '{"name": "Ada"}', ADA[:-1], f"```\n{ADA}\n```"])
@pytest.mark.parametrize(
    ("path", "code"), [(COMPATIBLE, "internal_error"), (NATIVE, "InternalError.Algo")]
)
async def test_what_is_not_what_was_asked_for_is_an_error(
    tmp_path: Path, path: str, code: str, said: str
) -> None:
    async with studio(tmp_path, scripted(Recital(Say(said)))) as here:
        status, text = await answered(here, path, response_format=SCHEMA)
        streamed, frames = await answered(here, path, response_format=SCHEMA, stream=True)
        rows = await here.rows(2)
    error = json.loads(text)
    error = error.get("error", error)
    assert (status, error["code"], error["message"]) == (500, code, WORDS)
    assert streamed == 200
    assert WORDS in frames
    assert '"finish_reason":"stop"' not in frames
    assert [(row["status"], row["error"]) for row in rows] == [("failed", "AnswerInvalid")] * 2


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
async def test_json_that_is_cut_says_so(tmp_path: Path, path: str) -> None:
    async with studio(tmp_path, scripted(Recital(Say(ADA)))) as here:
        status, text = await answered(here, path, response_format=SCHEMA, max_tokens=2)
    choice = choice_in(path, text)
    assert (status, choice["finish_reason"]) == (200, "length")
    assert ADA.startswith(choice["message"]["content"])


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
async def test_what_the_callers_own_stop_cuts_is_passed_on(tmp_path: Path, path: str) -> None:
    async with studio(tmp_path, scripted(Recital(Say(ADA)))) as here:
        status, text = await answered(here, path, response_format=SCHEMA, stop="36")
    assert status == 200
    assert choice_in(path, text)["message"]["content"] == '{"name": "Ada", "age": '


CUT: list[tuple[str, str, dict[str, Any], int]] = [
    ("a stop that never came", ADA, {"stop": "%"}, 200),
    ("an end in the middle and a stop that never came", ADA[:-4], {"stop": "%"}, 500),
    ("nothing and a stop that never came", "", {"stop": "%"}, 500),
    ("an end in the middle and a stop of ids", ADA[:-4], {"stop": [[151_000]]}, 500),
    ("an end before a number is whole", '{"name": "Ada", "age": 3', {"stop": "%"}, 500),
    ("a stop in the middle", ADA[:-3] + "%6}", {"stop": "%"}, 200),
    ("a whole answer that breaks it", '{"name": "Ada"}', {"stop": "%"}, 500),
    ("a stop behind the answer", '{"name": "Ada"} %', {"stop": "%"}, 500),
    ("words before a stop", "Here it is: {%", {"stop": "%"}, 500),
    ("a stop of ids", '{"name": "Ada"}', {"stop": [[151_000]]}, 500),
    ("words before the limit", "Here it is, as you asked for", {"max_tokens": 2}, 500),
    ("a whole answer at its limit", '{"name": 1}', {"max_tokens": 6}, 500),
]


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize(
    ("said", "parameters", "expected"), [row[1:] for row in CUT], ids=[row[0] for row in CUT]
)
async def test_what_may_have_been_cut_is_the_beginning_of_json(
    tmp_path: Path, path: str, said: str, parameters: dict[str, Any], expected: int
) -> None:
    async with studio(tmp_path, scripted(Recital(Say(said)))) as here:
        status, text = await answered(here, path, response_format=SCHEMA, **parameters)
        _, frames = await answered(here, path, response_format=SCHEMA, stream=True, **parameters)
    assert status == expected
    assert (WORDS in text, WORDS in frames) == (expected == 500,) * 2


async def test_every_choice_is_checked(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(Recital(Say(ADA)))) as here:
        status, text = await answered(here, COMPATIBLE, response_format=SCHEMA, n=2)
    assert status == 200
    assert [each["message"]["content"] for each in json.loads(text)["choices"]] == [ADA] * 2


async def test_texts_are_free_where_text_was_asked_for(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(Recital(Say("Ada.")))) as here:
        status, text = await answered(here, COMPATIBLE, response_format={"type": "text"})
    assert (status, choice_in(COMPATIBLE, text)["message"]["content"]) == (200, "Ada.")
