"""ChatML as Qwen models read it: turns between `<|im_start|>` and `<|im_end|>`.

Law: how families differ stands in their `Style`, and nobody asks for a family's name.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal

import msgspec

from studiolo.core.messages import Call, MediaPart, Message, Part, TextPart
from studiolo.core.prompt import VISION, VISION_END, Media, Run, Special, Text
from studiolo.core.requests import Conversation, Tool
from studiolo.families.base import CLOSE, OPEN
from studiolo.families.runs import joined
from studiolo.families.tools import hermes_call, hermes_tools

START: Final = Special("<|im_start|>")
END: Final = Special("<|im_end|>")
RESULT: Final = Special("<tool_response>")
RESULT_END: Final = Special("</tool_response>")

# What stands where the assistant is to write on, after its name.
OPENED: Final[tuple[Run, ...]] = (Special(OPEN), Text("\n"))
EMPTY_THOUGHT: Final[tuple[Run, ...]] = (*OPENED, Text("\n"), Special(CLOSE), Text("\n\n"))


class Past(msgspec.Struct, frozen=True):
    """An answer of the past and where it stands: after the last question, as the very last."""

    reasoning: str
    after_question: bool
    last: bool
    preserved: bool


def no_thought(past: Past) -> bool:
    """These models know no thoughts."""
    del past
    return False


def preserved_thought(past: Past) -> bool:
    """Thoughts are forgotten, unless the caller wants them kept."""
    return past.preserved and bool(past.reasoning)


def fresh_thought(past: Past) -> bool:
    """Thoughts since the last question are kept, and the very last answer has one at any rate."""
    if past.after_question:
        return past.last or bool(past.reasoning)
    return preserved_thought(past)


def every_fresh_thought(past: Past) -> bool:
    """All answers that may have a thought have one, if an empty one."""
    return past.after_question or past.preserved


class Style(msgspec.Struct, frozen=True):
    """How a family writes its turns.

    `default_system` stands in for a missing system message, `tools_system` does when tools come
    without one. `before_calls` stands between an answer's text and its calls, `after_results`
    behind the last result of a turn. `trims` says whose white space is cut off. `keeps_thought`
    decides which past answers show a thought. `thinking` and `answering` open the turn of the
    assistant, `continuing` precedes a partial answer.
    """

    default_system: str | None = None
    tools_system: str | None = None
    tools: Callable[[Sequence[Tool]], Iterator[Run]] = hermes_tools
    tools_first: bool = False
    call: Callable[[Call], Iterator[Run]] = hermes_call
    before_calls: str = "\n"
    after_results: str = ""
    trims: Literal["nothing", "newlines before answers", "before calls", "everything"] = "nothing"
    keeps_thought: Callable[[Past], bool] = no_thought
    splits_thought: bool = False
    thinking: tuple[Run, ...] = ()
    answering: tuple[Run, ...] = ()
    continuing: tuple[Run, ...] = ()


PLAIN: Final = Style()


def render_chatml(conversation: Conversation, *, style: Style = PLAIN) -> tuple[Run, ...]:
    """The conversation as runs, ending where the assistant is to write on.

    A partial last message is left open, byte for byte.
    """
    return tuple(joined(_Turns(conversation, style).runs()))


class _Turns:
    def __init__(self, conversation: Conversation, style: Style) -> None:
        self._conversation = conversation
        self._style = style
        self._messages = conversation.messages
        self._question = _last_question(conversation.messages)

    def runs(self) -> Iterator[Run]:
        messages = self._messages
        told = messages[0].parts if messages[0].role == "system" else None
        system = list(self._system(told))
        if system or told is not None:
            yield from _turn("system", system)
        for position in range(0 if told is None else 1, len(messages)):
            message = messages[position]
            if message.partial and position == len(messages) - 1:
                yield from self._opening(self._style.continuing)
                yield from _content(message.parts)
                return
            yield from self._message(position, message)
        thinks = self._conversation.thinks
        yield from self._opening(self._style.thinking if thinks else self._style.answering)

    def _system(self, told: tuple[Part, ...] | None) -> Iterator[Run]:
        """What the system says, with the tools before or behind it."""
        style, tools = self._style, self._conversation.tools
        default = style.default_system
        if default is None and tools:
            default = style.tools_system
        if told is None and default is not None:
            told = (TextPart(default),)
        texts = list(_content(self._trimmed(told or ())))
        if not tools:
            yield from texts
        elif style.tools_first:
            yield from style.tools(tools)
            yield from (Text("\n\n"), *texts) if texts else ()
        else:
            yield from texts
            yield from () if told is None else (Text("\n\n"),)
            yield from style.tools(tools)

    def _message(self, position: int, message: Message) -> Iterator[Run]:
        match message.role:
            case "assistant":
                yield from _turn("assistant", self._answer(position, message))
            case "tool":
                yield from self._result(position, message)
            case "system" | "user":
                yield from _turn(message.role, _content(self._trimmed(message.parts)))

    def _answer(self, position: int, message: Message) -> Iterator[Run]:
        style = self._style
        reasoning, parts = message.reasoning, self._trimmed(message.parts)
        if style.splits_thought:
            reasoning, parts = split_thought(reasoning, parts)
        past = Past(
            reasoning,
            after_question=position > self._question,
            last=position == len(self._messages) - 1,
            preserved=self._conversation.preserves_reasoning,
        )
        thought = style.keeps_thought(past)
        if thought:
            yield from _thought(reasoning.strip(None if style.trims == "everything" else "\n"))
        if thought or style.trims == "newlines before answers":
            parts = _without_newlines(parts)
        if message.calls and style.trims == "before calls":
            parts = _stripped(parts)
        yield from _content(parts)
        for number, call in enumerate(message.calls):
            if number or parts:
                yield Text("\n" if number else style.before_calls)
            yield from style.call(call)

    def _result(self, position: int, message: Message) -> Iterator[Run]:
        """Results of one turn share one user turn."""
        messages = self._messages
        if position == 0 or messages[position - 1].role != "tool":
            yield START
            yield Text("user")
        yield Text("\n")
        yield RESULT
        yield Text("\n")
        yield from _content(self._trimmed(message.parts))
        yield Text("\n")
        yield RESULT_END
        if position + 1 == len(messages) or messages[position + 1].role != "tool":
            yield Text(self._style.after_results)
            yield END
            yield Text("\n")

    def _trimmed(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        return _stripped(parts) if self._style.trims == "everything" else _solid(parts)

    def _opening(self, runs: tuple[Run, ...]) -> Iterator[Run]:
        yield START
        yield Text("assistant\n")
        yield from runs


def _turn(role: str, runs: Iterator[Run] | Sequence[Run]) -> Iterator[Run]:
    yield START
    yield Text(f"{role}\n")
    yield from runs
    yield END
    yield Text("\n")


def _thought(reasoning: str) -> Iterator[Run]:
    yield from OPENED
    yield Text(f"{reasoning}\n")
    yield Special(CLOSE)
    yield Text("\n\n")


def _content(parts: Sequence[Part]) -> Iterator[Run]:
    for part in parts:
        match part:
            case TextPart(text=text):
                yield Text(text)
            case MediaPart():
                yield from (VISION, Media(part), VISION_END)


def _last_question(messages: tuple[Message, ...]) -> int:
    """Where the user last asked something; a tool's result dressed as a question is none."""
    for position in range(len(messages) - 1, -1, -1):
        message = messages[position]
        if message.role == "user":
            text = message.text.strip()
            if not (text.startswith(RESULT.name) and text.endswith(RESULT_END.name)):
                return position
    return len(messages)


def split_thought(reasoning: str, parts: tuple[Part, ...]) -> tuple[str, tuple[Part, ...]]:
    """A thought that a client sent back inside the text, taken out of it."""
    text = "".join(part.text for part in parts if isinstance(part, TextPart))
    if reasoning or CLOSE not in text:
        return reasoning, parts
    thought = text.partition(CLOSE)[0].rstrip("\n").rpartition(OPEN)[2].lstrip("\n")
    media = tuple(part for part in parts if isinstance(part, MediaPart))
    return thought, (*media, *_solid((TextPart(text.rpartition(CLOSE)[2].lstrip("\n")),)))


def _solid(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Without texts that are empty."""
    return tuple(part for part in parts if not isinstance(part, TextPart) or part.text)


def _stripped(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Without white space at both ends."""
    kept = list(parts)
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while kept and isinstance(edge := kept[end], TextPart):
            kept[end] = TextPart(strip(edge.text))
            if strip(edge.text):
                break
            del kept[end]
    return tuple(kept)


def _without_newlines(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Without newlines at the start."""
    if parts and isinstance(first := parts[0], TextPart):
        return _solid((TextPart(first.text.lstrip("\n")), *parts[1:]))
    return parts
