"""Brings the database up to the code: our tables by Alembic, forward only, and the workflow engine's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from .app import open_database
from .config import Settings, make_data_dir
from .db import BUSY_TIMEOUT_MS, begin_with_lock
from .errors import Conflict, Unavailable
from .pipeline import engine

SCRIPTS = Path(__file__).parents[1] / "migrations"


def migrate(settings: Settings) -> None:
    """Creates what is missing; changes nothing if all is up to date. Ours is done whole or not at all.

    Raises:
        Conflict: the database is newer than this code.
        Unavailable: it cannot be opened.
    """
    make_data_dir(settings)
    with _transaction(settings) as connection:
        _revision(connection)
        command.upgrade(alembic_config(connection), "head")
    engine.migrate(settings.database_url)


def require_migrated(settings: Settings) -> None:
    """
    Raises:
        Conflict: the database is older than this code, or newer.
        Unavailable: it cannot be opened.
    """
    make_data_dir(settings)
    with _transaction(settings) as connection:
        if _revision(connection) != ScriptDirectory(str(SCRIPTS)).get_current_head():
            raise Conflict(
                "database_older",
                "The database is not up to date with this release.",
                "Run `rushes migrate`, or `make run`.",
            )


def alembic_config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def _revision(connection: sa.Connection) -> str | None:
    """The last migration that was made here; None before the first."""
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if revision is not None and revision not in known:
        raise Conflict(
            "database_newer",
            f"A newer release made this database ({revision}).",
            "Install that release again, or restore a backup from before.",
        )
    return revision


@contextmanager
def _transaction(settings: Settings) -> Iterator[sa.Connection]:
    """A connection in a transaction that holds the write lock and takes in changes of tables too."""
    open_database(settings)  # refuses what this release does not know
    connectable = sa.create_engine(engine.engine_url(settings.database_url), poolclass=NullPool)
    sa.event.listen(connectable, "connect", _leave_transactions_to_us)
    sa.event.listen(connectable, "begin", begin_with_lock)
    try:
        try:
            connection = connectable.connect()
            transaction = connection.begin()
        except sa.exc.DBAPIError as error:
            raise Unavailable(
                "database_unusable",
                f"Cannot use the database {connectable.url.database}: {error.orig}.",
                "Look at RUSHES_DATA_DIR and DATABASE_URL.",
            ) from error
        with connection, transaction:
            yield connection
    finally:
        connectable.dispose()


def _leave_transactions_to_us(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    # Foreign keys stay off: where a table is made anew, dropping the old one would delete what refers to it.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")  # stays with the file; later it could find somebody in the way
    cursor.close()
