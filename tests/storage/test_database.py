"""The database is private, always at its last step, and never opened by older code."""

import sqlite3
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from studiolo.storage import migrations
from studiolo.storage.database import DatabaseUnusable, HomeUnusable, open_database
from studiolo.storage.schema import HEAD, DatabaseTooNew, bring_up_to_date, revision
from studiolo.storage.tables import UtcTime, metadata


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_home_and_database_belong_to_the_owner_alone(tmp_path):
    home = tmp_path / "deep" / "home"
    async with open_database(home) as database:
        assert database.path == home / "studiolo.db"
        assert _mode(home) == 0o700
        assert _mode(database.path) == 0o600
        async with database.engine.connect() as connection:
            mode = (await connection.execute(text("PRAGMA journal_mode"))).scalar()
            assert mode == "wal"
            assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar() == 1


async def test_opening_again_keeps_what_is_there(tmp_path):
    async with open_database(tmp_path) as database, database.engine.begin() as connection:
        await connection.execute(text("INSERT INTO generations VALUES ('x', 7)"))
    async with open_database(tmp_path) as database:
        assert database.watch.generation("x") == 7


def test_the_steps_lead_to_the_tables_of_the_code(tmp_path):
    path = tmp_path / "a.db"
    bring_up_to_date(path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_last_step_is_the_one_the_code_asks_for():
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_database_at_its_last_step_opens_without_alembic(tmp_path):
    bring_up_to_date(tmp_path / "studiolo.db")
    program = (
        "import asyncio, sys, pathlib\n"
        "from studiolo.storage.database import open_database\n"
        "async def main():\n"
        "    async with open_database(pathlib.Path(sys.argv[1])): pass\n"
        "asyncio.run(main())\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    assert (
        subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 0
    )


def test_processes_that_start_at_once_make_the_tables_once(tmp_path):
    program = (
        "import pathlib, sys\n"
        "from studiolo.storage.schema import bring_up_to_date\n"
        "bring_up_to_date(pathlib.Path(sys.argv[1]))\n"
    )
    command = [sys.executable, "-c", program, tmp_path / "studiolo.db"]
    started = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    assert revision(tmp_path / "studiolo.db") == HEAD


async def test_a_database_of_newer_code_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "studiolo.db"
    bring_up_to_date(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(DatabaseTooNew, match="step '9999', this version knows steps up to"):
        async with open_database(tmp_path):
            pass
    assert revision(path) == "9999"


def test_a_step_that_breaks_leaves_nothing_behind(tmp_path):
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE generations (in_the_way)")
    connection.close()
    with pytest.raises(Exception, match="already exists"):
        bring_up_to_date(path)
    with sqlite3.connect(path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert tables.fetchall() == [("generations",)]
    connection.close()


async def test_a_home_that_is_a_file_is_refused_with_the_way_out(tmp_path):
    home = tmp_path / "file"
    home.write_text("")
    with pytest.raises(HomeUnusable, match="set STUDIOLO_HOME to a folder you own"):
        async with open_database(home):
            pass


def test_moments_without_a_zone_are_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        UtcTime().process_bind_param(datetime(2026, 1, 1), None)


async def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path):
    (tmp_path / "studiolo.db").write_bytes(b"something else" * 1000)
    with pytest.raises(DatabaseUnusable, match=r"studiolo\.db cannot be used: .*not a database"):
        async with open_database(tmp_path):
            pytest.fail("it opened")
