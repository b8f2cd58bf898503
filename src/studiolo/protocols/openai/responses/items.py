"""Items of the output: each kind as a document, and as the events that tell of it while it grows.

Reference/07 sections 3 and 4. The whole chain of thought is one summary.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Literal, assert_never
from uuid import UUID, uuid5

from studiolo.core.events import FinishReason
from studiolo.core.fold import Choice, Said, Thought, Words
from studiolo.core.messages import Call
from studiolo.protocols.json import Document

ItemStatus = Literal["in_progress", "completed", "incomplete"]
# The type of an event, and its fields.
Told = tuple[str, Document]


class Item(ABC):
    """One item, as far as it goes. It tells of itself between being added and being done."""

    def __init__(self, item_id: str, text: str = "") -> None:
        self._id = item_id
        self._pieces = [text]

    @property
    def text(self) -> str:
        """All of it so far."""
        return "".join(self._pieces)

    @abstractmethod
    def document(self, status: ItemStatus) -> Document:
        """The item; while it is in progress, as it begins."""

    @abstractmethod
    def opened(self) -> list[Told]:
        """It begins."""

    @abstractmethod
    def add(self, text: str) -> Told:
        """It goes on."""

    @abstractmethod
    def closed(self) -> list[Told]:
        """It is whole, or breaks off."""


class Reasoning(Item):
    """What was thought; it has no status."""

    def document(self, status: ItemStatus) -> Document:
        """Without a summary until it has one."""
        summary = [] if status == "in_progress" else [self._part()]
        return {"id": self._id, "type": "reasoning", "summary": summary}

    def opened(self) -> list[Told]:
        """Its only part is added."""
        return [self._told("part.added", part=self._part())]

    def add(self, text: str) -> Told:
        """More of the summary."""
        self._pieces.append(text)
        return self._told("text.delta", delta=text)

    def closed(self) -> list[Told]:
        """Its text, and its part."""
        part = self._part()
        return [self._told("text.done", text=part["text"]), self._told("part.done", part=part)]

    def _part(self) -> Document:
        return {"type": "summary_text", "text": self.text}

    def _told(self, what: str, **fields: object) -> Told:
        place = {"item_id": self._id, "summary_index": 0}
        return f"response.reasoning_summary_{what}", {**place, **fields}


class Message(Item):
    """What was answered."""

    def document(self, status: ItemStatus) -> Document:
        """Without content until it has some."""
        return {
            "id": self._id,
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": [] if status == "in_progress" else [self._part()],
        }

    def opened(self) -> list[Told]:
        """Its only part is added."""
        return [self._told("content_part.added", part=self._part())]

    def add(self, text: str) -> Told:
        """More of the text."""
        self._pieces.append(text)
        return self._told("output_text.delta", delta=text, logprobs=[])

    def closed(self) -> list[Told]:
        """Its text, and its part."""
        part = self._part()
        return [
            self._told("output_text.done", text=part["text"], logprobs=[]),
            self._told("content_part.done", part=part),
        ]

    def _part(self) -> Document:
        return {"type": "output_text", "text": self.text, "annotations": [], "logprobs": None}

    def _told(self, what: str, **fields: object) -> Told:
        return f"response.{what}", {"item_id": self._id, "content_index": 0, **fields}


class FunctionCall(Item):
    """A call, as the model wrote it."""

    def __init__(self, item_id: str, call: Call) -> None:
        super().__init__(item_id, call.arguments)
        self._call = call

    def document(self, status: ItemStatus) -> Document:
        """With the arguments so far."""
        return {
            "id": self._id,
            "type": "function_call",
            "status": status,
            "name": self._call.name,
            "arguments": self.text,
            "call_id": self._call.id,
        }

    def opened(self) -> list[Told]:
        """That it is added says everything."""
        return []

    def add(self, text: str) -> Told:
        """More of the arguments."""
        self._pieces.append(text)
        return self._told("delta", delta=text)

    def closed(self) -> list[Told]:
        """Its arguments."""
        return [self._told("done", name=self._call.name, arguments=self.text)]

    def _told(self, what: str, **fields: object) -> Told:
        return f"response.function_call_arguments.{what}", {"item_id": self._id, **fields}


def item_of(said: Said, item_id: str) -> Item:
    """The item of this kind, which begins with what is said."""
    match said:
        case Thought():
            return Reasoning(item_id, said.text)
        case Words():
            return Message(item_id, said.text)
        case Call():
            return FunctionCall(item_id, said)
        case _:
            assert_never(said)


def item_id(request_id: str, place: int) -> str:
    """The same whether the answer is told whole or in pieces."""
    return f"msg_{uuid5(UUID(request_id), str(place))}"


def last_status(item: Item, reason: FinishReason) -> ItemStatus:
    """Of the item that an answer ends with; those before it are complete."""
    cut = reason != "tool_calls" if isinstance(item, FunctionCall) else reason == "length"
    return "incomplete" if cut else "completed"


def lacks_message(items: Iterable[Item], reason: FinishReason) -> bool:
    """Whether a message is missed: there always is one, unless a call or the limit came first."""
    return reason != "length" and all(isinstance(item, Reasoning) for item in items)


def output_of(choice: Choice, request_id: str) -> list[Document]:
    """All items of a whole answer."""
    row = list(choice.said)
    items = [item_of(said, item_id(request_id, place)) for place, said in enumerate(row)]
    if lacks_message(items, choice.reason):
        items.append(Message(item_id(request_id, len(items))))
    last = len(items) - 1
    return [
        item.document(last_status(item, choice.reason) if place == last else "completed")
        for place, item in enumerate(items)
    ]
