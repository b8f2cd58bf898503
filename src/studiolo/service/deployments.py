"""A deployment: one engine, the family its weights belong to, and the places at it."""

import asyncio
from collections.abc import Iterable, Mapping

import msgspec

from studiolo.core.errors import ModelUnavailable
from studiolo.engines.base import Engine
from studiolo.families.base import Family
from studiolo.service.admission import Places


class Deployment(msgspec.Struct, frozen=True, eq=False):
    """What a route leads to."""

    name: str
    engine: Engine
    family: Family
    places: Places


class Deployments:
    """All deployments of this process, started and closed together."""

    def __init__(self, deployments: Iterable[Deployment]) -> None:
        self._by_name = {deployment.name: deployment for deployment in deployments}
        self._running: set[str] = set()

    @property
    def all(self) -> Mapping[str, Deployment]:
        """By name."""
        return self._by_name

    @property
    def waiting(self) -> tuple[str, ...]:
        """The names of those that do not serve yet."""
        return tuple(name for name in self._by_name if name not in self._running)

    def running(self, name: str) -> Deployment:
        """The deployment. Raises ModelUnavailable while its engine has not started."""
        if name not in self._running:
            raise ModelUnavailable(f"deployment {name!r} is not running")
        return self._by_name[name]

    async def start(self) -> None:
        """Start all engines side by side. Raises the first failure, with the others closed."""
        try:
            async with asyncio.TaskGroup() as group:
                for deployment in self._by_name.values():
                    group.create_task(self._start(deployment))
        except* ModelUnavailable as failures:
            await self.close()
            raise failures.exceptions[0] from None

    async def close(self) -> None:
        """Stop all engines."""
        self._running.clear()
        for deployment in self._by_name.values():
            await deployment.engine.close()

    async def _start(self, deployment: Deployment) -> None:
        await deployment.engine.start()
        self._running.add(deployment.name)
