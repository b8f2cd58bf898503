"""A cassette: exchanges with a model service, one in each line of a file, and which is played.

Law: no key is ever written to it, and no header but those that are part of an answer.
"""

import base64
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, cast

import msgspec

from studiolo.core.errors import DoubleRefused

VERSION: Final = 1
# Of a request that was never recorded, so much is said back.
_SHOWN: Final = 300


class CassetteInvalid(DoubleRefused):
    """A file that is no cassette, or damaged; the text names the lines."""


class NotRecorded(DoubleRefused):
    """Nobody recorded an answer to this request."""

    def __init__(self, question: "Question") -> None:
        said = json.dumps(question.body, ensure_ascii=False)
        shown = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
        streamed = " (streamed)" if question.events else ""
        super().__init__(f"no recording of {question.method} {question.path}{streamed} {shown}")


class Question(msgspec.Struct, frozen=True):
    """What is asked: `body` is JSON, `events` whether its headers ask for a stream."""

    method: str
    path: str
    body: Any = None
    events: bool = False


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
    status: Annotated[int, msgspec.Meta(ge=100, le=599)]
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
    def pieces(self) -> Iterator[bytes]:
        """The answer, as it is to be sent."""
        for text in self.chunks if self.body is None else (self.body,):
            yield (
                base64.b64decode(text.base64, validate=True)
                if isinstance(text, Piece)
                else text.encode()
            )


class Cassette:
    """Exchanges to be played: the nth time a question is asked it gets its nth answer.

    After the last it is the last again. `ignored` are fields of the body that make no difference,
    with dots between their steps. If it is `complete`, there is no answer beside it.
    """

    def __init__(
        self,
        exchanges: Sequence[Exchange],
        *,
        ignored: Sequence[str] = (),
        complete: bool = False,
    ) -> None:
        self._ignored = tuple(ignored)
        self._complete = complete
        self._answers: defaultdict[str, list[Exchange]] = defaultdict(list)
        self._played: defaultdict[str, int] = defaultdict(int)
        for exchange in exchanges:
            self._answers[self._key(exchange.question)].append(exchange)

    def play(self, question: Question) -> Exchange | None:
        """The answer, if there is one. Raises NotRecorded if there must be."""
        key = self._key(question)
        answers = self._answers.get(key)
        if answers is None:
            if self._complete:
                raise NotRecorded(question)
            return None
        turn = self._played[key]
        self._played[key] += 1
        return answers[min(turn, len(answers) - 1)]

    def _key(self, question: Question) -> str:
        """The same for questions that differ in nothing but form."""
        body: object = question.body
        for path in self._ignored:
            body = _without(body, path.split("."))
        parts = [question.method, question.path, question.events, body]
        return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def read_cassette(path: Path) -> list[Exchange]:
    """The exchanges in this file. Raises CassetteInvalid with every line that is damaged."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise CassetteInvalid(f"cassette {path} cannot be read: {error.strerror}") from error
    exchanges: list[Exchange] = []
    faults: list[str] = []
    decoder = msgspec.json.Decoder(Exchange)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            exchange = decoder.decode(line)
            list(exchange.pieces)
        except (msgspec.MsgspecError, ValueError) as error:
            faults.append(f"  line {number}: {error}")
        else:
            exchanges.append(exchange)
    if faults:
        raise CassetteInvalid("\n".join([f"cassette {path} is damaged:", *faults]))
    return exchanges


class Recorder:
    """Appends exchanges to a file; `secrets` never get there, whoever said them."""

    def __init__(self, path: Path, *, secrets: Sequence[str] = ()) -> None:
        self._path = path
        self._secrets = tuple(secret for secret in secrets if secret)

    def check(self) -> None:
        """Raises CassetteInvalid if nothing can be appended."""
        if self._path.exists():
            read_cassette(self._path)
        try:
            self._path.open("ab").close()
        except OSError as error:
            raise CassetteInvalid(
                f"cassette {self._path} cannot be written: {error.strerror}"
            ) from error

    def keep(self, exchange: Exchange, *, secrets: Sequence[str] = ()) -> None:
        """One more line; `secrets` are further ones."""
        line = msgspec.json.encode(exchange)
        for secret in (*self._secrets, *secrets):
            line = line.replace(msgspec.json.encode(secret)[1:-1], b"sk-...")
        with self._path.open("ab") as file:
            file.write(line + b"\n")


def text_of(piece: bytes) -> Text:
    """Text as it is, all else in Base64."""
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return Piece(base64.b64encode(piece).decode())


def body_of(content: bytes) -> object:
    """JSON, or text where it is none."""
    try:
        return msgspec.json.decode(content) if content else None
    except (msgspec.DecodeError, UnicodeError, ValueError, RecursionError):
        return content.decode(errors="replace")


def _without(body: object, steps: Sequence[str]) -> object:
    if not isinstance(body, dict):
        return body
    table = dict(cast("Mapping[str, object]", body))
    if steps[0] not in table:
        return table
    if len(steps) == 1:
        del table[steps[0]]
    else:
        table[steps[0]] = _without(table[steps[0]], steps[1:])
    return table
