"""ChatML as Qwen models read it: turns between `<|im_start|>` and `<|im_end|>`."""

from collections.abc import Iterator

import msgspec

from studiolo.core.messages import Call, MediaPart, Message, Part, TextPart
from studiolo.core.prompt import Media, Run, Special, Text
from studiolo.core.requests import Conversation
from studiolo.families.runs import joined

START = Special("<|im_start|>")
END = Special("<|im_end|>")


def render_chatml(
    conversation: Conversation, *, default_system: str | None = None
) -> tuple[Run, ...]:
    """The conversation as runs, ending where the assistant is to write on.

    `default_system` stands in front when the conversation opens without a system message. A
    partial last message is left open, byte for byte.
    """
    return tuple(joined(_turns(conversation, default_system)))


def _turns(conversation: Conversation, default_system: str | None) -> Iterator[Run]:
    messages = conversation.messages
    if default_system is not None and messages[0].role != "system":
        yield from _turn("system", (TextPart(default_system),))
    previous = ""
    for position, message in enumerate(messages):
        last = position == len(messages) - 1
        if message.role == "tool":
            follows = "" if last else messages[position + 1].role
            yield from _tool_result(message, first=previous != "tool", last=follows != "tool")
        elif last and message.partial:
            yield START
            yield Text("assistant\n")
            yield from _content(message.parts)
            return
        else:
            yield from _turn(message.role, message.parts, message.calls)
        previous = message.role
    yield START
    yield Text("assistant\n")


def _turn(role: str, parts: tuple[Part, ...], calls: tuple[Call, ...] = ()) -> Iterator[Run]:
    yield START
    yield Text(f"{role}\n")
    yield from _content(parts)
    for position, call in enumerate(calls):
        if position or parts:
            yield Text("\n")
        yield Special("<tool_call>")
        yield Text(f'\n{{"name": {_json(call.name)}, "arguments": {call.arguments}}}\n')
        yield Special("</tool_call>")
    yield END
    yield Text("\n")


def _tool_result(message: Message, *, first: bool, last: bool) -> Iterator[Run]:
    """Results of one turn share one user turn."""
    if first:
        yield START
        yield Text("user")
    yield Text("\n")
    yield Special("<tool_response>")
    yield Text("\n")
    yield from _content(message.parts)
    yield Text("\n")
    yield Special("</tool_response>")
    if last:
        yield END
        yield Text("\n")


def _content(parts: tuple[Part, ...]) -> Iterator[Run]:
    for part in parts:
        match part:
            case TextPart(text=text):
                yield Text(text)
            case MediaPart():
                yield Media(part)


def _json(text: str) -> str:
    return msgspec.json.encode(text).decode()
