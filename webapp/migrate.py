"""Brings the database up to the code: our tables by Alembic, forward only, and the workflow engine's own."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from .config import Settings
from .pipeline import engine

SCRIPTS = Path(__file__).parents[1] / "migrations"


def migrate(settings: Settings) -> None:
    """Creates what is missing; changes nothing if all is up to date."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    connectable = sa.create_engine(engine.engine_url(settings.database_url))
    with connectable.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    connectable.dispose()
    engine.migrate(settings.database_url)


def alembic_config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
