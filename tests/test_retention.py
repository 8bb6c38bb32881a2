"""How much history is kept: the newest always, changes of state longer than ticks of progress."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.support.station import Station
from webapp.config import Settings
from webapp.db import now
from webapp.events import EventType
from webapp.history import EventRow
from webapp.retention import Retention

MOST = 10


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"history_max_events": MOST, "history_max_age_s": 3600})


async def kept(station: Station, video_id: str) -> list[int]:
    return [row.seq for row in await station.rows(video_id)]


async def record(station: Station, video_id: str, milestones: str) -> None:
    """Records an event for each letter: `m` for a milestone, `.` for a tick."""
    for letter in milestones:
        async with station.history.recording(video_id) as recorder:
            recorder.record(EventType.TRANSCODING, letter, milestone=letter == "m")


async def test_there_are_never_more_than_may_be(station: Station) -> None:
    video_id = await station.video()
    for _ in range(3 * MOST):
        await record(station, video_id, ".")
        assert len(await kept(station, video_id)) <= MOST
    await station.burst(video_id, 3 * MOST)
    assert len(await kept(station, video_id)) == MOST


async def test_ticks_go_first_and_oldest_first(station: Station) -> None:
    video_id = await station.video()  # event 1, a milestone
    await record(station, video_id, "m....m.....")
    assert await kept(station, video_id) == [1, 2, 5, 6, 7, 8, 9, 10, 11, 12]


async def test_changes_of_state_go_when_nothing_else_is_left(station: Station) -> None:
    video_id = await station.video()
    await record(station, video_id, "m" * MOST + ".")
    assert await kept(station, video_id) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]


async def test_what_is_forgotten_is_one_videos_own(station: Station) -> None:
    one, other = await station.video(events=MOST), await station.video()
    await record(station, other, "." * 2 * MOST)
    assert len(await kept(station, one)) == MOST


async def age(station: Station, *which: sa.ColumnElement[bool]) -> None:
    """Makes events older than they may get."""
    async with station.db.write() as session:
        long_ago = now() - timedelta(hours=2)
        await session.execute(sa.update(EventRow).where(*which).values(created_at=long_ago))


async def test_old_events_go_and_the_newest_stays_however_old(station: Station, settings: Settings) -> None:
    old, mixed = await station.video(events=5), await station.video(events=5)
    await age(station, sa.or_(col(EventRow.video_id) == old, col(EventRow.seq) < 3))
    assert await Retention(station.db, settings).forget_old() == 4 + 2
    assert await kept(station, old) == [5]
    assert await kept(station, mixed) == [3, 4, 5]


async def test_many_old_events_go_without_a_long_transaction(
    station: Station, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.retention.ROWS_AT_ONCE", 3)
    video_id = await station.video(events=MOST)
    await age(station)
    deleted: list[int] = []

    @sa.event.listens_for(sa.Engine, "after_cursor_execute")
    def count(_: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("DELETE FROM video_event"):
            deleted.append(cursor.rowcount)

    try:
        assert await Retention(station.db, settings).forget_old() == MOST - 1
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", count)
    assert deleted == [3, 3, 3]
    assert await kept(station, video_id) == [MOST]


async def test_looking_for_old_events_keeps_no_writer_waiting(station: Station, settings: Settings) -> None:
    video_id = await station.video(events=3)
    retention = Retention(station.db, settings)
    async with station.db.write():  # somebody else's turn, for as long as it takes
        assert await retention.forget_old() == 0
    assert await kept(station, video_id) == [1, 2, 3]
