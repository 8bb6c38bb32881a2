"""Migration 0003 on what earlier releases left: events keep their ids, and no later one gets one of them."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from webapp.migrate import alembic_config

EVENT = (
    "INSERT INTO video_event (video_id, seq, run, milestone, status, data, created_at)"
    " VALUES ('one', :seq, 1, 1, 'failed', '{}', '2026-01-02 03:04:05.000000')"
)


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    """A database of the second release, with a video and three events."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'rushes.db'}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0002")
        connection.execute(
            sa.text(
                "INSERT INTO video (id, title, filename, status, seq, run, progress, published_run, poster,"
                " created_at) VALUES ('one', 'T', 'f.mp4', 'failed', 3, 1, 0, 0, 0, '2026-01-02 03:04:05')"
            )
        )
        for seq in (1, 2, 3):
            connection.execute(sa.text(EVENT), {"seq": seq})
    return engine


def ids(connection: sa.Connection) -> list[int]:
    return list(connection.execute(sa.text("SELECT id FROM video_event ORDER BY id")).scalars())


def test_events_stay_and_numbers_are_not_given_twice(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        before = connection.execute(sa.text("SELECT * FROM video_event ORDER BY id")).all()
        command.upgrade(alembic_config(connection), "head")
        assert connection.execute(sa.text("SELECT * FROM video_event ORDER BY id")).all() == before
        connection.execute(sa.text("DELETE FROM video_event WHERE seq >= 2"))
        connection.execute(sa.text(EVENT), {"seq": 4})
        assert ids(connection) == [1, 4]
        connection.execute(sa.text("DELETE FROM video_event"))
        connection.execute(sa.text(EVENT), {"seq": 5})
        assert ids(connection) == [5]
    engine.dispose()


def test_events_still_go_with_their_video(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.exec_driver_sql("DELETE FROM video")
        assert ids(connection) == []
        with pytest.raises(sa.exc.IntegrityError):
            connection.execute(sa.text(EVENT), {"seq": 1})
    engine.dispose()
