"""One exchange with a model service, as a line of a cassette has it."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec

from studiolo.service.double.frames import frames_of
from studiolo.service.double.question import DEEPEST, Question, read_json
from studiolo.service.double.secrets import Mask

VERSION: Final = 1
# Statuses that no body goes with.
_BODILESS: Final = frozenset((204, 205, 304))
_VISIBLE: Final = re.compile(r"[\x20-\x7e]*")
# Ends of lines to readers who split text instead of bytes.
_LINE_ENDS: Final = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bytes that are no text, in Base64."""

    base64: str


Text = str | Piece


class Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line. An answer that came in pieces has `chunks`, one that came whole a `body`."""

    version: Annotated[int, msgspec.Meta(ge=VERSION, le=VERSION)]
    method: str
    path: str
    request: Any
    status: Annotated[int, msgspec.Meta(ge=200, le=599)]
    content_type: str = ""
    retry_after: str = ""
    events: bool = False
    body: Text | None = None
    chunks: tuple[Text, ...] = ()

    @property
    def question(self) -> Question:
        """What this answers."""
        return Question(self.method, self.path, self.request, self.events)

    @property
    def streamed(self) -> bool:
        """Whether it came in pieces."""
        return bool(self.chunks)

    @property
    def is_bodiless(self) -> bool:
        """Whether its status goes with no body."""
        return self.status in _BODILESS

    @property
    def pieces(self) -> Iterator[bytes]:
        """The answer, as it is to be sent. Raises ValueError for what is no Base64."""
        whole = () if self.body is None else (self.body,)
        for text in self.chunks or whole:
            if isinstance(text, Piece):
                yield base64.b64decode(text.base64, validate=True)
            else:
                yield text.encode()


class Said(msgspec.Struct, frozen=True):
    """What upstream answered, all of it."""

    status: int
    content_type: str
    retry_after: str
    content: bytes

    @property
    def streamed(self) -> bool:
        """Whether it came in frames."""
        return is_stream(self.content_type)


def media_type(content_type: str) -> str:
    """The type alone."""
    return content_type.partition(";")[0].strip().lower()


def is_stream(content_type: str) -> bool:
    """Whether a body of this type is a stream of events."""
    return media_type(content_type) == "text/event-stream"


def is_json(content: bytes) -> bool:
    """Whether this is one JSON value, and all of it."""
    try:
        msgspec.json.decode(content, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def is_visible(text: str) -> bool:
    """Whether a header may have it: no control character, and nothing that has two readings."""
    return _VISIBLE.fullmatch(text) is not None


def line_of(question: Question, said: Said, mask: Mask) -> bytes | None:
    """The line, with its end and without secrets; None where one cannot be taken out."""
    content = mask.raw(said.content)
    pieces = frames_of(content) if said.streamed else [content]
    if mask.is_in(content.decode(errors="replace")) or mask.is_spelled_in(pieces):
        return None
    asked = mask.question(question)
    texts = tuple(_text_of(piece) for piece in pieces)
    exchange = Exchange(
        version=VERSION,
        method=asked.method,
        path=asked.path,
        request=asked.body,
        status=said.status,
        content_type=mask.text(said.content_type),
        retry_after=mask.text(said.retry_after),
        events=asked.events,
        body=None if said.streamed else texts[0],
        chunks=texts if said.streamed else (),
    )
    line = _encode(exchange)
    return None if mask.is_in(line.decode()) else line


def exchange_in(line: bytes) -> Exchange:
    """The exchange on this line. Raises ValueError or MsgspecError with what is wrong with it."""
    # The request is one level down in its line.
    document = read_json(line, deepest=DEEPEST + 1, unique=True)
    exchange = msgspec.convert(document, Exchange)
    size = sum(len(piece) for piece in exchange.pieces)
    if exchange.is_bodiless:
        if size:
            raise ValueError(f"it has a body, and status {exchange.status} has none")
    elif (exchange.body is None) == (not exchange.chunks):
        raise ValueError("it has a body and chunks" if exchange.chunks else "it has no body")
    elif not exchange.content_type:
        raise ValueError("it has no content_type")
    for name in ("content_type", "retry_after"):
        if not is_visible(getattr(exchange, name)):
            raise ValueError(f"its {name} has characters that no header can have")
    return exchange


def _text_of(piece: bytes) -> Text:
    """Text as it is, all else in Base64."""
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return Piece(base64.b64encode(piece).decode())


def _encode(exchange: Exchange) -> bytes:
    """One line for every reader of lines, with numbers of any size."""
    document = json.dumps(msgspec.to_builtins(exchange), ensure_ascii=False, separators=(",", ":"))
    return document.translate(_LINE_ENDS).encode() + b"\n"
