"""What `/metrics` says while deployments are swapped: no count falls, and nobody is left out."""

import asyncio

import pytest
from tests.studios import until

from studiolo.catalog.catalog import load_catalog
from studiolo.catalog.routing import Routing
from studiolo.core.ledger import Asked, Row
from studiolo.core.usage import Usage
from studiolo.engines.scripted.engine import ScriptedEngine
from studiolo.engines.scripted.steps import Recital, Say
from studiolo.families.table import FAMILIES
from studiolo.service.admission import Places
from studiolo.service.deployments import Deployment, Deployments
from studiolo.service.meters import RowMeter, watch_deployments
from studiolo.service.models import Models
from studiolo.telemetry.metrics import Metrics

pytestmark = pytest.mark.anyio


class Restarted(ScriptedEngine):
    """An engine that was restarted so often."""

    def __init__(self, restarts: int) -> None:
        super().__init__(Recital(Say("hi")), name="test", context=256, parallel=1)
        self._restarts = restarts

    @property
    def restarts(self) -> int:
        return self._restarts


def deployment(name: str, *, restarts: int, made_from: int) -> Deployment:
    places = Places(1, queue=1, wait_s=10)
    return Deployment(name, Restarted(restarts), FAMILIES["chatml"], places, made_from)


def figures(metrics: Metrics) -> dict[str, float]:
    lines = metrics.exposition().decode().splitlines()
    return {line.split()[0]: float(line.split()[1]) for line in lines if not line.startswith("#")}


async def test_restarts_and_places_of_a_swapped_engine_are_told() -> None:
    metrics = Metrics()
    deployments = Deployments([deployment("a", restarts=2, made_from=1)])
    await deployments.start()
    watch_deployments(metrics, deployments)
    before = figures(metrics)
    assert before['studiolo_engine_restarts_total{deployment="a"}'] == 2
    assert before['studiolo_leaving_places{deployment="a"}'] == 0
    assert before['studiolo_leaving_queue{deployment="a"}'] == 0
    with deployments.visit("a") as running:
        async with running.places.take("key", 1):
            queued = asyncio.create_task(_take(running))
            await until(lambda: running.places.queued == 1)
            new = deployment("a", restarts=1, made_from=2)
            await deployments.change([new], then=lambda: None)
            swapped = figures(metrics)
        await queued
    await until(lambda: not deployments.leaving)
    after = figures(metrics)
    assert swapped['studiolo_places_free{deployment="a"}'] == 1
    assert swapped['studiolo_leaving_places{deployment="a"}'] == 1
    assert swapped['studiolo_leaving_queue{deployment="a"}'] == 1
    assert after['studiolo_leaving_places{deployment="a"}'] == 0
    assert swapped['studiolo_engine_restarts_total{deployment="a"}'] == 3
    assert after['studiolo_engine_restarts_total{deployment="a"}'] == 3
    await deployments.close()


async def _take(running: Deployment) -> None:
    async with running.places.take("key", 1):
        pass


async def test_those_that_were_removed_are_told_until_they_are_empty() -> None:
    metrics = Metrics()
    deployments = Deployments([deployment("a", restarts=0, made_from=1)])
    await deployments.start()
    watch_deployments(metrics, deployments)
    with deployments.visit("a") as running:
        async with running.places.take("key", 1):
            await deployments.change([], then=lambda: None)
            assert figures(metrics)['studiolo_leaving_places{deployment="a"}'] == 1
    await until(lambda: not deployments.leaving)
    assert 'studiolo_leaving_places{deployment="a"}' not in figures(metrics)
    await deployments.close()


CALLED = [
    ("its answer began while it was served", "qwen-plus", "qwen-plus"),
    ("nobody ever served it", "", "unknown"),
]


@pytest.mark.parametrize(
    ("snapshot", "model"), [each[1:] for each in CALLED], ids=[each[0] for each in CALLED]
)
def test_a_model_that_is_served_no_more_keeps_its_name(snapshot: str, model: str) -> None:
    metrics, models = Metrics(), Models(Routing({"double": ["*"]}, load_catalog()))
    meter = RowMeter(metrics, models)
    models.change(Routing({}, load_catalog()))
    asked = Asked("r", "k", "w", "openai", 1, model="qwen-plus", snapshot=snapshot)
    meter.settled(Row(asked, "completed", Usage(output=3), 2))
    assert figures(metrics)[f'studiolo_tokens_total{{kind="output",model="{model}"}}'] == 3
