"""Usage as a rule says it: consistent with itself in every dialect, whole and streamed."""

import itertools
from typing import Any

import pytest
from tests.doubles import double
from tests.functions import WEATHER

from studiolo.storage.database import open_database
from studiolo.storage.ledger import LedgerStore

WORDS = 'reasoning = "a b c d e f g h"\nanswer = "one two three four five"\n'
VALUES: dict[str, tuple[int | None, ...]] = {
    "input": (None, 0, 3, 700),
    "cached": (None, 0, 2, 500),
    "output": (None, 0, 1, 9, 900),
}
WISHES = [
    dict(zip(VALUES, wish, strict=True))
    for wish in itertools.product(*VALUES.values())
    if wish[0] is None or (wish[1] or 0) <= wish[0]
]
ASKED: dict[str, dict[str, Any]] = {
    "plain": {"enable_thinking": False},
    "one token": {"enable_thinking": False, "max_tokens": 1},
    "thought": {"enable_thinking": True},
    "budget": {"enable_thinking": True, "thinking_budget": 3},
    "tools": {"enable_thinking": True, "tools": [WEATHER]},
}


def rules() -> str:
    """A rule for each wish."""
    told = ""
    for number, wish in enumerate(WISHES):
        usage = ", ".join(f"{key} = {value}" for key, value in wish.items() if value is not None)
        told += f'[[rule]]\nuser = "wish {number}"\n{WORDS}'
        told += f"usage = {{ {usage} }}\n" if usage else ""
    return told


def check(usage: dict[str, Any], wish: dict[str, int | None]) -> None:
    """Consistent, and as it was wished; what is only counted gives way."""
    given = usage.get("prompt_tokens", usage.get("input_tokens"))
    output = usage.get("completion_tokens", usage.get("output_tokens"))
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    details = usage.get("completion_tokens_details") or usage.get("output_tokens_details") or {}
    assert usage["total_tokens"] == given + output
    assert 0 <= cached <= given
    assert 0 <= details.get("reasoning_tokens", 0) <= output
    if "text_tokens" in details:
        assert details["text_tokens"] + details.get("reasoning_tokens", 0) == output
    assert wish["input"] in (None, given)
    assert wish["cached"] in (None, cached)
    assert wish["output"] in (None, output)


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
async def test_every_combination_is_consistent(tmp_path, asked):
    async with double(tmp_path, rules()) as server:
        for number, wish in enumerate(WISHES):
            text = f"wish {number}"
            chunks = await server.stream(text, stream_options={"include_usage": True}, **asked)
            check(chunks[-1]["usage"], wish)
            frames = await server.native_stream(text, **asked)
            told = [frame["usage"] for frame in frames]
            check(told[-1], wish)
            assert [each["output_tokens"] for each in told] == sorted(
                each["output_tokens"] for each in told
            )
            for each in told:
                check(each, {**wish, "output": None})
            assert told[-1]["output_tokens"] == chunks[-1]["usage"]["completion_tokens"]
            if not asked["enable_thinking"]:
                whole = (await server.chat(text, **asked))["usage"]
                assert whole == chunks[-1]["usage"]


async def test_what_is_played_is_what_is_billed_for_all_choices_together(tmp_path):
    line = '[[rule]]\nanswer = "one two three"\nusage = { input = 50, cached = 20, output = 7 }\n'
    async with double(tmp_path, line) as server:
        answer = await server.chat("x", n=3)
        assert answer["usage"]["completion_tokens"] == 7
    async with open_database(tmp_path) as database:
        (row,) = [row async for row in LedgerStore(database).rows()]
    assert (row["input"], row["cached"], row["output"]) == (50, 20, 7)


@pytest.mark.parametrize(("output", "billed"), [(1, 1), (900, 2)])
async def test_an_answer_that_breaks_off_is_billed_no_more_than_is_played(tmp_path, output, billed):
    rule = '[[rule]]\nanswer = "one two three"\nbreak_after_chunks = 2\n'
    async with double(tmp_path, rule + f"usage = {{ input = 5, output = {output} }}\n") as server:
        await server.stream("x")
    async with open_database(tmp_path) as database:
        (row,) = [row async for row in LedgerStore(database).rows()]
    assert (row["status"], row["input"], row["output"]) == ("failed", 5, billed)


async def test_the_cache_of_the_deployment_gives_way_to_an_input(tmp_path):
    deployment = {
        "name": "double", "engine": "double", "family": "qwen3", "remembered_prompts": 8,
    }  # fmt: skip
    rule = '[[rule]]\nanswer = "x"\nusage = { input = 2 }\n'
    async with double(tmp_path, rule, deployments=[deployment]) as server:
        usages = [(await server.chat("the same long question"))["usage"] for _ in range(2)]
    told = [
        (each["prompt_tokens"], each["prompt_tokens_details"]["cached_tokens"]) for each in usages
    ]
    assert told == [(2, 0), (2, 2)]
