"""The database file: made private, brought up to date, opened, closed."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from studiolo.core.errors import StudioloError
from studiolo.storage.schema import LOCK_S, bring_up_to_date, error_code
from studiolo.storage.watch import Watch

FILE_NAME = "studiolo.db"
# Some locks are refused at once, without waiting: those are asked for again.
PAUSE_S = 0.1
LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class HomeUnusable(StudioloError):
    """The folder of all state cannot be made or written."""

    def __init__(self, home: Path, reason: str) -> None:
        super().__init__(f"cannot write to {home}: {reason}; set STUDIOLO_HOME to a folder you own")
        self.home = home


class DatabaseUnusable(StudioloError):
    """The database does not answer a command or a start: locked, damaged, or the disk is full."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"the database {path} cannot be used: {reason}")
        self.path = path


class DatabaseReplaced(StudioloError):
    """The file was removed or replaced while it was open: nobody will read what is written now."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} was removed or replaced while it was in use; rows stay in the journal: put "
            "the file back, or restart the server to go on with what is there"
        )
        self.path = path


class Database:
    """An open database; stores take it in their constructor."""

    def __init__(self, path: Path, engine: AsyncEngine, watch: Watch) -> None:
        self.path = path
        self.engine = engine
        self.watch = watch
        self._file = _identity(path)

    def check_in_place(self) -> None:
        """Raises DatabaseReplaced when the file that was opened is not there any more."""
        if _identity(self.path) != self._file:
            raise DatabaseReplaced(self.path)


@asynccontextmanager
async def open_database(home: Path, *, lock_s: float = LOCK_S) -> AsyncGenerator[Database]:
    """The database of this home; a question waits `lock_s` for somebody else's lock.

    Raises HomeUnusable, DatabaseUnusable, DatabaseTooNew; the second also for what is asked of it
    in this block.
    """
    path = prepare(home)
    await patiently(path, lambda: asyncio.to_thread(_make_ready, path))
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", connect_args={"timeout": lock_s})
    event.listen(engine.sync_engine, "connect", _configure)
    try:
        with usable(path), closing(Watch(path)) as watch:
            yield Database(path, engine, watch)
    finally:
        await engine.dispose()


async def patiently(path: Path, work: Callable[[], Awaitable[object]]) -> None:
    """Does it, and again while somebody else holds a lock; after LOCK_S, DatabaseUnusable."""
    clock = asyncio.get_running_loop().time
    until = clock() + LOCK_S
    while True:
        try:
            with usable(path):
                await work()
            return
        except DatabaseUnusable as refused:
            if not _is_locked(refused) or clock() >= until:
                raise
        await asyncio.sleep(PAUSE_S)


@contextmanager
def usable(path: Path) -> Generator[None]:
    """Around work without which nothing can begin. Raises DatabaseUnusable if SQL refuses it."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        refused = DatabaseUnusable(path, str(cause))
        if _is_locked(cause):
            refused = DatabaseUnusable(
                path, f"another program has had it locked for {LOCK_S:g} seconds; find and close it"
            )
        raise refused from cause


def _is_locked(error: BaseException | None) -> bool:
    cause = error.__cause__ if isinstance(error, DatabaseUnusable) else error
    return error_code(cause) in LOCKED


def _make_ready(path: Path) -> None:
    """All tables, and readers that do not wait for writers. May find it locked at once."""
    bring_up_to_date(path)
    with closing(sqlite3.connect(path, timeout=LOCK_S)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


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
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
