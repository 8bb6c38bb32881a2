"""Migration 0004 on what 0003 left: videos have no pictures but their poster, which nobody chose."""

from pathlib import Path

import pytest

from tests.support.earlier import left_at
from webapp.app import open_database
from webapp.config import Settings
from webapp.migrate import migrate
from webapp.runs import get_run
from webapp.videos import get_video

VIDEO = (
    "INSERT INTO video (id, title, filename, status, seq, run, progress, published_run, poster, created_at)"
    " VALUES ('an-old-one', 'Before', 'before.mp4', 'ready', 2, 1, 100, 1, 1, '2026-01-02 03:04:05.000000')"
)
RUN = (
    "INSERT INTO run (video_id, number, status, attempts, progress, published_segments, replaces,"
    " stages_json, renditions_json, created_at)"
    " VALUES ('an-old-one', 1, 'ready', 0, 100, 3, 0, '[]', '[]', '2026-01-02 03:04:05.000000')"
)


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    """A database from before, with a video and its run."""
    return left_at("0003", tmp_path, VIDEO, RUN)


async def test_an_old_video_is_as_it_was(old: Settings) -> None:
    migrate(old)
    db = open_database(old)
    async with db.read() as session:
        video, run = await get_video(session, "an-old-one"), await get_run(session, "an-old-one", 1)
    await db.close()
    assert (video.title, video.playable, video.poster) == ("Before", True, True)
    assert (video.storyboard, video.preview, video.own_poster) == (None, False, False)
    assert run.slow_because is None and run.ladder_because is None
