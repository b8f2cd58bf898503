"""Commands run in a home and a working directory of their own."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from studiolo.cli import app

Run = Callable[..., Result]


def environment(home: Path) -> dict[str, str]:
    """What a command sees: nothing of ours but the home."""
    clean = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    return clean | {"STUDIOLO_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"}


def _is_ours(name: str) -> bool:
    return name.startswith("STUDIOLO_") or name.endswith("_API_KEY") or name == "OPENAI_BASE_URL"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a command in this process."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if _is_ours(name):
            monkeypatch.delenv(name)
    runner = CliRunner(env=environment(home))

    def invoke(*words: str, **options: str) -> Result:
        return runner.invoke(app, list(words), **options)

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield invoke
    # A command may have sent the log to a stream that is closed by now.
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@dataclass
class Server:
    """A running `studiolo serve --double`."""

    url: str
    key: str


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    key = "sk-of-the-tests"
    with subprocess.Popen(
        [sys.executable, "-m", "studiolo", "serve", "--double", "--port=0"],
        cwd=folder,
        env=environment(folder / "home") | {"STUDIOLO_API_KEY": key},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        ready, _, url = process.stdout.readline().strip().partition(" ")
        assert ready == "ready"
        try:
            yield Server(url, key)
        finally:
            process.terminate()


@pytest.fixture
def clean(home: Path) -> dict[str, str]:
    """The environment of a command that runs in a process of its own."""
    return environment(home)
