"""Foreign models: their own chat template, read as runs.

Law: what control strings begin and end with is swapped for stand-ins in all that callers wrote,
before the template sees it, and back in the text between the template's own control tokens. So
nothing of theirs is part of a control string, whatever the template joins or leaves out.
"""

import json
import re
from collections.abc import Iterable, Iterator, Set
from itertools import islice
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
from studiolo.families.plain import PlainParser
from studiolo.families.runs import joined
from studiolo.families.sandbox import STAND_INS, Sandbox, literals, rendered
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
_STAND_IN: Final = re.compile(f"[{chr(STAND_INS[0])}-{chr(STAND_INS[-1])}]")
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")
# These mean something in JSON, in Python's way to show a text, and in switches such as `/think`.
_NO_EDGES: Final = frozenset("\"'\\/_")


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
        self._controls = _Controls(special_tokens | {OPEN, CLOSE}, known)
        self._splits_thought = splits_thought

    def render(self, conversation: Conversation) -> tuple[Run, ...]:
        """The conversation as runs. Raises ModelUnavailable when the template fails on it."""
        messages = conversation.messages
        prefix: tuple[TextPart | MediaPart, ...] = ()
        if messages[-1].partial:
            messages, prefix = messages[:-1], messages[-1].parts
        swap = _Swap(self._controls, (self._source, *_texts(conversation)))
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

    def _runs(self, text: str, swap: "_Swap") -> Iterator[Run]:
        done = 0
        for match in self._controls.strings.finditer(text):
            yield from swap.back(text[done : match.start()])
            yield Special(match[0])
            done = match.end()
        yield from swap.back(text[done:])


class _Controls:
    """Control strings, and what of them nobody but the template may write.

    `edges` are the signs they begin and end with; `cores` the words between those, which a template
    may put signs around. `kept` are tags the template looks for that are no control strings, and
    `known` its own words: what it compares with, and the keys it asks for.
    """

    def __init__(self, names: Set[str], known: Set[str]) -> None:
        edges = {name: _edges(name) for name in names if len(name) > 1}
        longest_first = sorted(filter(edges.get, edges), key=lambda name: (-len(name), name))
        self.strings = re.compile("|".join(map(re.escape, longest_first)))
        self.edges = frozenset[str]().union(*edges.values())
        self.cores = {_core(name) for name in longest_first} - {""}
        self.longest = max(map(len, self.cores), default=0)
        signs = {edge for edge in self.edges if not edge.isalnum()}
        self.known = {word for word in known if signs.isdisjoint(word)} - set(longest_first)
        all_names = "".join(longest_first)
        tags = sorted(word for word in known if _is_tag(word, signs) and word not in all_names)
        self.kept = re.compile("|".join(map(re.escape, reversed(tags))) or r"(?!)")


class _Swap:
    """Stand-ins for signs and media; letters that callers use are left to them."""

    def __init__(self, controls: _Controls, texts: Iterable[str]) -> None:
        used = {letter for text in texts for letter in _STAND_IN.findall(text)}
        self._free = (chr(code) for code in STAND_INS if chr(code) not in used)
        self._controls = controls
        self._out = {ord(sign): next(self._free) for sign in controls.edges}
        self._back = {ord(letter): chr(sign) for sign, letter in self._out.items()}
        self._media: dict[str, Run] = {}

    def out(self, value: object) -> object:
        """The value with stand-ins, however deep."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.out(each) for each in cast("list[object]", value)]
            case dict():
                pairs = cast("dict[str, object]", value).items()
                return {self.text(key): self.out(each) for key, each in pairs}
            case _:
                return value

    def text(self, text: str) -> str:
        """The text with stand-ins, except for the template's own words."""
        controls = self._controls
        if text in controls.known:
            return text
        rest, done = list[str](), 0
        for tag in controls.kept.finditer(text):
            rest += (text[done : tag.start()].translate(self._out), tag[0])
            done = tag.end()
        told = "".join((*rest, text[done:].translate(self._out)))
        if self._is_core(text):
            first = next(filter(str.isalnum, text))
            return told.replace(first, self._stand_in(first), 1)
        return told

    def json(self, text: str) -> object:
        """The value of this JSON with stand-ins; what is none, or is too deep, is a text."""
        try:
            return self.out(_json(text))
        except RecursionError:
            return self.text(text)

    def media(self, part: MediaPart) -> str:
        """The letter that stands for this picture."""
        letter = next(self._free)
        self._media[letter] = Media(part)
        return letter

    def back(self, text: str) -> Iterator[Run]:
        """The text with everything in its place again."""
        pieces = re.split(f"([{''.join(self._media)}])", text) if self._media else (text,)
        for piece in pieces:
            yield self._media.get(piece) or Text(piece.translate(self._back))

    def _is_core(self, text: str) -> bool:
        """Whether signs around this text would make it a control string, as the template joins."""
        letters = islice(filter(str.isalnum, text), self._controls.longest + 1)
        return "/" not in text and "".join(letters).casefold() in self._controls.cores

    def _stand_in(self, sign: str) -> str:
        letter = next(self._free)
        self._back[ord(letter)] = sign
        return letter


def _edges(name: str) -> frozenset[str]:
    """The signs a control string begins and ends with; its first letter if it has none."""
    signs = frozenset("".join(_EDGES.findall(name))) - _NO_EDGES
    signs = frozenset(sign for sign in signs if not sign.isspace())
    letters = [letter for letter in name.strip() if letter not in _NO_EDGES]
    return signs or frozenset(letters[:1])


def _is_tag(word: str, signs: Set[str]) -> bool:
    """Whether it is words between such signs."""
    inner = word.strip("".join(signs))
    return {word[:1], word[-1:]} <= signs and len(inner) > 1 and signs.isdisjoint(inner)


def _core(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _without_thought(message: Message) -> Message:
    if message.role != "assistant":
        return message
    reasoning, parts = split_thought(message.reasoning, message.parts)
    return replace(message, reasoning=reasoning, parts=parts)


def _messages(messages: Iterable[Message], swap: _Swap) -> list[dict[str, object]]:
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


def _call(call: Call, swap: _Swap) -> dict[str, object]:
    function = {"name": swap.text(call.name), "arguments": swap.json(call.arguments)}
    return {"id": swap.text(call.id), "type": "function", "function": function}


def _texts(conversation: Conversation) -> Iterator[str]:
    """Everything callers wrote, and what of it stands in JSON as it is without escapes."""
    for tool in conversation.tools:
        yield from _strings(_json(tool.definition))
    for message in conversation.messages:
        yield from (message.text, message.reasoning, message.answers_call or "")
        for call in message.calls:
            yield from (call.id, call.name, call.arguments, *_strings(_json(call.arguments)))


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


def _json(text: str) -> object:
    """The value of this JSON, or the text if it is none."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
