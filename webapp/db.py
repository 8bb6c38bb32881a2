"""The database: how to read, how to write, and what its columns need."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 30_000
# Connections for readers that stay open, and how many more there may be while those are in use.
READERS_KEPT, READERS_MORE = 8, 10


def now() -> datetime:
    return datetime.now(UTC)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware datetimes in UTC on every database; SQLite would give naive ones back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value and value.replace(tzinfo=value.tzinfo or UTC)


class Word(sa.types.TypeDecorator[StrEnum]):
    """A StrEnum, stored as its value."""

    impl = sa.String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: sa.Dialect) -> str | None:
        return value and self.kind(value).value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


# SQLite numbers rows by itself only where the key is an INTEGER.
BIG_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class Database:
    """Sessions that read, and sessions that write.

    SQLite has one writer at a time. Within this process writers wait for each other here, in their order:
    left to the database's own retries, eight of them wait six times as long in the worst case. Their
    transactions take the write lock at BEGIN, because one that reads first cannot be retried.
    """

    def __init__(self, url: str) -> None:
        self._reader = create_async_engine(url, pool_size=READERS_KEPT, max_overflow=READERS_MORE)
        self._writer = create_async_engine(url, pool_size=1, max_overflow=0)
        self._turn = asyncio.Lock()
        for engine in (self._reader, self._writer):
            sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            sa.event.listen(engine.sync_engine, "handle_error", _keep_connection)
        sa.event.listen(self._reader.sync_engine, "begin", _begin)
        sa.event.listen(self._writer.sync_engine, "begin", begin_with_lock)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session on one snapshot of the data."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction that is committed at the end, or rolled back if that is an exception."""
        async with (
            self._turn,
            AsyncSession(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    async def close(self) -> None:
        for engine in (self._reader, self._writer):
            await engine.dispose()


def _prepare_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by its own rules, and not at all before a SELECT.
    connection.isolation_level = None
    # SQLite's own knows the case of ASCII only, and a search is for people of all languages.
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",  # first, as the next may have to wait
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_connection(context: sa.ExceptionContext) -> None:
    # A task that is cancelled during a statement would have its connection closed, which leaves the write
    # lock to whenever Python collects the last cursor. But nothing is wrong with it: statements have their
    # turn in a thread of its own, and so has the rollback that follows.
    if isinstance(context.original_exception, asyncio.CancelledError):
        context.is_disconnect = False


@sa.event.listens_for(sa.Engine, "connect")
def _bring_a_clock(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    """Gives SQLite before 3.42 its later unixepoch('subsec').

    The workflow engine's tables have it as a default on Python 3.12 and later, whatever SQLite that brings.
    """
    if sqlite3.sqlite_version_info < (3, 42) and hasattr(connection, "create_function"):
        connection.create_function("unixepoch", 1, _unix_epoch)


def _unix_epoch(modifier: str) -> float | None:
    return round(time.time(), 3) if modifier == "subsec" else None


def _lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def begin_with_lock(connection: sa.Connection) -> None:
    """Begins a transaction that writes: it waits for its turn here, and not at its first statement."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
