"""The server under test: the whole program, with engines that say the same thing every time."""

import sys

import uvloop

from bench.over_http import OverHttp
from studiolo.app import serving
from studiolo.app.engines import ENGINES, Site
from studiolo.config import DeploymentSettings, load
from studiolo.engines.base import Engine
from studiolo.engines.scripted.engine import Manner, ScriptedEngine
from studiolo.engines.scripted.steps import Recital, Say
from studiolo.http.server import settle
from studiolo.telemetry.logs import configure

# One token, the first of every answer; nothing else in a response contains it.
MARKER = "Thread"
ENGINE_S = 0.05
GAP_S = 0.02
CONTEXT = 8192
MOST_PARALLEL = 250
PIECE = 50

# What each deployment says, and how: a deployment answers to its own name.
ANSWER_TOKENS = 32
WHOLE = "bench-whole"
TAKES_50_MS = "bench-50ms"
BURST = "bench-burst"
PACED = "bench-paced"
OVER_HTTP = "bench-over-http"
# More streams than one deployment takes.
CROWD = tuple(f"bench-paced-{number}" for number in range(4))
MANNERS = {
    WHOLE: (ANSWER_TOKENS, Manner(joins=False)),
    TAKES_50_MS: (16, Manner(first_token_s=ENGINE_S, joins=False)),
    BURST: (4000, Manner()),
    **{name: (4000, Manner(tokens_per_s=1 / GAP_S)) for name in (PACED, *CROWD)},
}


def deployments() -> list[dict[str, object]]:
    """The settings of all of them."""
    return [
        {
            "name": name,
            "engine": "double",
            "context": CONTEXT,
            "parallel": MOST_PARALLEL,
            "serves": name,
        }
        for name in (*MANNERS, OVER_HTTP)
    ]


def engine(settings: DeploymentSettings, site: Site) -> Engine:
    """The script of the deployment of this name, or an engine over HTTP."""
    if settings.name == OVER_HTTP:
        return OverHttp(name=settings.name, context=settings.context, parallel=settings.parallel)
    tokens, manner = MANNERS[settings.name]
    return ScriptedEngine(
        Recital(*steps(tokens)),
        name=settings.name,
        context=settings.context,
        parallel=settings.parallel,
        manner=manner,
    )


def steps(tokens: int) -> list[Say]:
    """So many tokens; in pieces, so that no stream waits for all of its text to be encoded."""
    pieces, rest = divmod(tokens - 1, PIECE)
    return [Say(MARKER), *[Say(" word" * PIECE)] * pieces, Say(" word" * rest)]


def main() -> None:
    """`studiolo serve`, with our scripts in the place of the double's."""
    settings = load({"server": {"port": 0}, "deployments": deployments()})
    configure(settings.log.level, settings.log.format)
    uvloop.run(serving.serve(settings, ready, makers={**ENGINES, "double": engine}))


def ready(url: str) -> None:
    """As the command does."""
    settle()
    print(f"ready {url}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
