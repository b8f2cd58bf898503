"""Items of the input to messages (reference/07 section 2).

Law: what the model said in one go is one message, with its reasoning, its words and its calls.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from studiolo.core.card import ModelCard
from studiolo.core.errors import (
    ContentMissing,
    ContentPartInvalid,
    FieldMissing,
    MessagesEmpty,
    RoleInvalid,
    TooManyMessages,
    WrongType,
)
from studiolo.core.messages import MediaPart, Message, Part, TextPart
from studiolo.core.mode_errors import ItemTypeNotSupported, NotKept
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import Document, as_list
from studiolo.protocols.messages import OF_PICTURES, read_looking, read_messages

ROLES: Final = frozenset(("system", "developer", "user", "assistant"))
TEXTS: Final = frozenset(("text", "input_text", "output_text"))
PICTURES: Final = frozenset(("image_url", "input_image"))


def read_input(fields: Fields, card: ModelCard, *, most: int) -> tuple[Message, ...]:
    """The conversation: the instructions, then the input; of items no more than `most`.

    Raises FieldMissing, WrongType, MessagesEmpty, TooManyMessages, ItemTypeNotSupported, NotKept,
    or what `protocols.messages` raises.
    """
    turns = _Turns()
    instructions = fields.text("instructions")
    if instructions:
        turns.say("system", instructions, path="instructions")
    for item in _items(fields, most):
        kind = _kind(item)
        read = READERS.get(kind)
        if read is None:
            raise ItemTypeNotSupported(kind, item.path)
        read(item, turns)
    return read_messages(turns.flush(), read_part=_part, card=card)


def _items(fields: Fields, most: int) -> list[Fields]:
    given: Any = fields.raw("input")
    if given is None:
        raise FieldMissing("input")
    if isinstance(given, str):
        return [Fields({"role": "user", "content": given}, "input")]
    if as_list(given) is None:
        raise WrongType("input", "String or Array")
    items = fields.objects("input")
    if not items:
        raise MessagesEmpty
    if len(items) > most:
        raise TooManyMessages(len(items), most)
    return items


def _kind(item: Fields) -> str:
    """The type, which messages and references may leave out."""
    kind = item.text("type")
    if kind is not None:
        return kind
    refers = item.raw("role") is None and item.raw("id") is not None
    return "item_reference" if refers else "message"


class _Turns:
    """Rows of a chat. The model's last turn stays open for what it said in the same go.

    What is added to a turn is gathered, and joined once: there may be ten thousand pieces.
    """

    def __init__(self) -> None:
        self._rows: list[Fields] = []
        self._open: Document | None = None
        self._reasoning: list[str] = []
        self._words: list[Any] = []

    def say(self, role: str, content: Any, *, path: str) -> None:
        """A message of somebody else."""
        self._add({"role": role, "content": content}, path)

    def give(self, call_id: str, content: Any, *, path: str) -> None:
        """What a call gave back."""
        self._add({"role": "tool", "tool_call_id": call_id, "content": content}, path)

    def think(self, text: str, *, path: str) -> None:
        """Reasoning of the model's."""
        self._turn(path, goes_on=True)
        self._reasoning.append(text)

    def answer(self, content: Any, *, path: str) -> None:
        """Words of the model's; those behind a call belong to the words before it."""
        turn = self._turn(path, goes_on=True)
        if turn["content"] is None:
            turn["content"] = content
        else:
            self._words += _parts(content)

    def call(self, call: Document, *, path: str) -> None:
        """A call of the model's."""
        self._turn(path, goes_on=False)["tool_calls"].append(call)

    def flush(self) -> list[Fields]:
        """All rows but those in which nothing was said."""
        self._close()
        return [row for row in self._rows if _says(row.document)]

    def _turn(self, path: str, *, goes_on: bool) -> Document:
        """The open turn; what `goes_on` behind words without a call is the next one."""
        turn = self._open
        over = turn is not None and turn["content"] is not None and not turn["tool_calls"]
        if turn is None or (goes_on and over):
            turn = {"role": "assistant", "content": None, "tool_calls": list[Document]()}
            self._add(turn, path)
            self._open = turn
        return turn

    def _add(self, row: Document, path: str) -> None:
        self._close()
        self._rows.append(Fields(row, path))

    def _close(self) -> None:
        """What was gathered for the open turn is in it."""
        turn, self._open = self._open, None
        if turn is None:
            return
        turn["reasoning_content"] = "".join(self._reasoning)
        if self._words:
            turn["content"] = [*_parts(turn["content"]), *self._words]
        self._reasoning, self._words = [], []


def _says(row: Document) -> bool:
    return row["content"] is not None or bool(row.get("tool_calls"))


def _parts(content: Any) -> list[Any]:
    parts = as_list(content)
    return [content] if parts is None else parts


def _message(item: Fields, turns: _Turns) -> None:
    role = item.text("role") or ""
    if role not in ROLES:
        raise RoleInvalid(role)
    content: Any = item.raw("content")
    if content is None:
        raise ContentMissing
    if role == "assistant":
        turns.answer(content, path=item.path)
    else:
        turns.say(role, content, path=item.path)


def _reasoning(item: Fields, turns: _Turns) -> None:
    stretches = [*(item.objects("summary") or ()), *(item.objects("content") or ())]
    text = "".join(each.text("text") or "" for each in stretches)
    turns.think(text, path=item.path)


def _call(item: Fields, turns: _Turns) -> None:
    function = {"name": _text(item, "name"), "arguments": _text(item, "arguments")}
    turns.call({"id": _text(item, "call_id"), "function": function}, path=item.path)


def _output(item: Fields, turns: _Turns) -> None:
    content: Any = item.raw("output")
    if content is None:
        raise FieldMissing(item.name("output"))
    if not isinstance(content, str) and as_list(content) is None:
        raise WrongType(item.name("output"), "String or Array")
    turns.give(_text(item, "call_id"), content, path=item.path)


def _reference(item: Fields, turns: _Turns) -> None:
    raise NotKept("item", _text(item, "id"))


READERS: Final[Mapping[str, Callable[[Fields, _Turns], None]]] = {
    "message": _message,
    "reasoning": _reasoning,
    "function_call": _call,
    "function_call_output": _output,
    "item_reference": _reference,
}


def _text(item: Fields, field: str) -> str:
    text = item.text(field)
    if text is None:
        raise FieldMissing(item.name(field))
    return text


def _part(fields: Fields) -> Part:
    kind = fields.text("type")
    if kind in TEXTS:
        cached = fields.object("cache_control") is not None
        return TextPart(_text(fields, "text"), cache_breakpoint=cached)
    if kind in PICTURES:
        url = _text(fields, "image_url")
        return MediaPart("image", (url,), looking=read_looking(fields, OF_PICTURES))
    raise ContentPartInvalid
