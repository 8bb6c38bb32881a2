"""The database: one writer at a time, readers on a snapshot, nothing half done."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from webapp.app import open_database
from webapp.config import Settings
from webapp.db import Database, now
from webapp.events import Status
from webapp.history import EventRow
from webapp.runs import Run
from webapp.videos import Video, get_video


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    db = open_database(settings)
    yield db
    await db.close()


@pytest.fixture
async def video_id(db: Database) -> str:
    async with db.write() as session:
        video = Video(title="A title", filename="name.mp4")
        session.add(video)
    return video.id


async def progress(db: Database, video_id: str) -> int:
    async with db.read() as session:
        return (await get_video(session, video_id)).progress


async def add_one(db: Database, video_id: str) -> None:
    async with db.write() as session:
        video = await get_video(session, video_id)
        before = video.progress
        await asyncio.sleep(0)
        video.progress = before + 1


async def test_writers_of_one_process_take_turns(db: Database, video_id: str) -> None:
    await asyncio.gather(*(add_one(db, video_id) for _ in range(50)))
    assert await progress(db, video_id) == 50


async def test_writers_of_two_processes_take_turns(db: Database, settings: Settings, video_id: str) -> None:
    other = open_database(settings)
    await asyncio.gather(*(add_one(each, video_id) for _ in range(20) for each in (db, other)))
    await other.close()
    assert await progress(db, video_id) == 40


async def test_a_reader_stays_on_its_snapshot(db: Database, video_id: str) -> None:
    count = sa.select(sa.func.count()).select_from(Video)
    async with db.read() as session:
        assert (await session.execute(count)).scalar_one() == 1
        async with db.write() as writing:
            writing.add(Video(title="Another", filename="x.mp4"))
        assert (await session.execute(count)).scalar_one() == 1
    async with db.read() as session:
        assert (await session.execute(count)).scalar_one() == 2


async def test_readers_do_not_wait_for_a_writer_and_see_nothing_of_it(db: Database, video_id: str) -> None:
    async with db.write() as session:
        (await get_video(session, video_id)).progress = 99
        await session.flush()
        assert await asyncio.gather(*(progress(db, video_id) for _ in range(20))) == [0] * 20
    assert await progress(db, video_id) == 99


async def test_what_fails_leaves_nothing(db: Database, video_id: str) -> None:
    async def fail() -> None:
        async with db.write() as session:
            (await get_video(session, video_id)).progress = 99
            session.add(Video(title="Another", filename="x.mp4"))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with db.read() as session:
        assert [video.progress for video in (await session.execute(select(Video))).scalars()] == [0]


async def test_a_writer_that_is_cancelled_leaves_nothing_and_gives_up_its_turn(
    db: Database, video_id: str
) -> None:
    written = asyncio.Event()

    async def write_and_wait() -> None:
        async with db.write() as session:
            (await get_video(session, video_id)).progress = 99
            await session.flush()
            written.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write_and_wait())
    await written.wait()
    waiting = [asyncio.create_task(add_one(db, video_id)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    writing.cancel()
    await asyncio.gather(writing, *waiting, return_exceptions=True)
    assert await progress(db, video_id) == 2


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2024, 1, 1, 12, 0, 0, 123456, tzinfo=UTC),
        datetime(2024, 7, 1, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone(-timedelta(hours=11))),
    ],
)
async def test_moments_come_back_the_same_and_in_utc(db: Database, moment: datetime) -> None:
    async with db.write() as session:
        video = Video(title="A title", filename="x.mp4", created_at=moment)
        session.add(video)
    async with db.read() as session:
        found = await get_video(session, video.id)
    assert found.created_at == moment
    assert found.created_at.utcoffset() == timedelta(0)
    assert found.uploaded_at is None


async def test_moments_are_put_in_order_by_when_they_were_wherever_that_was(db: Database) -> None:
    east, west = timezone(timedelta(hours=9)), timezone(-timedelta(hours=9))
    async with db.write() as session:
        session.add(Video(title="later", filename="x", created_at=datetime(2024, 1, 1, 1, tzinfo=west)))
        session.add(Video(title="earlier", filename="x", created_at=datetime(2024, 1, 1, 9, tzinfo=east)))
    async with db.read() as session:
        found = (await session.execute(select(Video.title).order_by(col(Video.created_at)))).scalars().all()
    assert found == ["earlier", "later"]


@pytest.mark.parametrize(
    "row",
    [
        Run(video_id="nobody", number=1),
        EventRow(video_id="nobody", seq=1, run=0, milestone=True, status=Status.CREATED, data="{}"),
    ],
)
async def test_a_row_about_no_video_is_refused(db: Database, row: Run | EventRow) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="FOREIGN KEY"):
        async with db.write() as session:
            session.add(row.model_copy())


async def test_deleting_a_video_takes_its_rows_along(db: Database, video_id: str) -> None:
    async with db.write() as session:
        session.add(Run(video_id=video_id, number=1))
        session.add(
            EventRow(video_id=video_id, seq=1, run=0, milestone=True, status=Status.CREATED, data="{}")
        )
    async with db.write() as session:
        await session.delete(await get_video(session, video_id))
    async with db.read() as session:
        for table in (Run, EventRow):
            assert (await session.execute(select(table))).first() is None


async def test_a_word_that_is_no_status_is_never_stored(db: Database, video_id: str) -> None:
    with pytest.raises(sa.exc.StatementError, match="finished"):
        async with db.write() as session:
            await session.execute(sa.update(Video).values(status="finished"))


async def test_more_readers_than_connections_all_get_their_turn(db: Database, video_id: str) -> None:
    async def slowly() -> int:
        async with db.read() as session:
            found = await get_video(session, video_id)
            await asyncio.sleep(0.01)
            return found.progress

    assert await asyncio.gather(*(slowly() for _ in range(100))) == [0] * 100


async def test_every_sqlite_has_a_clock_that_the_workflow_engine_can_use(db: Database) -> None:
    """SQLite has it from 3.42 on; Python 3.12 and later come with older ones too."""
    async with db.write() as session:
        at_once = (await session.execute(sa.text("SELECT unixepoch('subsec') * 1000"))).scalar_one()
        await session.execute(sa.text("CREATE TABLE t (x, at INTEGER DEFAULT (unixepoch('subsec') * 1000))"))
        await session.execute(sa.text("INSERT INTO t (x) VALUES (1)"))
        by_default = (await session.execute(sa.text("SELECT at FROM t"))).scalar_one()
    assert abs(at_once - now().timestamp() * 1000) < 60_000
    assert abs(by_default - at_once) < 60_000
