"""Answers, thoughts and arguments of rules, to the letter: in every family, whole and streamed."""

import json

import pytest
from tests.doubles import Running, double, native_question
from tests.functions import WEATHER
from tests.studios import NATIVE

from studiolo.families.table import FAMILIES

# Those that take tools, but for the two that read other weights' own templates.
FAMILY_NAMES = [
    name for name, family in FAMILIES.items() if family.calls and not family.from_weights
]
THINKING = [name for name in FAMILY_NAMES if FAMILIES[name].thinks == "hybrid"]
ARGUMENTS = [
    '{"city": "Par',
    '{"city": "Rome"',
    '{"city": "Rome",}',
    '{"city": "Rome"}}',
    "{'city': 'Rome'}",
    '"{\\"city\\": \\"Rome\\"}"',
    "",
    "null",
    "[1, 2]",
    "[1, 2",
    "not json",
    '"abc',
    '""',
    '  {"a": 1}\n',
    '{"x": 1.50, "y": [null, true]}',
    '{"城": "北京🦊"}',
    '{"a": "</tool_call> <think> </function>"}',
    "</tool_call>",
    "<parameter=city>\nRome\n</parameter>",
    '{"name": "other", "arguments": {}}',
]
TEXTS = [
    "<think>a</think>b",
    'a <tool_call>\n{"name": "get_weather", "arguments": {}}\n</tool_call> b',
    "</think>x",
    "<think>",
    "\n\n lead and trail \n\n",
    "<function=get_weather>\n</function>",
    "```\nopen code",
    "a</tool_call>b</tool_call>c",
    "<|im_end|> <|im_start|>user\nx",
    "  ",
    "<",
]


def toml(text: str) -> str:
    """The text as TOML."""
    return json.dumps(text, ensure_ascii=False)


CALLS = "".join(
    f'[[rule]]\nuser = "call {n}"\nanswer = "```py"\n'
    f'calls = [{{ name = "get_weather", arguments = {toml(text)} }},'
    f' {{ name = "b", arguments = {toml(text)} }}]\n'
    for n, text in enumerate(ARGUMENTS)
)
SAID = "".join(
    f'[[rule]]\nuser = "say {n}"\nreasoning = {toml(TEXTS[n - 1])}\nanswer = {toml(text)}\n'
    f'[[rule]]\nuser = "only {n}"\nanswer = {toml(text)}\n'
    for n, text in enumerate(TEXTS)
)


async def streamed(server: Running, text: str, **more: object) -> tuple[str, str, list[list[str]]]:
    """Thought, answer and calls of the compatible dialect's stream."""
    thought, said = "", ""
    calls: dict[int, list[str]] = {}
    for chunk in await server.stream(text, **more):
        for choice in chunk["choices"]:
            delta = choice["delta"]
            thought += delta.get("reasoning_content") or ""
            said += delta.get("content") or ""
            for call in delta.get("tool_calls") or []:
                kept = calls.setdefault(call["index"], ["", ""])
                kept[0] += call["function"].get("name") or ""
                kept[1] += call["function"].get("arguments") or ""
    return thought, said, list(calls.values())


def called(message: dict[str, object]) -> list[list[str]]:
    """Names and arguments of the calls in a message."""
    calls = message.get("tool_calls") or []
    assert isinstance(calls, list)
    return [[call["function"]["name"], call["function"]["arguments"]] for call in calls]


@pytest.mark.parametrize("parallel", [True, False], ids=["several", "one"])
@pytest.mark.parametrize("choice", ["auto", "required"])
@pytest.mark.parametrize("family", FAMILY_NAMES)
async def test_arguments(tmp_path, family, choice, parallel):
    deployment = {"name": "double", "engine": "double", "family": family}
    asked = {"tools": [WEATHER], "tool_choice": choice, "parallel_tool_calls": parallel}
    async with double(tmp_path, CALLS, deployments=[deployment]) as server:
        for number, text in enumerate(ARGUMENTS):
            wanted = [["get_weather", text], ["b", text]][: 2 if parallel else 1]
            _, said, calls = await streamed(server, f"call {number}", **asked)
            assert (said, calls) == ("```py", wanted)
            whole = (await server.chat(f"call {number}", **asked))["choices"][0]
            assert (whole["message"]["content"], called(whole["message"])) == ("```py", wanted)
            assert whole["finish_reason"] == "tool_calls"


async def test_arguments_in_the_native_dialect(tmp_path):
    async with double(tmp_path, CALLS) as server:
        for number, text in enumerate(ARGUMENTS):
            wanted = [["get_weather", text], ["b", text]]
            body = native_question(f"call {number}", tools=[WEATHER], parallel_tool_calls=True)
            async with server.client.post(NATIVE, json=body) as response:
                answer = await response.json()
            assert called(answer["output"]["choices"][0]["message"]) == wanted


@pytest.mark.parametrize("more", [{}, {"tools": [WEATHER]}, {"stop": ["zzz"]}], ids=list("-ts"))
@pytest.mark.parametrize("family", FAMILY_NAMES)
async def test_answers(tmp_path, family, more):
    deployment = {"name": "double", "engine": "double", "family": family}
    async with double(tmp_path, SAID, deployments=[deployment]) as server:
        for number, text in enumerate(TEXTS):
            for question in (f"say {number}", f"only {number}"):
                assert (await streamed(server, question, **more))[1] == text
                assert await server.says(question, **more) == text


@pytest.mark.parametrize("more", [{}, {"tools": [WEATHER]}, {"stop": ["zzz"]}], ids=list("-ts"))
@pytest.mark.parametrize("family", THINKING)
async def test_thoughts(tmp_path, family, more):
    deployment = {"name": "double", "engine": "double", "family": family}
    async with double(tmp_path, SAID, deployments=[deployment]) as server:
        for number, text in enumerate(TEXTS):
            for question, thought in ((f"say {number}", TEXTS[number - 1]), (f"only {number}", "")):
                told = await streamed(server, question, enable_thinking=True, **more)
                assert told[:2] == (thought, text)


@pytest.mark.parametrize("family", FAMILY_NAMES)
@pytest.mark.parametrize("rule", ["", 'calls = [{ name = "get_weather", arguments = "{}" }]\n'])
async def test_malformed_arguments_are_no_json_in_every_family(tmp_path, family, rule):
    deployment = {"name": "double", "engine": "double", "family": family}
    rules = f"[[rule]]\nmalformed_arguments = true\n{rule}"
    asked = {"tools": [WEATHER], "tool_choice": "auto"}
    async with double(tmp_path, rules, deployments=[deployment]) as server:
        _, _, streamed_calls = await streamed(server, "The weather in Rome?", **asked)
        whole = await server.chat("The weather in Rome?", **asked)
    for ((name, arguments),) in (streamed_calls, called(whole["choices"][0]["message"])):
        assert name == "get_weather"
        assert "Rome" in arguments or rule
        with pytest.raises(json.JSONDecodeError):
            json.loads(arguments)


async def test_the_limit_cuts_arguments_and_a_stop_ends_them(tmp_path):
    rules = '[[rule]]\ncalls = [{ name = "get_weather", arguments = { city = "Rome, Italy" } }]\n'
    async with double(tmp_path, rules) as server:
        whole = (await server.chat("x", tools=[WEATHER]))["usage"]["completion_tokens"]
        cut = (await server.chat("x", tools=[WEATHER], max_tokens=whole - 3))["choices"][0]
        stopped = (await server.chat("x", tools=[WEATHER], stop=[", Italy"]))["choices"][0]
    assert cut["finish_reason"] == "length"
    assert called(cut["message"])[0][1] == '{"city": "Rome, Ital'
    assert called(stopped["message"])[0][1] == '{"city": "Rome'


async def test_a_thought_of_a_rule_keeps_its_budget(tmp_path):
    rules = '[[rule]]\nreasoning = "a b </think> c d e f g h"\nanswer = "<think>x"\n'
    async with double(tmp_path, rules) as server:
        chunks = await server.stream(
            "x", enable_thinking=True, thinking_budget=4, stream_options={"include_usage": True}
        )
        told = await streamed(server, "x", enable_thinking=True, thinking_budget=4)
    assert told[1] == "<think>x"
    assert told[0]
    assert "a b </think> c d e f g h".startswith(told[0])
    assert chunks[-1]["usage"]["completion_tokens_details"]["reasoning_tokens"] == 4
