"""Runs: their stages and renditions as kept."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from webapp.app import open_database
from webapp.config import Settings
from webapp.db import Database, now
from webapp.errors import NotFound
from webapp.events import StageName, Status
from webapp.runs import RenditionInfo, Run, get_run
from webapp.stages import Stage, StageState
from webapp.videos import Video

VIDEO = RenditionInfo(
    name="720p",
    width=1280,
    height=720,
    codec="avc1.64001f",
    frame_rate=23.976,
    peak_bps=3_000_000,
    average_bps=2_500_000,
    size_bytes=1 << 40,
)
SOUND = RenditionInfo(name="audio", codec="mp4a.40.2", peak_bps=130_000, average_bps=128_000, size_bytes=1)


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    db = open_database(settings)
    async with db.write() as session:
        session.add_all(Video(id=id, title=id, filename="x") for id in "abc")
    yield db
    await db.close()


async def store(db: Database, *runs: Run) -> None:
    for run in runs:
        async with db.write() as session:
            session.add(run)


async def test_stages_and_renditions_come_back_as_they_were(db: Database) -> None:
    stages = [
        Stage(name=StageName.PROBE, state=StageState.DONE, detail="H.264 “ü” </p>", started_at=now()),
        Stage(name=StageName.VIDEO, state=StageState.RUNNING, progress=0),
        Stage(name=StageName.AUDIO),
    ]
    run = Run(video_id="a", number=1)
    run.stages, run.renditions = stages, [VIDEO, SOUND]
    await store(db, run)
    async with db.read() as session:
        found = await get_run(session, "a", 1)
    assert [stage.model_copy(update={"started_at": None}) for stage in found.stages] == [
        stage.model_copy(update={"started_at": None}) for stage in stages
    ]
    began, given = found.stages[0].started_at, stages[0].started_at
    assert began and given and abs((began - given).total_seconds()) < 0.001
    assert found.renditions == [VIDEO, SOUND]


async def test_a_new_run_has_neither_stages_nor_renditions(db: Database) -> None:
    await store(db, Run(video_id="a", number=1))
    async with db.read() as session:
        found = await get_run(session, "a", 1)
    assert (found.stages, found.renditions, found.status) == ([], [], Status.PROCESSING)


@pytest.mark.parametrize(("video_id", "number"), [("a", 2), ("b", 1), ("nobody", 1)])
async def test_a_run_that_there_is_not_is_not_found(db: Database, video_id: str, number: int) -> None:
    await store(db, Run(video_id="a", number=1))
    async with db.read() as session:
        with pytest.raises(NotFound) as caught:
            await get_run(session, video_id, number)
    assert caught.value.code == "run_not_found"


async def test_a_video_has_each_number_once(db: Database) -> None:
    await store(db, Run(video_id="a", number=1), Run(video_id="b", number=1))
    with pytest.raises(sa.exc.IntegrityError, match="UNIQUE"):
        await store(db, Run(video_id="a", number=1))
