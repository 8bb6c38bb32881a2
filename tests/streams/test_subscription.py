"""Who reads slowly: nobody waits for it, and it misses nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.support.station import Station
from webapp.config import Settings
from webapp.db import Database
from webapp.events import Status


class SlowToAnswer(Database):
    """A database that keeps one answer back.

    Attributes:
        held: set once there is something to keep back.
        release: set to let go of it.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.held, self.release = asyncio.Event(), asyncio.Event()
        self._hold = False

    def hold_next(self) -> None:
        self._hold = True

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        hold, self._hold = self._hold, False
        async with super().read() as session:
            yield session
        if hold:
            self.held.set()
            await self.release.wait()


async def test_the_publisher_does_not_wait_for_who_does_not_read(station: Station) -> None:
    video_id = await station.video()
    async with station.watching(video_id) as idle, station.watching(video_id) as quick:
        assert [(await stream.message()).seq for stream in (idle, quick)] == [1, 1]
        await station.tell(video_id, 100)
        assert [message.seq for message in await quick.until_seq(101)] == list(range(2, 102))


@pytest.mark.parametrize("missed", [1, 9, 10, 11, 12, 50, 600])
@pytest.mark.parametrize("at_once", [True, False])
async def test_who_reads_later_gets_everything_in_order(station: Station, missed: int, at_once: bool) -> None:
    video_id = await station.video()
    async with station.watching(video_id) as slow, station.watching(video_id) as quick:
        assert (await slow.message()).seq == 1
        await quick.message()
        if at_once or missed > 100:
            await station.burst(video_id, missed)
        else:
            await station.tell(video_id, missed)
        await quick.until_seq(missed + 1)
        assert [message.seq for message in await slow.take(missed)] == list(range(2, missed + 2))
        await station.tell(video_id)
        assert (await slow.message()).seq == missed + 2


async def test_the_end_comes_after_everything_else_however_late_one_reads(station: Station) -> None:
    video_id = await station.video()
    async with station.watching(video_id) as slow, station.watching(video_id) as quick:
        assert (await slow.message()).seq == 1
        await station.tell(video_id, 40, Status.READY)
        await quick.rest()
        messages = await slow.rest()
    assert [message.seq for message in messages] == [*range(2, 42), 41]
    assert [message.event for message in messages] == ["video_update"] * 40 + ["done"]


async def test_who_falls_behind_while_it_catches_up_misses_nothing(settings: Settings) -> None:
    db = SlowToAnswer(settings.database_url)
    async with (
        Station(settings, db=db) as station,
        station.watching(video_id := await station.video()) as slow,
        station.watching(video_id) as quick,
    ):
        assert (await slow.message()).seq == 1
        await station.burst(video_id, 20)
        await quick.until_seq(21)  # whatever reached this one was offered to the other, too
        db.hold_next()
        reading = asyncio.create_task(slow.take(20))
        await db.held.wait()
        await station.burst(video_id, 20)
        await quick.until_seq(41)
        db.release.set()
        assert [message.seq for message in await reading] == list(range(2, 22))
        await station.tell(video_id)
        assert [message.seq for message in await slow.until_seq(42)] == list(range(22, 43))


async def test_a_drop_and_a_return_cost_nothing(station: Station) -> None:
    video_id = await station.video()
    seen, last_id = list[int](), 0
    for _ in range(10):
        await station.tell(video_id, 3)
        async with station.watching(video_id, last_id) as stream:
            seen += [message.seq for message in await stream.take(2)]
            last_id = seen[-1]
    async with station.watching(video_id, last_id) as stream:
        seen += [message.seq for message in await stream.until_seq(31)]
    assert seen == list(range(1, 32))
