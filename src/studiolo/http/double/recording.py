"""Lets upstream answer, and keeps what it says while it is passed on."""

import asyncio
from contextlib import aclosing

import structlog
from starlette.types import Receive, Scope, Send

from studiolo.core.errors import ClientGone, ModelUnavailable, StudioloError
from studiolo.http.connection import CONNECTION
from studiolo.http.double.known import dialect_of
from studiolo.http.double.reading import Heard
from studiolo.http.double.said import usage_in
from studiolo.http.double.telling import Telling
from studiolo.http.edge import identity_of
from studiolo.http.responses import until_gone
from studiolo.service.double.exchange import Said, is_json, is_stream
from studiolo.service.double.frames import Frames, has_end, is_cut, may_be_last
from studiolo.service.double.question import Question
from studiolo.service.double.recorder import Recorder
from studiolo.service.double.rows import Account, Rows
from studiolo.service.double.upstream import Answer, Upstream

log = structlog.get_logger()

# A stream has no more frames than this: each costs memory of its own.
MOST_FRAMES = 500_000
# An error may come as a stream of any form.
_REFUSED = 400


class Recording:
    """Upstream answers everything."""

    def __init__(
        self, upstream: Upstream, recorder: Recorder, *, rows: Rows, client_s: float
    ) -> None:
        self._upstream = upstream
        self._recorder = recorder
        self._rows = rows
        self._client_s = client_s

    async def answer(self, heard: Heard, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether it did, which it always does."""
        telling = Telling(scope, send, client_s=self._client_s)
        try:
            async with asyncio.TaskGroup() as group:
                watch = group.create_task(until_gone(receive))
                try:
                    await self._pass_on(heard, telling)
                except StudioloError as error:
                    await telling.fail(error)
                except asyncio.CancelledError:
                    if telling.begun and not watch.done():
                        await telling.fail(ModelUnavailable("the server stops"))
                    raise
                watch.cancel()
        except* ClientGone:
            log.info("client.gone", request_id=identity_of(scope).request_id)
            # What it has not read nobody will.
            scope[CONNECTION].abandon()
        return True

    async def _pass_on(self, heard: Heard, telling: Telling) -> None:
        question = heard.question
        with self._rows.waiting(heard.asked) as account:
            async with self._upstream.ask(
                question.method, question.path, headers=heard.headers, body=heard.content
            ) as answer:
                if is_stream(answer.content_type):
                    frames, held = await self._stream(answer, telling, account)
                    self._check_end(frames, question, answer.status)
                else:
                    frames = held = [await self._whole(answer, account)]
                said = Said(
                    answer.status, answer.content_type, answer.retry_after, b"".join(frames)
                )
                secrets = (*heard.secrets, *answer.secrets)
                await asyncio.to_thread(self._recorder.keep, question, said, secrets=secrets)
            account.end(said.status, usage_in(frames))
        if not said.streamed:
            size = len(said.content)
            telling.head(said.status, said.content_type, said.retry_after, size_bytes=size)
        await telling.more(held)
        await telling.end()

    async def _whole(self, answer: Answer, account: Account) -> bytes:
        """All of it, before any of it is passed on. Raises UpstreamFailed."""
        pieces: list[bytes] = []
        async with aclosing(answer.pieces) as coming:
            async for piece in coming:
                account.begin()
                pieces.append(piece)
        content = b"".join(pieces)
        if not is_json(content):
            raise self._upstream.failed(
                f"answered with JSON that is none, or not all of it (status {answer.status})"
            )
        return content

    async def _stream(
        self, answer: Answer, telling: Telling, account: Account
    ) -> tuple[list[bytes], list[bytes]]:
        """All frames, and those at the end that are not passed on yet.

        Whole frames are passed on as they come, so that an error can follow any of them; but
        whoever has the last may go away, so it waits until the answer is kept and settled.
        Raises UpstreamFailed.
        """
        telling.head(answer.status, answer.content_type, answer.retry_after)
        coming, frames, held = Frames(), list[bytes](), list[bytes]()
        async with aclosing(answer.pieces) as pieces:
            async for piece in pieces:
                fresh = coming.feed(piece)
                frames += fresh
                ready, held = _parted([*held, *fresh])
                if ready:
                    account.begin()
                    await telling.more(ready)
                if len(frames) > MOST_FRAMES:
                    raise self._upstream.failed(f"answered more than {MOST_FRAMES} frames")
        rest = coming.flush()
        if is_cut(rest):
            raise self._upstream.failed("broke off its stream inside a frame")
        if rest:
            frames.append(rest)
            held.append(rest)
        if not frames:
            raise self._upstream.failed("sent a stream with nothing in it")
        return frames, held

    def _check_end(self, frames: list[bytes], question: Question, status: int) -> None:
        """Raises UpstreamFailed for an answer that breaks off behind a whole frame."""
        if status < _REFUSED and not has_end(frames, dialect_of(question)):
            raise self._upstream.failed("broke off its stream before the end")


def _parted(frames: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Those that can be passed on, and one at the end that may be the last."""
    if frames and may_be_last(frames[-1]):
        return frames[:-1], frames[-1:]
    return frames, []
