"""A whole studio around one engine of the test's own, answering in this loop."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from tests.servers import KEY, serving

from studiolo.app.asgi import make_app
from studiolo.app.ledger import open_ledger
from studiolo.catalog.catalog import load_catalog
from studiolo.catalog.routing import Routing
from studiolo.config import double_settings, load
from studiolo.engines.base import Engine
from studiolo.engines.judge.judge import Judge
from studiolo.engines.scripted.engine import Manner, ScriptedEngine
from studiolo.engines.scripted.steps import Script
from studiolo.families.base import Family
from studiolo.families.table import FAMILIES
from studiolo.service.access import Access
from studiolo.service.admission import Places
from studiolo.service.chat import Chat
from studiolo.service.deployments import Deployment, Deployments
from studiolo.service.looking import Viewer
from studiolo.service.meters import RowMeter, watch_deployments
from studiolo.service.models import Models
from studiolo.storage.database import open_database
from studiolo.storage.keys import KeyStore
from studiolo.storage.ledger import LedgerStore
from studiolo.telemetry.metrics import Metrics

COMPATIBLE = "/compatible-mode/v1/chat/completions"
NATIVE = "/api/v1/services/aigc/text-generation/generation"
MESSAGES = [{"role": "user", "content": "hi"}]


async def until(claim: Callable[[], bool]) -> None:
    """Comes back when the claim holds; fails if that takes longer than ten seconds."""
    async with asyncio.timeout(10):
        while not claim():
            await asyncio.sleep(0.001)


class Studio(msgspec.Struct, frozen=True, eq=False):
    """What a test looks at."""

    url: str
    client: aiohttp.ClientSession
    places: Places
    store: LedgerStore

    async def rows(self, count: int) -> list[dict[str, Any]]:
        """The ledger, once it has this many rows."""
        async with asyncio.timeout(10):
            while len(rows := [row async for row in self.store.rows()]) < count:
                await asyncio.sleep(0.01)  # the database has no event for it
        return rows

    async def idle(self) -> None:
        """Comes back when every place is free and nobody waits."""
        await until(lambda: not self.places.queued and self.places.free == self.places.capacity)


def scripted(script: Script, *, manner: Manner | None = None, parallel: int = 4) -> ScriptedEngine:
    """An engine that plays this script."""
    return ScriptedEngine(script, name="test", context=4096, parallel=parallel, manner=manner)


class Borrowed:
    """The session's engine, which others use after us: it is neither started nor closed here."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        pass


@asynccontextmanager
async def studio(
    home: Path,
    engine: Engine,
    *,
    family: Family | None = None,
    queue: int = 8,
    server: dict[str, object] | None = None,
    viewer: Viewer | None = None,
    **limits: object,
) -> AsyncGenerator[Studio]:
    """Serves every model name from this engine."""
    settings = load(
        {
            **double_settings(),
            "home": home,
            "api_key": KEY,
            "limits": limits,
            "server": server or {},
        },
        environment={},
    )
    places = Places(engine.info.parallel, queue=queue, wait_s=settings.limits.wait_s)
    written_by = family or FAMILIES["chatml"]
    deployments = Deployments([Deployment("double", engine, written_by, places)])
    metrics, models = Metrics(), Models(Routing({"double": ["*"]}, load_catalog()))
    meter = RowMeter(metrics, models)
    async with (
        open_database(home) as database,
        open_ledger(settings, database, metrics, meter) as ledger,
    ):
        access = Access(KeyStore(database), environment_key=KEY)
        await deployments.start()
        watch_deployments(metrics, deployments)
        judge = Judge()
        chat = Chat(deployments, ledger, judge=judge, viewer=viewer)
        app = make_app(settings, chat, models, access, metrics)
        try:
            async with (
                serving(app, client_s=settings.limits.client_s) as url,
                aiohttp.ClientSession(url, headers={"authorization": f"Bearer {KEY}"}) as client,
            ):
                yield Studio(url, client, places, LedgerStore(database))
        finally:
            await deployments.close()
            await judge.close()
