"""The benchmarks: each is a function that measures once and gives its figures by key."""

import statistics
import tempfile
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import msgspec

from bench import calls, cancel, decode, double, studio, thinking, trivial
from bench.ledger import rows_per_s
from bench.load import Job, Outcome
from bench.processes import Server, server
from bench.stage import Stage, Way, bare_environment, streamed, whole
from bench.weights import weights_deployment

Figures = dict[str, float]
CONNECTIONS = 16
BURST_STREAMS = 4
BURST_TOKENS: dict[Way, int] = {"openai": 1000, "incremental": 1000, "cumulative": 250}
PACED_STREAMS = 64
OPEN_STREAMS = 1000
MEASURES_RSS_EVERY_S = 0.1


def ceiling(stage: Stage) -> Figures:
    """What the load generator reaches where the server does next to nothing."""
    job = Job(port=stage.trivial.port, path="/", bodies=("{}",), connections=CONNECTIONS)
    asked = stage.ask(msgspec.structs.replace(job, seconds=stage.seconds(2)))
    slow = msgspec.structs.replace(job, path=trivial.SLOW_PATH, rate=60, seconds=stage.seconds(3))
    burst_s, events, wall_s = _streams_of_nothing(stage, trivial.STREAM_PATH, 100, at_once=4)
    paced_s, paced_events, _ = _streams_of_nothing(
        stage, trivial.PACED_PATH, PACED_STREAMS, at_once=PACED_STREAMS
    )
    return {
        "ceiling.requests": asked.requests_per_s,
        "ceiling.events": events / wall_s,
        "ceiling.cpu": burst_s / events * 1e6,
        "ceiling.paced": paced_s / paced_events * 1e6,
        "ceiling.added": stage.ask(slow).took_p50_ms - trivial.SLOW_S * 1e3,
    }


def requests(stage: Stage) -> Figures:
    """Whole answers as fast as 16 connections get them."""
    seconds = stage.seconds(3)
    figures: Figures = {}
    for name, way in (("openai", "openai"), ("dashscope", "incremental")):
        job = whole(way, studio.WHOLE, stage.studio.port, seconds=seconds, connections=CONNECTIONS)
        outcome, cpu_s = measured(stage, job)
        figures[f"requests.{name}"] = outcome.requests_per_s
        figures.setdefault("requests.cpu", cpu_s / outcome.requests * 1e6)
    return figures


def over_http(stage: Stage) -> Figures:
    """The same with an engine over HTTP, which shares the core of the load generator."""
    job = whole(
        "openai",
        studio.OVER_HTTP,
        stage.studio.port,
        seconds=stage.seconds(3),
        connections=CONNECTIONS,
    )
    outcome, cpu_s = measured(stage, job)
    return {
        "http.requests": outcome.requests_per_s,
        "http.cpu": cpu_s / outcome.requests * 1e6,
    }


def through(stage: Stage) -> Figures:
    """Decode throughput of a real model through us, over what it reaches by itself."""
    return decode.ratios(rounds=1 if stage.short else decode.ROUNDS)


def cancelled(stage: Stage) -> Figures:
    """How long a client that went away holds its slot or its place."""
    return cancel.delays(short=stage.short)


def thought(stage: Stage) -> Figures:
    """What it costs to cut a thought at its budget, and to tell thoughts from answers."""
    cuts = 3 if stage.short else thinking.CUTS
    return {**thinking.cut_gap(cuts), **thinking.parser_cost()}


def called(stage: Stage) -> Figures:
    """What it costs to tell calls from prose, and to tell them while they are written."""
    return calls.parser_cost(6_000 if stage.short else calls.CHUNKS)


def ledger(stage: Stage) -> Figures:
    """Rows through the journal into the database."""
    return {"ledger.rows": rows_per_s(3_000 if stage.short else 20_000)}


def added(stage: Stage) -> Figures:
    """Open loop against an engine that takes 50 ms: what is on top."""
    figures: Figures = {}
    for rate in (60, 200):
        job = whole(
            "openai", studio.TAKES_50_MS, stage.studio.port, seconds=stage.seconds(5), rate=rate
        )
        outcome = stage.ask(job)
        figures[f"added.{rate}.p50"] = outcome.took_p50_ms - studio.ENGINE_S * 1e3
        figures[f"added.{rate}.p99"] = outcome.took_p99_ms - studio.ENGINE_S * 1e3
    return figures


def first(stage: Stage) -> Figures:
    """The same for streams, up to the first token."""
    job = streamed("openai", studio.TAKES_50_MS, stage.studio.port, max_tokens=16)
    outcome = stage.ask(msgspec.structs.replace(job, seconds=stage.seconds(5), rate=60))
    return {
        "first.p50": outcome.first_p50_ms - studio.ENGINE_S * 1e3,
        "first.p99": outcome.first_p99_ms - studio.ENGINE_S * 1e3,
    }


def burst(stage: Stage) -> Figures:
    """Processor time for each chunk when the engine never waits."""
    figures: Figures = {}
    for way, tokens in BURST_TOKENS.items():
        streams = 16_000 // tokens if stage.short else 48_000 // tokens
        job = streamed(way, studio.BURST, stage.studio.port, max_tokens=tokens)
        job = msgspec.structs.replace(job, requests=streams, connections=BURST_STREAMS)
        outcome, cost = cost_of_chunks(stage, job, chunks=streams * tokens)
        figures[f"chunk.burst.{way}"] = cost
        if way == "openai":
            figures["chunk.burst.rate"] = streams * tokens / outcome.wall_s
    return figures


def paced(stage: Stage) -> Figures:
    """Processor time for each chunk when chunks come one by one, every 20 ms."""
    tokens = round(stage.seconds(4.5) / studio.GAP_S)
    figures: Figures = {}
    for way in BURST_TOKENS:
        job = streamed(way, studio.PACED, stage.studio.port, max_tokens=tokens)
        job = msgspec.structs.replace(job, requests=PACED_STREAMS, connections=PACED_STREAMS)
        _, cost = cost_of_chunks(stage, job, chunks=PACED_STREAMS * tokens)
        figures[f"chunk.paced.{way}"] = cost
    return figures


def streams(stage: Stage) -> Figures:
    """Many open streams: are they late, and what do they weigh."""
    tokens = round(stage.seconds(9) / studio.GAP_S)
    jobs = [streamed("openai", name, stage.studio.port, max_tokens=tokens) for name in studio.CROWD]
    job = msgspec.structs.replace(
        jobs[0],
        bodies=tuple(body for each in jobs for body in each.bodies),
        requests=OPEN_STREAMS,
        connections=OPEN_STREAMS,
    )
    waited_s = stage.studio.waited_s()
    with _heaviest(stage.studio) as rss_mb:
        outcome, cost = cost_of_chunks(stage, job, chunks=OPEN_STREAMS * tokens)
    waited_s = stage.studio.waited_s() - waited_s
    nothing = Job(
        port=stage.trivial.port,
        path=trivial.PACED_PATH,
        bodies=("{}",),
        requests=OPEN_STREAMS,
        connections=OPEN_STREAMS,
    )
    trivial_ms = (trivial.PACED_EVENTS - 1) * trivial.GAP_S * 1e3
    return {
        "ceiling.streams": stage.ask(nothing).took_p99_ms - trivial_ms,
        "streams.late": outcome.took_p99_ms - (tokens - 1) * studio.GAP_S * 1e3,
        "streams.waited": waited_s / outcome.wall_s * 100,
        "streams.cpu": cost,
        "streams.rate": outcome.events / outcome.wall_s,
        "streams.rss": max(rss_mb) - stage.idle_rss_mb,
        "streams.flat": growth(rss_mb) * 100,
    }


def start(stage: Stage) -> Figures:
    """From nothing to ready, with a home that does not exist yet."""
    figures = {"start.double": _ready_after(stage, ["--double"], {})}
    deployment = weights_deployment()
    if deployment is not None:
        figures["start.weights"] = _ready_after(stage, [], {"STUDIOLO_DEPLOYMENTS": deployment})
    return figures


def memory(stage: Stage) -> Figures:
    """Before and after everything else."""
    return {"rss.idle": stage.idle_rss_mb, "rss.after": stage.studio.rss_mb()}


def ratios(figures: Figures) -> Figures:
    """What only follows from other figures of the same run."""
    pairs = {
        "requests.openai.ratio": ("requests.openai", "ceiling.requests"),
        "requests.dashscope.ratio": ("requests.dashscope", "ceiling.requests"),
        "chunk.burst.ratio": ("chunk.burst.openai", "ceiling.cpu"),
        "chunk.paced.ratio": ("chunk.paced.openai", "ceiling.paced"),
    }
    return {
        key: figures[above] / figures[below]
        for key, (above, below) in pairs.items()
        if above in figures and figures.get(below)
    }


# Name, function, rounds; memory comes last because it looks back.
BENCHMARKS: dict[str, tuple[Callable[[Stage], Figures], int]] = {
    "ceiling": (ceiling, 3),
    "requests": (requests, 3),
    "double": (double.answers, 3),
    "http": (over_http, 3),
    "added": (added, 3),
    "first": (first, 3),
    "burst": (burst, 3),
    "paced": (paced, 3),
    "streams": (streams, 1),
    "ledger": (ledger, 3),
    "decode": (through, 1),
    "cancel": (cancelled, 1),
    "thinking": (thought, 1),
    "calls": (called, 3),
    "start": (start, 5),
    "memory": (memory, 1),
}


def _streams_of_nothing(
    stage: Stage, path: str, count: int, *, at_once: int
) -> tuple[float, int, float]:
    """Processor time, events and time of the trivial server's streams."""
    job = Job(
        port=stage.trivial.port, path=path, bodies=("{}",), requests=count, connections=at_once
    )
    before = stage.trivial.cpu_s()
    outcome = stage.ask(job)
    return stage.trivial.cpu_s() - before, outcome.events, outcome.wall_s


def measured(stage: Stage, job: Job) -> tuple[Outcome, float]:
    """A job, and the processor time that it cost the server."""
    before = stage.studio.cpu_s()
    outcome = stage.ask(job)
    return outcome, stage.studio.cpu_s() - before


def cost_of_chunks(stage: Stage, job: Job, *, chunks: int) -> tuple[Outcome, float]:
    """A job of streams, and the microseconds of processor time for each chunk.

    Raises RuntimeError if the server put several chunks into one event.
    """
    outcome, cpu_s = measured(stage, job)
    if outcome.events < chunks:
        raise RuntimeError(f"{chunks} chunks came in only {outcome.events} events")
    return outcome, cpu_s / chunks * 1e6


def growth(rss_mb: list[float]) -> float:
    """From the second quarter of the time to the last, as a share; what comes first is arriving."""
    quarter = max(1, len(rss_mb) // 4)
    before, after = rss_mb[quarter : 2 * quarter] or rss_mb, rss_mb[-quarter:]
    return statistics.median(after) / statistics.median(before) - 1


def _ready_after(stage: Stage, arguments: list[str], environment: dict[str, str]) -> float:
    with tempfile.TemporaryDirectory(prefix="studiolo-bench-") as home:
        settings = {**bare_environment(home, stage.bytecode), **environment}
        command = ["-m", "studiolo", "serve", "--port", "0", *arguments]
        with server(command, environment=settings) as started:
            return started.started_in_s


@contextmanager
def _heaviest(watched: Server) -> Generator[list[float]]:
    """Resident memory again and again while the block runs."""
    seen = [watched.rss_mb()]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(MEASURES_RSS_EVERY_S):
            seen.append(watched.rss_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()
