"""Raw texts and gaps on llama.cpp: the ids it reads, where it ends, and that it is freed."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.http.asking import COMPLETIONS, posted
from tests.http.listening import Overheard
from tests.qwen import ANSWER
from tests.studios import Borrowed, Studio, studio

from studiolo.core.prompt import Special, Text
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.families.qwen import ENDS

pytestmark = pytest.mark.anyio

P, S, M = "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"
STORY = "".join(ANSWER)


async def complete(here: Studio, **fields: Any) -> Any:
    asked = {"model": "qwen2.5-coder-0.5b-instruct", "temperature": 0, "max_tokens": 32, **fields}
    return await posted(here, asked, path=COMPLETIONS)


def said(answer: Any) -> tuple[str, str]:
    (choice,) = answer["choices"]
    return choice["text"], choice["finish_reason"]


async def test_marks_are_control_tokens_in_their_places_and_text_elsewhere(
    tmp_path: Path, qwen_engine: LlamaCppEngine
) -> None:
    engine = Overheard(qwen_engine)
    async with studio(tmp_path, engine) as here:
        answer = await complete(here, prompt=f"{P}a{M}{S}{P}b{M}")
        await complete(here, prompt=f"a{P}")
    marks = (await qwen_engine.tokenize([Special(name) for name in (P, S, M)])).ids
    assert len(set(marks)) == 3
    before, after = [(await qwen_engine.tokenize([Text(text)])).ids for text in (f"a{M}", f"{P}b")]
    assert not set(marks) & {*before, *after}
    filled, plain = engine.heard
    assert filled.prompt.ids == (marks[0], *before, marks[1], *after, marks[2])
    assert answer["usage"]["prompt_tokens"] == len(filled.prompt.ids)
    assert not set(marks) & set(plain.prompt.ids)
    assert said(answer) == (STORY, "stop")


@pytest.mark.parametrize("end", ENDS)
async def test_a_control_token_ends_the_text_and_is_left_out(
    tmp_path: Path, qwen_engine: LlamaCppEngine, end: str
) -> None:
    forced = Overheard(qwen_engine, f'%llguidance {{}}\nstart: "abc" {end} "def"')
    async with studio(tmp_path, forced) as here:
        whole = await complete(here, prompt=f"{P}x{S}")
        chunks = await complete(here, prompt=f"{P}x{S}", stream=True)
    assert said(whole) == ("abc", "stop")
    assert "".join(said(chunk)[0] for chunk in chunks) == "abc"


async def test_a_plain_text_goes_on_without_turns(
    tmp_path: Path, smollm2_engine: LlamaCppEngine
) -> None:
    prompt = "1, 2, 3, 4, 5, 6,"
    async with studio(tmp_path, Borrowed(smollm2_engine)) as here:
        whole = await complete(here, prompt=prompt, max_tokens=9)
        usage = {"include_usage": True}
        *chunks, last = await complete(
            here, prompt=prompt, max_tokens=9, stream=True, stream_options=usage
        )
        rows = await here.rows(2)
    text, reason = said(whole)
    assert text.startswith(" 7, 8, 9")
    assert reason == "length"
    assert "".join(said(chunk)[0] for chunk in chunks) == text
    assert last["usage"]["completion_tokens"] == whole["usage"]["completion_tokens"] == 9
    ids = (await smollm2_engine.tokenize([Text(prompt)])).ids
    assert whole["usage"]["prompt_tokens"] == len(ids)
    assert {(row["input"], row["output"]) for row in rows} == {(len(ids), 9)}


async def test_the_callers_stops_hold(tmp_path: Path, smollm2_engine: LlamaCppEngine) -> None:
    async with studio(tmp_path, Borrowed(smollm2_engine)) as here:
        answer = await complete(here, prompt="1, 2, 3, 4, 5, 6,", stop=", 9")
    assert said(answer) == (" 7, 8", "stop")


async def test_weights_that_know_no_gaps_refuse_them(
    tmp_path: Path, smollm2_engine: LlamaCppEngine
) -> None:
    known = smollm2_engine.info.special_tokens & {P, S, M}
    asked = {"model": "qwen2.5-coder-0.5b-instruct", "prompt": "a", "suffix": "b"}
    async with (
        studio(tmp_path, Borrowed(smollm2_engine)) as here,
        here.client.post(COMPLETIONS, json=asked) as response,
    ):
        error = (await response.json())["error"]
    assert not known
    assert (response.status, error["code"]) == (404, "model_not_supported")


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
async def test_a_client_that_goes_away_frees_the_engine(
    tmp_path: Path, smollm2_engine: LlamaCppEngine, stream: bool
) -> None:
    async with studio(tmp_path, Borrowed(smollm2_engine)) as here:
        asking = asyncio.create_task(
            complete(here, prompt="1, 2, 3, 4,", max_tokens=400, stream=stream)
        )
        async with asyncio.timeout(10):
            while not await smollm2_engine.busy():
                await asyncio.sleep(0.005)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await here.idle()
        assert await smollm2_engine.busy() == 0
