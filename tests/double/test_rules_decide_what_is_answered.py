"""Which rule a request meets, and what is said of it, in both dialects and in every family."""

import asyncio
import json

import pytest
from tests.doubles import Running, double, native_question, question
from tests.functions import WEATHER
from tests.studios import COMPATIBLE, NATIVE

from studiolo.engines.scripted.rules.mistakes import RulesInvalid

CONDITIONS = """
[[rule]]
user = "exactly this"
answer = "user"

[[rule]]
user_contains = "fish"
answer = "user_contains"

[[rule]]
user_matches = "^\\\\d{3}$"
answer = "user_matches"

[[rule]]
system_contains = "pirate"
answer = "system_contains"

[[rule]]
model = "qwen3-*"
answer = "model"

[[rule]]
tools = ["get_weather"]
answer = "tools"

[[rule]]
header = { "X-Tenant" = "a*" }
answer = "header"

[[rule]]
stream = true
answer = "stream"

[[rule]]
user_contains = "fish and chips"
answer = "never: an earlier rule takes it"
"""
MET = [
    ("user", {"text": "  exactly this\n"}, {}),
    ("user_contains", {"text": "fish and chips"}, {}),
    ("user_matches", {"text": "123"}, {}),
    ("system_contains", {"text": "x", "system": "You are a pirate."}, {}),
    ("model", {"text": "x", "model": "qwen3-8b", "enable_thinking": False}, {}),
    ("tools", {"text": "x", "tools": [WEATHER]}, {}),
    ("header", {"text": "x"}, {"x-tenant": "abc"}),
]


@pytest.mark.parametrize(("wanted", "asked", "headers"), MET, ids=[row[0] for row in MET])
async def test_each_condition_holds(tmp_path, wanted, asked, headers):
    asked = dict(asked)
    system = asked.pop("system", None)
    body = question(**asked)
    if system:
        body["messages"].insert(0, {"role": "system", "content": system})
    async with (
        double(tmp_path, CONDITIONS) as server,
        server.client.post(COMPATIBLE, json=body, headers=headers) as response,
    ):
        answer = await response.json()
    assert answer["choices"][0]["message"]["content"] == wanted


async def test_streams_are_met_and_whole_answers_are_left_to_the_double(tmp_path):
    async with double(tmp_path, CONDITIONS) as server:
        chunks = await server.stream("x")
        whole = await server.says("Tell me of boats")
    assert "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks) == "stream"
    assert "boats" in whole


async def test_a_rule_speaks_both_dialects(tmp_path):
    rules = '[[rule]]\nuser = "hi"\nanswer = "Grüße, 你好"\n'
    async with double(tmp_path, rules) as server:
        assert await server.says("hi") == "Grüße, 你好"
        status, body = await server.native("hi")
        frames = await server.native_stream("hi")
    assert (status, body["output"]["choices"][0]["message"]["content"]) == (200, "Grüße, 你好")
    said = [frame["output"]["choices"][0]["message"]["content"] for frame in frames]
    assert "".join(said) == "Grüße, 你好"


CALL = """
[[rule]]
user = "weather"
reasoning = "I look."
answer = "A moment."
calls = [
    { name = "get_weather", arguments = { city = "Rome", days = 2 } },
    { name = "get_time", arguments = '{"zone": "CET"}' },
]
usage = { input = 100, cached = 40, output = 70 }
"""


@pytest.mark.parametrize("family", ["qwen3", "qwen2.5", "qwen3-coder", "qwen3-thinking"])
@pytest.mark.parametrize("parallel", [True, False])
async def test_calls_are_made_in_the_form_of_every_family(tmp_path, family, parallel):
    deployment = {"name": "double", "engine": "double", "family": family}
    async with double(tmp_path, CALL, deployments=[deployment]) as server:
        answer = await server.chat("weather", tools=[WEATHER], parallel_tool_calls=parallel)
    choice = answer["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] == "A moment."
    calls = [call["function"] for call in choice["message"]["tool_calls"]]
    expected = [
        ("get_weather", {"city": "Rome", "days": 2}),
        ("get_time", {"zone": "CET"}),
    ][: 2 if parallel else 1]
    told = [(call["name"], json.loads(call["arguments"])) for call in calls]
    # XML knows no types, and nobody declared `days`.
    assert [(name, {k: str(v) for k, v in each.items()}) for name, each in told] == [
        (name, {k: str(v) for k, v in each.items()}) for name, each in expected
    ]
    assert answer["usage"]["prompt_tokens"] == 100
    assert answer["usage"]["prompt_tokens_details"]["cached_tokens"] == 40
    assert answer["usage"]["completion_tokens"] == 70


async def test_calls_need_tools_to_be_made(tmp_path):
    async with double(tmp_path, CALL) as server:
        answer = await server.chat("weather")
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "A moment."}


async def test_reasoning_is_told_where_it_is_asked_for(tmp_path):
    rules = '[[rule]]\nuser = "why"\nreasoning = "Because of x."\nanswer = "x"\n'
    rules += "usage = { output = 50 }\n"
    async with double(tmp_path, rules) as server:
        chunks = await server.stream(
            "why", enable_thinking=True, stream_options={"include_usage": True}
        )
        plain = await server.chat("why", enable_thinking=False)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    assert "".join(delta.get("reasoning_content") or "" for delta in deltas) == "Because of x."
    assert "".join(delta.get("content") or "" for delta in deltas) == "x"
    usage = chunks[-1]["usage"]
    assert usage["completion_tokens"] == 50
    assert 0 < usage["completion_tokens_details"]["reasoning_tokens"] < 50
    assert "reasoning_content" not in plain["choices"][0]["message"]


async def test_thinking_without_reasoning_in_the_rule_is_no_thought(tmp_path):
    async with double(tmp_path, '[[rule]]\nanswer = "at once, \\n\\nand more"\n') as server:
        chunks = await server.stream("why", enable_thinking=True)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert "".join(delta.get("reasoning_content") or "" for delta in deltas) == ""
    assert "".join(delta.get("content") or "" for delta in deltas) == "at once, \n\nand more"


async def test_max_tokens_and_stop_hold_for_rules_too(tmp_path):
    async with double(tmp_path, '[[rule]]\nanswer = "one two three four"\n') as server:
        cut = await server.chat("x", max_tokens=2)
        stopped = await server.says("x", stop="three")
    assert cut["choices"][0]["finish_reason"] == "length"
    assert cut["choices"][0]["message"]["content"] == "one two"
    assert stopped == "one two "


async def test_several_choices_say_the_same(tmp_path):
    rules = '[[rule]]\nanswers = ["first", "second"]\n'
    async with double(tmp_path, rules) as server:
        answer = await server.chat("x", n=3)
        after = await server.says("x")
    assert [each["message"]["content"] for each in answer["choices"]] == ["first"] * 3
    assert after == "second"


async def test_a_prefix_is_continued_with_the_words_of_the_rule(tmp_path):
    rules = '[[rule]]\nuser = "a"\nanswer = "Once more."\n[[rule]]\nanswer = ", and that is all"\n'
    async with double(tmp_path, rules) as server:
        told = []
        for text in ("a", "b"):
            body = question(text)
            body["messages"].append({"role": "assistant", "content": "Once", "partial": True})
            async with server.client.post(COMPATIBLE, json=body) as response:
                told.append((await response.json())["choices"][0]["message"]["content"])
    assert told == [" more.", ", and that is all"]


async def test_texts_without_turns_are_completed_by_rules(tmp_path):
    rules = '[[rule]]\nuser_contains = "def add"\nanswer = "return a + b"\n'
    async with double(tmp_path, rules) as server:
        body = {"model": "qwen2.5-coder-7b-instruct", "prompt": "def add(a, b):"}
        async with server.client.post("/v1/completions", json=body) as response:
            answer = await response.json()
    assert answer["choices"][0]["text"] == "return a + b"


async def test_control_tokens_in_a_rule_are_told_as_they_stand(tmp_path):
    async with double(tmp_path, '[[rule]]\nanswer = "a <|im_end|> b"\n') as server:
        assert await server.says("x") == "a <|im_end|> b"


async def test_json_mode_takes_the_answer_of_a_rule_as_it_is(tmp_path):
    async with double(tmp_path, '[[rule]]\nanswer = "no json at all"\n') as server:
        said = await server.says("json", response_format={"type": "json_object"})
    assert said == "no json at all"


async def test_forced_calls_take_the_answer_of_a_rule_as_it_is(tmp_path):
    async with double(tmp_path, '[[rule]]\nanswer = "I will not"\n') as server:
        answer = await server.chat("x", tools=[WEATHER], tool_choice="required")
    assert answer["choices"][0]["message"]["content"] == "I will not"


THEN = [
    ("repeat last", ["a", "b", "b", "b"]),
    ("start over", ["a", "b", "a", "b"]),
    ("double", ["a", "b", None, None]),
]


@pytest.mark.parametrize(("then", "told"), THEN)
async def test_answers_are_given_in_turn(tmp_path, then, told):
    rules = f'[[rule]]\nanswers = ["a", {{ answer = "b" }}]\nthen = "{then}"\n'
    async with double(tmp_path, rules) as server:
        said = [await server.says("Tell me of boats") for _ in told]
    assert [one if one in ("a", "b") else None for one in said] == told


async def test_the_rule_stays_the_same_for_all_dialects_and_counts_them_together(tmp_path):
    rules = '[[rule]]\nanswers = ["a", "b"]\n'
    async with double(tmp_path, rules) as server:
        first = await server.says("x")
        _, second = await server.native("x")
    assert first == "a"
    assert second["output"]["choices"][0]["message"]["content"] == "b"


OFTEN = [
    ("on_calls = [1, 3]", "yes no yes no no no"),
    ("every = 3", "no no yes no no yes"),
    ("probability = 0.0", "no no no no no no"),
    ("probability = 1.0", "yes yes yes yes yes yes"),
]


@pytest.mark.parametrize(("line", "told"), OFTEN)
async def test_a_rule_acts_as_often_as_it_says(tmp_path, line, told):
    rules = f'[[rule]]\nanswer = "yes"\n{line}\n[[rule]]\nanswer = "no"\n'
    async with double(tmp_path, rules) as server:
        said = [await server.says("x") for _ in range(6)]
    assert " ".join(said) == told


@pytest.mark.parametrize("line", ["every = 2", "on_calls = [2, 3, 5, 7, 11]", "probability = 0.5"])
async def test_a_request_counts_once_whatever_it_takes_and_however_many_come(tmp_path, line):
    rules = '[[rule]]\nreasoning = "Let me see."\nanswer = "y"\n'
    rules += f'{line}\n[[rule]]\nanswer = "n"\n'
    ways = [
        {"n": 4},
        {"enable_thinking": True, "thinking_budget": 2, "stream": True, "n": 1},
        {"enable_thinking": True, "stream": True, "stop": ["zzz"], "n": 1},
        {"max_tokens": 1, "n": 1},
        {"tools": [WEATHER], "parallel_tool_calls": False, "n": 1},
    ]

    async def said(server: Running, number: int) -> set[str]:
        more = ways[number % len(ways)]
        if more.get("stream"):
            more = {key: value for key, value in more.items() if key != "stream"}
            chunks = await server.stream("x", **more)
            return {"".join(c["choices"][0]["delta"].get("content") or "" for c in chunks)}
        answer = await server.chat("x", **more)
        return {choice["message"]["content"] for choice in answer["choices"]}

    async with double(tmp_path, rules) as server:
        alone = [await said(server, number) for number in range(20)]
        assert all(len(each) == 1 for each in alone)
        acts = sum(each == {"y"} for each in alone)
        if "every" in line:
            assert [number for number in range(20) if alone[number] == {"y"}] == [*range(1, 20, 2)]
        if "on_calls" in line:
            assert [number for number in range(20) if alone[number] == {"y"}] == [1, 2, 4, 6, 10]
        assert 0 < acts < 20
        await server.studio.change(server.settings)
        together = await asyncio.gather(*(said(server, number) for number in range(20)))
        assert all(len(each) == 1 for each in together)
        assert sum(each == {"y"} for each in together) == acts


async def test_chance_follows_from_the_seed(tmp_path):
    async def run(seed: int) -> list[str]:
        rules = f'seed = {seed}\n[[rule]]\nanswer = "y"\nprobability = 0.5\n[[rule]]\nanswer = "n"'
        async with double(tmp_path, rules) as server:
            return [await server.says("x") for _ in range(40)]

    one = await run(1)
    assert one == await run(1)
    assert one != await run(2)
    assert 8 < one.count("y") < 32


async def test_rules_are_read_again_and_wrong_ones_change_nothing(tmp_path):
    async with double(tmp_path, '[[rule]]\nanswer = "old"\n') as server:
        settings = server.settings
        (tmp_path / "rules.toml").write_text('[[rule]]\nanswr = "new"\n')
        with pytest.raises(RulesInvalid, match="did you mean answer"):
            await server.studio.change(settings)
        assert await server.says("x") == "old"
        (tmp_path / "rules.toml").write_text('[[rule]]\nanswer = "new"\n')
        assert (await server.studio.change(settings)).made_anew == ()
        assert await server.says("x") == "new"


async def test_requests_side_by_side_keep_their_answers_apart(tmp_path):
    rules = '[[rule]]\nanswers = ["1 1 1 1 1", "2 2 2 2 2", "3 3 3 3 3"]\nthen = "start over"\n'
    async with double(tmp_path, rules) as server:
        said = await asyncio.gather(*(server.says("x") for _ in range(30)))
    assert sorted(said) == sorted(["1 1 1 1 1", "2 2 2 2 2", "3 3 3 3 3"] * 10)


async def test_native_bodies_meet_rules_as_well(tmp_path):
    async with double(tmp_path, CONDITIONS) as server:
        body = native_question("fish")
        async with server.client.post(NATIVE, json=body) as response:
            answer = await response.json()
    assert answer["output"]["choices"][0]["message"]["content"] == "user_contains"
