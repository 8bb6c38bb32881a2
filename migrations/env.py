"""Alembic's entry. Run through `python -m webapp migrate`, which hands over the connection."""

from alembic import context
from sqlmodel import SQLModel

import webapp.history  # noqa: F401  declares the tables

# The workflow engine keeps its tables in the same database and looks after them itself.
OURS = set(SQLModel.metadata.tables)


def include_name(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or name in OURS


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_name=include_name,
    render_as_batch=True,  # SQLite cannot alter a column in place
    transactional_ddl=True,  # migrate.py begins transactions itself
)
with context.begin_transaction():
    context.run_migrations()
