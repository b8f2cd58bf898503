"""The input of a response: which messages its items come to, and what its fields wish for."""

import json
from typing import Any

import pytest
from tests.protocols.scenarios import IDENTITY

from studiolo.catalog.catalog import load_catalog
from studiolo.core.card import Limits, ModelCard
from studiolo.core.errors import StudioloError
from studiolo.core.messages import Call, Looking, MediaPart, Message, TextPart
from studiolo.core.mode_errors import (
    JsonWhileThinking,
    StructuredOutputNotSupported,
    ThinkingNotSupported,
    ThinkingRequired,
)
from studiolo.core.requests import ChatRequest, ToolChoice, Wishes
from studiolo.protocols.codec import Rules
from studiolo.protocols.openai.responses.question import Responses

CODEC = Responses(Rules(max_messages=50, allow_nonstream_thinking=True))
CATALOG = load_catalog()
HI: dict[str, Any] = {"role": "user", "content": "hi"}
TOLD = Message("user", (TextPart("hi"),))


def decoded(*, model: str = "qwen-plus", **fields: Any) -> ChatRequest:
    question = {"model": model, "input": "hi", **fields}
    card = CATALOG.card(model)
    return CODEC.decode(question, headers={}, card=card, identity=IDENTITY).request


def call(name: str, arguments: str = "{}") -> dict[str, Any]:
    return {"type": "function_call", "call_id": name, "name": "look", "arguments": arguments}


def gave(name: str, output: Any = "seen") -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": name, "output": output}


def said(text: str) -> dict[str, Any]:
    """As it came, with all that clients send back."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": None}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }


def thought(*texts: str, **others: Any) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": text} for text in texts]
    return {"id": "msg_0", "type": "reasoning", "summary": summary, **others}


def assistant(text: str | None, *calls: str, reasoning: str = "") -> Message:
    parts = () if text is None else (TextPart(text),)
    made = tuple(Call(name, "look", "{}") for name in calls)
    return Message("assistant", parts, made, reasoning=reasoning)


def tool(name: str, text: str = "seen") -> Message:
    return Message("tool", (TextPart(text),), answers_call=name)


ITEMS: dict[str, tuple[Any, tuple[Message, ...]]] = {
    "a text": ("hi", (TOLD,)),
    "a message": ([HI], (TOLD,)),
    "a message with its type": ([{"type": "message", **HI}], (TOLD,)),
    "parts of texts": (
        [
            {
                "role": "user",
                "content": [{"type": "input_text", "text": "h"}, {"type": "text", "text": "i"}],
            }
        ],
        (Message("user", (TextPart("h"), TextPart("i"))),),
    ),
    "a part that marks what to cache": (
        [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "hi", "cache_control": {"type": "ephemeral"}}
                ],
            }
        ],
        (Message("user", (TextPart("hi", cache_breakpoint=True),)),),
    ),
    "system and developer": (
        [{"role": "system", "content": "a"}, {"role": "developer", "content": "b"}, HI],
        (Message("system", (TextPart("a"),)), Message("system", (TextPart("b"),)), TOLD),
    ),
    "an answer in parts": ([HI, said("yes"), HI], (TOLD, assistant("yes"), TOLD)),
    "an answer as text": (
        [HI, {"role": "assistant", "content": "yes"}, HI],
        (TOLD, assistant("yes"), TOLD),
    ),
    "an answer at the end": ([HI, said("yes")], (TOLD, assistant("yes"))),
    "two answers": ([HI, said("a"), said("b")], (TOLD, assistant("a"), assistant("b"))),
    "a call and its result": (
        [HI, call("a"), gave("a")],
        (TOLD, assistant(None, "a"), tool("a")),
    ),
    "calls in pairs": (
        [HI, call("a"), gave("a"), call("b"), gave("b")],
        (TOLD, assistant(None, "a"), tool("a"), assistant(None, "b"), tool("b")),
    ),
    "calls side by side": (
        [HI, call("a"), call("b"), gave("b", "two"), gave("a", "one")],
        (TOLD, assistant(None, "a", "b"), tool("a", "one"), tool("b", "two")),
    ),
    "words before a call": (
        [HI, said("Let me look."), call("a"), gave("a")],
        (TOLD, assistant("Let me look.", "a"), tool("a")),
    ),
    "words behind and between calls": (
        [HI, said("a"), call("a"), said("b"), call("b"), said("c"), gave("a"), gave("b")],
        (
            TOLD,
            Message(
                "assistant",
                (TextPart("a"), TextPart("b"), TextPart("c")),
                assistant(None, "a", "b").calls,
            ),
            tool("a"),
            tool("b"),
        ),
    ),
    "words behind a call, and none before": (
        [HI, call("a"), said("b"), gave("a")],
        (TOLD, assistant("b", "a"), tool("a")),
    ),
    "a text behind words in parts": (
        [HI, call("a"), {"role": "assistant", "content": "a"}, said("b"), gave("a")],
        (
            TOLD,
            Message("assistant", (TextPart("a"), TextPart("b")), assistant(None, "a").calls),
            tool("a"),
        ),
    ),
    "a thought before a call": (
        [HI, thought("hm"), call("a"), gave("a")],
        (TOLD, assistant(None, "a", reasoning="hm"), tool("a")),
    ),
    "a thought before words": (
        [HI, thought("h", "m"), said("yes"), HI],
        (TOLD, assistant("yes", reasoning="hm"), TOLD),
    ),
    "a thought behind words": (
        [HI, said("a"), thought("hm"), said("b")],
        (TOLD, assistant("a"), assistant("b", reasoning="hm")),
    ),
    "a thought that goes on behind a call": (
        [HI, thought("h"), call("a"), thought("m"), said("b"), gave("a")],
        (TOLD, assistant("b", "a", reasoning="hm"), tool("a")),
    ),
    "a thought in its other field": (
        [HI, thought(content=[{"type": "reasoning_text", "text": "hm"}]), said("yes")],
        (TOLD, assistant("yes", reasoning="hm")),
    ),
    "a thought that nobody can read": (
        [HI, thought(encrypted_content="abc", content=None), said("yes")],
        (TOLD, assistant("yes")),
    ),
    "a thought and nothing more": ([HI, thought("hm"), HI], (TOLD, TOLD)),
    "a result in parts": (
        [HI, call("a"), gave("a", [{"type": "input_text", "text": "seen"}])],
        (TOLD, assistant(None, "a"), tool("a")),
    ),
    "an empty result": (
        [HI, call("a"), gave("a", "")],
        (TOLD, assistant(None, "a"), tool("a", "")),
    ),
}


@pytest.mark.parametrize(("items", "messages"), ITEMS.values(), ids=ITEMS)
def test_items_come_to_messages(items: Any, messages: tuple[Message, ...]) -> None:
    assert decoded(input=items).messages == messages


@pytest.mark.parametrize("kind", ["input_image", "image_url"])
def test_a_picture_is_read_for_models_that_see(kind: str) -> None:
    picture = {"type": kind, "image_url": "https://x.test/a.png", "detail": "auto"}
    content = [picture, {"type": "input_text", "text": "?"}]
    request = decoded(model="qwen-vl-plus", input=[{"role": "user", "content": content}])
    assert request.messages == (
        Message("user", (MediaPart("image", ("https://x.test/a.png",)), TextPart("?"))),
    )


def test_how_closely_to_look_is_heard() -> None:
    picture = {"type": "input_image", "image_url": "https://x.test/a.png", "max_pixels": 65_536}
    request = decoded(model="qwen-vl-plus", input=[{"role": "user", "content": [picture]}])
    (part,) = request.messages[0].parts
    assert part == MediaPart("image", ("https://x.test/a.png",), looking=Looking(max_pixels=65_536))


def test_instructions_come_first() -> None:
    request = decoded(instructions="Be brief.", input=[{"role": "system", "content": "a"}, HI])
    assert [(each.role, each.text) for each in request.messages] == [
        ("system", "Be brief."),
        ("system", "a"),
        ("user", "hi"),
    ]
    assert decoded(instructions="").messages == (TOLD,)


ON, OFF = {"enable_thinking": True}, {"enable_thinking": False}


def effort(word: str | None) -> dict[str, Any]:
    return {"reasoning": {"effort": word, "summary": "auto"}}


THINKS: list[tuple[str, dict[str, Any], bool | type[StudioloError]]] = [
    # hybrid, on by default
    ("qwen3.6-plus", {}, True),
    ("qwen3.6-plus", OFF, False),
    ("qwen3.6-plus", effort("none"), False),
    ("qwen3.6-plus", {**effort("none"), **ON}, False),
    ("qwen3.6-plus", {**effort(None), **OFF}, False),
    ("qwen3.6-plus", {"reasoning": {}}, True),
    ("qwen3.6-plus", {"chat_template_kwargs": OFF}, False),
    # hybrid, off by default
    ("qwen-plus", {}, False),
    ("qwen-plus", ON, True),
    *(("qwen-plus", effort(word), True) for word in ("minimal", "low", "medium", "high", "max")),
    ("qwen-plus", {**effort("low"), **OFF}, True),
    ("qwen-plus", {**effort("none"), **ON}, False),
    # only, and never
    ("qwq-plus", {}, True),
    ("qwq-plus", effort("none"), True),
    ("qwq-plus", OFF, ThinkingRequired),
    ("qwen-max", effort("high"), False),
    ("qwen-max", OFF, False),
    ("qwen-max", ON, ThinkingNotSupported),
]


@pytest.mark.parametrize(("model", "fields", "thinks"), THINKS)
def test_who_thinks(model: str, fields: dict[str, Any], thinks: bool | type[StudioloError]) -> None:
    if isinstance(thinks, bool):
        assert decoded(model=model, **fields).thinking.enabled is thinks
    else:
        with pytest.raises(thinks):
            decoded(model=model, **fields)


def test_reasoning_that_comes_back_is_kept_where_it_is_wished_for() -> None:
    assert decoded(model="qwen3.6-plus", preserve_thinking=True).thinking.preserve
    assert not decoded(model="qwen3.6-plus").thinking.preserve
    assert not decoded(model="qwen-plus", preserve_thinking=True).thinking.preserve


SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
FORMAT = {"type": "json_schema", "name": "it", "strict": True, "schema": SCHEMA}


def test_formats_are_those_of_chats() -> None:
    assert decoded(text={"format": {"type": "text"}}).answer_schema is None
    assert decoded(text={"verbosity": "low"}).answer_schema is None
    assert decoded(text={"format": {"type": "json_object"}}, input="JSON").answer_schema
    schema = decoded(text={"format": FORMAT}).answer_schema
    assert schema is not None
    assert json.loads(schema) == SCHEMA


def test_json_of_a_model_that_cannot_be_held_to_it_is_refused() -> None:
    question = {"model": "a", "input": "JSON", "text": {"format": FORMAT}}
    card = ModelCard("a", Limits(4096, 4000, 1000))
    with pytest.raises(StructuredOutputNotSupported):
        CODEC.decode(question, headers={}, card=card, identity=IDENTITY)


def test_json_goes_without_a_thought() -> None:
    wanted = {"text": {"format": FORMAT}}
    assert not decoded(model="qwen3.6-plus", **wanted).thinking.enabled
    assert not decoded(model="qwen3.6-plus", **wanted, **effort("none")).thinking.enabled
    for wish in (ON, effort("low")):
        with pytest.raises(JsonWhileThinking):
            decoded(model="qwen3.6-plus", **wanted, **wish)


def function(name: str, **others: Any) -> dict[str, Any]:
    return {"type": "function", "name": name, "parameters": SCHEMA, **others}


LOOK, TELL = function("look"), function("tell")


def chosen(choice: Any) -> tuple[list[str], ToolChoice]:
    request = decoded(tools=[LOOK, TELL], tool_choice=choice)
    return [tool.name for tool in request.tools], request.tool_choice


def allowed(*names: str, **others: Any) -> dict[str, Any]:
    tools = [{"type": "function", "name": name} for name in names]
    return {"type": "allowed_tools", "tools": tools, **others}


BOTH = ["look", "tell"]
CHOICES: list[tuple[Any, list[str], ToolChoice]] = [
    (None, BOTH, ToolChoice()),
    ("auto", BOTH, ToolChoice("auto")),
    ("none", BOTH, ToolChoice("none")),
    ("required", BOTH, ToolChoice("required")),
    ({"type": "function", "name": "tell"}, BOTH, ToolChoice("named", "tell")),
    (allowed("tell"), ["tell"], ToolChoice("auto")),
    (allowed("tell", mode="auto"), ["tell"], ToolChoice("auto")),
    (allowed("tell", "look", mode="required"), BOTH, ToolChoice("required")),
]


@pytest.mark.parametrize(("choice", "names", "meant"), CHOICES)
def test_tools_are_chosen(choice: Any, names: list[str], meant: ToolChoice) -> None:
    assert chosen(choice) == (names, meant)


def test_without_tools_a_choice_says_nothing() -> None:
    for choice in ("required", "whatever", {"type": "function", "name": "look"}):
        assert decoded(tool_choice=choice).tool_choice == ToolChoice()


def test_a_flat_function_is_shown_to_the_model_as_chats_show_it() -> None:
    given = function("look", description="Looks.", strict=None, cache_control={"type": "ephemeral"})
    (tool,) = decoded(tools=[given]).tools
    shown = {"name": "look", "parameters": SCHEMA, "description": "Looks."}
    assert json.loads(tool.definition) == {"type": "function", "function": shown}
    assert json.loads(tool.parameters) == SCHEMA


def test_limits_and_wishes() -> None:
    request = decoded(temperature=0.5, top_p=0.9, max_output_tokens=16, parallel_tool_calls=True)
    assert request.wishes == Wishes(temperature=0.5, top_p=0.9)
    assert (request.max_answer_tokens, request.max_total_tokens) == (16, None)
    assert request.parallel_calls


def test_where_chats_count_the_thought_the_limit_counts_it_too() -> None:
    model = next(card.name for card in CATALOG if card.max_tokens_bound_all)
    request = decoded(model=model, max_output_tokens=64)
    assert (request.max_answer_tokens, request.max_total_tokens) == (64, 64)


IGNORED: dict[str, Any] = {
    "n": 9,
    "stop": 7,
    "seed": -1,
    "top_k": "many",
    "presence_penalty": 99,
    "thinking_budget": -5,
    "top_logprobs": 50,
    "include": ["reasoning.encrypted_content"],
    "truncation": "auto",
    "service_tier": "flex",
    "store": True,
    "prompt_cache_key": "a",
    "background": False,
    "previous_response_id": None,
    "conversation": None,
    "max_tokens": -1,
    "response_format": "yaml",
    "messages": 7,
}


@pytest.mark.parametrize("field", IGNORED)
def test_what_is_not_documented_is_ignored(field: str) -> None:
    assert decoded(**{field: IGNORED[field]}) == decoded()
