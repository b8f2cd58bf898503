"""What stands before a double that records or plays: reads questions, and hands on the rest."""

import time
from collections.abc import Mapping
from typing import Protocol

import msgspec
from msgspec.structs import replace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studiolo.core.errors import ClientGone, StudioloError
from studiolo.core.ledger import Asked
from studiolo.http.chat import Bounds, bearer_key, headers_of
from studiolo.http.double.known import (
    asks_for_events,
    asks_for_stream,
    dialect_of,
    model_in,
    upstream_path,
)
from studiolo.http.edge import identity_of, refuse
from studiolo.http.responses import read_body, respond
from studiolo.service.access import Access
from studiolo.service.double.question import Question, body_of
from studiolo.service.double.rows import Rows
from studiolo.service.double.secrets import Mask, secrets_in


class Heard(msgspec.Struct, frozen=True, eq=False):
    """A question that came whole: as it was sent, and as it may be compared and written down.

    `asked` is what its row begins with, if it leaves one; `secrets` are the caller's.
    """

    question: Question
    content: bytes
    headers: Mapping[str, str]
    asked: Asked | None
    secrets: tuple[str, ...]


class Answers(Protocol):
    """Who answers: upstream, or a cassette."""

    async def answer(self, heard: Heard, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether it did; if not, nothing was sent. Raises StudioloError before it sends."""
        ...


class Reading:
    """In front of all routes. What is no question for `answers` is for the routes behind."""

    def __init__(
        self, app: ASGIApp, answers: Answers, *, access: Access, rows: Rows, bounds: Bounds
    ) -> None:
        self._app = app
        self._answers = answers
        self._access = access
        self._rows = rows
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path = upstream_path(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if path is None:
            await self._app(scope, receive, send)
            return
        try:
            heard = await self._hear(path, scope, receive)
            answered = await self._answers.answer(heard, scope, receive, send)
        except StudioloError as error:
            await respond(send, refuse(scope, error))
        except ClientGone:
            return
        else:
            if not answered:
                await self._app(scope, _again(heard.content, receive), send)

    async def _hear(self, path: str, scope: Scope, receive: Receive) -> Heard:
        """Strangers send us no bodies, and leave no rows."""
        started_us = time.time_ns() // 1000
        headers = headers_of(scope)
        key = bearer_key(headers)
        caller = await self._access.caller(key)
        empty = Question(scope["method"], path)
        asked = Asked(
            request_id=identity_of(scope).request_id,
            key_id=caller.key_id,
            workspace=caller.workspace,
            dialect=dialect_of(empty),
            started_us=started_us,
        )
        has_row = scope["method"] == "POST"
        with self._rows.refusing(asked if has_row else None):
            content = await read_body(
                scope, receive, limit_bytes=self._bounds.body_bytes, wait_s=self._bounds.client_s
            )
        secrets = secrets_in(headers.items(), scope["query_string"].decode("latin-1"))
        secrets = (key or "", *secrets)
        question = Mask(secrets).question(_question(empty, headers, content))
        asked = replace(asked, streamed=asks_for_stream(question), model=model_in(question))
        return Heard(question, content, headers, asked if has_row else None, secrets)


def _question(empty: Question, headers: Mapping[str, str], content: bytes) -> Question:
    """What is asked, without anything that differs from one run to the next."""
    return replace(empty, body=body_of(content), events=asks_for_events(headers))


def _again(content: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read once more."""
    left = [{"type": "http.request", "body": content, "more_body": False}]

    async def hear() -> Message:
        return left.pop() if left else await receive()

    return hear
