"""What every engine does, whatever it is."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import msgspec
import pytest
from tests.conformance.conftest import Subject
from tests.sampling import GREEDY

from studiolo.core.errors import InputTooLong, ModelUnavailable
from studiolo.core.generation import (
    Chunk,
    Delta,
    Ended,
    Generation,
    PromptRead,
    TokenLogprob,
)
from studiolo.core.prompt import Prompt, Special, Text

FREE = msgspec.structs.replace(GREEDY, temperature=1.0)

TEXTS = (
    "Hello, world!",
    "It's 3.14, they'll say; WE'RE done.",
    "  two\n\n\tlines \r\n ",
    "你好\uff0c世界",
    "日本語と한국어",
    "🤖👩‍🚀 ½",
    "def f(x):\n    return {'a': [1, 2]}",
    "नमस्ते مرحبا שלום",
    "x" * 500,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One answer, taken apart."""

    chunks: tuple[Chunk, ...]

    @property
    def deltas(self) -> list[Delta]:
        return [chunk for chunk in self.chunks if isinstance(chunk, Delta)]

    @property
    def text(self) -> str:
        return "".join(delta.text for delta in self.deltas)

    @property
    def ids(self) -> list[int]:
        return [token for delta in self.deltas for token in delta.ids]

    @property
    def logprobs(self) -> list[TokenLogprob]:
        return [entry for delta in self.deltas for entry in delta.logprobs]

    @property
    def ended(self) -> Ended:
        last = self.chunks[-1]
        assert isinstance(last, Ended)
        return last


async def asked(subject: Subject, **changes: object) -> Generation:
    prompt = await subject.engine.tokenize(subject.question)
    plain = Generation(prompt=prompt, sampling=GREEDY, max_tokens=12)
    return msgspec.structs.replace(plain, **changes)


async def told(subject: Subject, generation: Generation) -> Told:
    async with aclosing(stream(subject, generation)) as chunks:
        return Told(tuple([chunk async for chunk in chunks]))


def stream(subject: Subject, generation: Generation) -> AsyncGenerator[Chunk]:
    return subject.engine.generate(generation)


async def idle(subject: Subject) -> None:
    for _ in range(3000):
        if await subject.busy() == 0:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the engine does not come to rest")


async def test_the_prompt_is_read_first_and_one_end_comes_last(subject: Subject) -> None:
    answer = await told(subject, await asked(subject))
    kinds = [type(chunk) for chunk in answer.chunks]
    assert kinds[0] is PromptRead
    assert kinds[-1] is Ended
    assert set(kinds[1:-1]) == {Delta}


async def test_the_prompt_is_counted_alike_at_both_ends(subject: Subject) -> None:
    generation = await asked(subject)
    answer = await told(subject, generation)
    read = answer.chunks[0]
    assert isinstance(read, PromptRead)
    assert read.prompt_tokens == answer.ended.prompt_tokens == generation.prompt.tokens
    assert 0 <= read.cached_tokens == answer.ended.cached_tokens <= read.prompt_tokens


async def test_every_delta_has_text_and_the_tokens_add_up(subject: Subject) -> None:
    answer = await told(subject, await asked(subject, max_tokens=40))
    assert all(delta.text for delta in answer.deltas)
    assert all(delta.tokens >= max(1, len(delta.ids)) for delta in answer.deltas)
    silent = answer.ended.completion_tokens - sum(delta.tokens for delta in answer.deltas)
    assert silent >= 0


async def test_the_answer_ends_at_max_tokens(subject: Subject) -> None:
    answer = await told(subject, await asked(subject, max_tokens=5))
    assert answer.ended.reason == "length"
    assert answer.ended.completion_tokens == 5
    assert answer.ended.matched_stop is None


async def test_a_stop_text_ends_the_answer_and_is_not_in_it(subject: Subject) -> None:
    whole = await told(subject, await asked(subject))
    stop = whole.deltas[5].text + whole.deltas[6].text
    cut = await told(subject, await asked(subject, stop=("never said", stop)))
    assert cut.text == whole.text[: whole.text.index(stop)]
    assert cut.ended.reason == "stop"
    assert cut.ended.matched_stop == stop


async def test_a_stop_text_that_only_begins_is_said_whole(subject: Subject) -> None:
    whole = await told(subject, await asked(subject))
    begun = (whole.text[-3:] + "\x00", whole.text[2:5] + "\x00")
    assert (await told(subject, await asked(subject, stop=begun))).text == whole.text


async def test_stop_ids_end_the_answer_and_are_not_in_it(subject: Subject) -> None:
    whole = await told(subject, await asked(subject))
    ids = tuple(whole.ids[4:6])
    cut = await told(subject, await asked(subject, stop_ids=(ids,)))
    said = await subject.engine.detokenize(ids)
    assert cut.text == whole.text[: whole.text.index(said.decode())]
    assert cut.ended.reason == "stop"
    assert cut.ended.matched_stop is not None


async def test_greedy_answers_are_always_the_same(subject: Subject) -> None:
    texts = {(await told(subject, await asked(subject))).text for _ in range(3)}
    assert len(texts) == 1


async def test_the_same_seed_says_the_same(subject: Subject) -> None:
    texts = {(await told(subject, await asked(subject, sampling=FREE))).text for _ in range(3)}
    assert len(texts) == 1


async def test_other_seeds_say_other_things(subject: Subject) -> None:
    seeds = (0, 1, 2**31, 2**32 - 1, 2**63 - 1)
    texts = [
        (
            await told(
                subject,
                await asked(subject, sampling=msgspec.structs.replace(FREE, seed=seed)),
            )
        ).text
        for seed in seeds
    ]
    assert len(set(texts)) > 1


async def test_no_logprobs_unless_asked_for(subject: Subject) -> None:
    assert (await told(subject, await asked(subject))).logprobs == []


@pytest.mark.parametrize("alternatives", [0, 1, 5])
async def test_logprobs_are_natural_logs_with_the_best_first(
    subject: Subject, alternatives: int
) -> None:
    answer = await told(subject, await asked(subject, logprobs=alternatives))
    assert len(answer.logprobs) == sum(len(delta.ids) for delta in answer.deltas)
    assert b"".join(bytes(entry.bytes) for entry in answer.logprobs) == answer.text.encode()
    for entry in answer.logprobs:
        tops = [top.logprob for top in entry.top]
        assert len(tops) == alternatives
        assert tops == sorted(tops, reverse=True)
        assert max([entry.logprob, *tops]) <= 0.0


async def test_a_greedy_answer_takes_the_best_alternative(subject: Subject) -> None:
    answer = await told(subject, await asked(subject, logprobs=2))
    assert all(entry.logprob == entry.top[0].logprob for entry in answer.logprobs)


async def test_closing_the_answer_frees_the_engine(subject: Subject) -> None:
    await idle(subject)
    generation = await asked(subject, max_tokens=2000)
    async with aclosing(stream(subject, generation)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Delta):
                break
    await idle(subject)


async def test_a_cancelled_task_frees_the_engine(subject: Subject) -> None:
    await idle(subject)
    generation = await asked(subject, max_tokens=2000)
    begun = asyncio.Event()

    async def listen() -> None:
        async with aclosing(stream(subject, generation)) as chunks:
            async for _ in chunks:
                begun.set()

    task = asyncio.create_task(listen())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await idle(subject)


async def test_more_answers_than_places_are_all_given(subject: Subject) -> None:
    generation = await asked(subject, max_tokens=6)
    count = subject.engine.info.parallel + 3
    answers = await asyncio.gather(*(told(subject, generation) for _ in range(count)))
    assert all(answer.ended.completion_tokens == 6 for answer in answers)


@pytest.mark.parametrize("text", TEXTS)
async def test_texts_survive_tokenizing(subject: Subject, text: str) -> None:
    prompt = await subject.engine.tokenize((Text(text),))
    assert await subject.engine.detokenize(prompt.ids) == text.encode()


async def test_runs_are_tokenized_one_by_one(subject: Subject) -> None:
    runs = (Text("one"), Special(subject.control), Text(" two"), Text(""))
    prompt = await subject.engine.tokenize(runs)
    alone = [(await subject.engine.tokenize((run,))).ids for run in runs]
    assert prompt.ids == tuple(token for ids in alone for token in ids)
    assert prompt.runs == runs
    assert await subject.engine.detokenize(prompt.ids) == b"one two"


async def test_control_strings_in_text_are_text(subject: Subject) -> None:
    control = (await subject.engine.tokenize((Special(subject.control),))).ids
    forged = f"hi{subject.control}\n{subject.control}{subject.control[:3]}{subject.control}"
    prompt = await subject.engine.tokenize((Text(forged),))
    assert not set(control) & set(prompt.ids)
    assert await subject.engine.detokenize(prompt.ids) == forged.encode()


async def test_an_unknown_control_token_is_refused_by_name(subject: Subject) -> None:
    with pytest.raises(ModelUnavailable, match="no-such-token"):
        await subject.engine.tokenize((Special("<|no-such-token|>"),))


async def test_the_control_tokens_are_known(subject: Subject) -> None:
    assert subject.control in subject.engine.info.special_tokens


async def test_a_prompt_longer_than_the_context_is_refused(subject: Subject) -> None:
    context = subject.engine.info.context
    long = await subject.engine.tokenize((Text("a b c d e " * context),))
    with pytest.raises(InputTooLong) as refusal:
        await told(subject, await asked(subject, prompt=long))
    assert refusal.value.tokens == long.tokens
    assert refusal.value.limit < context


async def test_a_full_context_ends_the_answer(subject: Subject) -> None:
    filled = await filled_prompt(subject, leave=4)
    answer = await told(subject, await asked(subject, prompt=filled, max_tokens=50))
    assert answer.ended.reason == "length"
    assert 0 < answer.ended.completion_tokens <= 4


async def filled_prompt(subject: Subject, *, leave: int) -> Prompt:
    context = subject.engine.info.context
    prompt = await subject.engine.tokenize((Text("a b c d e " * context),))
    return msgspec.structs.replace(prompt, ids=prompt.ids[: context - leave])
