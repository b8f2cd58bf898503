"""Partial mode in both dialects: what the engine reads, what the caller gets (reference/05)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.http import asking
from tests.http.asking import Messages, compatible
from tests.http.listening import Listening
from tests.prefixes import PREFIXES
from tests.studios import COMPATIBLE, NATIVE, Studio, scripted, studio

from studiolo.core.generation import Generation
from studiolo.core.prompt import Special, Text
from studiolo.engines.scripted.engine import ScriptedEngine
from studiolo.engines.scripted.steps import Say, Sign, Step
from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

QWEN3 = FAMILIES["qwen3"]
USER = {"role": "user", "content": "Write f."}
CONTINUATION = "\n\n    return n \n"
TOOLS = [{"type": "function", "function": {"name": "now"}}]


def prefixed(content: Any, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, "partial": True, **more}


async def native(here: Studio, messages: Messages, **parameters: Any) -> Any:
    return await asking.native(here, messages, result_format="message", **parameters)


def texts(answer: Any) -> list[str]:
    choices = answer.get("output", answer)["choices"]
    return [choice["message"]["content"] for choice in choices]


async def every_form(here: Studio, messages: Messages) -> list[tuple[str, int]]:
    """The text and the tokens of the prompt: each dialect, whole and streamed."""
    whole = await compatible(here, messages)
    usage = {"include_usage": True}
    *chunks, last = await compatible(here, messages, stream=True, stream_options=usage)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert not any(delta.get("reasoning_content") for delta in deltas)
    answer = await native(here, messages)
    pieces = await native(here, messages, stream=True, incremental_output=True)
    repeats = await native(here, messages, stream=True, incremental_output=False)
    return [
        (texts(whole)[0], whole["usage"]["prompt_tokens"]),
        ("".join(delta["content"] or "" for delta in deltas), last["usage"]["prompt_tokens"]),
        (texts(answer)[0], answer["usage"]["input_tokens"]),
        ("".join(texts(piece)[0] for piece in pieces), pieces[-1]["usage"]["input_tokens"]),
        (texts(repeats[-1])[0], repeats[-1]["usage"]["input_tokens"]),
    ]


def engine_of(*steps: Step) -> tuple[ScriptedEngine, Listening]:
    script = Listening(*steps)
    return scripted(script), script


@pytest.mark.parametrize("family", ["chatml", "qwen3", "qwen3-thinking", "qwq"])
async def test_only_the_continuation_comes_back(tmp_path: Path, family: str) -> None:
    engine, script = engine_of(Say(CONTINUATION))
    async with studio(tmp_path, engine, family=FAMILIES[family]) as here:
        for prefix in PREFIXES.values():
            script.heard.clear()
            forms = await every_form(here, [USER, prefixed(prefix)])
            prompts = {generation.prompt for generation in script.heard}
            (prompt,) = prompts
            assert isinstance(prompt.runs[-1], Text)
            assert prompt.runs[-1].text.endswith(prefix)
            assert (await engine.detokenize(prompt.ids)).endswith(prefix.encode())
            assert forms == [(CONTINUATION, prompt.tokens)] * 5


TURN = "<|im_start|>assistant\n"
OPENING = f"{TURN}<think>\n\n</think>\n\n"
BEGUN = f"{OPENING}def f"
HISTORY = f"{OPENING}def f<|im_end|>\n{OPENING}"
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TAGGED = '<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>'
CALLED = f"{OPENING}a\n{TAGGED}<|im_end|>\n{OPENING}"
PARTS = [{"type": "text", "text": "de"}, {"type": "text", "text": "f f"}]
# Messages, parameters with the model, and how the prompt ends.
READ: dict[str, tuple[Messages, dict[str, Any], str]] = {
    "a prefix": ([USER, prefixed("def f")], {}, BEGUN),
    "an empty prefix": ([USER, prefixed("")], {}, OPENING),
    "parts are one prefix": ([USER, prefixed(PARTS)], {}, BEGUN),
    "thinking that is off": ([USER, prefixed("def f")], {"enable_thinking": False}, BEGUN),
    "a model that thinks unless told": ([USER, prefixed("def f")], {"model": "qwen3-32b"}, BEGUN),
    "a budget for no thought": (
        [USER, prefixed("def f")],
        {"model": "qwen3-32b", "thinking_budget": 5},
        BEGUN,
    ),
    "a coder": ([USER, prefixed("def f")], {"model": "qwen3-coder-plus"}, BEGUN),
    "a thought of its own": ([USER, prefixed("def f", reasoning_content="hm")], {}, BEGUN),
    "no wish": ([USER, {"role": "assistant", "content": "def f"}], {}, HISTORY),
    "a wish that says no": ([USER, prefixed("def f", partial=False)], {}, HISTORY),
    "a wish that says nothing": ([USER, prefixed("def f", partial=None)], {}, HISTORY),
    "a wish in the middle": (
        [USER, prefixed("def f"), USER],
        {},
        f"{TURN}def f<|im_end|>\n<|im_start|>user\nWrite f.<|im_end|>\n{OPENING}",
    ),
    "a wish of the user": (
        [USER | {"partial": True}],
        {},
        f"<|im_start|>user\nWrite f.<|im_end|>\n{OPENING}",
    ),
    "a call that follows the text": ([USER, prefixed("a", tool_calls=[CALL])], {}, CALLED),
}


def written(generation: Generation) -> str:
    return "".join(
        run.name if isinstance(run, Special) else getattr(run, "text", "")
        for run in generation.prompt.runs
    )


DIALECTS = pytest.mark.parametrize("ask", [compatible, native], ids=["compatible", "native"])


@DIALECTS
@pytest.mark.parametrize("title", READ)
async def test_it_is_read(tmp_path: Path, title: str, ask: Callable[..., Any]) -> None:
    messages, parameters, end = READ[title]
    engine, script = engine_of(Say("(n)"))
    async with studio(tmp_path, engine, family=QWEN3) as here:
        answer = await ask(here, messages, **parameters)
    assert texts(answer) == ["(n)"]
    (generation,) = script.heard
    assert written(generation).endswith(end)


@DIALECTS
async def test_a_thought_is_no_part_of_a_continuation(
    tmp_path: Path, ask: Callable[..., Any]
) -> None:
    engine, _ = engine_of(Say("it "), Say("thinks"))
    messages = [USER, prefixed("They say <think>\n")]
    async with studio(tmp_path, engine, family=FAMILIES["qwen3-thinking"]) as here:
        answer = await ask(here, messages, model="qwen3-32b")
        (row,) = await here.rows(1)
    (choice,) = answer.get("output", answer)["choices"]
    assert choice["message"]["content"] == "it thinks"
    assert not choice["message"].get("reasoning_content")
    assert row["reasoning"] == 0


@DIALECTS
async def test_stops_and_limits_are_for_the_continuation(
    tmp_path: Path, ask: Callable[..., Any]
) -> None:
    engine, _ = engine_of(Say("one two three"))
    messages = [USER, prefixed("zero two ")]
    async with studio(tmp_path, engine, family=QWEN3) as here:
        assert texts(await ask(here, messages, stop=[" two"])) == ["one"]
        (cut,) = texts(await ask(here, messages, max_tokens=2))
    assert "one two three".startswith(cut)
    assert cut not in ("", "one two three")


@DIALECTS
async def test_several_choices_go_on_with_the_same_prefix(
    tmp_path: Path, ask: Callable[..., Any]
) -> None:
    engine, script = engine_of(Say("(n)"))
    async with studio(tmp_path, engine, family=QWEN3) as here:
        answer = await ask(here, [USER, prefixed("def f")], n=3)
    assert texts(answer) == ["(n)"] * 3
    assert all(written(generation).endswith(BEGUN) for generation in script.heard)
    assert len({generation.sampling.seed for generation in script.heard}) == 3


CALLS = (Say("s look.\n"), Sign("<tool_call>"), Say('\n{"name": "now", "arguments": {}}\n'))


@DIALECTS
async def test_with_tools_the_text_goes_on_and_a_call_may_follow(
    tmp_path: Path, ask: Callable[..., Any]
) -> None:
    engine, script = engine_of(*CALLS, Sign("</tool_call>"))
    async with studio(tmp_path, engine, family=QWEN3) as here:
        answer = await ask(here, [USER, prefixed("Let'")], tools=TOOLS)
    (choice,) = answer.get("output", answer)["choices"]
    message = choice["message"]
    assert message["content"].rstrip("\n") == "s look."
    assert [call["function"]["name"] for call in message["tool_calls"]] == ["now"]
    assert choice["finish_reason"] == "tool_calls"
    assert written(script.heard[0]).endswith(f"{OPENING}Let'")


async def test_log_probabilities_are_those_of_the_continuation(tmp_path: Path) -> None:
    engine, _ = engine_of(Say("one two"))
    async with studio(tmp_path, engine, family=QWEN3) as here:
        answer = await compatible(here, [USER, prefixed("zero ")], logprobs=True)
    rows = answer["choices"][0]["logprobs"]["content"]
    assert "".join(row["token"] for row in rows) == "one two"


LAYER = "<400> InternalError.Algo.InvalidParameter: "
THINKS = LAYER + "Partial mode is not supported when enable_thinking is true."
UNABLE = "This model does not support partial mode."
PART = (
    "The provided messages input is invalid. The error info is [Unexpected item type in content.]"
)
JSON = "Partial mode is not supported with response_format json_object or json_schema."
IMAGES = {
    compatible: [{"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}],
    native: [{"image": "https://x.test/a.png"}],
}
# The prefix's message, parameters with the model, and what is said of it.
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a thought that is wished for": (prefixed("a"), {"enable_thinking": True}, THINKS),
    "a thought that is wished for by its effort": (
        prefixed("a"),
        {"reasoning_effort": "high"},
        THINKS,
    ),
    "a model that always thinks": (prefixed("a"), {"model": "qwq-plus"}, UNABLE),
    "a model that only translates": (prefixed("a"), {"model": "qwen-mt-plus"}, UNABLE),
    "a wish that is no flag": (
        prefixed("a", partial="yes"),
        {},
        "'{messages}.[1].partial' must be Boolean",
    ),
    "no content": (prefixed(None), {}, "The content field is a required field."),
    "a format beside it": (
        prefixed('{"json":'),
        {"response_format": {"type": "json_object"}},
        JSON,
    ),
    "forced to call while it thinks": (
        prefixed("a"),
        {"enable_thinking": True, "tools": TOOLS},
        THINKS,
    ),
}


async def refusal(
    here: Studio, ask: Callable[..., Any], messages: Messages, fields: dict[str, Any]
) -> tuple[int, str]:
    if ask is compatible:
        body = {"model": "qwen-plus", "messages": messages, **fields}
        path = COMPATIBLE
    else:
        model = fields.get("model", "qwen-plus")
        rest = {name: value for name, value in fields.items() if name != "model"}
        body = {"model": model, "input": {"messages": messages}, "parameters": rest}
        path = NATIVE
        if "vl" in model:
            path = path.replace("text-generation/", "multimodal-generation/")
    async with here.client.post(path, json=body) as response:
        document = await response.json()
        return response.status, document.get("error", document)["message"]


@DIALECTS
@pytest.mark.parametrize("title", REFUSED)
async def test_it_is_refused(tmp_path: Path, title: str, ask: Callable[..., Any]) -> None:
    message, fields, words = REFUSED[title]
    engine, _ = engine_of(Say("x"))
    where = "messages" if ask is compatible else "input.messages"
    async with studio(tmp_path, engine, family=QWEN3) as here:
        status, told = await refusal(here, ask, [USER, message], fields)
    assert (status, told) == (400, words.replace("{messages}", where))


@DIALECTS
async def test_a_picture_cannot_be_continued(tmp_path: Path, ask: Callable[..., Any]) -> None:
    messages = [USER, prefixed(IMAGES[ask])]
    engine, _ = engine_of(Say("x"))
    async with studio(tmp_path, engine, family=QWEN3) as here:
        assert await refusal(here, ask, messages, {"model": "qwen-vl-plus"}) == (400, PART)


@DIALECTS
async def test_a_prefix_needs_a_question(tmp_path: Path, ask: Callable[..., Any]) -> None:
    engine, _ = engine_of(Say("x"))
    async with studio(tmp_path, engine, family=QWEN3) as here:
        status, told = await refusal(here, ask, [prefixed("a")], {})
    assert status == 400
    assert told.endswith("do not contain elements with the role of user.")
