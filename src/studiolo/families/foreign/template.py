"""Foreign models: their own chat template, read as runs.

Law: what control strings begin and end with is swapped for stand-ins in all that callers wrote,
before the template sees it, and back in the text between the template's own control tokens. So
nothing of theirs is part of a control string, whatever the template joins or leaves out.
"""

from collections.abc import Iterable, Iterator, Set
from typing import Final, cast

from jinja2 import TemplateError
from msgspec.structs import replace

from studiolo.core.errors import ModelUnavailable
from studiolo.core.messages import Call, MediaPart, Message, TextPart
from studiolo.core.prompt import Media, Run, Special, Text
from studiolo.core.requests import Conversation
from studiolo.families.base import CLOSE, CLOSING, OPEN, TEMPLATE, Family, Thinks, ends_in_thought
from studiolo.families.calls.styles import style_in
from studiolo.families.chatml import split_thought
from studiolo.families.foreign.sandbox import Sandbox, literals, rendered
from studiolo.families.foreign.stand_ins import Controls, Swap, json_value
from studiolo.families.plain import PlainParser
from studiolo.families.runs import joined
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


def template_family(
    chat_template: str, special_tokens: Set[str], bos: str = "", eos: str = ""
) -> Family:
    """The family of weights that bring their own template; to be made when their engine is up.

    Raises ModelUnavailable when there is no template or it cannot be used.
    """
    if not chat_template.strip():
        raise ModelUnavailable("these weights bring no chat template; set another `family`")
    thinks = _thinks(chat_template)
    splits = thinks != "never"
    template = ChatTemplate(chat_template, special_tokens, bos=bos, eos=eos, splits_thought=splits)
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
    """A compiled template and the control tokens its text is split at.

    If it `splits_thought`, a thought that a client sent back inside the text is taken out of it.
    """

    def __init__(
        self,
        chat_template: str,
        special_tokens: Set[str],
        *,
        bos: str = "",
        eos: str = "",
        splits_thought: bool = False,
    ) -> None:
        sandbox = Sandbox()
        try:
            self._template = sandbox.from_string(chat_template)
            known = literals(sandbox, chat_template)
        except (*_MISTAKES, SyntaxError) as error:
            raise ModelUnavailable(f"the chat template of these weights: {error}") from error
        self._source = chat_template
        self._tokens = {"bos_token": bos, "eos_token": eos}
        self._controls = Controls(special_tokens | {OPEN, CLOSE}, known)
        self._splits_thought = splits_thought

    def render(self, conversation: Conversation) -> tuple[Run, ...]:
        """The conversation as runs. Raises ModelUnavailable when the template fails on it."""
        messages = conversation.messages
        prefix: tuple[TextPart | MediaPart, ...] = ()
        if messages[-1].partial:
            messages, prefix = messages[:-1], messages[-1].parts
        swap = Swap(self._controls, (self._source, *_texts(conversation)))
        if self._splits_thought:
            messages = tuple(map(_without_thought, messages))
        values: dict[str, object] = {
            **self._tokens,
            "messages": _messages(messages, swap),
            "tools": [swap.json(tool.definition) for tool in conversation.tools] or None,
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

    def _runs(self, text: str, swap: Swap) -> Iterator[Run]:
        done = 0
        for match in self._controls.strings.finditer(text):
            yield from swap.back(text[done : match.start()])
            yield Special(match[0])
            done = match.end()
        yield from swap.back(text[done:])


def _without_thought(message: Message) -> Message:
    if message.role != "assistant":
        return message
    reasoning, parts = split_thought(message.reasoning, message.parts)
    return replace(message, reasoning=reasoning, parts=parts)


def _messages(messages: Iterable[Message], swap: Swap) -> list[dict[str, object]]:
    names: dict[str, str] = {}
    rows: list[dict[str, object]] = []
    for message in messages:
        said = (
            part.text if isinstance(part, TextPart) else swap.media(part) for part in message.parts
        )
        row: dict[str, object] = {"role": message.role, "content": swap.text("".join(said))}
        if message.reasoning:
            row["reasoning_content"] = swap.text(message.reasoning)
        if message.calls:
            names.update((call.id, call.name) for call in message.calls)
            row["tool_calls"] = [_call(call, swap) for call in message.calls]
        if message.answers_call is not None:
            row["tool_call_id"] = swap.text(message.answers_call)
            row["name"] = swap.text(names.get(message.answers_call, ""))
        rows.append(row)
    return rows


def _call(call: Call, swap: Swap) -> dict[str, object]:
    function = {"name": swap.text(call.name), "arguments": swap.json(call.arguments)}
    return {"id": swap.text(call.id), "type": "function", "function": function}


def _texts(conversation: Conversation) -> Iterator[str]:
    """Everything callers wrote, and what of it stands in JSON as it is without escapes."""
    for tool in conversation.tools:
        yield from _strings(json_value(tool.definition))
    for message in conversation.messages:
        yield from (message.text, message.reasoning, message.answers_call or "")
        for call in message.calls:
            yield from (call.id, call.name, call.arguments, *_strings(json_value(call.arguments)))


def _strings(value: object) -> Iterator[str]:
    left = [value]
    while left:
        each = left.pop()
        match each:
            case str():
                yield each
            case list():
                left += cast("list[object]", each)
            case dict():
                pairs = cast("dict[str, object]", each)
                left += (*pairs, *pairs.values())
            case _:
                pass


def _plain(parts: Iterable[TextPart | MediaPart]) -> Iterator[Run]:
    for part in parts:
        yield Text(part.text) if isinstance(part, TextPart) else Media(part)
