"""Migration 0002 on what 0001 left: videos keep what they are, and get the installation's embed policy."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from webapp.app import open_database
from webapp.config import Settings
from webapp.events import Status
from webapp.migrate import alembic_config, migrate
from webapp.videos import get_video

VIDEO = {
    "id": "an-old-one",
    "title": "Before",
    "filename": "before.mp4",
    "status": "failed",
    "seq": 2,
    "run": 1,
    "progress": 40,
    "published_run": 0,
    "poster": 1,
    "failure": '{"code":"not_media","message":"No.","hint":""}',
    "created_at": "2026-01-02 03:04:05.000000",
}


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    """A database as the first release made it, with a video, its run and its events."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'rushes.db'}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        columns = ", ".join(VIDEO)
        connection.execute(
            sa.text(f"INSERT INTO video ({columns}) VALUES ({', '.join(f':{name}' for name in VIDEO)})"),
            VIDEO,
        )
        for seq in (1, 2):
            connection.execute(
                sa.text(
                    "INSERT INTO video_event (video_id, seq, run, milestone, status, data, created_at)"
                    " VALUES ('an-old-one', :seq, 1, 1, 'failed', '{}', '2026-01-02 03:04:05.000000')"
                ),
                {"seq": seq},
            )
    engine.dispose()
    return Settings(data_dir=tmp_path)


async def test_an_old_video_stays_as_it_was(old: Settings) -> None:
    migrate(old)
    db = open_database(old)
    async with db.read() as session:
        video = await get_video(session, "an-old-one")
    await db.close()
    assert (video.title, video.status, video.progress, video.seq) == ("Before", Status.FAILED, 40, 2)
    assert video.error is not None
    assert video.error.code == "not_media"
    assert video.embed is None


def test_what_belongs_to_it_stays_too(old: Settings) -> None:
    migrate(old)
    with closing(sqlite3.connect(old.data_dir / "rushes.db")) as connection:
        assert connection.execute("SELECT seq FROM video_event ORDER BY seq").fetchall() == [(1,), (2,)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def tables(path: Path) -> dict[str, list[tuple[str, str, int]]]:
    """Name, type and NOT NULL of the columns of each table of ours."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: sorted(
                (name, kind, not_null)
                for _, name, kind, not_null, *_ in connection.execute(f"PRAGMA table_info({table})")
            )
            for table in ("video", "run", "video_event")
        }


def test_it_ends_where_a_new_database_begins(old: Settings, tmp_path: Path) -> None:
    migrate(old)
    new = Settings(data_dir=tmp_path / "new")
    migrate(new)
    assert tables(old.data_dir / "rushes.db") == tables(new.data_dir / "rushes.db")


@pytest.mark.parametrize("embed", [None, [], ["*"], ["https://a.example"]])
async def test_a_policy_is_kept_as_it_was_given(old: Settings, embed: list[str] | None) -> None:
    migrate(old)
    db = open_database(old)
    async with db.write() as session:
        (await get_video(session, "an-old-one")).embed = embed
    async with db.read() as session:
        assert (await get_video(session, "an-old-one")).embed == embed
        query = sa.text("SELECT embed IS NULL FROM video")
        assert (await session.execute(query)).scalar_one() == (embed is None)
    await db.close()
