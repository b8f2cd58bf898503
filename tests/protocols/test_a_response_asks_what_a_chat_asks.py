"""The same question in items and in messages is one question, and no JSON is anything else."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.frames import TEXTS
from tests.protocols.scenarios import IDENTITY
from tests.protocols.test_whatever_tools_are_sent_the_answer_is_a_request_or_a_refusal import (
    CHOICE,
    LEAVES,
    TOOL,
    near,
)

from studiolo.catalog.catalog import load_catalog
from studiolo.core.card import ModelCard
from studiolo.core.errors import StudioloError
from studiolo.core.requests import ChatRequest
from studiolo.protocols.codec import Codec, Rules
from studiolo.protocols.errors import row_for, words_for
from studiolo.protocols.openai.chat import ChatCompletions
from studiolo.protocols.openai.responses.errors import WIRE_ERRORS
from studiolo.protocols.openai.responses.question import Responses

RULES = Rules(max_messages=50, allow_nonstream_thinking=True)
CHAT, RESPONSES = ChatCompletions(RULES), Responses(RULES)
CARDS = [load_catalog().card(name) for name in ("qwen-plus", "qwen3.6-plus", "qwen-max")]
Body = dict[str, Any]
# One step of a conversation in both forms; what is said is never empty.
SAID = TEXTS.filter(bool)


def decoded(codec: Codec[ChatRequest], card: ModelCard, body: Body) -> ChatRequest | StudioloError:
    question = {"model": card.name, **body}
    try:
        return codec.decode(question, headers={}, card=card, identity=IDENTITY).request
    except StudioloError as error:
        return error


@st.composite
def turns(draw: st.DrawFn) -> tuple[list[Body], list[Body]]:
    """What was said so far, as messages and as items: words, calls and what they gave."""
    messages: list[Body] = []
    items: list[Body] = []
    for number in range(draw(st.integers(0, 3))):
        role, text = draw(st.sampled_from(["user", "system", "developer", "assistant"])), draw(SAID)
        names = [f"call_{number}_{each}" for each in range(draw(st.integers(0, 2)))]
        if role != "assistant":
            messages.append({"role": role, "content": text})
            items.append({"role": role, "content": [{"type": "input_text", "text": text}]})
            continue
        calls, results, answers = [], [], []
        for name in names:
            function = {"name": "look", "arguments": json.dumps({"at": draw(TEXTS)})}
            calls.append({"id": name, "type": "function", "function": function})
            items_of_call = {"type": "function_call", "call_id": name, **function}
            result = draw(TEXTS)
            results.append({"role": "tool", "tool_call_id": name, "content": result})
            answers.append((items_of_call, name, result))
        thought = draw(TEXTS)
        said: Body = {"role": "assistant", "content": text, "reasoning_content": thought}
        messages += [{**said, "tool_calls": calls}, *results]
        summary = [{"type": "summary_text", "text": thought}]
        items += [
            {"type": "reasoning", "id": "msg_0", "summary": summary},
            {"role": "assistant", "content": [{"type": "output_text", "text": text}]},
            *(call for call, _, _ in answers),
            *(
                {"type": "function_call_output", "call_id": name, "output": result}
                for _, name, result in answers
            ),
        ]
    last = draw(SAID)
    return (
        [*messages, {"role": "user", "content": last}],
        [*items, {"role": "user", "content": last}],
    )


@st.composite
def settings(draw: st.DrawFn) -> tuple[Body, Body]:
    """Fields of a chat, and the same of a response."""
    chat: Body = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "temperature": st.floats(0, 1.9),
                "top_p": st.floats(0.1, 1),
                "parallel_tool_calls": st.booleans(),
                "preserve_thinking": st.booleans(),
            },
        )
    )
    response = dict(chat)
    if draw(st.booleans()):
        most = draw(st.integers(16, 100))
        chat["max_tokens"], response["max_output_tokens"] = most, most
    match draw(st.sampled_from(["nothing", "a wish", "an effort"])):
        case "a wish":
            wish = draw(st.booleans())
            chat["enable_thinking"] = response["enable_thinking"] = wish
        case "an effort":
            effort = draw(st.sampled_from(["none", "low", "high"]))
            chat["reasoning_effort"], response["reasoning"] = effort, {"effort": effort}
        case _:
            pass
    _add_tools(draw, chat, response)
    return chat, response


def _add_tools(draw: st.DrawFn, chat: Body, response: Body) -> None:
    schema = {"type": "object", "properties": {"at": {"type": "string"}}}
    if draw(st.booleans()):
        named = {"type": "json_schema", "name": "it", "strict": True, "schema": schema}
        inner = {name: value for name, value in named.items() if name != "type"}
        chat["response_format"] = {"type": "json_schema", "json_schema": inner}
        response["text"] = {"format": named}
    names = draw(st.lists(st.sampled_from(["look", "tell", "ask"]), unique=True, max_size=3))
    functions = [{"name": name, "parameters": schema} for name in names]
    chat["tools"] = [{"type": "function", "function": each} for each in functions]
    response["tools"] = [{"type": "function", **each} for each in functions]
    choice = draw(st.sampled_from(["auto", "none", "required", "named"]))
    if choice != "named":
        chat["tool_choice"] = response["tool_choice"] = choice
    elif names:
        chat["tool_choice"] = {"type": "function", "function": {"name": names[0]}}
        response["tool_choice"] = {"type": "function", "name": names[0]}


@given(st.sampled_from(CARDS), turns(), settings())
def test_one_question_in_two_forms(
    card: ModelCard, said: tuple[list[Body], list[Body]], fields: tuple[Body, Body]
) -> None:
    chat = decoded(CHAT, card, {"messages": said[0], **fields[0]})
    response = decoded(RESPONSES, card, {"input": said[1], **fields[1]})
    if isinstance(chat, ChatRequest):
        assert response == chat
    else:
        assert type(response) is type(chat)


PART = near("type", "text", "image_url", "refusal", "file_id")
ITEM = near(
    "type",
    "role",
    "content",
    "id",
    "call_id",
    "name",
    "arguments",
    "output",
    "summary",
    "text",
)
TYPES = st.sampled_from(
    ["message", "reasoning", "function_call", "function_call_output", "item_reference"]
)
ITEMS = ITEM | st.builds(
    lambda kind, role, item: {**(item if isinstance(item, dict) else {}), "type": kind, **role},
    TYPES,
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant"]), "content": PART | LEAVES}
    ),
    ITEM,
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "input": LEAVES,
    "instructions": LEAVES,
    "text": st.fixed_dictionaries({"format": near("type", "name", "schema", "strict")}) | LEAVES,
    "reasoning": near("effort", "summary"),
    "tools": st.lists(TOOL, max_size=2) | TOOL,
    "tool_choice": CHOICE | near("type", "mode", "tools", "name"),
    "previous_response_id": LEAVES,
    "conversation": near("id"),
    "background": LEAVES,
    "metadata": LEAVES | near("a"),
    "user": LEAVES,
    "max_output_tokens": LEAVES,
    "enable_thinking": LEAVES,
    "store": LEAVES,
}
LOOK = {"type": "function", "name": "f", "parameters": {}}


@given(st.sampled_from(CARDS), st.lists(ITEMS, max_size=4))
def test_whatever_items_are_sent(card: ModelCard, items: list[Any]) -> None:
    check(card, {"input": [*items, {"role": "user", "content": "hi"}]})


@given(st.sampled_from(CARDS), st.data())
def test_whatever_stands_in_a_field(card: ModelCard, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=2, unique=True))
    fields = {name: data.draw(FIELDS[name]) for name in names}
    check(card, {"input": "json", "tools": [LOOK], **fields})


def check(card: ModelCard, body: Body) -> None:
    """It is a request or a refusal."""
    told = decoded(RESPONSES, card, body)
    if isinstance(told, StudioloError):
        row = row_for(WIRE_ERRORS, told)
        assert row.status in (400, 404)
        assert words_for(row, told)
    else:
        assert msgspec.json.encode(told)
