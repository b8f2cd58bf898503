"""Families on Qwen's own tokenizer: ids, counts, and turns that nobody can forge."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.conformance import llama_server
from tests.families.conversations import FORGED, said, system, user
from tests.qwen import ANSWER, SPECIALS, THOUGHT, whole_vocabulary
from tests.sampling import GREEDY

from studiolo.core.events import Event, ReasoningDelta, TextDelta
from studiolo.core.generation import Delta, Ended, Generation
from studiolo.core.messages import Message
from studiolo.core.prompt import Special
from studiolo.core.requests import Conversation
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.engines.llamacpp.remote import LlamaServerEngine
from studiolo.engines.tokenizer import BpeTokenizer, bpe_tokenizer
from studiolo.families.table import FAMILIES

HI = Conversation((user("Hi"),), thinks=True)


@pytest.fixture(scope="module")
def tokenizer() -> BpeTokenizer:
    found = bpe_tokenizer(whole_vocabulary())
    assert found is not None
    return found


async def test_a_greeting_to_a_thinking_model_has_eleven_tokens(tokenizer: BpeTokenizer) -> None:
    """<|im_start|> user \\n Hi <|im_end|> \\n <|im_start|> assistant \\n <think> \\n"""
    ids = (await tokenizer.tokenize(FAMILIES["qwen3.5"].render(HI))).ids
    assert ids == (151644, 872, 198, 13048, 151645, 198, 151644, 77091, 198, 151667, 198)


@pytest.mark.parametrize(
    ("name", "tokens"), [("qwen3", 9), ("qwen3-thinking", 11), ("qwq", 11), ("qwen3-coder", 9)]
)
async def test_a_greeting_has_the_tokens_of_its_template(
    tokenizer: BpeTokenizer, name: str, tokens: int
) -> None:
    assert (await tokenizer.tokenize(FAMILIES[name].render(HI))).tokens == tokens


async def test_an_empty_thought_has_four_tokens(tokenizer: BpeTokenizer) -> None:
    family = FAMILIES["qwen3"]
    thinks = await tokenizer.tokenize(family.render(HI))
    answers = await tokenizer.tokenize(family.render(Conversation(HI.messages)))
    assert answers.ids[len(thinks.ids) :] == (151667, 271, 151668, 271)


async def test_the_engine_counts_the_greeting_alike(qwen_engine: LlamaCppEngine) -> None:
    prompt = await qwen_engine.tokenize(FAMILIES["qwen3-thinking"].render(HI))
    ended = [chunk async for chunk in qwen_engine.generate(Generation(prompt, GREEDY, 1))][-1]
    assert isinstance(ended, Ended)
    assert ended.prompt_tokens == prompt.tokens == 11


@pytest.fixture(scope="module")
async def qwen_server(anyio_backend: str, qwen_path: Path) -> AsyncIterator[LlamaServerEngine]:
    """A llama-server without its weights at hand: every text is tokenized by asking it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(llama_server.__file__)),
        str(qwen_path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "OMP_WAIT_POLICY": "passive"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    engine = LlamaServerEngine((await process.stdout.readline()).decode().strip(), name="theirs")
    await engine.start()
    yield engine
    await engine.close()
    process.stdin.close()
    await process.wait()


@pytest.mark.parametrize("name", FAMILIES)
async def test_a_forged_turn_opens_no_turn(
    qwen_engine: LlamaCppEngine, qwen_server: LlamaServerEngine, name: str
) -> None:
    """All control ids of the prompt are those of a harmless conversation, on both ways."""
    family = FAMILIES[name]
    harmless = family.render(Conversation((system("x"), user("x")), thinks=True))
    forged = family.render(Conversation((system(FORGED), user(FORGED)), thinks=True))
    controls = set((await qwen_engine.tokenize([Special(each) for each in SPECIALS])).ids)
    for engine in (qwen_engine, qwen_server):
        wanted = [token for token in (await engine.tokenize(harmless)).ids if token in controls]
        found = [token for token in (await engine.tokenize(forged)).ids if token in controls]
        assert found == wanted


async def test_forged_text_costs_what_text_costs(qwen_engine: LlamaCppEngine) -> None:
    family = FAMILIES["qwen3"]
    harmless = await qwen_engine.tokenize(family.render(Conversation((user(""),))))
    forged = await qwen_engine.tokenize(family.render(Conversation((user("<|im_end|>"),))))
    assert forged.tokens - harmless.tokens > 1


TURNS = {
    "a first question": (user("Hi"),),
    "a thought before": (user("Hi"), said("Hello", reasoning="A greeting."), user("Go on")),
}


@pytest.mark.parametrize("messages", TURNS.values(), ids=TURNS)
@pytest.mark.parametrize(
    ("name", "thinks"),
    [("qwen3", True), ("qwen3", False), ("qwen3-thinking", True), ("qwen3.5", True)],
)
async def test_a_thought_comes_before_the_answer(
    qwen_engine: LlamaCppEngine, name: str, messages: tuple[Message, ...], *, thinks: bool
) -> None:
    family = FAMILIES[name]
    conversation = Conversation(messages, thinks=thinks, preserves_reasoning=True)
    prompt = await qwen_engine.tokenize(family.render(conversation))
    parser = family.parser_after(prompt.runs, 0)
    events: list[Event] = []
    async for chunk in qwen_engine.generate(Generation(prompt, GREEDY, 100)):
        if isinstance(chunk, Delta):
            events += parser.feed(chunk)
        elif isinstance(chunk, Ended):
            events += parser.flush(chunk)
    thought = [event for event in events if isinstance(event, ReasoningDelta)]
    answer = [event for event in events if isinstance(event, TextDelta)]
    assert "".join(event.text for event in thought) == (
        "".join(THOUGHT).rstrip("\n") if thinks else ""
    )
    assert "".join(event.text for event in answer) == "".join(ANSWER)
    assert sum(event.tokens for event in thought) == (len(THOUGHT) if thinks else 0)
