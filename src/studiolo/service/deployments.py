"""A deployment: one engine, the family its weights belong to, and the places at it.

All loading, swapping and unloading of engines stands in this file.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from types import TracebackType
from weakref import WeakSet

import msgspec
import structlog

from studiolo.core.errors import AnswerCut, EngineFailed, ModelUnavailable
from studiolo.engines.base import Engine
from studiolo.families.base import Family, Weights
from studiolo.service.admission import Places

log = structlog.get_logger()


class Deployment(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """What a route leads to. Two with equal `made_from` are interchangeable.

    `fixed_seed` is for questions that name none; without it, each draws its own. An engine that
    `keeps_schemas` is believed: what it writes is not read again.
    """

    name: str
    engine: Engine
    family: Family
    places: Places
    made_from: object = None
    fixed_seed: int | None = None
    keeps_schemas: bool = False


class Deployments:
    """The deployments of this process by name. Answers that run keep the engine they began with."""

    def __init__(self, deployments: Iterable[Deployment], *, drain_s: float = 30) -> None:
        self._wanted = {deployment.name: deployment for deployment in deployments}
        self._running: dict[str, Deployment] = {}
        self._drain_s = drain_s
        self._changing = asyncio.Lock()
        self._leaving: dict[asyncio.Task[None], Deployment] = {}
        self._loading: Sequence[Deployment] = ()
        # Those whose engines were taken away from the answers that ran.
        self._cut: WeakSet[Deployment] = WeakSet()
        # Of engines that are closed, by name.
        self._restarts: Counter[str] = Counter()

    @property
    def all(self) -> Mapping[str, Deployment]:
        """By name, whether they run or not."""
        return self._wanted

    @property
    def waiting(self) -> tuple[str, ...]:
        """The names of those that do not serve: not yet, or while their engine comes back."""
        return tuple(
            name
            for name in self._wanted
            if name not in self._running or not self._running[name].engine.serving
        )

    @property
    def leaving(self) -> Sequence[Deployment]:
        """Those that only end the answers they began."""
        return tuple(self._leaving.values())

    def restarts(self, name: str) -> int:
        """How often engines of this name were restarted, also those that were swapped out."""
        there = [*self.leaving, *filter(None, [self._wanted.get(name)])]
        return self._restarts[name] + sum(
            each.engine.restarts for each in there if each.name == name
        )

    def visit(self, name: str) -> "Visit":
        """The deployment, which stays as long as this block runs.

        Raises ModelUnavailable while its engine has not started, and AnswerCut where it was taken
        away from those who visit.
        """
        deployment = self._running.get(name)
        if deployment is None:
            raise ModelUnavailable(f"deployment {name!r} is not running")
        return Visit(deployment, self._cut)

    async def start(self) -> None:
        """Start all engines side by side. Raises the first ModelUnavailable, with none left."""
        async with self._changing:
            started = await self._start(list(self._wanted.values()))
            self._wanted = {deployment.name: deployment for deployment in started}
            self._running = dict(self._wanted)

    async def change(
        self, deployments: Sequence[Deployment], *, then: Callable[[], None]
    ) -> tuple[str, ...]:
        """Run these from now on, and say the names of those that are new or made anew.

        New engines are loaded while the old ones serve; `then` is called at the moment of the
        swap. Those that stay take on the bounds of their queue. A change waits for the one before.
        Engines that are no longer wanted end their answers and are closed. Raises
        ModelUnavailable with nothing changed when a new one does not load.
        """
        async with self._changing:
            kept = {
                new.name: (old, new)
                for new in deployments
                if (old := self._running.get(new.name)) and old.made_from == new.made_from
            }
            fresh = await self._start([each for each in deployments if each.name not in kept])
            for old, new in kept.values():
                old.places.bound_as(new.places)
            before = self._running
            stay = {name: old for name, (old, _) in kept.items()}
            self._wanted = stay | {each.name: each for each in fresh}
            self._running = dict(self._wanted)
            then()
            for old in before.values():
                if self._running.get(old.name) is not old:
                    self._leave(old)
            return tuple(each.name for each in fresh)

    async def close(self) -> None:
        """Stop all engines, side by side."""
        self._running = {}
        there = (*self.leaving, *self._wanted.values())
        self._cut.update(there)
        await _close(there)
        # Whoever still visits is not waited for.
        draining = tuple(self._leaving)
        for task in draining:
            task.cancel()
        await asyncio.gather(*draining, return_exceptions=True)

    def kill(self) -> None:
        """End all engines and what they write, at once; `close` still has to follow."""
        for deployment in (*self._loading, *self.leaving, *self._wanted.values()):
            self._cut.add(deployment)
            deployment.engine.kill()

    async def _start(self, deployments: Sequence[Deployment]) -> list[Deployment]:
        """When one fails, or nobody waits for them any more, all are closed again."""
        self._loading = deployments
        try:
            return await _start(deployments)
        except BaseException:
            await _close(deployments)
            raise
        finally:
            self._loading = ()

    def _leave(self, deployment: Deployment) -> None:
        task = asyncio.create_task(self._drain(deployment))
        self._leaving[task] = deployment
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        deployment = self._leaving.pop(task)
        self._restarts[deployment.name] += deployment.engine.restarts

    async def _drain(self, deployment: Deployment) -> None:
        try:
            async with asyncio.timeout(self._drain_s):
                await deployment.places.empty()
        except TimeoutError:
            log.warning("deployment.cut", deployment=deployment.name)
            self._cut.add(deployment)
        finally:
            await deployment.engine.close()
            log.info("deployment.closed", deployment=deployment.name)


class Visit:
    """Around everything that a request does at its deployment."""

    def __init__(self, deployment: Deployment, cut: Set[Deployment]) -> None:
        self._deployment = deployment
        self._cut = cut

    def __enter__(self) -> Deployment:
        self._deployment.places.come()
        return self._deployment

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._deployment.places.go()
        if isinstance(error, EngineFailed | ModelUnavailable) and self._deployment in self._cut:
            raise AnswerCut from error


async def _start(deployments: Sequence[Deployment]) -> list[Deployment]:
    """Side by side; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_start_one(deployment)) for deployment in deployments]
    except* ModelUnavailable as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def _close(deployments: Iterable[Deployment]) -> None:
    """Side by side: an engine that hangs is waited for."""
    await asyncio.gather(*(deployment.engine.close() for deployment in deployments))


async def _start_one(deployment: Deployment) -> Deployment:
    """The deployment as it is with its engine up; a family may come of the weights.

    Raises ModelUnavailable too when the weights are not of the family they are said to be.
    """
    await deployment.engine.start()
    info, family = deployment.engine.info, deployment.family
    if family.from_weights is not None:
        weights = Weights(
            info.chat_template, info.special_tokens, info.architecture, info.bos, info.eos
        )
        try:
            family = family.from_weights(weights)
        except ModelUnavailable as error:
            raise ModelUnavailable(
                f"deployment {deployment.name!r}: {info.weights}: {error}"
            ) from error
        log.info("deployment.family", deployment=deployment.name, family=family.name)
        deployment = msgspec.structs.replace(deployment, family=family)
    missing = sorted(family.needs - info.special_tokens)
    if missing:
        raise ModelUnavailable(
            f"deployment {deployment.name!r}: {info.weights} has no {', '.join(missing)}, which "
            f"the family {family.name!r} writes; set another `family`"
        )
    return deployment
