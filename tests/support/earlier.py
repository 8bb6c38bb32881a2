"""Databases as earlier releases left them."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command

from webapp.config import Settings
from webapp.migrate import alembic_config

Rows = str | tuple[str, list[dict[str, Any]]]


def left_at(revision: str, folder: Path, *rows: Rows) -> Settings:
    """One that has this migration as its last, with rows: statements, or one for several sets of values."""
    engine = sa.create_engine(f"sqlite:///{folder / 'rushes.db'}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), revision)
        for each in rows:
            statement, values = (each, None) if isinstance(each, str) else each
            connection.execute(sa.text(statement), values)
    engine.dispose()
    return Settings(data_dir=folder)
