"""Events are never numbered like deleted ones

SQLite gives the number of a deleted last row to the next one, unless it is told not to. Who watches all
videos would take an event with such a number for one that it knows.
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table(
            "video_event", recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass
