"""What Prometheus may ask for: names, labels and buckets of every figure.

Law: labels are bounded. A model name stands there only if it is served; keys never do.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar, cast

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
TOKEN_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1)

CONTENT_TYPE = CONTENT_TYPE_LATEST
Figure = TypeVar("Figure", Counter, Histogram)


class Metrics:
    """All figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._known: dict[tuple[int | str, ...], Counter | Histogram] = {}
        asked = ("model", "dialect")
        self._requests = Counter(
            "studiolo_requests",
            "Requests with a valid key, by how they ended.",
            (*asked, "status", "error"),
            registry=self._registry,
        )
        self._tokens = Counter(
            "studiolo_tokens", "Tokens, by kind.", ("model", "kind"), registry=self._registry
        )
        self._first_token = self._histogram(
            "studiolo_first_token_seconds", "From the request to the first token.", SECONDS
        )
        self._per_token = self._histogram(
            "studiolo_token_seconds", "Mean time between two tokens of one choice.", TOKEN_SECONDS
        )
        self._duration = self._histogram(
            "studiolo_answer_seconds", "From the request to the end of the answer.", SECONDS
        )

    def ended(self, *, model: str, dialect: str, status: str, error: str) -> None:
        """One request more."""
        self._series(self._requests, model, dialect, status, error).inc()

    def used(self, tokens: Mapping[str, int], *, model: str) -> None:
        """What it used; kinds that are zero make no series."""
        for kind, count in tokens.items():
            if count:
                self._series(self._tokens, model, kind).inc(count)

    def took(
        self,
        duration_s: float,
        *,
        model: str,
        first_token_s: float | None,
        per_token_s: float | None,
    ) -> None:
        """How long an answer took."""
        self._series(self._duration, model).observe(duration_s)
        if first_token_s is not None:
            self._series(self._first_token, model).observe(first_token_s)
        if per_token_s is not None:
            self._series(self._per_token, model).observe(per_token_s)

    def watch(self, name: str, documentation: str, read: Callable[[], float]) -> None:
        """A figure that is read when it is asked for."""
        self._registry.register(
            _Read(GaugeMetricFamily, name, documentation, None, lambda: {"": read()})
        )

    def watch_each(
        self, name: str, documentation: str, label: str, read: Callable[[], Mapping[str, float]]
    ) -> None:
        """Figures by label that are read when they are asked for."""
        self._registry.register(_Read(GaugeMetricFamily, name, documentation, label, read))

    def count_each(
        self, name: str, documentation: str, label: str, read: Callable[[], Mapping[str, float]]
    ) -> None:
        """The same for figures that only grow: `_total` stands behind the name."""
        self._registry.register(_Read(CounterMetricFamily, name, documentation, label, read))

    def _series(self, family: Figure, *labels: str) -> Figure:
        """The series of these labels: bounded, and remembered, for finding it is half the cost."""
        known = self._known.get((id(family), *labels))
        if known is None:
            known = self._known[id(family), *labels] = family.labels(*labels)
        return cast(Figure, known)

    def exposition(self) -> bytes:
        """Everything, in Prometheus's text format."""
        return generate_latest(self._registry)

    def _histogram(self, name: str, documentation: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, documentation, ("model",), buckets=buckets, registry=self._registry)


class _Read(Collector):
    """Figures of one kind whose labels come and go."""

    def __init__(
        self,
        kind: type[GaugeMetricFamily] | type[CounterMetricFamily],
        name: str,
        documentation: str,
        label: str | None,
        read: Callable[[], Mapping[str, float]],
    ) -> None:
        self._kind = kind
        self._name = name
        self._documentation = documentation
        self._label = label
        self._read = read

    def collect(self) -> Iterator[Metric]:
        """The figures at this moment."""
        labels = [self._label] if self._label else []
        family = self._kind(self._name, self._documentation, labels=labels)
        for value, figure in self._read().items():
            family.add_metric([value] if self._label else [], figure)
        yield family
