"""Puts a double together: its engine, its rules, and what can be seen and steered of it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from functools import partial, reduce

from starlette.types import ASGIApp

from studiolo.catalog.catalog import Catalog
from studiolo.config import DeploymentSettings, Settings
from studiolo.engines.scripted.double import Double
from studiolo.engines.scripted.engine import Manner
from studiolo.engines.scripted.rules.book import RuleBook, Rules
from studiolo.engines.scripted.rules.engine import RuledEngine
from studiolo.engines.scripted.rules.file import read_rules
from studiolo.engines.scripted.rules.mistakes import unreadable
from studiolo.engines.scripted.rules.script import RuledScript
from studiolo.families.table import FAMILIES
from studiolo.http.chat import Bounds
from studiolo.http.double.reading import Answers, Reading
from studiolo.http.double.replaying import Replaying
from studiolo.http.double.steering import DoubleEndpoint, Steering, double_routes
from studiolo.http.double.watching import Watching
from studiolo.protocols.documented import documented
from studiolo.service.access import Access
from studiolo.service.double.cassette import Cassette, Recorded, read_cassette
from studiolo.service.double.inspection import Inspection
from studiolo.service.double.recorder import Recorder
from studiolo.service.double.rows import Rows
from studiolo.service.ledger import Ledger

# The engine of this name.
DOUBLE = "double"


def rules_of(settings: Settings) -> Rules:
    """The rules in the file that the settings name. Raises RulesInvalid."""
    path = settings.double.rules
    if path is None:
        return Rules()
    try:
        content = path.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise unreadable(str(path), reason) from error
    return rules_in(str(path), content)


def rules_in(source: str, content: str) -> Rules:
    """The rules in this text. Raises RulesInvalid."""
    statuses = {code: error.status for code, error in documented().items()}
    return read_rules(source, content, errors=statuses)


def sized(settings: Settings, catalog: Catalog) -> Settings:
    """A double reads what any model can read, unless somebody says how much it is to be."""
    largest = max((card.limits.context for card in catalog), default=0)
    deployments = tuple(_sized(each, largest) for each in settings.deployments)
    return settings.model_copy(update={"deployments": deployments})


def ruled_engine(settings: DeploymentSettings, book: RuleBook) -> RuledEngine:
    """The engine of a double under the rules of this book."""
    thinks = FAMILIES[settings.family].thinks != "never"
    return RuledEngine(
        RuledScript(Double(thinks=thinks), book, thinks=thinks),
        name=settings.name,
        context=settings.context,
        parallel=settings.parallel,
        manner=Manner(
            first_token_s=settings.first_token_s,
            tokens_per_s=settings.tokens_per_s,
            remembered_prompts=settings.remembered_prompts,
        ),
    )


def steering(settings: Settings, book: RuleBook) -> Steering | None:
    """What can be seen and done while it runs; nothing unless the settings say so."""
    if not settings.double.inspect:
        return None

    def play(content: str) -> int:
        return _replaced(book, rules_in("the rules", content))

    def restore() -> int:
        return _replaced(book, rules_of(settings))

    return Steering(Inspection(settings.double.requests, rule_of=book.rule_of), play, restore)


def recordings_of(settings: Settings) -> list[Recorded]:
    """The exchanges to be played; and whether any can be recorded. Raises CassetteInvalid."""
    if settings.double.record is not None:
        Recorder(settings.double.record).close()
    return [] if settings.double.replay is None else read_cassette(settings.double.replay)


@asynccontextmanager
async def around(
    settings: Settings, wheel: Steering | None, *, access: Access, ledger: Ledger, bounds: Bounds
) -> AsyncGenerator[Callable[[ASGIApp], ASGIApp]]:
    """What stands in front of the routes of a double.

    Raises CassetteInvalid, and at the end RecordingsLost.
    """
    rows = Rows(ledger)
    inspection = wheel.inspection if wheel else None
    async with _answers(settings, inspection, rows=rows, client_s=bounds.client_s) as answers:
        layers: list[Callable[[ASGIApp], ASGIApp]] = []
        if answers is not None:
            layers.append(
                partial(Reading, answers=answers, access=access, rows=rows, bounds=bounds)
            )
        if wheel is not None:
            endpoint = DoubleEndpoint(wheel, access=access, bounds=bounds)
            layers.append(lambda app: Watching(double_routes(endpoint, app), wheel.inspection))
        yield lambda app: reduce(lambda inner, layer: layer(inner), layers, app)


@asynccontextmanager
async def _answers(
    settings: Settings, inspection: Inspection | None, *, rows: Rows, client_s: float
) -> AsyncGenerator[Answers | None]:
    """Upstream, a cassette, or neither."""
    double = settings.double
    if double.record is not None and double.upstream is not None:
        from studiolo.http.double.recording import Recording
        from studiolo.service.double.upstream import open_upstream

        key = settings.upstream_key or ""
        with closing(Recorder(double.record, secrets=(key,))) as recorder:
            async with open_upstream(double.upstream, key=key) as upstream:
                yield Recording(upstream, recorder, rows=rows, client_s=client_s)
    elif double.replay is not None:
        cassette = Cassette(
            read_cassette(double.replay), ignored=double.ignore, complete=double.replay_only
        )
        yield Replaying(cassette, rows=rows, client_s=client_s, inspection=inspection)
    else:
        yield None


def _sized(settings: DeploymentSettings, largest: int) -> DeploymentSettings:
    if settings.engine != DOUBLE or "context" in settings.model_fields_set or not largest:
        return settings
    return settings.model_copy(update={"context": largest})


def _replaced(book: RuleBook, rules: Rules) -> int:
    book.replace(rules)
    return len(rules.rules)
