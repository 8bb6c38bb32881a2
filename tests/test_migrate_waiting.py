"""Migrations 0008 to 0010 on what 0007 left: runs that waited for nothing, and long ones told as over."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.earlier import left_at
from webapp.app import open_database
from webapp.config import Settings
from webapp.migrate import migrate
from webapp.pipeline.slowness import BUSY_NOW, BUSY_THEN, NOW, THEN
from webapp.runs import get_run

MOMENT = "2026-01-02 03:04:05.000000"
VIDEO = (
    "INSERT INTO video (id, title, filename, status, seq, run, progress, published_run, poster, own_poster,"
    " preview, created_at)"
    f" VALUES ('an-old-one', 'Before', 'before.mp4', 'ready', 2, 3, 100, 1, 1, 0, 0, '{MOMENT}')"
)
RUN = (
    "INSERT INTO run (video_id, number, status, attempts, progress, published_segments, replaces,"
    " stages_json, renditions_json, created_at, finished_at, slow_because)"
    f" VALUES ('an-old-one', :number, 'ready', 0, 100, 3, 0, '[]', '[]', '{MOMENT}', :finished_at, :why)"
)
RUNS: list[dict[str, Any]] = [
    {"number": 1, "finished_at": MOMENT, "why": f"{NOW}it is HDR."},
    {"number": 2, "finished_at": MOMENT, "why": BUSY_NOW},
    {"number": 3, "finished_at": None, "why": f"{NOW}it is HDR."},
    {"number": 4, "finished_at": MOMENT, "why": None},
]


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    return left_at("0007", tmp_path, VIDEO, (RUN, RUNS))


async def test_old_runs_are_as_they_were_and_told_as_over(old: Settings) -> None:
    migrate(old)
    db = open_database(old)
    async with db.read() as session:
        runs = [await get_run(session, "an-old-one", number) for number in (1, 2, 3, 4)]
    await db.close()
    assert [run.slow_because for run in runs] == [f"{THEN}it is HDR.", BUSY_THEN, f"{NOW}it is HDR.", None]
    assert {(run.waits_for_core, run.waited_s) for run in runs} == {(False, None)}
