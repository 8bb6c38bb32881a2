"""Migrations 0011 and 0012 on what 0010 left: of what is over nobody knows what was missing, or had come."""

from pathlib import Path

import pytest

from tests.support.earlier import left_at
from webapp.app import open_database
from webapp.config import Settings
from webapp.losses import losses_of
from webapp.migrate import migrate
from webapp.runs import get_run
from webapp.videos import get_video

MOMENT = "2026-01-02 03:04:05.000000"
VIDEO = (
    "INSERT INTO video (id, title, filename, status, seq, run, progress, published_run, poster, own_poster,"
    " preview, created_at)"
    f" VALUES ('an-old-one', 'Before', 'before.mp4', 'ready', 2, 1, 100, 1, 1, 0, 0, '{MOMENT}')"
)
RUN = (
    "INSERT INTO run (video_id, number, status, attempts, progress, published_segments, replaces,"
    " stages_json, renditions_json, created_at, finished_at)"
    f" VALUES ('an-old-one', 1, 'ready', 0, 100, 3, 0, '[]', '[]', '{MOMENT}', '{MOMENT}')"
)


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    return left_at("0010", tmp_path, VIDEO, RUN)


async def test_old_runs_are_read_and_know_nothing_of_it(old: Settings) -> None:
    migrate(old)
    db = open_database(old)
    async with db.read() as session:
        run, video = await get_run(session, "an-old-one", 1), await get_video(session, "an-old-one")
    await db.close()
    assert (losses_of(run), run.tone_mapped, run.progress) == (None, None, 100)
    assert (video.received_bytes, video.received_percent, video.watchable_later_because) == (None,) * 3
