"""Brings the tables of a database file up to date.

Law: Alembic is imported only when there is something to do, for its import takes longer than
opening the database.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from studiolo.core.errors import StudioloError

HEAD = "0002"
# Whoever cannot do without the database waits so long for somebody else's lock: each command,
# and the server until it has started.
LOCK_S = 10.0


class DatabaseTooNew(StudioloError):
    """The tables were made by a newer Studiolo."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"the database {path} has step {found!r}, this version knows steps up to {HEAD!r}; "
            "install the newer version again, or choose another STUDIOLO_HOME"
        )
        self.path = path
        self.found = found


def revision(path: Path) -> str | None:
    """The last step this file went through; None if it has no tables."""
    connection = sqlite3.connect(path, timeout=LOCK_S)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if error_code(error) != sqlite3.SQLITE_ERROR:  # which says: no such table
            raise
        return None
    finally:
        connection.close()
    return str(row[0]) if row else None


def error_code(error: BaseException | None) -> int:
    """SQLite's primary code, 0 for an error that is not SQLite's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def bring_up_to_date(path: Path) -> None:
    """All missing steps in one transaction; two processes at once do them once.

    Raises DatabaseTooNew.
    """
    if revision(path) == HEAD:
        return
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": LOCK_S})
    event.listen(engine, "connect", _begin_ourselves)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            _upgrade(connection, path)
    finally:
        engine.dispose()


def _upgrade(connection: Connection, path: Path) -> None:
    # Not at the top: see the law.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = revision(path)
    if found is not None and found not in known:
        raise DatabaseTooNew(path, found)
    command.upgrade(config, "head")


def _begin_ourselves(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # else sqlite3 commits before every change of a table


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
