"""What a dialect offers to the edge: decode what is asked, encode an answer, refuse."""

from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar

import msgspec

from studiolo.core.card import ModelCard
from studiolo.core.errors import StudioloError
from studiolo.core.events import Event
from studiolo.core.fold import Answer
from studiolo.core.ledger import Dialect
from studiolo.protocols.json import Document

# What is asked for: a kind of request of `core.requests`.
Asking = TypeVar("Asking", bound=msgspec.Struct)


class Identity(msgspec.Struct, frozen=True):
    """Who this exchange is: the request's UUID and the Unix second it came in."""

    request_id: str
    created: int


class Refusal(msgspec.Struct, frozen=True):
    """An error as an HTTP response."""

    status: int
    body: bytes
    retry_after_s: int | None = None


class Stream(Protocol):
    """Events to frames, one at a time; a frame may be empty."""

    def feed(self, event: Event) -> bytes:
        """The frames this event makes."""
        ...

    def fail(self, error: StudioloError) -> bytes:
        """The frames that end the stream with this error."""
        ...


class Reply(Protocol):
    """How this one caller wants the answer written."""

    def whole(self, answer: Answer) -> bytes:
        """The body of a reply that is not streamed."""
        ...

    def stream(self) -> Stream:
        """A fresh encoder of a streamed reply."""
        ...


class Rules(msgspec.Struct, frozen=True):
    """What an operator may set about the dialects."""

    max_messages: int
    error_suffix: str = ""
    strict_routing: bool = True
    allow_nonstream_thinking: bool = False


class Exchange(msgspec.Struct, Generic[Asking], frozen=True):
    """What was asked, decoded, and the way to answer it."""

    request: Asking
    streamed: bool
    reply: Reply


class Codec(Protocol[Asking]):
    """One dialect on one route."""

    @property
    def dialect(self) -> Dialect:
        """What it is called in the ledger."""
        ...

    def model(self, document: Document) -> str:
        """The model asked for. Raises ModelMissing."""
        ...

    def decode(
        self,
        document: Document,
        *,
        headers: Mapping[str, str],
        card: ModelCard,
        identity: Identity,
    ) -> Exchange[Asking]:
        """What is asked. Raises any of the request errors of `core.errors`."""
        ...

    def refuse(self, error: StudioloError, identity: Identity) -> Refusal:
        """The error in this dialect."""
        ...
