"""What serves, put together from its settings, and changed while it does."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
from starlette.types import ASGIApp

from studiolo.app.asgi import bounds_of, make_app
from studiolo.app.engines import ENGINES, Makers, Site, deployment_of
from studiolo.app.ledger import open_ledger
from studiolo.app.media import viewer_of
from studiolo.catalog.catalog import Catalog, load_catalog
from studiolo.catalog.routing import Routing
from studiolo.config import Settings, waiting
from studiolo.double import around, rules_of, sized, steering
from studiolo.engines.judge.judge import Judge
from studiolo.engines.scripted.rules.book import RuleBook
from studiolo.service.access import Access
from studiolo.service.bookkeeper import LOCK_S
from studiolo.service.chat import Chat
from studiolo.service.deployments import Deployments
from studiolo.service.meters import RowMeter, watch_deployments
from studiolo.service.models import Models
from studiolo.storage.database import open_database
from studiolo.storage.keys import KeyStore
from studiolo.storage.run_folder import run_folder
from studiolo.telemetry.ids import new_request_id
from studiolo.telemetry.metrics import Metrics
from studiolo.weights.store import WeightStore


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
        site: Site,
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
        deployments = [deployment_of(each, settings, self._site) for each in settings.deployments]

        def then() -> None:
            self._models.change(routing)
            self._site.book.replace(rules)

        made_anew = await self.deployments.change(deployments, then=then)
        return Change(made_anew, waiting(self._settings, settings))


@asynccontextmanager
async def open_studio(settings: Settings, *, makers: Makers = ENGINES) -> AsyncGenerator[Studio]:
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
        viewer = viewer_of(settings)
        stack.push_async_callback(viewer.close)
        site = Site(makers, WeightStore(settings.home), run_dir, book, judge)
        deployments = Deployments(
            (deployment_of(each, settings, site) for each in settings.deployments),
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
            around(settings, wheel, access=access, ledger=ledger, bounds=bounds_of(settings))
        )
        chat = Chat(deployments, ledger, judge=judge, viewer=viewer)
        app = make_app(settings, chat, models, access, metrics, inside)
        yield Studio(app, deployments, models=models, site=site, settings=settings)


def _routing(settings: Settings, catalog: Catalog) -> Routing:
    return Routing({each.name: each.serves for each in settings.deployments}, catalog)
