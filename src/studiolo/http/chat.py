"""The endpoint of whatever is answered token by token: whole, or as a stream."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractContextManager, aclosing
from typing import Generic, Protocol, TypeVar

import msgspec
import structlog
from msgspec.structs import replace
from starlette.types import Receive, Scope, Send

from studiolo.core.card import ModelCard
from studiolo.core.errors import (
    ClientGone,
    ConnectionCut,
    InternalFault,
    MethodNotSupported,
    ModelUnavailable,
    StudioloError,
)
from studiolo.core.events import Event
from studiolo.core.fold import Fold
from studiolo.core.generation import Origin
from studiolo.core.ledger import Asked
from studiolo.core.names import is_secret_name, shown
from studiolo.http.bursts import Bursts
from studiolo.http.connection import CONNECTION, Connection, Presence
from studiolo.http.edge import identity_of
from studiolo.http.responses import read_body, respond, write
from studiolo.http.sse import EventStream
from studiolo.protocols.codec import Asking, Codec, Exchange, Identity, Stream
from studiolo.protocols.json import decode_object
from studiolo.service.access import Access
from studiolo.service.models import Models

log = structlog.get_logger()

# Nobody behind the edge sees these.


class Bounds(msgspec.Struct, frozen=True):
    """How much one request may bring, and how long either side may be silent.

    `client_s` is how long a client may take to send its body, or not read what it is sent.
    """

    body_bytes: int
    json_depth: int
    keep_alive_s: float
    client_s: float


class Line(msgspec.Struct, frozen=True, eq=False):
    """The way to the client."""

    send: Send
    connection: Connection
    presence: Presence

    async def cut(self) -> None:
        """Break the connection, and wait for the end that this brings."""
        self.connection.hang_up()
        await asyncio.Event().wait()


AskingIn = TypeVar("AskingIn", contravariant=True)


class UseCase(Protocol[AskingIn]):
    """Who answers: `service.chat`, `service.completion`."""

    def refusing(self, asked: Asked) -> AbstractContextManager[None]:
        """What is refused in this block leaves its row."""
        ...

    def answer(self, request: AskingIn, *, card: ModelCard, asked: Asked) -> AsyncGenerator[Event]:
        """The events; closing the generator frees the engine and settles the row."""
        ...


class ChatEndpoint(Generic[Asking]):
    """One codec on one route."""

    def __init__(
        self,
        codec: Codec[Asking],
        *,
        access: Access,
        models: Models,
        use_case: UseCase[Asking],
        bounds: Bounds,
    ) -> None:
        self._codec = codec
        self._access = access
        self._models = models
        self._use_case = use_case
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        identity = identity_of(scope)
        try:
            exchange, events = await self._ask(scope, receive, identity)
        except StudioloError as error:
            await respond(send, self._codec.refuse(error, identity))
            return
        except ClientGone:
            return
        writing = self._stream if exchange.streamed else self._whole
        connection: Connection = scope[CONNECTION]
        try:
            async with Presence(connection) as presence:
                await writing(exchange, events, Line(send, connection, presence), identity)
        except* ClientGone:
            log.info("client.gone", request_id=identity.request_id)
            # What it has not read nobody will.
            connection.abandon()

    async def _ask(
        self, scope: Scope, receive: Receive, identity: Identity
    ) -> tuple[Exchange[Asking], AsyncGenerator[Event]]:
        """Checks in the order of decision 8: strangers send us no bodies."""
        started_us = time.time_ns() // 1000
        if scope["method"] != "POST":
            raise MethodNotSupported(scope["method"])
        headers = headers_of(scope)
        caller = await self._access.caller(bearer_key(headers))
        asked = Asked(
            request_id=identity.request_id,
            key_id=caller.key_id,
            workspace=caller.workspace,
            dialect=self._codec.dialect,
            started_us=started_us,
        )
        with self._use_case.refusing(asked):
            body = await read_body(
                scope,
                receive,
                limit_bytes=self._bounds.body_bytes,
                wait_s=self._bounds.client_s,
            )
            document = decode_object(body, max_depth=self._bounds.json_depth)
        asked = replace(asked, model=shown(str(document.get("model") or "")))
        with self._use_case.refusing(asked):
            route = self._models.resolve(self._codec.model(document))
            exchange = self._codec.decode(
                document, headers=headers, card=route.card, identity=identity
            )
        asked = replace(
            asked,
            streamed=exchange.streamed,
            snapshot=route.card.name,
            deployment=route.deployment,
        )
        request = replace(exchange.request, origin=_origin(asked, headers))
        return exchange, self._use_case.answer(request, card=route.card, asked=asked)

    async def _whole(
        self,
        exchange: Exchange[Asking],
        events: AsyncGenerator[Event],
        line: Line,
        identity: Identity,
    ) -> None:
        answer = Fold()
        try:
            async with aclosing(events) as row:
                async for event in row:
                    answer.feed(event)
            body = exchange.reply.whole(answer.flush())
        except ConnectionCut:
            await line.cut()
            return
        except Exception as error:  # noqa: BLE001 - the edge answers whatever broke
            await respond(line.send, self._codec.refuse(_told(error, identity), identity))
            return
        await write(line.send, body)

    async def _stream(
        self,
        exchange: Exchange[Asking],
        events: AsyncGenerator[Event],
        line: Line,
        identity: Identity,
    ) -> None:
        encoder = exchange.reply.stream()
        stream = EventStream(
            line.send, keep_alive_s=self._bounds.keep_alive_s, client_s=self._bounds.client_s
        )
        async with asyncio.TaskGroup() as group:
            breath = group.create_task(stream.keep_alive())
            try:
                open_ended = await self._tell(events, encoder, stream, line, identity)
            except asyncio.CancelledError:
                if stream.begun and not (line.presence.gone or breath.done()):
                    stream.add(encoder.fail(ModelUnavailable("the server stops")))
                    await self._end(stream)
                raise
            finally:
                breath.cancel()
            if open_ended:
                await self._end(stream)

    async def _tell(
        self,
        events: AsyncGenerator[Event],
        encoder: Stream,
        stream: EventStream,
        line: Line,
        identity: Identity,
    ) -> bool:
        """The frames of all events, or of the error that ends them; whether an end is to follow."""
        try:
            async with aclosing(events) as row:
                async for event in Bursts(row, stream.flush):
                    stream.add(encoder.feed(event))
                    if stream.full:
                        await stream.flush()
        except ConnectionCut:
            await stream.flush()
            await line.cut()
            return False
        except Exception as error:  # noqa: BLE001 - the edge answers whatever broke
            told = _told(error, identity)
            if not stream.begun:
                stream.begun = True
                await respond(line.send, self._codec.refuse(told, identity))
                return False
            stream.add(encoder.fail(told))
        return True

    async def _end(self, stream: EventStream) -> None:
        """The last frames. Raises ClientGone if nobody reads them."""
        try:
            async with asyncio.timeout(self._bounds.client_s):
                await stream.close()
        except TimeoutError:
            raise ClientGone from None


def _told(error: Exception, identity: Identity) -> StudioloError:
    """What the caller hears: our own errors as they are, all else as an internal fault."""
    if isinstance(error, StudioloError):
        return error
    log.error("answer.broke", request_id=identity.request_id, exc_info=error)
    return InternalFault()


def _origin(asked: Asked, headers: Mapping[str, str]) -> Origin:
    told = {name: value for name, value in headers.items() if not is_secret_name(name)}
    return Origin(asked.request_id, asked.model, asked.streamed, told)


def headers_of(scope: Scope) -> Mapping[str, str]:
    """Header names in lower case; the last of several wins."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def bearer_key(headers: Mapping[str, str]) -> str | None:
    """The API key of the Authorization header, if there is one."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None
