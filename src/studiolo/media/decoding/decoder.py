"""What files show, asked of a process for each kind that is killed when one takes too much."""

import asyncio
import hashlib
from collections import OrderedDict
from typing import Final, Literal

import structlog

from studiolo.core.errors import ModelUnavailable, Overloaded
from studiolo.core.media.errors import (
    MediaInvalid,
    MediaTooCostly,
    MediaUnreadable,
    TooManyPixels,
    VideoLengthInvalid,
)
from studiolo.core.media.seen import Seen
from studiolo.media.decoding.questions import Answer, Question, answers
from studiolo.media.rules import MediaRules
from studiolo.media.sources.inline import LARGEST_BYTES
from studiolo.sandbox.child import Child

# Shorter videos are none (reference/06 section 2).
SHORTEST_S: Final = 2.0
_RETRY_S: Final = 5
# The interpreter and the libraries; what a decoder holds for each pixel; and the file itself.
_BASE_BYTES: Final = 512 << 20
_PIXEL_BYTES: Final = 16
_COPIES: Final = 2
# The process ends by its own processor time; this is for a machine on which it gets little.
_SLOWER: Final = 3
_START_S: Final = 10.0
# Digests of what is longer are made in a thread.
_LONG: Final = 1 << 20

_log = structlog.stdlib.get_logger()


class Decoder:
    """Two processes, one for each kind, so that no picture waits for a video.

    What was found out is remembered by a digest of the bytes.
    """

    def __init__(self, rules: MediaRules) -> None:
        self._rules = rules
        self._eyes = {
            "image": _Eye("image", rules),
            "video": _Eye("video", rules),
        }
        self._known: OrderedDict[bytes, Answer] = OrderedDict()

    def pid(self, kind: Literal["image", "video"]) -> int | None:
        """The process that decodes this kind, while there is one."""
        return self._eyes[kind].child.pid

    async def decode(self, data: bytes, *, kind: Literal["image", "video"], encoded: bool) -> Seen:
        """What this file shows, or the file in this base64.

        Raises MediaUnreadable, MediaTooCostly, TooManyPixels, VideoLengthInvalid, Overloaded if
        nobody gets to it, ModelUnavailable if there can be no process.
        """
        rules = self._rules
        question = Question(
            kind,
            len(data),
            encoded,
            pixels=rules.pixels,
            length_s=(SHORTEST_S, rules.video_s),
            limit_s=rules.picture_decoding_s if kind == "image" else rules.decoding_s,
        )
        key = await _digest(question, data)
        answer = self._recalled(key)
        if answer is None:
            answer = await self._looked(question, data, key=key)
        if answer.seen is None or answer.fault:
            raise _error(answer, question)
        return answer.seen

    async def close(self) -> None:
        """End the processes, twice is fine; they come back with the next question."""
        for eye in self._eyes.values():
            await eye.child.close()

    def _recalled(self, key: bytes) -> Answer | None:
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    async def _looked(self, question: Question, data: bytes, *, key: bytes) -> Answer:
        eye = self._eyes[question.kind]
        try:
            async with asyncio.timeout(self._rules.wait_s):
                await eye.turn.acquire()
        except TimeoutError as error:
            raise Overloaded(_RETRY_S) from error
        try:
            # Somebody else may have asked the same meanwhile.
            answer = self._recalled(key)
            if answer is None:
                answer = self._known[key] = await _asked(eye.child, question, data=data)
        finally:
            eye.turn.release()
        while len(self._known) > self._rules.remembered:
            self._known.popitem(last=False)
        return answer


class _Eye:
    """The process for one kind, and whose turn it is."""

    def __init__(self, kind: str, rules: MediaRules) -> None:
        largest = max(rules.picture_bytes, rules.video_bytes, LARGEST_BYTES)
        memory_bytes = _BASE_BYTES + _PIXEL_BYTES * rules.pixels + _COPIES * largest
        self.turn = asyncio.Lock()
        self.child = Child(
            *("studiolo.media.decoding.worker", kind, str(memory_bytes)),
            answers=answers,
            is_final=lambda _: True,
            died=lambda _, status: _log.warning("media.died", kind=kind, status=status),
        )


async def _asked(child: Child[Answer], question: Question, *, data: bytes) -> Answer:
    try:
        async with asyncio.timeout(question.limit_s * _SLOWER + _START_S):
            answer = await child.ask(question, data)
    except TimeoutError as error:
        # Not by its own processor time, so others had it.
        raise Overloaded(_RETRY_S) from error
    except OSError as error:
        raise ModelUnavailable(f"pictures cannot be decoded: {error}") from error
    return answer or Answer(fault="costly")


async def _digest(question: Question, data: bytes) -> bytes:
    head = f"{question.kind} {question.encoded} ".encode()
    if len(data) > _LONG:
        return await asyncio.to_thread(_hashed, head, data)
    return _hashed(head, data)


def _hashed(head: bytes, data: bytes) -> bytes:
    digest = hashlib.sha256(head)
    digest.update(data)
    return digest.digest()


def _error(answer: Answer, question: Question) -> MediaInvalid:
    seen, kind = answer.seen, question.kind
    match answer.fault:
        case "pixels" if seen is not None:
            return TooManyPixels(seen.width, seen.height, limit=question.pixels)
        case "length" if seen is not None:
            least_s, most_s = question.length_s
            return VideoLengthInvalid(seen.seconds, least_s=least_s, most_s=most_s)
        case "costly":
            return MediaTooCostly(kind)
        case _:
            return MediaUnreadable(kind)
