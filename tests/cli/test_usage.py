"""`studiolo usage`: sums and rows for people and programs, and what it says when it cannot."""

import asyncio
import csv
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.cli.conftest import Run, environment

from studiolo.cli.terminal import CommandFailed
from studiolo.core.ledger import Asked, Row, Settled
from studiolo.core.usage import Usage
from studiolo.storage.database import open_database
from studiolo.storage.journal import Journal
from studiolo.storage.ledger import LedgerStore
from studiolo.storage.tables import ledger

COLUMNS = [column.name for column in ledger.columns]
SUMS = ["requests", *Usage.__struct_fields__]


def rows(*models: str) -> list[Row]:
    """A request for each of these models, or two for the same one, on one day."""
    began_us = 86_400_000_000
    return [
        Row(
            Asked(f"request-{number}", "key-1", "default", "openai", began_us, model=model),
            "completed",
            Usage(input=3, output=2),
            began_us + 9,
        )
        for number, model in enumerate(models or ("m", "m"))
    ]


@pytest.fixture
def used(home: Path) -> None:
    """They are in the database."""
    keep(home, rows())


def keep(home: Path, settled: list[Row]) -> None:
    async def add() -> None:
        async with open_database(home) as database:
            await LedgerStore(database).add(settled)

    asyncio.run(add())


def leave_behind(home: Path) -> None:
    """A killed server left them in its journal."""
    journal = Journal(home / "journal", "gone", cap_bytes=100_000)
    for row in rows():
        journal.append(Settled(row))
    journal.close()


def lock(home: Path, mode: str, until: ExitStack) -> None:
    """Somebody holds the database, which is kept in this mode."""
    database = until.enter_context(
        closing(sqlite3.connect(home / "studiolo.db", isolation_level=None))
    )
    database.execute(f"PRAGMA journal_mode={mode}")
    database.execute("BEGIN EXCLUSIVE")


def command(home: Path, *words: str) -> subprocess.Popen[str]:
    """A command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "studiolo", *words],
        cwd=home,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.usefixtures("used")
def test_what_was_used_is_added_up(run: Run) -> None:
    (row,) = table(run("usage", "--csv").stdout)
    assert (row["day"], row["model"], row["key"]) == ("1970-01-02", "m", "key-1")
    assert (row["requests"], row["input"], row["output"]) == ("2", "6", "4")


DAYS = [
    ("before", ["--until", "1970-01-01"], 0),
    ("that day", ["--since", "1970-01-02", "--until", "1970-01-02"], 2),
    ("after", ["--since", "1970-01-03"], 0),
    ("the first and last days there are", ["--since", "0001-01-01", "--until", "9999-12-31"], 2),
]


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize(
    ("options", "count"), [each[1:] for each in DAYS], ids=[each[0] for each in DAYS]
)
def test_a_period_includes_its_last_day(run: Run, options: list[str], count: int) -> None:
    assert len(table(run("usage", "--rows", *options).stdout)) == count


@pytest.mark.usefixtures("used")
def test_adding_up_by_the_same_thing_twice_is_once(run: Run) -> None:
    once, twice = (
        run("usage", "--csv", "--by", "day"),
        run(*["usage", "--csv", "--by", "day", "--by", "day"]),
    )
    assert once.stdout == twice.stdout
    assert list(table(once.stdout)[0]) == ["day", *SUMS]


@pytest.mark.parametrize(
    ("options", "header"),
    [
        (["--csv"], ["day", "model", "key", *SUMS]),
        (["--csv", "--by", "key"], ["key", *SUMS]),
        (["--rows"], COLUMNS),
        (["--rows", "--csv"], COLUMNS),
    ],
)
def test_csv_of_nothing_is_its_header(run: Run, options: list[str], header: list[str]) -> None:
    assert run("usage", *options).stdout.splitlines() == [",".join(header)]


def test_every_request_for_itself_is_not_added_up(run: Run) -> None:
    refused = run("usage", "--rows", "--by", "day")
    assert isinstance(refused.exception, CommandFailed)
    assert "--by" in str(refused.exception)


# What callers sent as the name of a model, and what people and spreadsheets get to see of it.
NAMES = [
    ("[/red]", "[/red]", "[/red]"),
    ("[bold]m[/bold] :smile:", "[bold]m[/bold] :smile:", "[bold]m[/bold] :smile:"),
    ("\x1b[31mred\x9b0m", r"\x1b[31mred\x9b0m", r"\x1b[31mred\x9b0m"),
    ("a\x00b\r\nc", r"a\x00b\r\nc", r"a\x00b\r\nc"),
    ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ("+1", "+1", "'+1"),
    ("-1", "-1", "'-1"),
    ("@SUM(1)", "@SUM(1)", "'@SUM(1)"),
    (" =1", " =1", "' =1"),
    ("\t=1", r"\t=1", r"\t=1"),
    ("m;=1", "m;=1", "m;'=1"),
    ("qwen3-0.6b:a=b", "qwen3-0.6b:a=b", "qwen3-0.6b:a=b"),
]


@pytest.mark.parametrize(("name", "told", "cell"), NAMES, ids=[ascii(each[0]) for each in NAMES])
def test_names_that_callers_made_up_are_only_told(
    run: Run, home: Path, name: str, told: str, cell: str
) -> None:
    keep(home, rows(name))
    shown, sums, each = (run("usage", *how).stdout for how in ([], ["--csv"], ["--rows"]))
    assert told in shown.splitlines()[1]
    assert [table(text)[0]["model"] for text in (sums, each)] == [cell, cell]
    assert all(
        letter.isprintable()
        for text in (shown, sums, each)
        for letter in text.strip()
        if letter not in "\r\n"
    )


# How SQLite keeps the file, and what is asked of it while somebody holds it.
LOCKED = [
    ("WAL", ["usage", "--csv"]),
    ("DELETE", ["usage", "--csv"]),
    ("WAL", ["serve", "--double", "--port", "0"]),
    ("DELETE", ["serve", "--double", "--port", "0"]),
]


def test_a_database_that_is_locked_is_told_in_a_line(tmp_path: Path) -> None:
    """All at once, for each waits as long as is promised; then nothing is missing."""
    with ExitStack() as stack:
        began, asked = time.monotonic(), list[tuple[Path, subprocess.Popen[str]]]()
        for number, (mode, words) in enumerate(LOCKED):
            home = tmp_path / f"home-{number}"
            leave_behind(home)
            lock(home, mode, stack)
            asked.append((home, stack.enter_context(command(home, *words))))
        for home, process in asked:
            _, told = process.communicate(timeout=60)
            line = told.splitlines()[-1]
            assert line.startswith(f"studiolo: the database {home}/studiolo.db cannot be used: ")
            assert "locked for 10 seconds" in line
            assert "Traceback" not in told
            assert process.returncode == 1
        assert time.monotonic() - began > 9
    with command(tmp_path / "home-0", "usage", "--csv") as answered:
        (row,) = table(answered.communicate(timeout=60)[0])
    assert row["requests"] == "2"


def test_a_lock_that_goes_away_in_time_is_waited_for(home: Path) -> None:
    """Where SQLite itself would not wait: the file is still to become one that can be shared."""
    leave_behind(home)
    with ExitStack() as locks:
        lock(home, "DELETE", locks)
        with command(home, "usage", "--csv") as waiting:
            with pytest.raises(subprocess.TimeoutExpired):
                waiting.wait(3)
            locks.close()
            (row,) = table(waiting.communicate(timeout=60)[0])
    assert row["requests"] == "2"
