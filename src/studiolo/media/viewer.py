"""Looks at what a request shows: fetches it, has it decoded, and says what it is."""

import asyncio
from collections.abc import Sequence
from typing import Final, Literal

from studiolo.core.errors import MediaNotSupported, Overloaded
from studiolo.core.media.errors import MediaUrlInvalid, TooManyMedia
from studiolo.core.media.rows import frame_count, frame_urls
from studiolo.core.media.seen import Seen
from studiolo.core.media.shapes import check_shape, in_a_row
from studiolo.core.messages import MediaPart
from studiolo.media.decoding.decoder import Decoder
from studiolo.media.rules import MediaRules
from studiolo.media.sources import inline
from studiolo.media.sources.files import Files
from studiolo.media.sources.names import Names, Resolve

_RETRY_S: Final = 5
# So many look-ups of names may hang, beside those that somebody waits for.
_HANGING: Final = 32


class Viewer:
    """Make it in any loop, and `close` it in the one it was used in."""

    def __init__(self, rules: MediaRules, *, resolve: Resolve | None = None) -> None:
        """Raises ValueError for private hosts that are none."""
        self._rules = rules
        names = resolve or Names(most=rules.downloads + _HANGING)
        self._files = Files(rules, resolve=names)
        self._slots = asyncio.Semaphore(rules.downloads)
        self._decoder = Decoder(rules)

    def check(self, parts: Sequence[MediaPart]) -> None:
        """Whether a request may have so many. Raises TooManyMedia."""
        count = sum(frame_count(part) or len(part.urls) for part in parts)
        if count > self._rules.per_request:
            raise TooManyMedia(count, self._rules.per_request)

    def turns(self) -> asyncio.Semaphore:
        """So many files of one request are looked at side by side: half, for others ask too."""
        return asyncio.Semaphore(max(1, self._rules.downloads // 2))

    async def look(self, part: MediaPart, turns: asyncio.Semaphore | None = None) -> Seen:
        """What it is; parts of one request have their `turns` together.

        Raises one of the classes of `core.media.errors`, MediaNotSupported for what is to be heard,
        Overloaded if nobody gets to it, ModelUnavailable if nothing can be decoded.
        """
        if part.kind == "audio":
            raise MediaNotSupported
        turns = turns or self.turns()
        if frame_count(part) is not None:
            return await self._row(part, turns)
        if len(part.urls) != 1:
            raise MediaUrlInvalid
        async with turns:
            return await self._seen(part.urls[0], part.kind)

    def pid(self, kind: Literal["image", "video"]) -> int | None:
        """The process that decodes this kind, while there is one."""
        return self._decoder.pid(kind)

    async def close(self) -> None:
        """End what decodes, twice is fine."""
        await self._decoder.close()

    async def _row(self, part: MediaPart, turns: asyncio.Semaphore) -> Seen:
        """A video of these frames, fetched side by side."""
        if not part.urls:
            raise MediaUrlInvalid
        self.check((part,))
        inline.check_size(part.urls)

        async def look(url: str) -> Seen:
            # A frame that waits for its neighbours does not wait for anybody else's.
            async with turns:
                return await self._seen(url, "image")

        try:
            async with asyncio.TaskGroup() as group:
                looks = [group.create_task(look(url)) for url in frame_urls(part)]
        except ExceptionGroup as errors:
            # One is told; the others are of the same row.
            raise errors.exceptions[0] from None
        return in_a_row([each.result() for each in looks])

    async def _seen(self, url: str, kind: Literal["image", "video"]) -> Seen:
        if inline.is_inline(url):
            data = inline.encoded_file(url)
            seen = await self._decoder.decode(data, kind=kind, encoded=True)
        else:
            seen = await self._fetched(url, kind)
        check_shape(seen)
        return seen

    async def _fetched(self, url: str, kind: Literal["image", "video"]) -> Seen:
        """So many are held at once, from their first byte until they were decoded."""
        rules = self._rules
        limit_bytes = rules.picture_bytes if kind == "image" else rules.video_bytes
        try:
            async with asyncio.timeout(rules.wait_s):
                await self._slots.acquire()
        except TimeoutError as error:
            raise Overloaded(_RETRY_S) from error
        try:
            data = await self._files.file(url, limit_bytes=limit_bytes)
            return await self._decoder.decode(data, kind=kind, encoded=False)
        finally:
            self._slots.release()
