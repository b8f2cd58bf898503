"""`studiolo serve`: run the server until it is told to stop."""

from typing import TYPE_CHECKING

import typer

from studiolo.cli.flags import (
    Deployment,
    Double,
    FirstToken,
    Host,
    Pace,
    Port,
    Record,
    Replay,
    ReplayOnly,
    RulesFile,
    UntilStdinCloses,
    Upstream,
    flags_of,
    manner_of,
    reader,
)
from studiolo.cli.terminal import ConfigFile, examples, notes, plain
from studiolo.core.errors import StudioloError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from studiolo.config import Settings

EXAMPLES = examples(
    "studiolo serve",
    "studiolo serve --port 0 --double",
    "studiolo serve --double --rules rules.toml",
    "studiolo serve --double --first-token-s 0.2 --tokens-per-s 50",
    "studiolo serve --double --replay cassette.jsonl",
    "studiolo serve --host 0.0.0.0 --deployment qwen3-4b",
    "studiolo serve --deployment 'qwen3-*=qwen3-4b' --deployment '*=./other.gguf'",
    "STUDIOLO_API_KEY=sk-of-my-own studiolo serve",
)


def serve(
    host: Host = None,
    port: Port = None,
    double: Double = False,
    rules: RulesFile = None,
    replay: Replay = None,
    replay_only: ReplayOnly = False,
    record: Record = None,
    upstream: Upstream = None,
    first_token_s: FirstToken = None,
    tokens_per_s: Pace = None,
    until_stdin_closes: UntilStdinCloses = False,
    deployment: Deployment = None,
    config: ConfigFile = None,
) -> None:
    """Serve the DashScope and OpenAI protocols.

    When requests are served, standard output gets one line: ready http://HOST:PORT.

    SIGTERM ends running answers first, a second one does not wait.

    SIGHUP takes up changed deployments, limits, rules and catalogue while others are served.
    """
    import asyncio

    _begin()
    if until_stdin_closes:
        _end_with_input()

    import uvloop

    from studiolo.telemetry.logs import configure

    steering = {
        "rules": rules,
        "replay": replay,
        "replay_only": replay_only or None,
        "record": record,
        "upstream": upstream,
    }
    flags = flags_of(
        host=host, port=port, double=double, deployments=deployment or [], steering=steering
    )
    manner = {"first_token_s": first_token_s, "tokens_per_s": tokens_per_s}
    read = reader(flags, file=config, manner=manner_of(manner, double=double))
    settings, replaced = read()
    configure(settings.log.level, settings.log.format)
    _tell_of(replaced)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, reread=lambda: read()[0]))


def _begin() -> None:
    """What comes before everything else."""
    import gc
    import signal

    # Until it is ready nothing is thrown away, and looking for it took a tenth of the start.
    gc.disable()
    # One that comes before there is anything to change must not end us.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _end_with_input() -> None:
    """SIGTERM for ourselves at the end of standard input; what comes before it is nothing to us."""
    import os
    import signal
    from contextlib import suppress
    from threading import Thread

    def read() -> None:
        with suppress(OSError):
            while os.read(0, 4096):
                pass
        os.kill(os.getpid(), signal.SIGTERM)

    # Only a thread can wait for every kind of input: a pipe, a terminal, a file, none at all.
    Thread(target=read, name="until-stdin-closes", daemon=True).start()


def _tell_of(replaced: "Sequence[str]") -> None:
    """Whose place doubles took."""
    if replaced:
        import structlog

        structlog.get_logger().warning("deployments.doubled", deployments=list(replaced))


async def _serve(settings: "Settings", *, reread: "Callable[[], Settings]") -> None:
    import gc

    from studiolo.app.serving import serve as run
    from studiolo.http.server import settle

    def ready(url: str) -> None:
        gc.enable()
        settle()
        _announce(url, settings)

    _need_everything(settings)
    key = await _first_key(settings)
    if key:
        notes().print(f"[bold]API key[/bold], shown this once: [bold green]{key}[/bold green]")
    await run(settings, ready, reread=reread)


def _need_everything(settings: "Settings") -> None:
    """Before a key is made and shown, everything that is missing; the catalogue is one such thing.

    Raises WeightsMissing, ReferenceInvalid, CatalogInvalid, RulesInvalid, CassetteInvalid, or
    several of these as a group.
    """
    from studiolo.double import recordings_of, rules_of
    from studiolo.weights.store import WeightStore

    missing: list[StudioloError] = []
    store = WeightStore(settings.home)
    for each in settings.deployments:
        if each.weights is not None:
            try:
                store.locate(each.weights)
            except StudioloError as error:
                missing.append(error)
    for read in (_catalog_of, rules_of, recordings_of):
        try:
            read(settings)
        except StudioloError as error:
            missing.append(error)
    if len(missing) > 1:
        raise ExceptionGroup("what serving needs", missing)
    if missing:
        raise missing[0]


def _catalog_of(settings: "Settings") -> object:
    from studiolo.catalog.catalog import load_catalog

    return load_catalog(settings.catalog)


async def _first_key(settings: "Settings") -> str | None:
    """A new key, if there is none at all that could be used."""
    if settings.api_key:
        return None
    from studiolo.cli.keys import new_key
    from studiolo.storage.database import open_database
    from studiolo.storage.keys import KeyStore

    async with open_database(settings.home) as database:
        keys = KeyStore(database)
        if await keys.count_valid():
            return None
        secret, record = new_key(name="first", workspace="default")
        await keys.add(record)
        return secret


def _announce(url: str, settings: "Settings") -> None:
    typer.echo(f"ready {url}")
    console = notes()
    if not console.is_terminal:
        return
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_row("OpenAI", plain(f"{url}/compatible-mode/v1", "green"))
    table.add_row("DashScope", plain(f"{url}/api/v1", "green"))
    for each in settings.deployments:
        what = ", ".join(filter(None, (each.engine, each.weights)))
        served = plain(", ".join(each.serves))
        table.add_row("models", served.append_text(plain(f" → {each.name} ({what})", "dim")))
    key = "the one in STUDIOLO_API_KEY" if settings.api_key else "`studiolo keys create` makes more"
    table.add_row("API keys", key)
    table.add_row("try it", plain(f"studiolo chat --url {url}", "bold"))
    console.print(table)
    console.print("[dim]Ctrl-C stops.[/dim]")
