"""What a prompt shows is looked at: each thing once, several side by side, before its turn comes.

Law: nothing is looked at for an engine that does not see, and nothing that the prompt leaves out.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from studiolo.core.card import ModelCard
from studiolo.core.errors import MediaNotSupported, StudioloError
from studiolo.core.media.seen import Seen
from studiolo.core.media.sight import tokens_of
from studiolo.core.messages import MediaPart
from studiolo.core.prompt import MARKS, PADS, Media, Run
from studiolo.engines.base import EngineInfo

# Of one request, so many things are looked at side by side.
AT_ONCE = 4


class Viewer(Protocol):
    """Whoever fetches and decodes: `media.viewer`."""

    def check(self, parts: Sequence[MediaPart]) -> None:
        """Whether a request may show so many. Raises TooManyMedia."""
        ...

    def turns(self) -> asyncio.Semaphore:
        """How many files one request may have looked at side by side."""
        ...

    async def look(self, part: MediaPart, turns: asyncio.Semaphore) -> Seen:
        """What it truly is. Raises MediaInvalid or Overloaded; cancelling ends it at once."""
        ...


class Eyes:
    """A viewer, or none: then everybody is refused who shows something."""

    def __init__(self, viewer: Viewer | None) -> None:
        self._viewer = viewer

    async def over(
        self, runs: Sequence[Run], info: EngineInfo, *, card: ModelCard, closely: bool
    ) -> tuple[Run, ...]:
        """The runs with what was seen, and how many tokens stand for it.

        Raises MediaNotSupported, TooManyMedia, or what the viewer raises of what goes wrong first.
        """
        parts = dict.fromkeys(run.part for run in runs if isinstance(run, Media))
        if not parts:
            return tuple(runs)
        if not info.sees or self._viewer is None or any(part.kind not in PADS for part in parts):
            raise MediaNotSupported
        self._viewer.check([run.part for run in runs if isinstance(run, Media)])
        seen = await _all_seen([*parts], self._viewer)

        def shown(run: Run) -> Run:
            if not isinstance(run, Media):
                return run
            what, looking = seen[run.part], run.part.looking
            tokens = tokens_of(what, sight=card.sight, looking=looking, high_resolution=closely)
            return replace(run, seen=what, tokens=tokens - MARKS)

        return tuple(map(shown, runs))


async def _all_seen(parts: Sequence[MediaPart], viewer: Viewer) -> dict[MediaPart, Seen]:
    """The first that fails ends the others; what is shown again, however closely, is seen once."""
    places, turns = asyncio.Semaphore(AT_ONCE), viewer.turns()
    plain = {part: (part.kind, part.urls, part.listed) for part in parts}
    firsts = {key: part for part, key in reversed(plain.items())}

    async def look(part: MediaPart) -> Seen:
        async with places:
            return await viewer.look(part, turns)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = {key: group.create_task(look(part)) for key, part in firsts.items()}
    except* StudioloError as failures:
        raise _first(failures) from None
    return {part: tasks[key].result() for part, key in plain.items()}


def _first(failures: BaseExceptionGroup[StudioloError]) -> BaseException:
    """Tasks put no groups into groups."""
    return failures.exceptions[0]
