"""Foreign models: their own chat template, read as runs.

Law: control strings in what callers wrote are swapped for private letters before the template sees
them, and swapped back in the text between the template's own control tokens.
"""

import json
import re
from collections.abc import Iterable, Iterator, Set
from typing import Final, cast

from jinja2 import TemplateError

from studiolo.core.errors import ModelUnavailable
from studiolo.core.messages import MediaPart, Message, TextPart
from studiolo.core.prompt import Media, Run, Special, Text
from studiolo.core.requests import Conversation
from studiolo.families.base import CLOSE, CLOSING, OPEN, TEMPLATE, Family, Thinks, ends_in_thought
from studiolo.families.calls.styles import style_in
from studiolo.families.chatml import split_thought
from studiolo.families.plain import PlainParser
from studiolo.families.runs import joined
from studiolo.families.sandbox import Sandbox, rendered
from studiolo.families.thought import ThoughtParser

# What a template's own mistakes raise while it renders.
_MISTAKES: Final = (
    TemplateError,
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RecursionError,
)
_LETTERS: Final = range(0xF0000, 0xFFFFD)


def template_family(
    chat_template: str, special_tokens: Set[str], bos: str = "", eos: str = ""
) -> Family:
    """The family of weights that bring their own template; to be made when their engine is up.

    Raises ModelUnavailable when there is no template or it cannot be used.
    """
    if not chat_template.strip():
        raise ModelUnavailable("these weights bring no chat template; set another `family`")
    template = ChatTemplate(chat_template, special_tokens, bos=bos, eos=eos)
    thinks = _thinks(chat_template)
    question = Conversation((Message("user", (TextPart("Hi"),)),), thinks=thinks != "never")
    return Family(
        TEMPLATE,
        template.render,
        PlainParser if thinks == "never" else ThoughtParser,
        thinks=thinks,
        opens_thought=ends_in_thought(template.render(question)),
        calls=style_in(chat_template, special_tokens),
    )


def _thinks(chat_template: str) -> Thinks:
    if CLOSE not in chat_template and OPEN not in chat_template:
        return "never"
    return "hybrid" if "enable_thinking" in chat_template else "always"


class ChatTemplate:
    """A compiled template and the control tokens its text is split at."""

    def __init__(
        self, chat_template: str, special_tokens: Set[str], *, bos: str = "", eos: str = ""
    ) -> None:
        try:
            self._template = Sandbox().from_string(chat_template)
        except (*_MISTAKES, SyntaxError) as error:
            raise ModelUnavailable(f"the chat template of these weights: {error}") from error
        self._tokens = {"bos_token": bos, "eos_token": eos}
        names = {name for name in special_tokens if len(name) > 1 and name.strip()} | {OPEN, CLOSE}
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        self._specials = re.compile("|".join(map(re.escape, longest_first)))

    def render(self, conversation: Conversation) -> tuple[Run, ...]:
        """The conversation as runs. Raises ModelUnavailable when the template fails on it."""
        messages = conversation.messages
        prefix: tuple[TextPart | MediaPart, ...] = ()
        if messages[-1].partial:
            messages, prefix = messages[:-1], messages[-1].parts
        swap = _Swap(self._specials, _texts(conversation))
        values: dict[str, object] = {
            **self._tokens,
            "messages": _messages(messages, swap),
            "tools": [swap.out(_json(tool.definition)) for tool in conversation.tools] or None,
            "add_generation_prompt": True,
            "enable_thinking": conversation.thinks,
            "preserve_thinking": conversation.preserves_reasoning,
        }
        try:
            text = rendered(self._template, values)
        except _MISTAKES as error:
            raise ModelUnavailable(f"the chat template of these weights: {error}") from error
        runs = tuple(joined(self._runs(text, swap)))
        if prefix and ends_in_thought(runs):
            runs = (*runs, *CLOSING)  # what the caller began is the answer
        return tuple(joined((*runs, *_plain(prefix))))

    def _runs(self, text: str, swap: "_Swap") -> Iterator[Run]:
        done = 0
        for match in self._specials.finditer(text):
            yield from swap.back(text[done : match.start()])
            yield Special(match[0])
            done = match.end()
        yield from swap.back(text[done:])


class _Swap:
    """Private letters for control strings and media; letters that callers use are left to them."""

    def __init__(self, specials: re.Pattern[str], texts: Iterable[str]) -> None:
        self._specials = specials
        used = {letter for text in texts for letter in text if letter >= chr(_LETTERS[0])}
        self._free = (chr(code) for code in _LETTERS if chr(code) not in used)
        self._names: dict[str, str] = {}
        self._runs: dict[str, Run] = {}

    def out(self, value: object) -> object:
        """The value with letters for all control strings, however deep."""
        match value:
            case str():
                return self._specials.sub(lambda found: self._letter(found[0]), value)
            case list():
                return [self.out(each) for each in cast("list[object]", value)]
            case dict():
                pairs = cast("dict[str, object]", value).items()
                return {str(self.out(key)): self.out(each) for key, each in pairs}
            case _:
                return value

    def media(self, part: MediaPart) -> str:
        """The letter that stands for this picture."""
        letter = next(self._free)
        self._runs[letter] = Media(part)
        return letter

    def back(self, text: str) -> Iterator[Run]:
        """The text with everything in its place again."""
        if not self._runs:
            yield Text(text)
            return
        for piece in re.split(f"([{''.join(self._runs)}])", text):
            yield self._runs.get(piece, Text(piece))

    def _letter(self, name: str) -> str:
        if name not in self._names:
            letter = self._names[name] = next(self._free)
            self._runs[letter] = Text(name)
        return self._names[name]


def _messages(messages: Iterable[Message], swap: _Swap) -> list[dict[str, object]]:
    names: dict[str, str] = {}
    rows: list[dict[str, object]] = []
    for message in messages:
        row: dict[str, object] = {"role": message.role}
        reasoning, parts = message.reasoning, message.parts
        if message.role == "assistant":
            reasoning, parts = split_thought(reasoning, parts)
        row["content"] = "".join(
            str(swap.out(part.text)) if isinstance(part, TextPart) else swap.media(part)
            for part in parts
        )
        if reasoning:
            row["reasoning_content"] = swap.out(reasoning)
        if message.calls:
            names.update((call.id, call.name) for call in message.calls)
            row["tool_calls"] = [
                {
                    "id": swap.out(call.id),
                    "type": "function",
                    "function": {
                        "name": swap.out(call.name),
                        "arguments": swap.out(_json(call.arguments)),
                    },
                }
                for call in message.calls
            ]
        if message.answers_call is not None:
            row["tool_call_id"] = swap.out(message.answers_call)
            row["name"] = swap.out(names.get(message.answers_call, ""))
        rows.append(row)
    return rows


def _texts(conversation: Conversation) -> Iterator[str]:
    """Everything callers wrote."""
    for tool in conversation.tools:
        yield tool.definition
    for message in conversation.messages:
        yield from (message.text, message.reasoning, message.answers_call or "")
        for call in message.calls:
            yield from (call.id, call.name, call.arguments)


def _plain(parts: Iterable[TextPart | MediaPart]) -> Iterator[Run]:
    for part in parts:
        yield Text(part.text) if isinstance(part, TextPart) else Media(part)


def _json(text: str) -> object:
    """The value of this JSON, or the text if it is none."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
