"""Which engine answers for a deployment, and what all engines share."""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from studiolo.config import DeploymentSettings, Settings
from studiolo.double import DOUBLE, ruled_engine
from studiolo.engines.base import Engine
from studiolo.engines.judge.judge import Judge
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.engines.scripted.rules.book import RuleBook
from studiolo.families.table import FAMILIES
from studiolo.service.admission import Places
from studiolo.service.deployments import Deployment
from studiolo.telemetry.ids import new_request_id
from studiolo.weights.store import WeightStore


class Site(msgspec.Struct, frozen=True):
    """How engines are made, where they find their weights and put their sockets, what they share.

    What they share is the rules of the doubles, and the judge of schemas.
    """

    makers: "Makers"

    weights: WeightStore
    run_dir: Path
    book: RuleBook
    judge: Judge


def deployment_of(settings: DeploymentSettings, whole: Settings, site: Site) -> Deployment:
    """A deployment with these settings, which are some of the whole. Raises WeightsMissing."""
    limits = whole.limits
    return Deployment(
        name=settings.name,
        engine=site.makers[settings.engine](settings, site),
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


Makers = Mapping[str, Callable[[DeploymentSettings, Site], Engine]]
# A new engine is a row here.
ENGINES: Makers = {
    "llama.cpp": _llamacpp,
    DOUBLE: _double,
}
