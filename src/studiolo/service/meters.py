"""From rows, queues and engines to the figures that Prometheus asks for."""

from collections.abc import Callable

import msgspec
import structlog

from studiolo.core.errors import ModelNotFound
from studiolo.core.ledger import Row
from studiolo.service.bookkeeper import Bookkeeper
from studiolo.service.deployments import Deployment, Deployments
from studiolo.service.models import Models
from studiolo.storage.journal import Journal
from studiolo.telemetry.metrics import Metrics

log = structlog.get_logger()

# Stands for every name that nobody serves, so that callers cannot make series.
UNKNOWN = "unknown"


class RowMeter:
    """Counts each row once, when it is settled."""

    def __init__(self, metrics: Metrics, models: Models) -> None:
        self._metrics = metrics
        self._models = models

    def settled(self, row: Row) -> None:
        """One more."""
        # The card's name if one was found: it may be served no more when the answer ends.
        model = row.asked.snapshot or self._served(row.asked.model)
        self._metrics.ended(
            model=model, dialect=row.asked.dialect, status=row.status, error=row.error or ""
        )
        if row.status == "refused":
            return
        self._metrics.used(msgspec.structs.asdict(row.usage), model=model)
        self._metrics.took(
            (row.ended_us - row.asked.started_us) / 1e6,
            model=model,
            first_token_s=None if row.first_token_us is None else row.first_token_us / 1e6,
            per_token_s=None if row.token_us is None else row.token_us / 1e6,
        )

    def _served(self, model: str) -> str:
        try:
            return self._models.resolve(model).card.name
        except ModelNotFound:
            return UNKNOWN


FIGURES: tuple[tuple[str, str, Callable[[Deployment], float]], ...] = (
    ("studiolo_places", "Answers a deployment can give at once.", lambda d: d.places.capacity),
    ("studiolo_places_free", "Places nobody holds.", lambda d: d.places.free),
    ("studiolo_queue", "Requests that wait for a place.", lambda d: d.places.queued),
)
LEAVING: tuple[tuple[str, str, Callable[[Deployment], float]], ...] = (
    (
        "studiolo_leaving_places",
        "Places still held at engines that were swapped out or removed.",
        lambda d: d.places.capacity - d.places.free,
    ),
    (
        "studiolo_leaving_queue",
        "Requests that still wait for a place at such engines.",
        lambda d: d.places.queued,
    ),
)


def log_row(row: Row) -> None:
    """One line for each request: who, what, how it ended; no prompt and no key."""
    log.info(
        "request.ended",
        request_id=row.asked.request_id,
        key_id=row.asked.key_id,
        dialect=row.asked.dialect,
        model=row.asked.model,
        status=row.status,
        error=row.error,
        input=row.usage.input,
        output=row.usage.output,
        ms=(row.ended_us - row.asked.started_us) // 1000,
    )


def watch_deployments(metrics: Metrics, deployments: Deployments) -> None:
    """Places, queue and restarts of every deployment there is at the moment of asking."""
    for name, words, read in FIGURES:
        metrics.watch_each(
            name,
            words,
            "deployment",
            lambda read=read: {each.name: read(each) for each in deployments.all.values()},
        )
    for name, words, read in LEAVING:
        metrics.watch_each(name, words, "deployment", lambda read=read: _left(deployments, read))
    metrics.count_each(
        "studiolo_engine_restarts",
        "Times an engine of this name was restarted.",
        "deployment",
        lambda: {name: deployments.restarts(name) for name in deployments.all},
    )


def _left(deployments: Deployments, read: Callable[[Deployment], float]) -> dict[str, float]:
    """Several of one name may be leaving; a deployment that none of leaves has zero."""
    figures = dict.fromkeys(deployments.all, 0.0)
    for each in deployments.leaving:
        figures[each.name] = figures.get(each.name, 0.0) + read(each)
    return figures


def watch_ledger(metrics: Metrics, journal: Journal, bookkeeper: Bookkeeper) -> None:
    """How far SQL is behind."""
    metrics.watch(
        "studiolo_ledger_rows_waiting",
        "Rows that the database does not have yet.",
        lambda: bookkeeper.waiting,
    )
    metrics.watch(
        "studiolo_journal_bytes", "Size of the journal on disk.", lambda: journal.size_bytes
    )
