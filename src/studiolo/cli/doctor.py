"""`studiolo doctor`: look at everything the server needs, and say how to mend what is wrong."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from studiolo.cli.terminal import ConfigFile, examples, harmless, plain, results
from studiolo.core.errors import StudioloError

if TYPE_CHECKING:
    from studiolo.config import Settings
    from studiolo.weights.store import WeightStore

EXAMPLES = examples("studiolo doctor", "studiolo doctor --config studiolo.toml")

State = Literal["good", "poor", "broken"]
Finding = tuple[State, str, str, str]

_MARKS = {"good": "[green]✓[/green]", "poor": "[yellow]![/yellow]", "broken": "[red]✗[/red]"}
_OLDEST_PYTHON = (3, 11)
_ENOUGH_MEMORY_GB = 1.0
_ENOUGH_DISK_GB = 1.0
_NAME_WIDTH = 18
_OK = 200


def doctor(config: ConfigFile = None) -> None:
    """Check this machine, the settings, the database and the weights.

    Ends with status 1 if something is broken; what is only poor does not count.
    """
    findings = list(_findings(config))
    console = results()
    for state, name, found, remedy in findings:
        console.print(f"{_MARKS[state]} ", end="")
        console.print(plain(f"{name:<{_NAME_WIDTH}} "), end="")
        console.print(harmless(found), markup=False, emoji=False, soft_wrap=True)
        if remedy:
            console.print(
                f"  {'':<{_NAME_WIDTH}} → {remedy}", style="bold", markup=False, soft_wrap=True
            )
    broken = sum(state == "broken" for state, *_ in findings)
    if broken:
        console.print(f"\n[red]{broken} broken[/red]")
        raise typer.Exit(1)
    console.print("\n[green]ready to serve[/green]")


def _findings(file: Path | None) -> Iterator[Finding]:
    from studiolo.config import load

    yield _python()
    yield _memory()
    yield _cores()
    try:
        settings = load(file=file)
    except StudioloError as error:
        yield "broken", "settings", str(error), "mend them, then ask again"
        return
    yield "good", "settings", "all keys are known and fit together", ""
    checks: tuple[Callable[[Settings], Finding], ...] = (_home, _disk, _database, _catalog, _port)
    for check in checks:
        yield check(settings)
    yield from _deployments(settings)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < _OLDEST_PYTHON:
        return "broken", "python", version, "use Python 3.11 or newer"
    return "good", "python", version, ""


def _memory() -> Finding:
    import os

    try:
        free_gb = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    except (ValueError, OSError):
        return "poor", "memory", "this system does not tell", ""
    found = f"{free_gb:.1f} GB free"
    if free_gb < _ENOUGH_MEMORY_GB:
        return "poor", "memory", found, "end other programs, or serve smaller weights"
    return "good", "memory", found, ""


def _cores() -> Finding:
    import os

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if cores == 1:
        return "poor", "cores", "1", "with two cores the engine does not slow down the API"
    return "good", "cores", str(cores), ""


def _home(settings: "Settings") -> Finding:
    from studiolo.storage.database import HomeUnusable, prepare

    try:
        prepare(settings.home)
    except HomeUnusable as error:
        return "broken", "home", str(error), "set STUDIOLO_HOME to a folder you own"
    for name in ("weights", "run", "journal"):
        place = settings.home / name
        if place.exists() and not place.is_dir():
            return "broken", "home", f"{place} is no folder", "move it away"
    if settings.home.stat().st_mode & 0o077:
        remedy = f"chmod 700 {settings.home}"
        return "poor", "home", f"{settings.home} can be read by others", remedy
    return "good", "home", str(settings.home), ""


def _disk(settings: "Settings") -> Finding:
    import shutil

    try:
        free_gb = shutil.disk_usage(settings.home).free / 1e9
    except OSError as error:
        return "broken", "disk", str(error), "set STUDIOLO_HOME to a folder that is there"
    found = f"{free_gb:.1f} GB free"
    if free_gb < _ENOUGH_DISK_GB:
        return "poor", "disk", found, "make room, or set STUDIOLO_HOME to a larger disk"
    return "good", "disk", found, ""


def _database(settings: "Settings") -> Finding:
    import asyncio
    import sqlite3

    try:
        count = asyncio.run(_valid_keys(settings.home))
    except (StudioloError, sqlite3.Error) as error:
        return "broken", "database", str(error), "restore it from a copy, or move it away"
    if count == 0 and settings.api_key is None:
        found = "no key yet"
        return "good", "database", found, "`studiolo serve` makes one, or `studiolo keys create`"
    return "good", "database", f"valid keys: {count}", ""


async def _valid_keys(home: Path) -> int:
    from studiolo.storage.database import open_database
    from studiolo.storage.keys import KeyStore

    async with open_database(home) as database:
        return await KeyStore(database).count_valid()


def _catalog(settings: "Settings") -> Finding:
    from studiolo.catalog.catalog import load_catalog
    from studiolo.catalog.mistakes import CatalogInvalid

    try:
        catalog = load_catalog(settings.catalog)
    except CatalogInvalid as error:
        return "broken", "catalogue", str(error), f"mend {settings.catalog}, or name another file"
    return "good", "catalogue", f"{len(catalog)} model names", ""


def _port(settings: "Settings") -> Finding:
    from studiolo.http.server import AddressTaken, listen

    host, port = settings.server.host, settings.server.port
    try:
        listen(host, port).close()
    except AddressTaken as error:
        if _is_served(host, port):
            return "good", "port", f"{host}:{port} is served by Studiolo already", ""
        return "broken", "port", str(error), "or end the program that listens there"
    return "good", "port", f"{host}:{port} is free", ""


def _is_served(host: str, port: int) -> bool:
    """Whether a Studiolo listens there."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == _OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _deployments(settings: "Settings") -> Iterator[Finding]:
    from studiolo.weights.store import WeightStore

    if any(each.engine == "llama.cpp" for each in settings.deployments):
        yield _llama_cpp()
    store = WeightStore(settings.home)
    for each in settings.deployments:
        if each.weights is not None:
            state, found, remedy = _weights(store, each.weights)
            yield state, f"weights of {each.name}", found, remedy


def _weights(store: "WeightStore", reference: str) -> tuple[State, str, str]:
    from studiolo.core.errors import ModelUnavailable
    from studiolo.engines.gguf import read_header
    from studiolo.weights.errors import ReferenceInvalid, WeightsMissing

    try:
        pull = f"studiolo pull {reference}" if store.is_pulled(reference) else ""
    except ReferenceInvalid as error:
        return "broken", str(error), ""
    try:
        checksum = store.verify(reference)
        if checksum == "wrong":
            return "broken", f"{reference} is damaged", pull
        read_header(store.locate(reference))
    except WeightsMissing as error:
        return "broken", str(error), pull
    except ModelUnavailable as error:
        return "broken", str(error), pull or "name a whole GGUF file"
    except OSError as error:
        return "broken", f"{reference} cannot be read: {error.strerror}", "make it readable"
    if checksum == "right":
        return "good", f"{reference}, checksum right", ""
    found = f"{reference}, header right, no checksum to compare with"
    return ("poor", found, f"{pull} (to have one)") if pull else ("good", found, "")


def _llama_cpp() -> Finding:
    import subprocess

    # In a process of its own: a native library that does not fit this machine may kill it.
    program = "import xllamacpp; print(xllamacpp.__version__)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 0:
        return "good", "llama.cpp", f"xllamacpp {done.stdout.strip()}", ""
    said = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    return "broken", "llama.cpp", f"xllamacpp: {said}", "pip install --force-reinstall xllamacpp"
