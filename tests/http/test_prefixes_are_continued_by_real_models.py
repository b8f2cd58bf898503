"""Partial mode on llama.cpp: the prefix is the end of the prompt, and the model goes on from it."""

from pathlib import Path
from typing import Any

import pytest
from tests.http import asking
from tests.http.listening import Overheard
from tests.prefixes import PREFIXES
from tests.qwen import SPECIALS
from tests.sampling import GREEDY
from tests.studios import Borrowed, Studio, studio

from studiolo.core.generation import Delta, Generation
from studiolo.core.prompt import Prompt, Special, Text
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

QUESTION = {"role": "user", "content": "Count from one to twelve, in digits."}
SETTINGS = {"temperature": 0, "repetition_penalty": 1.0, "seed": 7, "max_tokens": 9}


async def compatible(here: Studio, prefix: str, **more: Any) -> Any:
    return await asking.compatible(here, prefixed(prefix), **{**SETTINGS, **more})


async def native(here: Studio, prefix: str) -> Any:
    return await asking.native(here, prefixed(prefix), result_format="message", **SETTINGS)


def prompts(engine: Overheard) -> list[Prompt]:
    return [generation.prompt for generation in engine.heard]


def prefixed(prefix: str) -> asking.Messages:
    return [QUESTION, {"role": "assistant", "content": prefix, "partial": True}]


@pytest.mark.parametrize("family", ["chatml", "qwen3", "qwen3-thinking", "qwen3.5", "template"])
async def test_the_prompt_ends_with_the_bytes_of_the_prefix(
    tmp_path: Path, qwen_engine: LlamaCppEngine, family: str
) -> None:
    engine = Overheard(qwen_engine)
    controls = set((await qwen_engine.tokenize([Special(name) for name in SPECIALS])).ids)
    async with studio(tmp_path, engine, family=FAMILIES[family]) as here:
        await compatible(here, "")
        (bare,) = prompts(engine)
        tags = [token for token in bare.ids if token in controls]
        for prefix in PREFIXES.values():
            answer = await compatible(here, prefix, max_tokens=1)
            prompt = prompts(engine)[-1]
            assert (await qwen_engine.detokenize(prompt.ids)).endswith(prefix.encode())
            assert [token for token in prompt.ids if token in controls] == tags
            assert answer["usage"]["prompt_tokens"] == prompt.tokens


@pytest.mark.parametrize("prefix", ["1, 2, 3, 4,", "1, 2, 3, 4, ", "1\n2\n3\n", "One, tw"])
async def test_a_small_model_goes_on_from_the_prefix(
    tmp_path: Path, smollm2_engine: LlamaCppEngine, prefix: str
) -> None:
    engine, family = Overheard(smollm2_engine), FAMILIES["smollm2"]
    async with studio(tmp_path, engine, family=family) as here:
        whole = await compatible(here, prefix)
        chunks = await compatible(here, prefix, stream=True)
        other = await native(here, prefix)
    (prompt,) = {prompt.ids: prompt for prompt in prompts(engine)}.values()
    assert prompt.runs[-1] == Text(f"assistant\n{prefix}")
    ids = [chunk async for chunk in smollm2_engine.generate(Generation(prompt, GREEDY, 9))]
    goes_on = "".join(chunk.text for chunk in ids if isinstance(chunk, Delta))
    assert goes_on
    assert whole["choices"][0]["message"]["content"] == goes_on
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert "".join(delta["content"] or "" for delta in deltas) == goes_on
    assert other["output"]["choices"][0]["message"]["content"] == goes_on
    assert other["usage"]["input_tokens"] == whole["usage"]["prompt_tokens"] == prompt.tokens


async def test_what_the_model_said_is_a_prefix_it_goes_on_from(
    tmp_path: Path, smollm2_engine: LlamaCppEngine
) -> None:
    """An answer that was cut, sent back as the prefix, is ended as if it had not been."""
    family = FAMILIES["smollm2"]
    async with studio(tmp_path, Borrowed(smollm2_engine), family=family) as here:
        whole = await compatible(here, "", max_tokens=24)
        first = await compatible(here, "", max_tokens=12)
        begun = first["choices"][0]["message"]["content"]
        rest = await compatible(here, begun, max_tokens=12)
    text = whole["choices"][0]["message"]["content"]
    assert begun
    assert begun + rest["choices"][0]["message"]["content"] == text
    before = first["usage"]["prompt_tokens"] + first["usage"]["completion_tokens"]
    assert rest["usage"]["prompt_tokens"] == before


@pytest.mark.parametrize("prefix", ["Once upon", ""])
@pytest.mark.parametrize("family", ["qwen3", "qwen3-thinking", "qwq", "qwen3.5", "template"])
async def test_a_model_that_thinks_goes_on_without_a_thought(
    tmp_path: Path, qwen_engine: LlamaCppEngine, family: str, prefix: str
) -> None:
    async with studio(tmp_path, Borrowed(qwen_engine), family=FAMILIES[family]) as here:
        answer = await compatible(here, prefix, model="qwen3.6-plus", max_tokens=40)
    message = answer["choices"][0]["message"]
    assert (prefix + message["content"]).startswith("Once upon time there was an old fox")
    assert "reasoning_content" not in message
    assert answer["usage"]["completion_tokens_details"]["reasoning_tokens"] == 0
