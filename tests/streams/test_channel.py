"""All who watch one video: told of everything, with one encoding for all, whatever the broker loses."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.support.station import DeafBroker, Station
from webapp.broker import Broker
from webapp.broker.memory import MemoryBroker
from webapp.config import Settings
from webapp.db import Database
from webapp.events import Status
from webapp.history import KeptEvent
from webapp.streams import sse
from webapp.streams.formats import Frame


class CountingFormat:
    """Like JSON, and counts what it is asked to encode."""

    snapshots, quick = False, True

    def __init__(self) -> None:
        self.encoded: list[int] = []

    async def frames(self, key: str, rows: Sequence[KeptEvent]) -> list[Frame]:
        self.encoded += [row.seq for row in rows]
        return [Frame(row.seq, sse.event(row.data, id=row.seq)) for row in rows]

    async def reset(self, key: str, newest: KeptEvent) -> Frame:
        raise AssertionError("nobody here asks for what is not known")

    async def farewell(self, newest: KeptEvent, cursor: int) -> Frame | None:
        return None


class Unsteady(Database):
    """A database that is away at times."""

    away = False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        if self.away:
            raise OSError("the database is away")
        async with super().read() as session:
            yield session


async def test_an_event_is_encoded_once_for_each_format_however_many_watch(station: Station) -> None:
    video_id = await station.video()
    formats = [CountingFormat(), CountingFormat()]
    streams = [station.watching(video_id, 1, formats[number % 2]) for number in range(60)]
    opened = [await stream.__aenter__() for stream in streams]
    for stream in opened:
        await stream.comment()
    await station.tell(video_id, 5)
    for stream in opened:
        assert [message.seq for message in await stream.take(5)] == [2, 3, 4, 5, 6]
    for context in streams:
        await context.__aexit__(None, None, None)
    assert [format.encoded for format in formats] == [[2, 3, 4, 5, 6]] * 2


async def test_nobody_hears_of_other_videos(station: Station) -> None:
    one, two = await station.video(), await station.video()
    async with station.watching(one, 1) as first, station.watching(two, 1) as second:
        await first.comment()
        await second.comment()
        await station.tell(two, 2)
        await station.tell(one, 1, Status.READY)
        assert [message.seq for message in await first.rest()] == [2, 2]
        assert [message.json["videoId"] for message in await second.take(2)] == [two, two]


@pytest.mark.parametrize("broker", [MemoryBroker(), DeafBroker()])
async def test_a_wake_up_that_gets_lost_only_delays(settings: Settings, broker: Broker) -> None:
    often = settings.model_copy(update={"stream_poll_s": 0.02})
    async with Station(often, broker) as station:
        video_id = await station.video()
        async with station.watching(video_id) as stream:
            assert (await stream.message()).seq == 1
            for _ in range(3):
                newest = await station.tell(video_id, 2)
                assert [message.seq for message in await stream.take(2)] == [newest - 1, newest]
            await station.tell(video_id, 1, Status.READY)
            assert [message.event for message in await stream.rest()] == ["video_update", "done"]


async def test_wake_ups_without_news_tell_nobody_anything(station: Station) -> None:
    video_id = await station.video()
    async with station.watching(video_id) as stream:
        await stream.message()
        for seq in (0, 1, 1, 99):
            await station.broker.wake(video_id, seq)
        await station.broker.wake("nobody", 1)
        await asyncio.sleep(0)
        await station.tell(video_id)
        await station.broker.wake(video_id, 1)
        assert [message.seq for message in await stream.until_seq(2)] == [2]
        await station.tell(video_id)
        assert [message.seq for message in await stream.until_seq(3)] == [3]


@pytest.mark.parametrize("broker", [MemoryBroker(), DeafBroker()])
async def test_the_streams_of_a_deleted_video_say_so_and_end(settings: Settings, broker: Broker) -> None:
    often = settings.model_copy(update={"stream_poll_s": 0.02})
    async with Station(often, broker) as station:
        video_id = await station.video()
        async with station.watching(video_id) as one, station.watching(video_id) as other:
            assert (await one.message()).seq == 1
            await other.message()
            async with station.history.recording(video_id) as recorder:
                await recorder.delete()
            for stream in (one, other):
                last, end = await stream.rest()
                assert (last.event, last.seq, end.event, end.seq) == ("video_update", 2, "done", 2)
                assert (last.json["seq"], last.json["deleted"]) == (2, True)
                assert (last.json["status"], last.json["message"]) == ("cancelled", "This video was deleted")
                assert "reset" not in last.json and "playable" not in last.json


async def test_of_a_video_that_was_ready_the_end_was_told_before_it_is_deleted(station: Station) -> None:
    video_id = await station.video()
    async with station.watching(video_id) as stream:
        await stream.message()
        await station.tell(video_id, status=Status.READY)
        assert [message.event for message in await stream.rest()] == ["video_update", "done"]


async def test_a_slow_reader_of_a_deleted_video_comes_to_an_end_too(station: Station) -> None:
    video_id = await station.video()
    async with station.watching(video_id) as slow, station.watching(video_id) as quick:
        await slow.message()
        await station.burst(video_id, 40)
        await quick.until_seq(41)
        async with station.history.recording(video_id) as recorder:
            await recorder.delete()
        await quick.rest()
        *_, last, end = await slow.rest()
        assert end.event == "done"
        assert last.json["deleted"] and last.json["reset"]  # it was told nothing of what came between
        assert last.seq == 42


async def test_a_database_that_is_away_for_a_moment_only_delays(settings: Settings) -> None:
    db = Unsteady(settings.database_url)
    async with Station(settings, db=db) as station:
        video_id = await station.video()
        async with station.watching(video_id) as stream:
            await stream.message()
            db.away = True
            await station.tell(video_id)
            reading = asyncio.create_task(stream.message())
            await asyncio.sleep(0.05)
            assert not reading.done()
            db.away = False
            await station.tell(video_id)
            assert (await reading).seq == 2
            assert (await stream.message()).seq == 3
