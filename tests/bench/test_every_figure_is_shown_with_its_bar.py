"""The table and the JSON of a run."""

import io
import re
from pathlib import Path

import msgspec
import pytest
from bench.bars import BARS
from bench.figures import BENCHMARKS, ratios
from bench.report import amount, rows, save, show
from bench.stage import streamed, whole
from rich.console import Console

FIGURES = {"start.double": 0.7, "requests.openai": 1500.0, "rss.idle": 80.0}


@pytest.mark.parametrize(
    ("key", "value", "holds"),
    [
        ("start.double", 2.0, True),
        ("start.double", 2.1, False),
        ("requests.openai", 2000.0, True),
        ("requests.openai", 1999.0, False),
        ("rss.idle", 1e9, None),
    ],
)
def test_a_bar_holds_at_its_limit_and_not_beyond(key: str, value: float, holds: bool) -> None:
    assert BARS[key].holds(value) is holds


def test_the_table_shows_measured_bar_and_verdict() -> None:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    show(FIGURES, console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert re.search(r"OpenAI, 16 connections\s+│\s+1,500 req/s │ ≥ 2,000 │\s+no", text)
    assert re.search(r"cold start to ready, double\s+│\s+0.70 s │\s+≤ 2.00 │\s+yes", text)


def test_the_file_has_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "results" / "one.json"
    save(FIGURES, path)
    document = msgspec.json.decode(path.read_bytes())
    assert document["figures"] == msgspec.to_builtins(rows(FIGURES))
    assert document["machine"]["cores"] >= 1


def test_ratios_are_taken_within_the_run() -> None:
    figures = {"requests.openai": 500.0, "ceiling.requests": 2000.0, "chunk.burst.openai": 30.0}
    assert ratios(figures) == {"requests.openai.ratio": 0.25}


@pytest.mark.parametrize(
    ("value", "shown"), [(12345.6, "12,346"), (99.94, "99.9"), (0.123, "0.12"), (-3.0, "-3.00")]
)
def test_amounts_are_short(value: float, shown: str) -> None:
    assert amount(value) == shown


@pytest.mark.parametrize("way", ["incremental", "cumulative"])
def test_native_streams_say_how_they_repeat(way: str) -> None:
    job = streamed("cumulative" if way == "cumulative" else "incremental", "m", 1, max_tokens=5)
    parameters = msgspec.json.decode(job.bodies[0])["parameters"]
    assert parameters["incremental_output"] is (way == "incremental")
    assert parameters["max_tokens"] == 5
    assert job.headers["X-DashScope-SSE"] == "enable"


def test_whole_answers_are_not_streamed() -> None:
    job = whole("openai", "m", 1, seconds=2.0, connections=16)
    assert msgspec.json.decode(job.bodies[0])["stream"] is False
    assert (job.seconds, job.connections) == (2.0, 16)


def test_memory_is_measured_last() -> None:
    assert list(BENCHMARKS)[-1] == "memory"
