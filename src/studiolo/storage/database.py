"""The database file: made private, brought up to date, opened, closed."""

import os
import sqlite3
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from studiolo.core.errors import StudioloError
from studiolo.storage.schema import bring_up_to_date
from studiolo.storage.watch import Watch

FILE_NAME = "studiolo.db"


class HomeUnusable(StudioloError):
    """The folder of all state cannot be made or written."""

    def __init__(self, home: Path, reason: str) -> None:
        super().__init__(f"cannot write to {home}: {reason}; set STUDIOLO_HOME to a folder you own")
        self.home = home


class DatabaseUnusable(StudioloError):
    """The database does not answer when the server starts: locked, damaged, or the disk is full."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"the database {path} cannot be used: {reason}")
        self.path = path


class Database:
    """An open database; stores take it in their constructor."""

    def __init__(self, path: Path, engine: AsyncEngine, watch: Watch) -> None:
        self.path = path
        self.engine = engine
        self.watch = watch


@asynccontextmanager
async def open_database(home: Path) -> AsyncGenerator[Database]:
    """The database of this home. Raises HomeUnusable, DatabaseUnusable, DatabaseTooNew."""
    path = prepare(home)
    with usable(path):
        bring_up_to_date(path)
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", connect_args={"timeout": 10})
    event.listen(engine.sync_engine, "connect", _configure)
    try:
        with closing(Watch(path)) as watch:
            yield Database(path, engine, watch)
    finally:
        await engine.dispose()


@contextmanager
def usable(path: Path) -> Generator[None]:
    """Around work without which nothing can begin. Raises DatabaseUnusable if SQL refuses it."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseUnusable(path, str(reason)) from error


def prepare(home: Path) -> Path:
    """Makes home and an empty file in it, both for the owner alone; the file's path."""
    path = home / FILE_NAME
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        elif not os.access(path, os.W_OK):
            raise HomeUnusable(home, f"{FILE_NAME} is not writable")
    except OSError as error:
        raise HomeUnusable(home, error.strerror or str(error)) from error
    return path


def _configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
