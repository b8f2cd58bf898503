"""Puts everything together: settings in, a running server out."""

import asyncio
import signal
import socket
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import structlog
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Router
from starlette.types import ASGIApp

from studiolo.catalog.catalog import Catalog, load_catalog
from studiolo.catalog.routing import Routing
from studiolo.config import DeploymentSettings, Settings, waiting
from studiolo.core.errors import ModelUnavailable, StudioloError
from studiolo.core.ledger import Row
from studiolo.double import DOUBLE, around, ruled_engine, rules_of, sized, steering
from studiolo.engines.base import Engine
from studiolo.engines.judge.judge import Judge
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.engines.scripted.rules.book import RuleBook
from studiolo.families.table import FAMILIES
from studiolo.http.chat import Bounds, ChatEndpoint, UseCase
from studiolo.http.edge import Edge, NotFound
from studiolo.http.health import Live, Ready
from studiolo.http.metrics import MetricsEndpoint
from studiolo.http.models import ModelsEndpoint
from studiolo.http.routes import Endpoints, routes
from studiolo.http.server import HttpServer, listen, url_of
from studiolo.protocols.codec import Asking, Codec, Rules
from studiolo.protocols.dashscope.generation import Generation
from studiolo.protocols.openai.chat import ChatCompletions
from studiolo.protocols.openai.completions import Completions
from studiolo.service.access import Access
from studiolo.service.admission import Places
from studiolo.service.bookkeeper import LOCK_S, Bookkeeper, replay
from studiolo.service.chat import Chat
from studiolo.service.completion import Completion
from studiolo.service.deployments import Deployment, Deployments
from studiolo.service.ledger import Ledger
from studiolo.service.meters import RowMeter, log_row, watch_deployments, watch_ledger
from studiolo.service.models import Models
from studiolo.storage.database import Database, open_database, patiently
from studiolo.storage.journal import Journal
from studiolo.storage.keys import KeyStore
from studiolo.storage.ledger import LedgerStore
from studiolo.storage.run_folder import run_folder
from studiolo.telemetry.ids import new_request_id
from studiolo.telemetry.metrics import Metrics
from studiolo.weights.store import WeightStore

log = structlog.get_logger()


class Change(msgspec.Struct, frozen=True):
    """What came of settings that were taken up: new engines, and keys that wait for a start."""

    made_anew: tuple[str, ...]
    waiting: tuple[str, ...]


class Studio:
    """What serves: the ASGI app, and what can be changed while it does."""

    def __init__(
        self,
        app: ASGIApp,
        deployments: Deployments,
        *,
        models: Models,
        site: "Site",
        settings: Settings,
    ) -> None:
        self.app = app
        self.deployments = deployments
        self._models = models
        self._site = site
        self._settings = settings

    async def change(self, settings: Settings) -> Change:
        """Serve these deployments and this catalogue from now on.

        Raises what `open_studio` raises, or ModelUnavailable, with nothing changed.
        """
        catalog = load_catalog(settings.catalog)
        settings = sized(settings, catalog)
        routing, rules = _routing(settings, catalog), rules_of(settings)
        deployments = [_deployment(each, settings, self._site) for each in settings.deployments]

        def then() -> None:
            self._models.change(routing)
            self._site.book.replace(rules)

        made_anew = await self.deployments.change(deployments, then=then)
        return Change(made_anew, waiting(self._settings, settings))


class Site(msgspec.Struct, frozen=True):
    """Where engines find their weights and put their sockets, and what they share.

    That is the rules of the doubles, and the judge of schemas.
    """

    weights: WeightStore
    run_dir: Path
    book: RuleBook
    judge: Judge


@asynccontextmanager
async def open_studio(settings: Settings) -> AsyncGenerator[Studio]:
    """Everything but the socket; engines are closed at the end, but not started here.

    Raises WeightsMissing, CatalogInvalid, RulesInvalid, CassetteInvalid, HomeUnusable,
    DatabaseUnusable or DatabaseTooNew before anything runs, and at the end RecordingsLost.
    """
    catalog = load_catalog(settings.catalog)
    settings = sized(settings, catalog)
    routing, book = _routing(settings, catalog), RuleBook(rules_of(settings))
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.home, lock_s=LOCK_S))
        run_dir = stack.enter_context(run_folder(settings.home / "run", new_request_id()))
        judge = Judge()
        stack.push_async_callback(judge.close)
        site = Site(WeightStore(settings.home), run_dir, book, judge)
        deployments = Deployments(
            (_deployment(each, settings, site) for each in settings.deployments),
            drain_s=settings.server.drain_s,
        )
        stack.push_async_callback(deployments.close)
        models = Models(routing)
        meter = RowMeter(metrics, models)
        wheel = steering(settings, book)
        tell = () if wheel is None else (wheel.inspection.settled,)
        ledger = await stack.enter_async_context(
            open_ledger(settings, database, metrics, meter, tell=tell)
        )
        watch_deployments(metrics, deployments)
        access = Access(KeyStore(database), environment_key=settings.api_key)
        inside = await stack.enter_async_context(
            around(settings, wheel, access=access, ledger=ledger, bounds=_bounds(settings))
        )
        chat = Chat(deployments, ledger, judge=judge)
        app = make_app(settings, chat, models, access, metrics, inside)
        yield Studio(app, deployments, models=models, site=site, settings=settings)


@asynccontextmanager
async def open_ledger(
    settings: Settings,
    database: Database,
    metrics: Metrics,
    meter: RowMeter,
    *,
    tell: Sequence[Callable[[Row], None]] = (),
) -> AsyncGenerator[Ledger]:
    """The journal and what carries it into SQL; what earlier processes left is settled first.

    Those in `tell` hear of every row. Raises DatabaseUnusable, and at the end RowsLost.
    """
    await settle_orphans(settings, database)
    rows = LedgerStore(database)
    journal = Journal(
        _journal_folder(settings), new_request_id(), cap_bytes=settings.ledger.journal_bytes
    )
    bookkeeper = Bookkeeper(journal, rows, sync_s=settings.ledger.sync_s)
    watch_ledger(metrics, journal, bookkeeper)
    bookkeeper.start()
    try:
        yield Ledger(
            journal,
            bookkeeper.settled,
            (meter.settled, log_row, *tell),
            node=socket.gethostname()[:64],
        )
    finally:
        try:
            await bookkeeper.close()
        finally:
            journal.close()


async def settle_orphans(settings: Settings, database: Database) -> None:
    """Rows from the journals of processes that are gone. Raises DatabaseUnusable."""
    rows = LedgerStore(database)
    folder = _journal_folder(settings)
    await patiently(
        database.path, lambda: replay(folder, rows, now_us=lambda: time.time_ns() // 1000)
    )


def _journal_folder(settings: Settings) -> Path:
    return settings.home / "journal"


async def serve(
    settings: Settings,
    announce: Callable[[str], None],
    *,
    reread: Callable[[], Settings] | None = None,
) -> None:
    """Run until SIGTERM or SIGINT; `announce` gets the URL once requests are served.

    Health checks are answered while the engines load. SIGHUP takes up the settings that `reread`
    gives. Raises AddressTaken, and ModelUnavailable when an engine does not load.
    """
    async with open_studio(settings) as studio:
        listener = listen(settings.server.host, settings.server.port)
        url = url_of(listener)
        tasks: list[asyncio.Task[None]] = []

        def at_once() -> None:
            for task in tasks:
                task.cancel()
            studio.deployments.kill()

        server = HttpServer(
            studio.app,
            drain_s=settings.server.drain_s,
            client_s=settings.limits.client_s,
            at_once=at_once,
        )
        try:
            async with asyncio.TaskGroup() as group:
                tasks.append(group.create_task(_load(server, studio.deployments, announce, url)))
                if reread is not None:
                    tasks.append(group.create_task(_take_up(studio, reread)))
                await server.serve(sockets=[listener])
                for task in tasks:
                    task.cancel()
        except* ModelUnavailable as failures:
            raise failures.exceptions[0] from None


async def _load(
    server: HttpServer, deployments: Deployments, announce: Callable[[str], None], url: str
) -> None:
    await server.listening.wait()
    await deployments.start()
    announce(url)


async def _take_up(studio: Studio, reread: Callable[[], Settings]) -> None:
    """At every SIGHUP, read the settings again; whatever is wrong with them changes nothing."""
    hangup = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, hangup.set)
    try:
        while True:
            await hangup.wait()
            hangup.clear()
            try:
                change = await studio.change(reread())
            except (StudioloError, OSError) as error:
                log.warning("settings.refused", reason=str(error))
            except Exception:
                # Whatever a file holds, those who are served stay so.
                log.exception("settings.refused", reason="it broke while it was taken up")
            else:
                log.info("settings.taken_up", **msgspec.structs.asdict(change))
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def make_app(
    settings: Settings,
    chat: Chat,
    models: Models,
    access: Access,
    metrics: Metrics,
    inside: Callable[[ASGIApp], ASGIApp] = lambda routes: routes,
) -> ASGIApp:
    """The routes over what was put together; `inside` may put something before them."""
    bounds = _bounds(settings)

    def endpoint(codec: Codec[Asking], use_case: UseCase[Asking]) -> ChatEndpoint[Asking]:
        return ChatEndpoint(codec, access=access, models=models, use_case=use_case, bounds=bounds)

    completion = Completion(chat.deployments, chat.ledger)

    rules = Rules(
        max_messages=settings.limits.messages,
        error_suffix=settings.server.error_suffix,
        strict_routing=settings.server.strict_endpoint_routing,
        allow_nonstream_thinking=settings.server.allow_nonstream_thinking,
    )
    router = Router(
        routes(
            Endpoints(
                chat_completions=endpoint(ChatCompletions(rules), chat),
                completions=endpoint(Completions(rules), completion),
                text_generation=endpoint(Generation("text-generation", rules), chat),
                multimodal_generation=endpoint(Generation("multimodal-generation", rules), chat),
                models=ModelsEndpoint(access=access, models=models),
                live=Live(),
                ready=Ready(chat.deployments),
                metrics=MetricsEndpoint(metrics),
            )
        ),
        redirect_slashes=False,
        default=NotFound(),
    )
    return Edge(_with_cors(inside(router), settings.server.cors_origins))


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        body_bytes=settings.limits.body_bytes,
        json_depth=settings.limits.json_depth,
        keep_alive_s=settings.limits.keep_alive_s,
        client_s=settings.limits.client_s,
    )


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


def _routing(settings: Settings, catalog: Catalog) -> Routing:
    return Routing({each.name: each.serves for each in settings.deployments}, catalog)


def _deployment(settings: DeploymentSettings, whole: Settings, site: Site) -> Deployment:
    limits = whole.limits
    return Deployment(
        name=settings.name,
        engine=ENGINES[settings.engine](settings, site),
        family=FAMILIES[settings.family],
        places=Places(settings.parallel, queue=limits.queue, wait_s=limits.wait_s),
        made_from=(settings, _weights_there(settings, site)),
        # The same question gets the same answer, also where nobody names a seed.
        fixed_seed=0 if settings.engine == DOUBLE else None,
        keeps_schemas=settings.engine == DOUBLE,
    )


def _weights_there(settings: DeploymentSettings, site: Site) -> tuple[int, ...]:
    """Which file it is that is named; another one in its place is another deployment."""
    if settings.weights is None:
        return ()
    file = site.weights.locate(settings.weights).stat()
    return file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns


def _llamacpp(settings: DeploymentSettings, site: Site) -> Engine:
    engine = LlamaCppEngine(
        site.weights.locate(settings.weights or ""),
        name=settings.name,
        context=settings.context,
        parallel=settings.parallel,
        run_dir=site.run_dir / new_request_id(),
        threads=settings.threads,
    )
    engine.judge = site.judge
    return engine


def _double(settings: DeploymentSettings, site: Site) -> Engine:
    return ruled_engine(settings, site.book)


# A new engine is a row here.
ENGINES: Mapping[str, Callable[[DeploymentSettings, Site], Engine]] = {
    "llama.cpp": _llamacpp,
    DOUBLE: _double,
}
