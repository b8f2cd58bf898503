"""Puts everything together: settings in, a running server out."""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Router
from starlette.types import ASGIApp

from studiolo.catalog.catalog import Catalog, load_catalog
from studiolo.catalog.routing import Routing
from studiolo.config import DeploymentSettings, Settings
from studiolo.core.card import Endpoint
from studiolo.core.errors import ModelUnavailable
from studiolo.engines.base import Engine
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.engines.scripted.double import double_engine
from studiolo.families.table import FAMILIES
from studiolo.http.chat import Bounds, ChatEndpoint
from studiolo.http.edge import Edge, NotFound
from studiolo.http.health import Live, Ready
from studiolo.http.models import ModelsEndpoint
from studiolo.http.routes import routes
from studiolo.http.server import HttpServer, listen, url_of
from studiolo.protocols.codec import ChatCodec
from studiolo.protocols.dashscope.generation import Generation
from studiolo.protocols.openai.chat import ChatCompletions
from studiolo.service.access import Access
from studiolo.service.admission import Places
from studiolo.service.bookkeeper import Bookkeeper, replay
from studiolo.service.chat import Chat
from studiolo.service.deployments import Deployment, Deployments
from studiolo.service.ledger import Ledger
from studiolo.service.models import Models
from studiolo.storage.database import Database, open_database
from studiolo.storage.journal import Journal
from studiolo.storage.keys import KeyStore
from studiolo.storage.ledger import LedgerStore
from studiolo.telemetry.ids import new_request_id
from studiolo.weights.store import WeightStore


class Studio(msgspec.Struct, frozen=True, eq=False):
    """What serves: the ASGI app, and the engines behind it."""

    app: ASGIApp
    deployments: Deployments


@asynccontextmanager
async def open_studio(settings: Settings) -> AsyncGenerator[Studio]:
    """Everything but the socket; engines are closed at the end, but not started here.

    Raises WeightsMissing, CatalogInvalid, HomeUnusable or DatabaseTooNew before anything runs.
    """
    catalog = load_catalog(settings.catalog)
    deployments = Deployments(_deployment(each, settings) for each in settings.deployments)
    async with open_database(settings.home) as database, open_ledger(settings, database) as ledger:
        access = Access(KeyStore(database), environment_key=settings.api_key)
        chat = Chat(deployments, ledger)
        try:
            yield Studio(make_app(settings, catalog, chat, access), deployments)
        finally:
            await deployments.close()


@asynccontextmanager
async def open_ledger(settings: Settings, database: Database) -> AsyncGenerator[Ledger]:
    """The journal and what carries it into SQL; what earlier processes left is settled first."""
    rows = LedgerStore(database)
    await settle_orphans(settings, rows)
    journal = Journal(
        _journal_folder(settings), new_request_id(), cap_bytes=settings.ledger.journal_bytes
    )
    bookkeeper = Bookkeeper(journal, rows, sync_s=settings.ledger.sync_s)
    bookkeeper.start()
    try:
        yield Ledger(journal, bookkeeper.settled, node=socket.gethostname()[:64])
    finally:
        await bookkeeper.close()
        journal.close()


async def settle_orphans(settings: Settings, rows: LedgerStore) -> None:
    """Rows from the journals of processes that are gone."""
    await replay(_journal_folder(settings), rows, now_us=lambda: time.time_ns() // 1000)


def _journal_folder(settings: Settings) -> Path:
    return settings.home / "journal"


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT; `announce` gets the URL once requests are served.

    Health checks are answered while the engines load. Raises AddressTaken, and ModelUnavailable
    when an engine does not load.
    """
    async with open_studio(settings) as studio:
        listener = listen(settings.server.host, settings.server.port)
        url = url_of(listener)
        server = HttpServer(studio.app, drain_s=settings.server.drain_s)
        try:
            async with asyncio.TaskGroup() as group:
                loading = group.create_task(_load(server, studio.deployments, announce, url))
                await server.serve(sockets=[listener])
                loading.cancel()
        except* ModelUnavailable as failures:
            raise failures.exceptions[0] from None


async def _load(
    server: HttpServer, deployments: Deployments, announce: Callable[[str], None], url: str
) -> None:
    await server.listening.wait()
    await deployments.start()
    announce(url)


def make_app(settings: Settings, catalog: Catalog, chat: Chat, access: Access) -> ASGIApp:
    """The routes over what was put together."""
    serves = {each.name: each.serves for each in settings.deployments}
    models = Models(Routing(serves, catalog))
    bounds = Bounds(
        body_bytes=settings.limits.body_bytes,
        json_depth=settings.limits.json_depth,
        keep_alive_s=settings.limits.keep_alive_s,
    )

    def endpoint(codec: ChatCodec) -> ChatEndpoint:
        return ChatEndpoint(codec, access=access, models=models, chat=chat, bounds=bounds)

    def native(route: Endpoint) -> ChatEndpoint:
        codec = Generation(
            route,
            strict_routing=settings.server.strict_endpoint_routing,
            max_messages=settings.limits.messages,
            error_suffix=settings.server.error_suffix,
        )
        return endpoint(codec)

    router = Router(
        routes(
            chat_completions=endpoint(
                ChatCompletions(
                    max_messages=settings.limits.messages,
                    error_suffix=settings.server.error_suffix,
                )
            ),
            text_generation=native("text-generation"),
            multimodal_generation=native("multimodal-generation"),
            models=ModelsEndpoint(access=access, models=models),
            live=Live(),
            ready=Ready(chat.deployments),
        ),
        redirect_slashes=False,
        default=NotFound(),
    )
    return Edge(_with_cors(router, settings.server.cors_origins))


def _with_cors(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """Nothing is added where no other origin may call."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("*",),
        allow_headers=("*",),
        expose_headers=("x-request-id", "retry-after"),
    )


def _deployment(settings: DeploymentSettings, whole: Settings) -> Deployment:
    return Deployment(
        name=settings.name,
        engine=ENGINES[settings.engine](settings, whole.home),
        family=FAMILIES[settings.family],
        places=Places(settings.parallel, queue=whole.limits.queue, wait_s=whole.limits.wait_s),
    )


def _llamacpp(settings: DeploymentSettings, home: Path) -> Engine:
    return LlamaCppEngine(
        WeightStore(home).locate(settings.weights or ""),
        name=settings.name,
        context=settings.context,
        parallel=settings.parallel,
        run_dir=home / "run",
        threads=settings.threads,
    )


def _double(settings: DeploymentSettings, home: Path) -> Engine:
    return double_engine(name=settings.name, context=settings.context, parallel=settings.parallel)


# A new engine is a row here.
ENGINES: Mapping[str, Callable[[DeploymentSettings, Path], Engine]] = {
    "llama.cpp": _llamacpp,
    "double": _double,
    "scripted": _double,
}
