"""One llama-server over HTTP: our own child on its unix socket, or the user's by URL."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from studiolo.core.errors import EngineFailed, ModelUnavailable
from studiolo.core.generation import Chunk
from studiolo.core.prompt import Prompt
from studiolo.engines.http.address import Address
from studiolo.engines.http.connection import Connection
from studiolo.engines.llamacpp.wire import AnswerReader, Slot, refusal

_CONNECT_S: Final = 10.0
_SILENCE_S: Final = 600.0
_QUESTION_S: Final = 60.0
_FREE_WITHIN_S: Final = 1.0
_POLL_S: Final = 0.005
_POLLS: Final = 200
# Vectors of many long texts stay far below.
_LONGEST_ANSWER: Final = 1 << 28
_OK: Final = 200

Answer = TypeVar("Answer")


class Token(msgspec.Struct, frozen=True):
    """One token of a text; its piece is bytes where it is no valid text of its own."""

    id: int
    piece: str | list[int]

    @property
    def text(self) -> str:
        """The piece, empty where it is no valid text."""
        return self.piece if isinstance(self.piece, str) else ""


class _Tokens(msgspec.Struct):
    tokens: list[Token]


class _Content(msgspec.Struct):
    content: str


class _Defaults(msgspec.Struct):
    n_ctx: int


class Props(msgspec.Struct, frozen=True):
    """What the server says of itself; `default_generation_settings.n_ctx` is for one slot."""

    default_generation_settings: _Defaults
    total_slots: int
    model_path: str = ""
    chat_template: str = ""
    bos_token: str = ""
    eos_token: str = ""


class _Embedding(msgspec.Struct):
    embedding: list[list[float]]


class LlamaServer:
    """A client of one server. Make it inside the running loop and `close` it."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connections: set[Connection] = set()
        self._open = 0
        self._closed = False

    @classmethod
    def on_socket(cls, socket: Path) -> "LlamaServer":
        """A server listening on a unix socket."""
        return cls(Address.of_socket(socket))

    @classmethod
    def at_url(cls, url: str, *, api_key: str | None = None) -> "LlamaServer":
        """A server elsewhere. Raises ModelUnavailable if this is no URL of one."""
        return cls(Address.of_url(url, api_key=api_key))

    async def close(self) -> None:
        """Close all connections; open answers end with EngineFailed."""
        self.hang_up()

    def hang_up(self) -> None:
        """The same."""
        self._closed = True
        for connection in self._connections:
            connection.close()

    async def props(self) -> Props:
        """What the server says of itself."""
        return await self._ask("GET", "/props", None, Props)

    async def busy(self) -> int:
        """How many slots are at work."""
        return sum(slot.is_processing for slot in await self._slots())

    async def tokenize(self, *pieces: str) -> list[Token]:
        """Tokens of each piece, in one row; control strings in a piece come to control tokens."""
        body = {"content": pieces, "add_special": False, "parse_special": True, "with_pieces": True}
        return (await self._ask("POST", "/tokenize", body, _Tokens)).tokens

    async def detokenize(self, ids: Sequence[int]) -> str:
        """The text of these ids, control tokens spelled out."""
        return (await self._ask("POST", "/detokenize", {"tokens": list(ids)}, _Content)).content

    async def embed(self, prompts: Sequence[Prompt]) -> list[list[float]]:
        """One vector for each prompt."""
        body = {"content": [prompt.ids for prompt in prompts]}
        rows = await self._ask("POST", "/embedding", body, list[_Embedding])
        return [row.embedding[0] for row in rows]

    async def answer(self, request: bytes, reader: AnswerReader) -> AsyncGenerator[Chunk]:
        """The chunks of one POST /completion.

        Closing it hangs up, hears the engine out, so that the reader knows all that was written,
        and returns when the slot is seen free, or after one second. Raises EngineFailed,
        InputTooLong or ModelUnavailable.
        """
        until = None
        self._open += 1
        try:
            async with self._asked("POST", "/completion", request) as connection:
                try:
                    status = await connection.status()
                    if status != _OK:
                        raise refusal(status, await connection.rest(limit_bytes=_LONGEST_ANSWER))
                    while data := await connection.read():
                        for chunk in reader.feed(data):
                            yield chunk
                        if reader.ended is not None:
                            return
                finally:
                    until = asyncio.get_running_loop().time() + _FREE_WITHIN_S
                    if reader.ended is None:
                        await self._hear_out(connection, reader, until=until)
            raise EngineFailed("the engine broke off its answer")
        finally:
            self._open -= 1
            if until is not None and not reader.complete:
                await self._slot_free(until=until)

    @asynccontextmanager
    async def _asked(
        self, method: str, path: str, body: bytes | None
    ) -> AsyncGenerator[Connection]:
        """A request on its way; leaving closes its connection. Raises ModelUnavailable."""
        if self._closed:
            raise ModelUnavailable("the engine cannot be reached: it was closed")
        try:
            async with asyncio.timeout(_CONNECT_S):
                connection = await self._address.connect(_connection)
        except OSError as error:
            reason = str(error) or f"nobody answered within {_CONNECT_S:g} s"
            raise ModelUnavailable(f"the engine cannot be reached: {reason}") from error
        self._connections.add(connection)
        try:
            connection.send(self._address.request(method, path, body))
            yield connection
        finally:
            self._connections.discard(connection)
            connection.close()

    async def _hear_out(
        self, connection: Connection, reader: AnswerReader, *, until: float
    ) -> None:
        """Nobody asks any more: read what the engine writes until it notices.

        What waits in the engine itself for a reader who is far behind is thrown away at the
        hang-up, so the engine is asked first how far it is.
        """
        with suppress(TimeoutError, EngineFailed, ModelUnavailable):
            async with asyncio.timeout_at(until):
                if connection.behind:
                    reader.look(await self._slots())
                connection.hang_up()
                while data := await connection.read():
                    reader.feed(data)

    async def _slots(self) -> list[Slot]:
        return await self._ask("GET", "/slots", None, list[Slot])

    async def _slot_free(self, *, until: float) -> None:
        """Wait until no more slots are at work than answers are open, by then at the latest."""
        try:
            async with asyncio.timeout_at(until):
                for _ in range(_POLLS):
                    if await self.busy() <= self._open:
                        return
                    await asyncio.sleep(_POLL_S)
        except (TimeoutError, EngineFailed, ModelUnavailable):
            return

    async def _ask(self, method: str, path: str, body: object, answer: type[Answer]) -> Answer:
        data = None if body is None else msgspec.json.encode(body)
        try:
            async with (
                asyncio.timeout(_QUESTION_S),
                self._asked(method, path, data) as connection,
            ):
                status = await connection.status()
                content = await connection.rest(limit_bytes=_LONGEST_ANSWER)
        except TimeoutError as error:
            raise EngineFailed(f"the engine did not answer {path} in {_QUESTION_S:g} s") from error
        if status != _OK:
            raise refusal(status, content)
        try:
            return msgspec.json.decode(content, type=answer)
        except msgspec.DecodeError as error:
            raise EngineFailed(f"the engine answered nonsense to {path}: {error}") from error


def _connection() -> Connection:
    return Connection(silence_s=_SILENCE_S)
